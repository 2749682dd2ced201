// The grammar of Python: a text becomes words, and these statements and expressions. Nothing is run.
import { record } from "./python_values.js";

/** Thrown where a text is not Python. */
export const Problem = record("line", "words");

const TOKEN = new RegExp(
  [
    "([ \\t\\f\\r\\u00a0\\ufeff]+|#[^\\n]*|\\\\\\r?\\n)",
    "(\\n)",
    "([rRbBuUfF]{0,2}(?:\"\"\"[^]*?(?:\"\"\"|$)|'''[^]*?(?:'''|$)"
      + "|\"[^\"\\\\\\n]*(?:\\\\[^][^\"\\\\\\n]*)*\"?|'[^'\\\\\\n]*(?:\\\\[^][^'\\\\\\n]*)*'?))",
    "(0[xXoObB][\\da-fA-F_]+|(?:\\d[\\d_]*\\.?[\\d_]*|\\.\\d[\\d_]*)(?:[eE][+-]?\\d[\\d_]*)?)",
    "([\\p{L}_][\\p{L}\\p{N}\\p{M}_]*)",
    "(\\*\\*=?|\\/\\/=?|->|:=|<<=|>>=|[-+*\\/%@&|^]=|[=!<>]=|<<|>>|\\.\\.\\.|[-()[\\]{},:.;@=+*\\/%<>&|^~])",
    "([^])",
  ].join("|"),
  "uy",
);
const TYPES = [null, "space", "newline", "text", "number", "name", "sign", "bad"];
// What consoles, notebooks and Markdown put before code.
const PROMPT = /^([ \t]*)(>>>|\.\.\.:?|In \[\d+\]:)(?= |$)/gm;
const NO_CODE = /^[ \t]*(?:```|[!%][\w%]).*$/gm;

const OPENS = { "(": ")", "[": "]", "{": "}" };

/** The same text with spaces for what is no code: prompts, fences and a notebook's commands. */
export function plain(text) {
  const blank = (all) => " ".repeat(all.length);
  return text.replace(PROMPT, (_all, space, sign) => space + blank(sign)).replace(NO_CODE, blank);
}

/**
 * Words and signs, { type, text, line, at, end, column } each, the last two a line end and the end.
 * Line ends count only outside of brackets, as in Python.
 */
function tokenize(text) {
  const tokens = [];
  let [line, start, depth] = [1, 0, 0];
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
    if (type === "bad") throw new Problem(token.line, `${token.text} is not a sign of Python`);
    if (type === "sign" && token.text in OPENS) depth += 1;
    if (type === "sign" && /[)\]}]/.test(token.text)) depth = Math.max(0, depth - 1);
    if (type !== "newline" || depth === 0) tokens.push(token);
  }
  const end = { text: "", line, at: text.length, end: text.length, column: 0 };
  tokens.push({ ...end, type: "newline" }, { ...end, type: "end" });
  return tokens;
}

/** How deep brackets, signs and blocks may be nested. */
const DEPTH = 60;

/** The statements of a program; each node has `op`, its `line`, and where it stands: `at`, `end`. */
export function parse(text) {
  return new Parser(tokenize(text)).block(-1);
}

// The signs between two expressions, the loosest first.
const LEVELS = "or,and,not,< > == != <= >= in not_in is is_not,|,^,&,<< >>,+ -,* / // % @"
  .split(",")
  .map((signs) => signs.split(" "));
const [NOT, COMPARISON, BITS] = [2, 3, 4];
const AUGMENTS = new Set("+= -= *= /= //= %= **= @= &= |= ^= <<= >>=".split(" "));
const KEYWORDS = new Set(
  (
    "not lambda else for if in is and or elif class def return while with import from as try "
    + "except finally raise assert del global nonlocal pass break continue async await"
  ).split(" "),
);

class Parser {
  constructor(tokens) {
    this.tokens = tokens;
    this.at = 0;
    this.depth = 0;
  }

  get token() {
    return this.tokens[this.at];
  }

  is(text, ahead = 0) {
    const token = this.tokens[this.at + ahead];
    return token?.text === text && token.type !== "text";
  }

  isType(type) {
    return this.token.type === type;
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
    const words = `${this.token.text.slice(0, 40)} is not understood here`;
    this.fail(this.isLineEnd() ? "this line ends too early" : words);
  }

  isLineEnd() {
    return this.isType("newline") || this.isType("end");
  }

  ended() {
    return this.isLineEnd() || this.is(";");
  }

  node(op, from, more) {
    const [first, last] = [this.tokens[from], this.tokens[Math.max(from, this.at - 1)]];
    return { op, line: first.line, at: first.at, end: last.end, ...more };
  }

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
    let own = null; // The column in which the block's statements start.
    while (!this.isType("end")) {
      if (this.isType("newline")) this.at += 1;
      else if (this.token.column <= column) break;
      else {
        own ??= this.token.column;
        if (this.token.column !== own) this.fail("this line is indented otherwise than the last");
        this.line(body, column);
      }
    }
    return body;
  }

  // The statements of one line, between semicolons.
  line(body, column) {
    do body.push(this.statement(column));
    while (this.take(";") && !this.isType("newline"));
    if (!body.at(-1).body && !this.isLineEnd()) this.unexpected();
  }

  statement(outer) {
    const start = this.at;
    const column = Math.max(this.token.column, outer);
    if (this.take("@")) {
      const decorator = this.expression();
      while (this.isType("newline")) this.at += 1;
      const found = this.statement(column);
      return { ...found, decorators: [...(found.decorators ?? []), decorator] };
    }
    const word = this.isType("name") ? this.token.text : "";
    const read = STATEMENTS[word];
    if (!read) return this.assignment(start);
    this.at += 1;
    return this.deeper("blocks", () => this.node(word, start, read(this, column, start)));
  }

  // A header's colon, and then its block.
  body(column) {
    this.expect(":");
    const body = this.isType("newline") ? this.block(column) : [];
    if (body.length === 0) this.line(body, column);
    return body;
  }

  // Whether the next statement starts in the same column with a word.
  follows(word, column) {
    let next = this.at;
    while (this.tokens[next].type === "newline") next += 1;
    const token = this.tokens[next];
    if (token.text !== word || token.type !== "name" || token.column !== column) return false;
    this.at = next + 1;
    return true;
  }

  named() {
    if (!this.isType("name") || KEYWORDS.has(this.token.text)) this.unexpected();
    this.at += 1;
    return this.tokens[this.at - 1].text;
  }

  // What a function takes: [{ name, star, byDefault, isKeyword }].
  parameters(close) {
    const found = [];
    let isKeyword = false;
    while (!this.take(close)) {
      if (this.isLineEnd()) this.unexpected();
      if (this.take(",") || this.take("/")) continue;
      const star = this.take("**") ? "**" : this.take("*") ? "*" : "";
      if (star !== "*" || !this.is(",")) {
        const name = this.named();
        if (close === ")" && this.take(":")) this.expression();
        const byDefault = this.take("=") ? this.expression() : null;
        found.push({ name, star, byDefault, isKeyword });
      }
      if (star === "*") isKeyword = true;
    }
    return found;
  }

  assignment(start) {
    const first = this.list();
    if (this.take(":")) {
      this.expression();
      const value = this.take("=") ? this.list() : null;
      return this.node("annotated", start, { target: this.targetOf(first), value });
    }
    if (this.isType("sign") && AUGMENTS.has(this.token.text)) {
      const sign = this.token.text.slice(0, -1);
      this.at += 1;
      const target = this.targetOf(first);
      return this.node("augment", start, { target, sign, value: this.list() });
    }
    const parts = [first];
    while (this.take("=")) parts.push(this.list());
    const value = parts.pop();
    if (parts.length === 0) return this.node("expression", start, { value });
    return this.node("assign", start, { targets: parts.map((part) => this.targetOf(part)), value });
  }

  targetOf(node) {
    const isTarget =
      ["name", "attribute", "index", "star"].includes(node.op)
      || (["tuple", "list"].includes(node.op) && node.items.every((item) => this.targetOf(item)));
    if (!isTarget) throw new Problem(node.line, "this cannot be given a value");
    return node;
  }

  // --- Expressions ---

  // One expression, or several with commas between them: a tuple.
  list(read = () => this.expression()) {
    const start = this.at;
    const items = [this.starred(read)];
    const { at } = this;
    while (this.take(",")) {
      if (this.ended() || ["=", ":", ")", "in"].some((sign) => this.is(sign))) break;
      items.push(this.starred(read));
    }
    return this.at === at ? items[0] : this.node("tuple", start, { items });
  }

  starred(read) {
    const start = this.at;
    return this.take("*") ? this.node("star", start, { value: this.binary(BITS) }) : read();
  }

  // What a loop gives its values to.
  targets() {
    return this.targetOf(this.list(() => this.binary(BITS)));
  }

  expression() {
    return this.deeper("brackets", () => {
      const start = this.at;
      if (this.take("lambda")) {
        const parameters = this.parameters(":");
        const { at } = this;
        const body = [this.node("return", at, { value: this.expression() })];
        return this.node("lambda", start, { name: "<lambda>", parameters, body });
      }
      if (this.take("yield")) {
        this.take("from");
        return this.node("yield", start, { value: this.ended() ? null : this.list() });
      }
      const value = this.binary(0);
      if (this.take(":=")) this.fail(":= is not evaluated here");
      if (!this.take("if")) return value;
      const test = this.binary(0);
      this.expect("else");
      return this.node("choice", start, { test, yes: value, no: this.expression() });
    });
  }

  binary(level) {
    if (level === LEVELS.length) return this.signed();
    const start = this.at;
    if (level === NOT) {
      if (!this.take("not")) return this.binary(NOT + 1);
      return this.deeper("signs", () => this.node("not", start, { value: this.binary(NOT) }));
    }
    const first = this.binary(level + 1);
    const rest = [];
    for (let sign = this.sign(level); sign; sign = this.sign(level))
      rest.push({ sign, value: this.binary(level + 1) });
    if (rest.length === 0) return first;
    const op = level < NOT ? LEVELS[level][0] : level === COMPARISON ? "compare" : "binary";
    return this.node(op, start, { first, rest });
  }

  // The sign of a level that stands here, or null.
  sign(level) {
    let { text: sign } = this.token;
    if (this.isType("text")) return null;
    if (sign === "not" && this.is("in", 1)) sign = "not_in";
    if (sign === "is" && this.is("not", 1)) sign = "is_not";
    if (!LEVELS[level].includes(sign)) return null;
    this.at += sign.split("_").length;
    return sign;
  }

  signed() {
    const start = this.at;
    const { text: sign } = this.token;
    if (this.take("-") || this.take("+") || this.take("~"))
      return this.deeper("signs", () => this.node("unary", start, { sign, value: this.signed() }));
    const first = this.postfix();
    if (!this.take("**")) return first;
    return this.deeper("powers", () =>
      this.node("binary", start, { first, rest: [{ sign: "**", value: this.signed() }] }),
    );
  }

  postfix() {
    const start = this.at;
    let value = this.atom();
    for (let links = 0; ; links += 1) {
      if (links > 20 * DEPTH) this.fail("this goes on for too long");
      if (this.take(".")) value = this.node("attribute", start, { value, name: this.named() });
      else if (this.take("(")) value = this.node("call", start, { value, items: this.items(")") });
      else if (this.take("[")) {
        const items = this.items("]", () => this.index());
        if (items.length === 0) this.fail("an index is missing");
        const index = items.commas ? this.node("tuple", start, { items }) : items[0];
        value = this.node("index", start, { value, index });
      } else return value;
    }
  }

  atom() {
    const start = this.at;
    const { text, type } = this.token;
    if (type === "text") {
      const parts = []; // Texts one after the other, which Python joins.
      for (; this.isType("text"); this.at += 1) parts.push(...this.pieces(this.token));
      return this.node("text", start, { parts });
    }
    if (type === "name") return this.node("name", start, { name: this.named() });
    this.at += 1;
    if (type === "number") return this.node("number", start, { text });
    if (text === "...") return this.node("dots", start, {});
    if (type === "sign" && text in OPENS) return this.bracketed(start, text);
    this.at -= 1;
    return this.unexpected();
  }

  bracketed(start, open) {
    const items = this.items(OPENS[open]);
    const [one] = items;
    const isSingle = items.length === 1 && !items.commas && !one.spread;
    if (isSingle && (one.value.op === "comprehension" || open === "("))
      return { ...one.value, at: this.tokens[start].at };
    if (open === "{" && items.every(({ key, spread }) => key || spread === "**"))
      return this.node("dict", start, { items });
    const values = items.map(({ spread, value }) =>
      spread ? { op: "star", line: value.line, at: value.at, end: value.end, value } : value,
    );
    const op = { "(": "tuple", "[": "list", "{": "set" }[open];
    return this.node(op, start, { items: values });
  }

  // A text as strings and { value, format }.
  pieces({ text, line }) {
    const [, prefix, quotes] = /^([a-zA-Z]*)("""|'''|"|')/.exec(text);
    const inner = text.slice(prefix.length + quotes.length);
    if (!inner.endsWith(quotes)) this.fail("a text is not closed");
    const bare = inner.slice(0, -quotes.length);
    const own = /r/i.test(prefix)
      ? bare
      : bare.replace(/\\([\\'"nt]|\n)/g, (all, sign) => ESCAPED[sign] ?? all);
    if (!/f/i.test(prefix)) return [own];
    const parts = [];
    let last = 0;
    for (const found of own.matchAll(/\{\{|\}\}|\{([^{}]*?)([=!:][^{}=]*)?\}/g)) {
      parts.push(own.slice(last, found.index));
      last = found.index + found[0].length;
      if (found[1] === undefined) parts.push(found[0][0]);
      else {
        const tokens = tokenize(`(${found[1]})`).map((token) => ({ ...token, line }));
        parts.push({ value: new Parser(tokens).expression(), format: found[2] ?? "" });
      }
    }
    return [...parts, own.slice(last)];
  }

  // What stands between brackets, with a count of its `commas`.
  items(close, read = () => this.item(close)) {
    const open = this.tokens[this.at - 1];
    const items = Object.assign([], { commas: 0 });
    return this.deeper("brackets", () => {
      while (!this.take(close)) {
        if (this.isLineEnd()) this.fail(`the bracket ${open.text} is not closed`, open);
        items.push(read());
        if (this.take(",")) items.commas += 1;
        else if (!this.is(close) && !this.isLineEnd()) {
          const isNext = this.token.line > this.tokens[this.at - 1].line;
          this.fail(isNext ? "a comma is missing before this line" : "a comma is missing here");
        }
      }
      return items;
    });
  }

  // What a call, a list or a dictionary holds: { name, spread, key, value }.
  item(close) {
    const start = this.at;
    const spread = this.take("**") ? "**" : this.take("*") ? "*" : null;
    const name = close === ")" && this.isType("name") && this.is("=", 1) ? this.named() : null;
    if (name) this.at += 1;
    let value = this.expression();
    const key = close === "}" && this.take(":") ? value : null;
    if (key) value = this.expression();
    const loops = [];
    while (this.take("for")) {
      const target = this.targets();
      this.expect("in");
      const values = this.binary(0);
      const tests = [];
      while (this.take("if")) tests.push(this.binary(0));
      loops.push({ target, values, tests });
    }
    if (loops.length === 0) return { name, spread, key, value };
    return { value: this.node("comprehension", start, { close, key, value, loops }) };
  }

  // One index, or the start, stop and step of a slice.
  index() {
    const start = this.at;
    const parts = [null];
    while (!this.is(",") && !this.is("]") && !this.isLineEnd()) {
      if (this.take(":")) parts.push(null);
      else if (parts.at(-1)) this.unexpected();
      else parts[parts.length - 1] = this.starred(() => this.expression());
    }
    if (parts.length > 3) this.fail("a slice has three parts at the most");
    return parts.length > 1
      ? this.node("slice", start, { parts })
      : (parts[0] ?? this.unexpected());
  }
}

const ESCAPED = { "\\": "\\", "'": "'", '"': '"', n: "\n", t: "\t", "\n": "" };

const none = () => ({});
const listed = (parser) => ({ value: parser.ended() ? null : parser.list() });
const otherwise = (parser, word, column) =>
  parser.follows(word, column) ? parser.body(column) : [];
const looped = (parser, column) => ({
  body: parser.body(column),
  orelse: otherwise(parser, "else", column),
});

function conditional(parser, column) {
  const test = parser.expression();
  const body = parser.body(column);
  if (!parser.follows("elif", column))
    return { test, body, orelse: otherwise(parser, "else", column) };
  const start = parser.at - 1;
  const inner = () => parser.node("if", start, conditional(parser, column));
  return { test, body, orelse: [parser.deeper("blocks", inner)] };
}

// What is imported, and as what; names may have dots between them.
function imported(parser) {
  const found = [];
  do {
    if (parser.is(")")) break;
    let name = parser.named();
    while (parser.take(".")) name += `.${parser.named()}`;
    found.push({ name, as: parser.take("as") ? parser.named() : null });
  } while (parser.take(","));
  return found;
}

// The statements that begin with a word, and what each reads behind it.
const STATEMENTS = {
  __proto__: null,
  pass: none,
  break: none,
  continue: none,
  global: listed,
  nonlocal: listed,
  return: listed,
  del: (parser) => ({ target: parser.targetOf(parser.list()) }),
  import: (parser) => ({ modules: imported(parser) }),
  if: conditional,
  while: (parser, column) => ({ test: parser.expression(), ...looped(parser, column) }),
  raise(parser) {
    const { value } = listed(parser);
    if (parser.take("from")) parser.expression();
    return { value };
  },
  assert(parser) {
    const test = parser.expression();
    return { test, message: parser.take(",") ? parser.expression() : null };
  },
  from(parser) {
    let module = "";
    for (; parser.is(".") || parser.is("..."); parser.at += 1) module += parser.token.text;
    if (!parser.is("import")) module += imported(parser)[0].name;
    parser.expect("import");
    if (parser.take("*")) return { module, names: null };
    const isWrapped = parser.take("(");
    const found = imported(parser);
    if (isWrapped) parser.expect(")");
    return { module, names: found };
  },
  for(parser, column) {
    const target = parser.targets();
    parser.expect("in");
    return { target, values: parser.list(), ...looped(parser, column) };
  },
  try(parser, column) {
    const body = parser.body(column);
    const handlers = [];
    while (parser.follows("except", column)) {
      if (!parser.is(":")) parser.list();
      if (parser.take("as")) parser.named();
      handlers.push(parser.body(column));
    }
    const orelse = otherwise(parser, "else", column);
    return { body, handlers, orelse, final: otherwise(parser, "finally", column) };
  },
  with(parser, column) {
    const items = [];
    do {
      const value = parser.expression();
      const target = parser.take("as") ? parser.targetOf(parser.binary(BITS)) : null;
      items.push({ value, target });
    } while (parser.take(","));
    return { items, body: parser.body(column) };
  },
  def(parser, column) {
    const name = parser.named();
    parser.expect("(");
    const parameters = parser.parameters(")");
    if (parser.take("->")) parser.expression();
    return { name, parameters, body: parser.body(column) };
  },
  class(parser, column) {
    const name = parser.named();
    return { name, bases: parser.take("(") ? parser.items(")") : [], body: parser.body(column) };
  },
};
