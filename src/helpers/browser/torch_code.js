// Reads PyTorch code, or a model as PyTorch prints it, and finds the layers in it. The code is
// taken apart word by word and never run. What is not understood is named with its line, and the
// rest is read all the same.
import { isLayer, layerFrom, shorten } from "./torch_layers.js";

/**
 * What is read of one text; lines with a remark are named up to `notes`, and loops are followed
 * for so many words, nested up to `loops` deep.
 */
export const LIMITS = { characters: 20000, lines: 1000, layers: 400, depth: 60, notes: 40,
  loops: 12, words: 40000 };

/** As much of a text as is read. */
export function cut(text) {
  const start = text.slice(0, LIMITS.characters);
  let end = -1;
  for (let line = 0; line < LIMITS.lines; line += 1) {
    end = start.indexOf("\n", end + 1);
    if (end < 0) return start;
  }
  return start.slice(0, end);
}

/**
 * The layers of some code, in the order in which they are written:
 * { layers, notes: [{ line, words }], more, incomplete } with `more` the number of notes that are
 * left out, and `incomplete` whether something is missing that may change the length.
 */
export function read(code) {
  const notes = [];
  const seen = new Set();
  let more = 0;
  let incomplete = false;
  const note = (line, words, matters = false) => {
    incomplete ||= matters;
    if (seen.has(line)) return;
    seen.add(line);
    if (notes.length < LIMITS.notes) notes.push({ line, words });
    else more += 1;
  };
  const source = cut(code);
  const tokens = tokenize(source, note);
  const layers = new Reader(source, tokens, note).program();
  const last = tokens[tokens.length - 1].line;
  if (code.length > source.length) {
    seen.delete(last);
    note(last, `reading stops here, after ${source.length} of ${code.length} characters`, true);
  }
  if (layers.length > LIMITS.layers) {
    const { line } = layers[LIMITS.layers];
    seen.delete(line);
    note(line, `reading stops here: this page takes ${LIMITS.layers} layers at a time`, true);
    layers.length = LIMITS.layers;
  }
  notes.sort((a, b) => a.line - b.line);
  return { layers, notes, more, incomplete };
}

const TOKEN = new RegExp([
  "([ \\t\\f\\r\\u00a0\\ufeff]+|#[^\\n]*|\\\\\\r?\\n)",
  "(\\n)",
  "([rRbBuUfF]{0,2}(?:\"\"\"[^]*?(?:\"\"\"|$)|'''[^]*?(?:'''|$)"
    + "|\"[^\"\\\\\\n]*(?:\\\\[^][^\"\\\\\\n]*)*\"?|'[^'\\\\\\n]*(?:\\\\[^][^'\\\\\\n]*)*'?))",
  "(0[xXoObB][\\da-fA-F_]+|(?:\\d[\\d_]*\\.?[\\d_]*|\\.\\d[\\d_]*)(?:[eE][+-]?\\d[\\d_]*)?)",
  "([\\p{L}_][\\p{L}\\p{N}\\p{M}_]*)",
  "(\\*\\*=?|\\/\\/=?|->|:=|[-+*\\/%@&|^]=|[=!<>]=|<<|>>|\\.\\.\\.|[-()[\\]{},:.;@=+*\\/%<>&|^~!])",
  "([^])",
].join("|"), "uy");
const TYPES = [null, "space", "newline", "text", "number", "name", "sign", "bad"];
const OPENS = { "(": ")", "[": "]", "{": "}" };
const CLOSES = new Set([")", "]", "}"]);
const PROMPT = /^([ \t]*)(>>>|\.\.\.)(?= |$)/gm;

// Words and signs with their lines; line ends count only outside of brackets, as in Python.
function tokenize(code, note) {
  const text = code.replace(PROMPT, (all, space, sign) => space + " ".repeat(sign.length));
  const tokens = [];
  let line = 1;
  let start = 0;
  let depth = 0;
  let odd = 0; // The last line with a sign that is none of Python's.
  TOKEN.lastIndex = 0;
  for (let at = 0; at < text.length; at = TOKEN.lastIndex) {
    const found = TOKEN.exec(text);
    let group = 1;
    while (found[group] === undefined) group += 1;
    const type = TYPES[group];
    const token = { type, text: found[0], line, at, end: TOKEN.lastIndex, column: at - start };
    if (type === "newline" || found[0].includes("\n")) {
      line += type === "newline" ? 1 : found[0].split("\n").length - 1;
      start = TOKEN.lastIndex;
    }
    if (type === "space") continue;
    if (type === "bad") {
      if (token.line !== odd) note(token.line, `${token.text} is not a sign of Python`);
      odd = token.line;
      continue;
    }
    if (type === "sign" && token.text in OPENS) depth += 1;
    if (type === "sign" && CLOSES.has(token.text)) depth = Math.max(0, depth - 1);
    if (type !== "newline" || depth === 0) tokens.push(token);
  }
  const end = { text: "", line, at: text.length, end: text.length, column: 0 };
  tokens.push({ ...end, type: "newline" }, { ...end, type: "end" });
  return tokens;
}

