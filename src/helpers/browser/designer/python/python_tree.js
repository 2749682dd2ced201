// The grammar of Python, and of the models that PyTorch prints, as far as models are written in
// it: words become statements and expressions. Nothing is run.
import { CLOSES, OPENS } from "./python_words.js";
import { shorten } from "../torch/torch_layers.js";

/** How deep brackets, signs and blocks may be nested. */
export const DEPTH = 60;

/** Thrown, and caught at the nearest place from where reading can go on. */
export const Problem = class {
  constructor(line, words) {
    this.line = line;
    this.words = words;
  }
};

/**
 * The statements of a program: { body, problems }. Each node has `op`, and `from` and `to`, the
 * words that it is made of. A problem is { line, words, from, to }: what had to be left out.
 */
export function parse(tokens) {
  const parser = new Parser(tokens);
  const body = parser.block(-1);
  return { body, problems: parser.problems };
}

const SKIPPED = new Set(["import", "pass", "assert", "raise", "global", "nonlocal", "@"]);
const LEVELS = [["|"], ["^"], ["&"], ["<<", ">>"], ["+", "-"], ["*", "/", "//", "%", "@"]];
const COMPARES = new Set(["<", ">", "==", "!=", "<=", ">=", "in", "is"]);
const ASSIGNS = new Set(["=", "+=", "-=", "*=", "/=", "//=", "%=", "**=", "@=", "&=", "|=", "^="]);