const CONTAINERS = new Set(["Sequential", "ModuleList", "ModuleDict", "OrderedDict", "list",
  "tuple", "dict"]);
const WRAPPERS = new Set(["weight_norm", "spectral_norm", "remove_weight_norm"]);
const ADDERS = new Set(["append", "extend", "insert", "add_module", "register_module"]);
const QUIET = new Set(["super", "print"]);
const SKIPPED = new Set(["import", "from", "pass", "break", "continue", "assert", "raise", "global",
  "nonlocal", "del", "@"]);
const HEADERS = {
  for: "a loop is not followed, so what it holds is taken once",
  while: "a loop is not followed, so what it holds is taken once",
  if: "a condition is not followed, so what it holds is taken",
};
const BRANCHES = new Set(["elif", "else", "except"]);
const OPEN_HEADERS = new Set(["elif", "else", "try", "finally", "except", "with", "class", "async"]);
const CONDITIONS = new Set(["if", "or", "and", "in", "is", "not"]);
const ASSIGNS = new Set(["=", ":", ":=", "+=", "-=", "*=", "/=", "//=", "%=", "**="]);
const ROUNDED = {
  ceil: Math.ceil,
  floor: Math.floor,
  int: Math.trunc,
  round: (value) => (Math.abs(value % 1) === 0.5 ? 2 * Math.round(value / 2) : Math.round(value)),
};
const CONSTANTS = {
  True: { type: "bool", value: true }, False: { type: "bool", value: false },
  None: { type: "none" },
};

// Thrown, and caught at the nearest place from where reading can go on.
class Problem {
  constructor(line, words) {
    this.line = line;
    this.words = words;
  }
}

class Reader {
  constructor(source, tokens, note) {
    this.source = source;
    this.tokens = tokens;
    this.lineEnds = [];
    for (let i = tokens.length - 1, end = i; i >= 0; i -= 1) {
      if (tokens[i].type === "newline") end = i;
      this.lineEnds[i] = end;
    }
    this.layersUpTo = [0];
    tokens.forEach(({ type, text }, i) => {
      const found = type === "name" && isLayer(text) && tokens[i + 1].text === "(";
      this.layersUpTo.push(this.layersUpTo[i] + (found ? 1 : 0));
    });
    this.note = note;
    this.at = 0;
    this.depth = 0;
    this.names = new Map();
    this.classes = new Set();
    this.entries = [];
    this.copied = 0;
    this.visited = 0;
    this.headers = new Map();
    this.inHeader = false;
    this.loops = 0;
    this.words = 0; // How many were read again in loops.
  }

  get token() {
    return this.tokens[this.at];
  }

  is(text, ahead = 0) {
    const token = this.tokens[this.at + ahead];
    return token !== undefined && token.text === text && token.type !== "text";
  }

  isType(type, ahead = 0) {
    return this.tokens[this.at + ahead]?.type === type;
  }

  take(text) {
    if (!this.is(text)) return false;
    this.at += 1;
    return true;
  }

  fail(words, token = this.token) {
    throw new Problem(token.line, words);
  }

  unexpected() {
    const { type, text } = this.token;
    if (type === "newline" || type === "end") this.fail("this line ends too early");
    this.fail(`${shorten(text)} is not understood here`);
  }

  // --- Statements ---

  program() {
    this.statements(this.tokens.length - 1);
    return this.entries.filter(({ used }) => !used).flatMap(({ layers }) => layers);
  }

  statements(end) {
    while (this.at < end) {
      const start = this.at;
      this.depth = 0;
      try {
        this.statement();
      } catch (problem) {
        this.toLineEnd();
        this.caught(problem, start);
      }
      if (this.at === start) this.at += 1;
    }
  }

  caught(problem, start) {
    if (!(problem instanceof Problem)) throw problem;
    this.note(problem.line, problem.words, this.holdsLayers(start, this.at));
  }

  holdsLayers(start, end) {
    return this.layersUpTo[end] > this.layersUpTo[start];
  }

  toLineEnd() {
    while (!this.isType("newline") && !this.isType("end")) this.at += 1;
  }

  statement() {
    if (this.isType("newline")) {
      this.at += 1;
      return;
    }
    if (this.take(";")) return;
    const { text, line, column, type } = this.token;
    const word = type === "text" ? "" : text;
    const before = this.headers.get(column);
    if (!BRANCHES.has(word)) this.headers.set(column, word);
    if (word === "elif" || word === "except" || (word === "else" && before === "if")) {
      this.skipBlock();
    } else if (word === "for") {
      this.loop();
    } else if (SKIPPED.has(word)) {
      this.toLineEnd();
    } else if (word === "def") {
      this.definition(column);
    } else if (Object.hasOwn(HEADERS, word) || OPEN_HEADERS.has(word)) {
      const start = this.at;
      if (word === "class" && this.isType("name", 1)) this.classes.add(this.tokens[this.at + 1].text);
      this.header();
      if (Object.hasOwn(HEADERS, word)) {
        this.note(line, HEADERS[word], this.holdsLayers(start, this.blockEnd(column)));
      }
    } else {
      if (word === "return" || word === "yield") this.at += 1;
      if (!this.isType("newline")) this.expressionStatement();
    }
  }

  // To the colon that ends a header; what follows on the same line is a statement of its own.
  header() {
    let depth = 0;
    for (; !this.isType("newline") && !this.isType("end"); this.at += 1) {
      if (Object.hasOwn(OPENS, this.token.text)) depth += 1;
      if (CLOSES.has(this.token.text)) depth -= 1;
      if (depth <= 0 && this.take(":")) return;
    }
  }

  // Where the block ends whose header starts in a column; the reader stands within the block.
  blockEnd(column) {
    for (let end = this.lineEnds[this.at]; ; end = this.lineEnds[end + 1]) {
      const { type } = this.tokens[end];
      if (type === "end") return end;
      const next = this.tokens[end + 1];
      if (next.type !== "newline" && next.column <= column) return end;
    }
  }

  skipBlock() {
    const { line, column } = this.token;
    const start = this.at;
    this.header();
    this.at = this.blockEnd(column);
    if (!this.holdsLayers(start, this.at)) return;
    const { line: last } = this.tokens[this.at - 1];
    const which = last > line ? `lines ${line} to ${last} are` : "this line is";
    this.note(line, `what stands above is taken as met, so ${which} left out`, true);
  }

  loop() {
    const { line, column } = this.token;
    const start = this.at;
    this.at += 1;
    const names = this.targets();
    let values = null;
    this.inHeader = true; // There, "(3):" is no key that PyTorch prints.
    try {
      if (this.take("in")) values = this.known(this.list());
    } finally {
      this.inHeader = false;
    }
    if (!this.is(":")) values = null;
    this.at = start;
    this.header();
    const body = this.at;
    const end = this.blockEnd(column);
    if (!this.affords(values, end - body)) {
      this.note(line, HEADERS.for, this.holdsLayers(body, end));
      values = [{ type: "unknown" }];
    }
    this.loops += 1;
    for (const value of values) {
      if (this.copied > 20 * LIMITS.layers) break;
      this.bind(names, value);
      this.at = body;
      this.statements(end);
    }
    this.loops -= 1;
    this.at = end;
  }

  // The names that a loop gives to its values.
  targets() {
    const names = [];
    for (; !this.is("in") && !this.isType("newline") && !this.isType("end"); this.at += 1) {
      if (this.isType("name")) names.push(this.token.text);
    }
    return names;
  }

  bind(names, value) {
    const items = value.type === "seq" && names.length > 1 ? value.items : [value];
    names.forEach((name, i) => this.names.set(name, { ...items[i] ?? { type: "unknown" } }));
  }

  // The values that a loop runs through, or null where the code does not say them.
  known(value) {
    const plain = value.type === "seq" && !value.vague && !value.pairs;
    return plain && value.items.length <= LIMITS.lines ? value.items : null;
  }

  affords(values, words) {
    if (values === null || this.loops >= LIMITS.loops) return false;
    const all = values.length * (words + 10);
    if (this.words + all > LIMITS.words) return false;
    this.words += all;
    return true;
  }

  definition(column) {
    const { line } = this.token;
    const forward = this.is("forward", 1);
    const start = this.at;
    this.header();
    // Numbers that are given as defaults are known from here on.
    for (let i = start; i < this.at - 2; i += 1) {
      const [name, , number, after] = this.tokens.slice(i, i + 4);
      const typed = this.tokens[i - 1]?.text === ":" ? this.tokens[i - 2] : name;
      if (this.tokens[i + 1].text !== "=" || number.type !== "number") continue;
      if (after.text === "," || after.text === ")") this.names.set(typed.text, numeric(number.text));
    }
    if (!forward) return;
    this.note(line, "forward is not followed: layers are taken in the order in which they are written");
    while (!this.isType("end")) {
      this.toLineEnd();
      while (this.isType("newline")) this.at += 1;
      if (this.token.column <= column) return;
    }
  }