class Parser {
  constructor(tokens) {
    this.tokens = tokens;
    this.at = 0;
    this.depth = 0;
    this.blocks = 0;
    this.inHeader = false;
    this.problems = [];
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

  expect(text) {
    if (!this.take(text)) this.unexpected();
  }

  fail(words, token = this.token) {
    throw new Problem(token.line, words);
  }

  unexpected() {
    const { type, text } = this.token;
    if (type === "newline" || type === "end") this.fail("this line ends too early");
    this.fail(`${shorten(text)} is not understood here`);
  }

  problem(line, words, from = this.at) {
    this.problems.push({ line, words, from, to: this.at });
  }

  caught(problem, from) {
    if (!(problem instanceof Problem)) throw problem;
    this.problem(problem.line, problem.words, from);
  }

  node(op, from, more) {
    return { op, from, to: this.at, line: this.tokens[from].line, ...more };
  }

  // Reads with one more level of brackets, signs or blocks.
  deeper(what, read) {
    if (this.depth >= DEPTH) this.fail(`${what} are nested more than ${DEPTH} deep`);
    this.depth += 1;
    const found = read();
    this.depth -= 1;
    return found;
  }

  // --- Statements ---

  // The statements of a block whose header starts in a column, up to the line that ends it.
  block(column) {
    const body = [];
    while (!this.isType("end")) {
      if (this.isType("newline")) {
        this.at += 1;
        if (!this.isType("newline") && !this.isType("end") && this.token.column <= column) break;
        continue;
      }
      if (this.take(";")) continue;
      const { at: start, blocks, inHeader } = this;
      this.depth = 0;
      try {
        const found = this.statement();
        if (found) body.push(found);
      } catch (problem) {
        Object.assign(this, { blocks, inHeader });
        this.toLineEnd();
        this.caught(problem, start);
      }
      if (this.at === start) this.at += 1;
    }
    return body;
  }

  toLineEnd() {
    while (!this.isType("newline") && !this.isType("end")) this.at += 1;
  }

  statement() {
    const { at: start } = this;
    const { text, column, type } = this.token;
    const word = type === "text" ? "" : text;
    const asserted = word === "assert" ? this.asserted(start) : null;
    if (asserted) return asserted;
    if (SKIPPED.has(word)) {
      while (!this.isType("newline") && !this.isType("end") && !this.is(";")) this.at += 1;
      return word === "raise" ? this.node("jump", start, { word }) : null;
    }
    if (word === "from") return this.imported(start);
    if (word === "break" || word === "continue") {
      this.at += 1;
      return this.node("jump", start, { word });
    }
    if (word === "async") this.at += 1;
    const compound = { if: "conditional", for: "loop", while: "repeated", def: "definition",
      class: "classed", with: "plain", try: "plain", else: "plain", finally: "plain",
      elif: "conditional", except: "skipped" };
    if (Object.hasOwn(compound, this.token.text) && this.isType("name")) {
      return this[compound[this.token.text]](start, column);
    }
    if (word === "match" && this.opensBlock()) {
      const { length } = this.problems;
      this.plain(start, column);
      this.problems.length = length; // What is left out as a whole is named as a whole.
      return this.node("match", start, {});
    }
    if (word === "del") {
      this.at += 1;
      return this.node("del", start, { targets: targetsOf(this.list()) });
    }
    if (word === "return" || word === "yield") {
      this.at += 1;
      const value = this.isType("newline") || this.is(";") ? null : this.list();
      return this.ended(this.node(word, start, { value }), start);
    }
    return this.assignment(start);
  }

  // What is asserted and what is said else, or null where it is not understood.
  asserted(start) {
    const { inHeader, problems: { length } } = this;
    this.at += 1;
    try {
      const test = this.expression();
      const message = this.take(",") ? this.expression() : null;
      const isOver = this.isType("newline") || this.is(";") || this.isType("end");
      if (isOver && this.problems.length === length) {
        return this.node("assert", start, { test, message });
      }
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
    }
    this.problems.length = length;
    Object.assign(this, { at: start, depth: 0, inHeader });
    return null;
  }

  // from … import … as …: the names that are given anew.
  imported(start) {
    const names = [];
    for (; !this.isType("newline") && !this.isType("end") && !this.is(";"); this.at += 1) {
      if (!this.is("as", 1) || !this.isType("name") || !this.isType("name", 2)) continue;
      names.push({ name: this.token.text, as: this.tokens[this.at + 2].text });
    }
    return this.node("import", start, { names });
  }

  // Names what follows a statement that ought to be over.
  ended(node, start) {
    if (this.isType("newline") || this.is(";") || this.isType("end")) return node;
    try {
      this.unexpected();
    } catch (problem) {
      this.toLineEnd();
      this.caught(problem, start);
    }
    return node;
  }

  // A header's parts and then its block.
  body(column) {
    this.expect(":");
    if (this.blocks >= DEPTH) this.fail(`blocks are nested more than ${DEPTH} deep`);
    this.blocks += 1;
    const body = this.block(column);
    this.blocks -= 1;
    // The line end before the next statement belongs to the block around.
    if (!this.isType("end")) this.at -= 1;
    return body;
  }

  header(read) {
    this.inHeader = true; // There, "(3):" is no key that PyTorch prints.
    const found = read();
    this.inHeader = false;
    return found;
  }

  // Whether the next statement starts in the same column with this word.
  follows(word, column) {
    let next = this.at;
    while (this.tokens[next].type === "newline") next += 1;
    const token = this.tokens[next];
    if (token.text !== word || token.type !== "name" || token.column !== column) return false;
    this.at = next;
    return true;
  }

  conditional(start, column) {
    const cases = [];
    do {
      const from = this.at;
      this.at += 1;
      const test = this.header(() => this.expression());
      const body = this.body(column);
      cases.push({ test, body, from, to: this.at });
    } while (this.follows("elif", column));
    if (this.follows("else", column)) {
      const from = this.at;
      this.at += 1;
      const body = this.body(column);
      cases.push({ test: null, body, from, to: this.at });
    }
    return this.node("if", start, { cases });
  }

  loop(start, column) {
    this.at += 1;
    const target = this.header(() => this.targets());
    this.expect("in");
    const values = this.header(() => this.list());
    const body = this.body(column);
    return this.node("for", start, { target, values, body });
  }

  repeated(start, column) {
    this.at += 1;
    const test = this.header(() => this.expression());
    const body = this.body(column);
    return this.node("while", start, { test, body });
  }

  // A block whose header decides nothing.
  plain(start, column) {
    while (!this.isType("newline") && !this.isType("end") && !this.is(":")) this.at += 1;
    const body = this.body(column);
    return this.node("block", start, { body });
  }

  // Whether this line ends in a colon and gives nothing a value.
  opensBlock() {
    let end = this.at;
    for (; !["newline", "end"].includes(this.tokens[end].type); end += 1) {
      if (this.tokens[end].text === "=") return false;
    }
    return end > this.at + 1 && this.tokens[end - 1].text === ":";
  }

  skipped(start, column) {
    this.plain(start, column);
    return this.node("skip", start, {});
  }

  definition(start, column) {
    this.at += 1;
    const { text: name } = this.named();
    this.expect("(");
    const parameters = this.parameters(")");
    if (this.take("->")) this.header(() => this.expression());
    const body = this.body(column);
    return this.node("def", start, { name, parameters, body });
  }

  classed(start, column) {
    this.at += 1;
    const { text: name } = this.named();
    const bases = this.take("(") ? this.items(")") : [];
    const body = this.body(column);
    return this.node("class", start, { name, bases, body });
  }

  named() {
    if (!this.isType("name")) this.unexpected();
    this.at += 1;
    return this.tokens[this.at - 1];
  }

  // What a function takes: [{ name, star, byDefault }].
  parameters(close) {
    const found = [];
    while (!this.take(close)) {
      if (this.isType("newline") || this.isType("end")) this.unexpected();
      if (this.take(",") || this.take("/")) continue;
      const star = this.take("**") ? "**" : this.take("*") ? "*" : "";
      if (star === "*" && this.is(",")) continue;
      const { text: name } = this.named();
      if (close === ")" && this.take(":")) this.header(() => this.expression());
      const byDefault = this.take("=") ? this.expression() : null;
      found.push({ name, star, byDefault });
    }
    return found;
  }

  assignment(start) {
    const parts = [this.list()];
    if (this.take(":")) {
      this.expression(); // An annotation, or what stands behind a key without brackets.
      if (!this.is("=")) return this.ended(this.node("annotation", start, {}), start);
    }
    let sign = null;
    while (this.isType("sign") && ASSIGNS.has(this.token.text)) {
      sign = this.token.text;
      this.at += 1;
      parts.push(this.is("yield") || this.is("await") ? this.awaited() : this.list());
    }
    const value = parts.pop();
    return this.ended(this.node("assign", start, { targets: parts, sign, value }), start);
  }

  awaited() {
    this.at += 1;
    return this.list();
  }

  // --- Expressions ---

  // One expression, or several with commas between them: a tuple.
  list() {
    const start = this.at;
    const first = this.element();
    if (!this.is(",")) return first;
    const items = [first];
    while (this.take(",")) {
      if (this.isType("newline") || this.isType("end")) break;
      if (this.is("=") || this.is(";") || this.is(":")) break;
      items.push(this.element());
    }
    return this.node("tuple", start, { items });
  }

  // What a loop gives its values to.
  targets() {
    const start = this.at;
    const items = [this.binary(0)];
    let commas = 0;
    while (this.take(",")) {
      commas += 1;
      if (this.is("in")) break;
      items.push(this.binary(0));
    }
    return commas ? this.node("tuple", start, { items }) : items[0];
  }

  element() {
    const start = this.at;
    if (this.take("*")) return this.node("star", start, { value: this.expression() });
    const name = this.printedKey();
    if (name === null) return this.expression();
    const copies = this.copies();
    return this.node("keyed", start, { name, copies, value: this.expression() });
  }

  // The start of a line as PyTorch prints it: "(0): ", "(down): " or "(0-2): 3 x ".
  printedKey() {
    if (this.inHeader || !this.is("(")) return null;
    const end = this.is("-", 2) ? 4 : 2;
    if (!this.isType("name", 1) && !this.isType("number", 1)) return null;
    if (!this.is(")", end) || !this.is(":", end + 1)) return null;
    const name = this.tokens.slice(this.at + 1, this.at + end).map(({ text }) => text).join("");
    this.at += end + 2;
    return name;
  }

  printedKeyAhead() {
    const start = this.at;
    const key = this.printedKey();
    this.at = start;
    return key !== null;
  }

  copies() {
    if (!this.isType("number") || !this.is("x", 1)) return 1;
    const copies = Number(this.token.text.replace(/_/g, ""));
    this.at += 2;
    return copies >= 1 ? copies : 1;
  }

  expression() {
    return this.deeper("brackets", () => {
      const start = this.at;
      if (this.is("lambda")) return this.lambda();
      const value = this.either();
      if (this.isType("name") && this.is(":=", 1)) this.unexpected();
      if (this.take(":=")) return this.node("walrus", start, { target: value, value: this.expression() });
      if (!this.take("if")) return value;
      const test = this.either();
      this.expect("else");
      return this.node("choice", start, { test, yes: value, no: this.expression() });
    });
  }

  lambda() {
    const start = this.at;
    this.at += 1;
    const parameters = this.parameters(":");
    const from = this.at;
    const value = this.expression();
    const body = [this.node("return", from, { value })];
    return this.node("lambda", start, { parameters, body });
  }

  either() {
    return this.several("or", () => this.several("and", () => this.negated()));
  }

  several(word, read) {
    const start = this.at;
    const all = [read()];
    while (this.isType("name") && this.take(word)) all.push(read());
    return all.length > 1 ? this.node(word, start, { all }) : all[0];
  }

  negated() {
    const start = this.at;
    if (!this.isType("name") || !this.take("not")) return this.comparison();
    return this.deeper("signs", () => this.node("not", start, { value: this.negated() }));
  }

  comparison() {
    const start = this.at;
    const first = this.binary(0);
    const rest = [];
    for (;;) {
      let { text: sign } = this.token;
      if (this.isType("text")) break;
      if (sign === "not" && this.is("in", 1)) sign = "not in";
      else if (!COMPARES.has(sign)) break;
      this.at += sign === "not in" ? 2 : 1;
      if (sign === "is" && this.take("not")) sign = "is not";
      rest.push({ sign, value: this.binary(0) });
    }
    return rest.length > 0 ? this.node("compare", start, { first, rest }) : first;
  }

  binary(level) {
    if (level === LEVELS.length) return this.signed();
    const start = this.at;
    const first = this.binary(level + 1);
    const rest = [];
    while (this.isType("sign") && LEVELS[level].includes(this.token.text)) {
      const { text: sign } = this.token;
      this.at += 1;
      rest.push({ sign, value: this.binary(level + 1) });
    }
    return rest.length > 0 ? this.node("chain", start, { first, rest }) : first;
  }

  signed() {
    const start = this.at;
    const { text: sign } = this.token;
    if (this.isType("sign") && ["-", "+", "~"].includes(sign)) {
      this.at += 1;
      return this.deeper("signs", () => this.node("sign", start, { sign, value: this.signed() }));
    }
    if (this.isType("name") && sign === "await") this.at += 1;
    const base = this.postfix();
    if (!this.take("**")) return base;
    return this.deeper("powers", () => this.node("power", start, { base, exponent: this.signed() }));
  }

  postfix() {
    const start = this.at;
    const base = this.atom();
    const links = [];
    for (;;) {
      const from = this.at;
      if (this.is(".") && this.isType("name", 1)) {
        this.at += 2;
        links.push({ attribute: this.tokens[this.at - 1].text });
      } else if (this.is("(") && !this.printedKeyAhead()) {
        this.at += 1;
        const printed = this.printedKeyAhead();
        const items = this.outsideHeader(() => this.items(")"));
        links.push({ call: items, printed, from, to: this.at });
      } else if (this.is("[")) {
        this.at += 1;
        links.push({ index: this.outsideHeader(() => this.items("]", true)), from, to: this.at });
      } else {
        return links.length > 0 ? this.node("postfix", start, { base, links }) : base;
      }
    }
  }

  outsideHeader(read) {
    const { inHeader } = this;
    this.inHeader = false;
    const found = read();
    this.inHeader = inHeader;
    return found;
  }

  atom() {
    const { at: start, token: { text, type } } = this;
    if (type === "number") {
      this.at += 1;
      return this.node("number", start, { text });
    }
    if (type === "text") {
      const parts = [];
      for (; this.isType("text"); this.at += 1) parts.push(this.token.text);
      const isFormat = parts.some((part) => /^[rRbBuU]?[fF]/.test(part));
      return this.node("text", start, { value: parts.map(contents).join(""), isFormat });
    }
    if (type === "name" && !["not", "lambda", "else", "for", "if", "in"].includes(text)) {
      this.at += 1;
      return this.node("name", start, { name: text });
    }
    if (type === "sign" && text in OPENS) {
      this.at += 1;
      const items = this.outsideHeader(() => this.items(OPENS[text]));
      const [one] = items;
      const single = text === "(" && items.length === 1 && !items.commas;
      if (single && !one.loops && !one.spread && !one.broken) {
        return { ...one.value, from: start, to: this.at };
      }
      return this.node("list", start, { open: text, items });
    }
    if (this.take("...")) return this.node("dots", start, {});
    return this.unexpected();
  }

  // What stands between brackets: [{ name, spread, key, value, loops, from, to }], with `commas`.
  items(close, isIndex = false) {
    const before = this.at - 2; // Of a call, the last word of what is called.
    const open = this.tokens[this.at - 1];
    const items = [];
    items.commas = 0;
    let last = 0; // How many items there were at the last comma.
    this.depth += 1;
    while (!this.take(close)) {
      if (this.isType("end") || (this.isType("newline") && this.at >= this.tokens.length - 2)) {
        this.problem(open.line, `the bracket ${open.text} is not closed; what stands in it is read`,
          this.at);
        break;
      }
      if (this.take(",")) {
        if (items.length === last) {
          this.problem(this.tokens[this.at - 1].line, "there is a comma too many", this.at);
        }
        last = items.length;
        items.commas += 1;
        continue;
      }
      const { at: start, depth, inHeader } = this;
      try {
        const item = isIndex ? this.header(() => this.index()) : this.item(close, open);
        if (item) items.push({ ...item, from: start, to: this.at });
      } catch (problem) {
        Object.assign(this, { depth, inHeader });
        this.toComma(close);
        // An argument is missing now, so the layer that is called may be another one.
        this.caught(problem, close === ")" ? Math.max(0, before) : start);
        items.push({ broken: true, from: start, to: this.at });
      }
      if (this.at === start) this.at += 1;
    }
    this.depth -= 1;
    return items;
  }

  item(close, open) {
    const { line } = this.token;
    if (this.isType("newline")) {
      this.at += 1;
      return null;
    }
    if (this.parametrized()) return null;
    const spread = this.take("**") ? "**" : this.take("*") ? "*" : null;
    let name = null;
    if (close === ")" && this.isType("name") && this.is("=", 1)) {
      name = this.token.text;
      this.at += 2;
    }
    let value = this.element();
    let key = null;
    if (open.text === "{" && this.take(":")) {
      key = value;
      value = this.element();
    }
    const loops = this.loops();
    const item = { name, spread, key, value, loops };
    if (this.is(",") || this.isType("newline") || CLOSES.has(this.token.text)) return item;
    if (this.printedKeyAhead()) return item;
    if (this.token.line > line && (this.isType("name") || this.is("("))) {
      this.problem(this.token.line, "a comma is missing before this line", this.at);
      return item;
    }
    return this.unexpected();
  }

  // The loops of a comprehension, or null.
  loops() {
    const found = [];
    for (;;) {
      if (this.is("async") && this.is("for", 1)) this.at += 1;
      if (!this.isType("name") || !this.take("for")) break;
      const start = this.at - 1;
      const target = this.targets();
      this.expect("in");
      const values = this.either();
      const tests = [];
      while (this.isType("name") && this.take("if")) tests.push(this.either());
      found.push(this.node("loop", start, { target, values, tests }));
    }
    return found.length > 0 ? found : null;
  }

  // One index, or the start, stop and step of a slice.
  index() {
    const parts = [];
    let part = null;
    let isSlice = false;
    while (!this.is(",") && !this.is("]") && !this.isType("newline")) {
      if (this.take(":")) {
        isSlice = true;
        parts.push(part);
        part = null;
      } else if (part) {
        this.unexpected();
      } else {
        part = this.expression();
      }
    }
    return isSlice ? { slice: [...parts, part] } : { value: part };
  }

  // Passes over what PyTorch prints of the norm of a layer's weights.
  parametrized() {
    if (!this.is("parametrizations", 1) || !this.printedKeyAhead()) return false;
    this.toComma(")");
    return true;
  }

  // To the next comma of these brackets, or to their end.
  toComma(close) {
    let depth = 0;
    for (; !this.isType("end"); this.at += 1) {
      const { text, type } = this.token;
      if (type !== "sign") continue;
      if (depth === 0 && (text === "," || text === close)) return;
      if (text in OPENS) depth += 1;
      if (CLOSES.has(text)) depth = Math.max(0, depth - 1);
    }
  }
}

function targetsOf(node) {
  return node.op === "tuple" ? node.items : [node];
}

function contents(literal) {
  const plain = literal.replace(/^[a-zA-Z]*/, "");
  const quotes = /^("""|'''|"|')/.exec(plain)[0];
  const inner = plain.slice(quotes.length);
  return inner.endsWith(quotes) ? inner.slice(0, -quotes.length) : inner;
}