  expressionStatement() {
    const { line } = this.token;
    let values = [this.list()];
    while (this.isType("sign") && ASSIGNS.has(this.token.text)) {
      const sign = this.token.text;
      this.at += 1;
      if (sign === ":") {
        this.expression(); // An annotation, or the key of what PyTorch prints.
        if (!this.is("=")) return this.keep(values, line);
        continue;
      }
      const value = this.list();
      const target = values[values.length - 1];
      const grows = sign === "+=" && [target, value].some(({ type }) => type === "seq" || type === "layers");
      const changes = !grows && sign !== "=" && sign !== ":=";
      values.push(changes ? combined(sign.slice(0, -1), target, value, this) : value);
    }
    this.keep(values, line);
    if (!this.isType("newline") && !this.is(";")) this.unexpected();
    return undefined;
  }

  // Remember what a statement gives: layers, numbers with a name, or nothing.
  keep(values, line) {
    const value = values.pop();
    const targets = values.map((target) => target.text ?? "");
    const layers = layersOf(value, this);
    if (layers.length > 0 || value.type === "layers") {
      const into = value.into ?? targets[targets.length - 1];
      const known = into === undefined ? null : this.names.get(into);
      for (const layer of layers) layer.name ??= into ?? null;
      if (known?.type === "layers" && value.into) {
        if (known.entry.layers.length <= LIMITS.layers) known.entry.layers.push(...layers);
      } else {
        this.copied += layers.length;
        if (this.copied > 20 * LIMITS.layers) this.fail("layers are copied too often to follow");
        const entry = { layers, used: false };
        this.entries.push(entry);
        for (const target of targets) this.names.set(target, { type: "layers", entry });
      }
    } else if (targets.length > 0) {
      const single = values[values.length - 1];
      const names = single.type === "seq" ? single.items.map((item) => item.text) : [single.text];
      const items = value.type === "seq" && single.type === "seq" ? value.items : [value];
      names.forEach((name, i) => name && items[i] && this.names.set(name, items[i]));
    }
    if (value.into !== undefined && layers.length > 0) return;
    this.leftOut(value, line, targets.length > 0);
  }

  // Say what of a value is no layer and no number.
  leftOut(value, line, assigned) {
    if (value.type === "seq") {
      for (const item of value.items) this.leftOut(item, item.line ?? line, assigned);
    } else if (value.called) {
      const name = shorten(value.called);
      if (this.classes.has(value.called)) return;
      const block = /^[A-Z]/.test(value.called.split(".").pop());
      this.note(value.line ?? line, block
        ? `${name} is not a layer that is known here, so it is left out, as if it kept the length`
        : `${name}(…) is not a layer, so it is left out`, block);
    } else if (value.type === "unknown" && !value.quiet && !assigned) {
      this.note(value.line ?? line, `${shorten(value.text || "this")} is not a layer`);
    } else if (["int", "float", "huge"].includes(value.type) && !assigned) {
      this.note(value.line ?? line, "a number alone is not a layer");
    }
  }

  // --- Expressions ---

  list() {
    const { line } = this.token;
    const first = this.element();
    if (!this.is(",")) return first;
    const items = [first];
    while (this.take(",")) {
      if (this.isType("newline") || this.is("=") || this.is(";")) break;
      items.push(this.element());
    }
    return { type: "seq", items, line };
  }

  element() {
    this.take("*");
    const key = this.printedKey();
    if (key === null) return this.expression();
    const copies = this.copies();
    return repeated(named(this.expression(), key.name), key.copies * copies);
  }

  // The start of a line as PyTorch prints it: "(0): ", "(down): " or "(0-2): 3 x ".
  printedKey() {
    if (!this.is("(")) return null;
    const end = this.is("-", 2) ? 4 : 2;
    if (!this.is(")", end) || !this.is(":", end + 1)) return null;
    const name = this.tokens.slice(this.at + 1, this.at + end).map(({ text }) => text).join("");
    this.at += end + 2;
    return { name, copies: 1 };
  }

  copies() {
    if (!this.isType("number") || !this.is("x", 1)) return 1;
    const { value = 1 } = numeric(this.token.text);
    this.at += 2;
    return Math.max(1, Math.min(value, LIMITS.layers + 1));
  }

  expression() {
    this.deeper("brackets");
    const start = this.at;
    const value = this.sum();
    if (this.isType("name") && CONDITIONS.has(this.token.text)) {
      this.fail("a condition is not followed");
    }
    this.depth -= 1;
    return this.spanned(value, start);
  }

  deeper(what) {
    if (this.depth >= LIMITS.depth) this.fail(`${what} are nested more than ${LIMITS.depth} deep`);
    this.depth += 1;
  }

  spanned(value, start) {
    const { line, at } = this.tokens[start];
    const { end } = this.tokens[Math.max(start, this.at - 1)];
    value.line ??= line;
    if (value.type === "unknown" && value.text === undefined && end - at <= 200) {
      const text = this.source.slice(at, end);
      value.text = /["'#]/.test(text) ? "" : text.replace(/\s+/g, " ");
    }
    return value;
  }

  sum() {
    return this.operation(["+", "-"], () => this.product());
  }

  product() {
    return this.operation(["*", "/", "//", "%"], () => this.unary());
  }

  operation(signs, operand) {
    let left = operand();
    while (this.isType("sign") && signs.includes(this.token.text)) {
      const sign = this.token.text;
      this.at += 1;
      left = combined(sign, left, operand(), this);
    }
    return left;
  }

  unary() {
    const { text } = this.token;
    if (!this.isType("sign") || (text !== "-" && text !== "+")) return this.power();
    this.at += 1;
    this.deeper("signs");
    const value = this.unary();
    this.depth -= 1;
    if (text === "+") return value;
    if (value.type === "int") return { type: "int", value: -value.value || 0 };
    if (value.type === "float") return { type: "float", value: -value.value, text: `-${value.text}` };
    return value.type === "huge" ? value : { type: "unknown" };
  }

  power() {
    const base = this.postfix();
    if (!this.take("**")) return base;
    this.deeper("powers");
    const value = combined("**", base, this.unary(), this);
    this.depth -= 1;
    return value;
  }

  postfix() {
    const start = this.at;
    let value = this.atom();
    for (;;) {
      if (this.is(".") && this.isType("name", 1)) {
        value = this.attribute(value);
      } else if (this.is("(") && !this.inHeader && this.printedKeyAhead()) {
        return value;
      } else if (this.is("(")) {
        value = this.called(value, this.tokens[start]);
      } else if (this.is("[")) {
        this.at += 1;
        this.items("]");
        value = { type: "unknown" };
      } else {
        return value;
      }
    }
  }

  printedKeyAhead() {
    const start = this.at;
    const key = this.printedKey();
    this.at = start;
    return key !== null;
  }

  attribute(value) {
    const name = this.tokens[this.at + 1].text;
    this.at += 2;
    if (value.type === "layers") return { ...value, method: name, text: undefined };
    if (value.path === undefined) return { type: "unknown", method: name };
    return this.named([...value.path, name]);
  }

  named(path) {
    const text = path.join(".");
    const known = this.names.get(text);
    return known ? { ...known, path, text: known.text ?? text } : { type: "unknown", path, text };
  }

  atom() {
    const token = this.token;
    const { text, type } = token;
    if (type === "number") {
      this.at += 1;
      return numeric(text);
    }
    if (type === "text") {
      this.at += 1;
      let value = contents(text);
      for (; this.isType("text"); this.at += 1) value += contents(this.token.text);
      return { type: "str", value };
    }
    if (type === "name") {
      if (text === "lambda" || text === "not" || text === "await") {
        this.fail(`${text} is not understood here`);
      }
      this.at += 1;
      if (Object.hasOwn(CONSTANTS, text)) return { ...CONSTANTS[text] };
      return this.named([text]);
    }
    if (type === "sign" && text in OPENS) return this.bracketed();
    if (this.take("...")) return { type: "unknown", quiet: true };
    return this.unexpected();
  }

  bracketed() {
    const open = this.token;
    this.at += 1;
    const { items, commas } = this.items(OPENS[open.text], open);
    const list = items.map(({ value }) => value);
    if (open.text === "(" && list.length === 1 && commas === 0) return list[0];
    const vague = items.some(({ vague: unsure }) => unsure);
    const pairs = open.text === "{" ? pairsOf(items.map(({ name, key, value }) => (
      { name: key ?? name, value }))) : undefined;
    return { type: "seq", items: list, line: open.line, vague, pairs };
  }

  // What stands between brackets: { items: [{ name, value }], commas }.
  items(close, open = this.tokens[this.at - 1]) {
    const items = [];
    let commas = 0;
    this.depth += 1;
    while (!this.take(close)) {
      if (this.isType("end") || (this.isType("newline") && this.at >= this.tokens.length - 2)) {
        this.note(open.line, `the bracket ${open.text} is not closed; what stands in it is read`);
        break;
      }
      if (this.take(",")) {
        commas += 1;
        continue;
      }
      const { at: start, depth } = this;
      try {
        this.item(items, commas);
      } catch (problem) {
        this.depth = depth;
        this.toComma(close);
        this.caught(problem, start);
      }
      if (this.at === start) this.at += 1;
    }
    this.depth -= 1;
    return { items, commas };
  }

  item(items, commas) {
    const { line } = this.token;
    if (this.isType("newline")) return;
    if (this.parametrized()) return;
    const spread = this.take("**");
    const starred = this.is("*");
    let name = spread ? "**" : null;
    if (this.isType("name") && this.is("=", 1)) {
      name = this.token.text;
      this.at += 2;
    }
    const loop = this.loopAhead();
    if (loop !== null) {
      this.comprehension(this.at, loop, items);
      this.at = loop;
      this.toComma(null);
      return;
    }
    const entry = this.entry();
    const { value } = entry;
    if (spread && value.pairs) items.push(...value.pairs);
    else if (starred && this.known(value)) items.push(...value.items.map((one) => ({ name, value: one })));
    else items.push({ name, ...entry, vague: starred });
    if (this.is(",") || this.isType("newline") || CLOSES.has(this.token.text)) return;
    if (this.printedKeyAhead()) return;
    if (this.token.line > line && (this.isType("name") || this.is("("))) {
      if (items.length > 0) this.note(this.token.line, "a comma is missing before this line");
      return;
    }
    this.unexpected();
  }

  // One element, and of a dictionary its key: { value, key }.
  entry() {
    const first = this.element();
    // A dictionary's value, or a slice.
    if (!this.take(":") || this.is("]")) return { value: first };
    const key = first.type === "str" ? first.value : null;
    return { value: named(this.element(), key), key };
  }

  // Passes over what PyTorch prints of the norm of a layer's weights.
  parametrized() {
    if (!this.is("parametrizations", 1) || !this.printedKeyAhead()) return false;
    this.toComma(")");
    return true;
  }

  // Where the loop of a comprehension starts, or null if this element has none.
  loopAhead() {
    let depth = 0;
    for (let i = this.at; this.tokens[i].type !== "end"; i += 1) {
      const { text, type } = this.tokens[i];
      if (type === "name" && depth === 0 && text === "for") return i;
      if (type !== "sign") continue;
      if (depth === 0 && (text === "," || CLOSES.has(text))) return null;
      if (text in OPENS) depth += 1;
      if (CLOSES.has(text)) depth -= 1;
    }
    return null;
  }

  // Reads an element once for each value of its loops.
  comprehension(start, loop, items) {
    this.deeper("loops");
    const { line } = this.tokens[loop];
    this.at = loop + 1;
    const names = this.targets();
    const kept = names.map((name) => [name, this.names.get(name)]);
    let values = this.take("in") ? this.known(this.sum()) : null;
    const next = this.at;
    const nested = this.is("for");
    const vague = (!nested && !CLOSES.has(this.token.text)) || !this.affords(values, next - start);
    if (vague) {
      this.note(line, HEADERS.for, this.holdsLayers(start, loop));
      values = [{ type: "unknown" }];
    }
    for (const value of values) {
      this.bind(names, value);
      this.at = start;
      if (nested) this.comprehension(start, next, items);
      else items.push({ name: null, ...this.entry(), vague });
    }
    for (const [name, value] of kept) {
      if (value) this.names.set(name, value);
      else this.names.delete(name);
    }
    this.depth -= 1;
  }

  // To the next comma of these brackets, or to their end; with `null` always to their end.
  toComma(close) {
    let depth = 0;
    for (; !this.isType("end"); this.at += 1) {
      const { text, type } = this.token;
      if (type !== "sign") continue;
      if (depth === 0 && (CLOSES.has(text) || (text === "," && close !== null))) {
        if (close !== null && CLOSES.has(text) && text !== close) continue;
        return;
      }
      if (text in OPENS) depth += 1;
      if (CLOSES.has(text)) depth -= 1;
    }
  }

  called(value, token) {
    const open = this.token;
    this.at += 1;
    const name = value.path?.[value.path.length - 1] ?? value.method ?? "";
    const printed = this.printedKeyAhead();
    const { items } = this.items(")", open);
    if (value.type === "layers" && value.path) {
      if (ADDERS.has(value.method)) {
        return { ...this.group(items, token, value.method), into: value.path.join(".") };
      }
      // A layer that is called, in code that runs later: the layer has its place already.
      return { type: "unknown", quiet: true };
    }
    if (value.type === "layers") {
      // nn.Conv1d(…)(x), nn.Sequential(…).to(device): the layers stay what they are.
      return value.method && !["to", "cuda", "cpu", "eval", "train", "double", "float", "half",
        "requires_grad_", "apply", "append", "extend"].includes(value.method)
        ? { type: "unknown", called: value.method, line: token.line } : this.added(value, items);
    }
    if (ADDERS.has(name)) {
      const into = value.path?.slice(0, -1).join(".");
      return { ...this.group(items, token, name), into };
    }
    const plain = value.path?.length === 1 || value.path?.[0] === "math";
    const counted = plain ? this.counted(name, items) : null;
    if (counted) return counted;
    if (CONTAINERS.has(name)) return this.group(items, token, name);
    if (WRAPPERS.has(name)) return this.group(items.slice(0, 1), token, name);
    if (QUIET.has(value.path?.[0])) return { type: "unknown", quiet: true };
    if (value.method === "__init__") return { type: "unknown", quiet: true };
    const kind = name.replace(/^Parametrized/, "");
    if (isLayer(kind)) return this.layer(kind, items, token);
    if (printed) return this.group(items, token, name);
    const inside = items.flatMap((item) => layersOf(item.value, this));
    const called = value.path?.join(".") ?? "";
    if (inside.length > 0) {
      this.note(token.line, `${shorten(called || "this call")} is not known here, so the layers `
        + "in it are taken one after the other", true);
      return { type: "layers", layers: inside };
    }
    if (/^[A-Z]\w*[23]d$/.test(name)) {
      this.note(token.line, `${shorten(name)} has ${name.at(-2)} dimensions and this page counts `
        + "one, so it is left out", true);
      return { type: "unknown", quiet: true };
    }
    return { type: "unknown", called: called || "this", line: token.line };
  }

  // What Python itself makes of numbers that the code says, or null.
  counted(name, items) {
    const list = items.map(({ value }) => value);
    const [first] = list;
    if (Object.hasOwn(ROUNDED, name)) {
      if (list.length !== 1 || (first.type !== "int" && first.type !== "float")) return null;
      const value = ROUNDED[name](first.value) || 0;
      return Number.isSafeInteger(value) ? { type: "int", value } : { type: "huge" };
    }
    if (name === "range") return ranged(list);
    if (name === "dict") {
      const pairs = [...first?.pairs ?? [], ...items.filter((item) => item.name !== null)];
      const whole = items.every((item) => item.name !== null || item.value.pairs);
      const numbers = pairs.every(({ value }) => layersOf(value, this).length === 0);
      return whole && numbers ? { type: "seq", items: pairs.map(({ value }) => value), pairs: pairsOf(pairs) } : null;
    }
    const lists = list.map((value) => this.known(value));
    if (lists.length === 0 || lists.includes(null)) return null;
    const seq = (values) => ({ type: "seq", items: values });
    if (name === "zip") {
      const least = Math.min(...lists.map(({ length }) => length));
      return seq(lists[0].slice(0, least).map((_, i) => seq(lists.map((values) => values[i]))));
    }
    if (lists.length > 1) return null;
    const [values] = lists;
    if (name === "len") return { type: "int", value: values.length };
    if (name === "enumerate") return seq(values.map((value, i) => seq([{ type: "int", value: i }, value])));
    if (name === "reversed") return seq([...values].reverse());
    return (name === "list" || name === "tuple") && layersOf(first, this).length === 0 ? first : null;
  }

  added(value, items) {
    if (value.method !== "append" && value.method !== "extend") return value;
    const more = items.flatMap((item) => layersOf(item.value, this));
    return { type: "layers", layers: [...value.layers, ...more] };
  }

  // The layers among some arguments, as one value.
  group(items, token, name) {
    const layers = [];
    for (const item of items) {
      const found = layersOf(item.value, this);
      if (item.name) found.forEach((layer) => { layer.name ??= item.name; });
      layers.push(...found);
      if (layers.length > LIMITS.layers) layers.length = LIMITS.layers + 1;
      if (found.length > 0 || item.value.type === "layers") continue;
      if (item.value.type === "str" || item.value.type === "int") continue;
      if (ADDERS.has(name) && item.value.type !== "unknown") continue;
      this.leftOut(item.value, item.value.line ?? token.line, false);
    }
    return { type: "layers", layers };
  }

  layer(kind, items, token) {
    const unknown = items.find(({ name }) => name === "**");
    const given = items.filter(({ name }) => name !== "**");
    const { layer, problem, remarks = [] } = layerFrom(kind, given);
    const what = unknown && `**${shorten(unknown.value.text || "…")} is not understood`;
    if (unknown && !problem) this.note(token.line, `${what}, so this ${kind} is counted without it`, true);
    if (problem) {
      this.note(token.line, `${unknown ? `${what} and ` : ""}${problem}, so this ${kind} is left out`, true);
      return { type: "unknown", quiet: true };
    }
    for (const remark of remarks) this.note(token.line, remark);
    return { type: "layers", layers: [{ ...layer, line: token.line }] };
  }
}

// The layers of a value; those that were given a name before move to where the name stands.
function layersOf(value, reader) {
  if (value.type === "layers") {
    if (!value.entry) return value.layers;
    value.entry.used = true;
    reader.copied += value.entry.layers.length;
    if (reader.copied > 20 * LIMITS.layers) reader.fail("layers are copied too often to follow");
    return value.entry.layers.map((layer) => ({ ...layer }));
  }
  if (value.type !== "seq") return [];
  reader.visited += value.items.length + 1;
  if (reader.visited > 5 * LIMITS.words) reader.fail("lists are nested too often to follow");
  const [first, ...rest] = value.items;
  const label = first?.type === "str" && rest.length === 1 ? first.value : null;
  const layers = [];
  for (const item of value.items) {
    layers.push(...layersOf(item, reader));
    if (layers.length > LIMITS.layers) break;
  }
  if (label) layers.forEach((layer) => { layer.name ??= label; });
  return layers;
}

// The named values of a dictionary; of those with the same name the last counts.
function pairsOf(items) {
  if (items.some(({ name }) => name === null || name === undefined)) return undefined;
  return [...new Map(items.map(({ name, value }) => [name, { name, value }])).values()];
}

// The numbers of a range that the code says, or null.
function ranged(list) {
  if (list.length < 1 || list.length > 3 || list.some(({ type }) => type !== "int")) return null;
  const numbers = list.map(({ value }) => value);
  const [start, stop] = numbers.length === 1 ? [0, numbers[0]] : numbers;
  const step = numbers[2] ?? 1;
  const count = Math.max(0, Math.ceil((stop - start) / step));
  if (step === 0 || count > LIMITS.layers + 1) return null;
  return { type: "seq", items: Array.from({ length: count }, (_, i) => ({ type: "int", value: start + i * step })) };
}

function named(value, name) {
  if (value.type !== "layers" || name === null) return value;
  for (const layer of value.layers ?? []) layer.name ??= name;
  return value;
}

function repeated(value, copies) {
  if (value.type !== "layers" || copies === 1 || !value.layers) return value;
  const { layers } = value;
  const whole = [];
  for (let i = 0; i < copies && whole.length <= LIMITS.layers; i += 1) {
    whole.push(...layers.map((layer) => ({ ...layer })));
  }
  return { ...value, layers: whole };
}

function numeric(text) {
  const plain = text.replace(/_/g, "");
  const whole = /^(\d+|0[xXoObB].*)$/.test(plain);
  const value = Number(plain);
  if (!whole) return Number.isFinite(value) ? { type: "float", value, text: plain } : { type: "huge", text };
  if (Number.isNaN(value)) return { type: "unknown", text };
  return Number.isSafeInteger(value) ? { type: "int", value } : { type: "huge", text: shorten(text) };
}

function contents(literal) {
  const plain = literal.replace(/^[a-zA-Z]*/, "");
  const quotes = /^("""|'''|"|')/.exec(plain)[0];
  const inner = plain.slice(quotes.length);
  return inner.endsWith(quotes) ? inner.slice(0, -quotes.length) : inner;
}

// Arithmetic with numbers that the code says; anything else stays unknown.
function combined(sign, left, right, reader) {
  const sizes = [left.type, right.type];
  if (sign === "*" && (left.type === "seq" || left.type === "layers") && right.type === "int") {
    const layers = layersOf(left, reader);
    const copies = Math.max(0, Math.min(right.value, LIMITS.layers + 1));
    if (layers.length > 0 && copies > 0) return repeated({ type: "layers", layers }, copies);
  }
  if (sign === "+" && sizes.every((type) => type === "seq" || type === "layers")) {
    const layers = [...layersOf(left, reader), ...layersOf(right, reader)];
    if (layers.length > LIMITS.layers) layers.length = LIMITS.layers + 1;
    return layers.length > 0 ? { type: "layers", layers } : { type: "seq", items: [] };
  }
  if (sizes.includes("huge")) return { type: "huge" };
  const numbers = sizes.every((type) => type === "int" || type === "float");
  if (!numbers) return { type: "unknown" };
  const [a, b] = [left.value, right.value];
  const whole = sizes.every((type) => type === "int");
  if ((sign === "/" || sign === "//" || sign === "%") && b === 0) return { type: "unknown" };
  const value = {
    "+": () => a + b,
    "-": () => a - b,
    "*": () => a * b,
    "/": () => a / b,
    "//": () => Math.floor(a / b),
    "%": () => a - b * Math.floor(a / b),
    "**": () => a ** b,
  }[sign]();
  if (whole && sign !== "/" && !(sign === "**" && b < 0)) {
    return Number.isSafeInteger(value) ? { type: "int", value: value || 0 } : { type: "huge" };
  }
  return Number.isFinite(value) ? { type: "float", value, text: `${value}` } : { type: "huge" };
}
