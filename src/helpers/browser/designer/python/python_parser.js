// The grammar of Python: words become statements and expressions. Nothing is run.
import { SIMPLE } from "./python_simple.js";
import { OPENS, Problem, tokenize } from "./python_words.js";

/** How deep brackets, signs and blocks may be nested. */
export const DEPTH = 60;

/** The statements of a program; each node has `op`, its `line`, and where it stands: `at`, `end`. */
export function parse(text) {
  return new Parser(tokenize(text)).block(-1);
}

const LEVELS = [["|"], ["^"], ["&"], ["<<", ">>"], ["+", "-"], ["*", "/", "//", "%", "@"]];
const COMPARES = new Set(["<", ">", "==", "!=", "<=", ">=", "in", "is"]);
const AUGMENTS = new Set([
  "+=",
  "-=",
  "*=",
  "/=",
  "//=",
  "%=",
  "**=",
  "@=",
  "&=",
  "|=",
  "^=",
  "<<=",
  ">>=",
]);
const KEYWORDS = new Set([
  "not",
  "lambda",
  "else",
  "for",
  "if",
  "in",
  "is",
  "and",
  "or",
  "elif",
  "class",
  "def",
  "return",
  "while",
  "with",
  "import",
  "from",
  "as",
  "try",
  "except",
  "finally",
  "raise",
  "assert",
  "del",
  "global",
  "nonlocal",
  "pass",
  "break",
  "continue",
]);

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
    this.fail(`${text.slice(0, 40)} is not understood here`);
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
      if (this.isType("newline")) {
        this.at += 1;
        continue;
      }
      if (this.token.column <= column) break;
      own ??= this.token.column;
      if (this.token.column !== own)
        this.fail("this line is indented otherwise than those before it");
      body.push(this.statement(column));
      this.rest(body, column);
    }
    return body;
  }

  // What stands on the same line, behind semicolons.
  rest(body, column) {
    while (this.take(";")) {
      if (!this.isType("newline")) body.push(this.statement(column));
    }
    const { op } = body.at(-1);
    if (!COMPOUND.has(op) && !this.isType("newline") && !this.isType("end")) this.unexpected();
  }

  statement(outer) {
    const {
      at: start,
      token: { text, column, type },
    } = this;
    const word = type === "name" ? text : "";
    if (this.is("@")) return this.decorated(column);
    if (word === "async") this.at += 1;
    const compound = COMPOUNDS[this.isType("name") ? this.token.text : ""];
    if (compound)
      return this.deeper("blocks", () => this[compound](start, Math.max(column, outer)));
    if (word === "match" && this.opensBlock()) return this.fail("match is not understood here");
    const read = SIMPLE[word];
    if (read) {
      this.at += 1;
      return this.node(word, start, read(this));
    }
    return this.assignment(start);
  }

  ended() {
    return this.isType("newline") || this.is(";") || this.isType("end");
  }

  // A header's colon, and then its block.
  body(column) {
    this.expect(":");
    if (this.isType("newline")) {
      const body = this.block(column);
      if (body.length === 0) this.fail("a block is empty here");
      return body;
    }
    const body = [this.statement(column)];
    this.rest(body, column);
    return body;
  }

  // Whether the next statement starts in the same column with this word.
  follows(word, column) {
    let next = this.at;
    while (this.tokens[next].type === "newline") next += 1;
    const token = this.tokens[next];
    if (token.text !== word || token.type !== "name" || token.column !== column) return false;
    this.at = next + 1;
    return true;
  }

  decorated(column) {
    const decorators = [];
    while (this.take("@")) {
      decorators.push(this.expression());
      while (this.isType("newline")) this.at += 1;
    }
    return { ...this.statement(column), decorators };
  }

  conditional(start, column) {
    this.at += 1;
    const test = this.expression();
    const head = this.node("if", start, {});
    const body = this.body(column);
    const { at } = this;
    let orelse = [];
    if (this.follows("elif", column)) {
      this.at -= 1;
      orelse = [this.deeper("blocks", () => this.conditional(this.at, column))];
    } else if (this.follows("else", column)) orelse = this.body(column);
    else this.at = at;
    return { ...head, test, body, orelse };
  }

  loop(start, column) {
    this.at += 1;
    const target = this.targets();
    this.expect("in");
    const values = this.list();
    const head = this.node("for", start, {});
    return { ...head, target, values, ...this.looped(column) };
  }

  repeated(start, column) {
    this.at += 1;
    const test = this.expression();
    const head = this.node("while", start, {});
    return { ...head, test, ...this.looped(column) };
  }

  looped(column) {
    const body = this.body(column);
    const orelse = this.follows("else", column) ? this.body(column) : [];
    return { body, orelse };
  }

  attempted(start, column) {
    this.at += 1;
    const head = this.node("try", start, {});
    const body = this.body(column);
    const handlers = [];
    while (this.follows("except", column)) {
      const types = this.is(":") ? null : this.list();
      const name = this.take("as") ? this.named() : null;
      handlers.push({ types, name, body: this.body(column) });
    }
    const orelse = this.follows("else", column) ? this.body(column) : [];
    const final = this.follows("finally", column) ? this.body(column) : [];
    return { ...head, body, handlers, orelse, final };
  }

  managed(start, column) {
    this.at += 1;
    const isWrapped = this.take("(");
    const items = [];
    do {
      const value = this.expression();
      items.push({ value, target: this.take("as") ? this.targetOf(this.binary(0)) : null });
    } while (this.take(",") && !this.is(")"));
    if (isWrapped) this.expect(")");
    const head = this.node("with", start, {});
    return { ...head, items, body: this.body(column) };
  }

  definition(start, column) {
    this.at += 1;
    const name = this.named();
    this.expect("(");
    const parameters = this.parameters(")");
    if (this.take("->")) this.expression();
    const head = this.node("def", start, {});
    return { ...head, name, parameters, body: this.body(column) };
  }

  classed(start, column) {
    this.at += 1;
    const name = this.named();
    const bases = this.take("(") ? this.items(")") : [];
    const head = this.node("class", start, {});
    return { ...head, name, bases, body: this.body(column) };
  }

  named() {
    if (!this.isType("name") || KEYWORDS.has(this.token.text)) this.unexpected();
    this.at += 1;
    return this.tokens[this.at - 1].text;
  }

  dotted() {
    let name = this.named();
    while (this.take(".")) name += `.${this.named()}`;
    return name;
  }

  // What a function takes: [{ name, star, byDefault, isKeyword, annotation }].
  parameters(close) {
    const found = [];
    let isKeyword = false;
    while (!this.take(close)) {
      if (this.isType("newline") || this.isType("end")) this.unexpected();
      if (this.take(",") || this.take("/")) continue;
      const star = this.take("**") ? "**" : this.take("*") ? "*" : "";
      if (star === "*" && this.is(",")) {
        isKeyword = true;
        continue;
      }
      const name = this.named();
      if (close === ")" && this.take(":")) this.expression();
      const byDefault = this.take("=") ? this.expression() : null;
      found.push({ name, star, byDefault, isKeyword });
      if (star === "*") isKeyword = true;
    }
    return found;
  }

  assignment(start) {
    const first = this.list();
    if (this.take(":")) {
      this.expression();
      const value = this.take("=") ? this.right() : null;
      return this.node("annotated", start, { target: this.targetOf(first), value });
    }
    if (this.isType("sign") && AUGMENTS.has(this.token.text)) {
      const sign = this.token.text.slice(0, -1);
      this.at += 1;
      const value = this.right();
      return this.node("augment", start, { target: this.targetOf(first), sign, value });
    }
    const parts = [first];
    while (this.take("=")) parts.push(this.right());
    const value = parts.pop();
    if (parts.length === 0) return this.node("expression", start, { value });
    return this.node("assign", start, { targets: parts.map((part) => this.targetOf(part)), value });
  }

  right() {
    if (this.isType("name") && this.is("yield")) return this.yielded();
    return this.list();
  }

  yielded() {
    const start = this.at;
    this.at += 1;
    this.take("from");
    const value = this.ended() || this.is(")") ? null : this.list();
    return this.node("yield", start, { value });
  }

  targetOf(node) {
    const isTarget =
      ["name", "attribute", "index", "star"].includes(node.op)
      || ((node.op === "tuple" || node.op === "list")
        && node.items.every((item) => this.targetOf(item)));
    if (!isTarget) throw new Problem(node.line, "this cannot be given a value");
    return node;
  }

  // --- Expressions ---

  // One expression, or several with commas between them: a tuple.
  list() {
    const start = this.at;
    const first = this.element();
    if (!this.is(",")) return first;
    const items = [first];
    while (this.take(",")) {
      if (this.ended() || this.is("=") || this.is(":") || this.is(")")) break;
      items.push(this.element());
    }
    return this.node("tuple", start, { items });
  }

  element() {
    const start = this.at;
    if (this.take("*")) return this.node("star", start, { value: this.binary(0) });
    return this.expression();
  }

  // What a loop gives its values to.
  targets() {
    const start = this.at;
    const items = [this.targetOf(this.starred())];
    let commas = 0;
    while (this.take(",")) {
      commas += 1;
      if (this.is("in")) break;
      items.push(this.targetOf(this.starred()));
    }
    return commas ? this.node("tuple", start, { items }) : items[0];
  }

  starred() {
    const start = this.at;
    if (this.take("*")) return this.node("star", start, { value: this.binary(0) });
    return this.binary(0);
  }

  expression() {
    return this.deeper("brackets", () => {
      const start = this.at;
      if (this.isType("name") && this.is("yield")) return this.yielded();
      if (this.isType("name") && this.is("lambda")) return this.lambda();
      const value = this.either();
      if (this.take(":=")) {
        return this.node("walrus", start, {
          target: this.targetOf(value),
          value: this.expression(),
        });
      }
      if (!this.isType("name") || !this.take("if")) return value;
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
    return this.node("lambda", start, { name: "<lambda>", parameters, body });
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
    let left = this.binary(level + 1);
    while (this.isType("sign") && LEVELS[level].includes(this.token.text)) {
      const { text: sign } = this.token;
      this.at += 1;
      const right = this.binary(level + 1);
      left = this.node("binary", start, { sign, left, right });
    }
    return left;
  }

  signed() {
    const start = this.at;
    const { text: sign } = this.token;
    if (this.isType("sign") && ["-", "+", "~"].includes(sign)) {
      this.at += 1;
      return this.deeper("signs", () => this.node("unary", start, { sign, value: this.signed() }));
    }
    if (this.isType("name") && sign === "await") this.at += 1;
    const left = this.postfix();
    if (!this.take("**")) return left;
    return this.deeper("powers", () =>
      this.node("binary", start, { sign: "**", left, right: this.signed() }),
    );
  }

  postfix() {
    const start = this.at;
    let value = this.atom();
    for (let links = 0; ; links += 1) {
      if (links > 20 * DEPTH) this.fail("this goes on for too long");
      if (this.is(".")) {
        this.at += 1;
        const name = this.named();
        value = this.node("attribute", start, { value, name });
      } else if (this.take("(")) {
        const items = this.items(")");
        value = this.node("call", start, { value, items });
      } else if (this.take("[")) {
        const { items, commas } = this.indices();
        const index = commas ? { op: "tuple", line: this.token.line, items } : items[0];
        value = this.node("index", start, { value, index });
      } else return value;
    }
  }

  atom() {
    const {
      at: start,
      token: { text, type },
    } = this;
    if (type === "number") {
      this.at += 1;
      return this.node("number", start, { text });
    }
    if (type === "text") return this.text(start);
    if (type === "name" && !KEYWORDS.has(text)) {
      this.at += 1;
      return this.node("name", start, { name: text });
    }
    if (this.take("...")) return this.node("dots", start, {});
    if (type === "sign" && text in OPENS) {
      this.at += 1;
      return this.bracketed(start, text);
    }
    return this.unexpected();
  }

  bracketed(start, open) {
    const items = this.items(OPENS[open]);
    const [one] = items;
    const single = items.length === 1 && !items.commas;
    if (single && one.loops) {
      const op = { "(": "generator", "[": "comprehension", "{": one.key ? "dictOf" : "setOf" }[
        open
      ];
      return this.node(op, start, { key: one.key, value: one.value, loops: one.loops });
    }
    if (open === "(" && single && !one.spread) return { ...one.value, at: this.tokens[start].at };
    if (open === "{") {
      const isDict = items.every(({ key, spread }) => key || spread === "**");
      return this.node(isDict ? "dict" : "set", start, { items });
    }
    const values = items.map(({ spread, value }) =>
      spread ? { op: "star", line: value.line, at: value.at, end: value.end, value } : value,
    );
    return this.node(open === "(" ? "tuple" : "list", start, { items: values });
  }

  // Texts one after the other, which Python joins: { parts }, strings and { value, format }.
  text(start) {
    const parts = [];
    for (; this.isType("text"); this.at += 1) parts.push(...this.pieces(this.token));
    return this.node("text", start, { parts });
  }

  pieces({ text, line }) {
    const [, prefix, quotes] = /^([a-zA-Z]*)("""|'''|"|')/.exec(text);
    const inner = text.slice(prefix.length + quotes.length);
    if (!inner.endsWith(quotes)) this.fail("a text is not closed");
    const bare = inner.slice(0, -quotes.length);
    const own = /r/i.test(prefix)
      ? bare
      : bare.replace(ESCAPE, (all, sign) => ESCAPED[sign] ?? all);
    if (!/f/i.test(prefix)) return [own];
    const parts = [];
    let last = 0;
    for (const found of own.matchAll(/\{\{|\}\}|\{([^{}]*?)(=?)(?:!([rsa]))?(?::([^{}]*))?\}/g)) {
      parts.push(own.slice(last, found.index));
      last = found.index + found[0].length;
      if (found[1] === undefined) parts.push(found[0][0]);
      else {
        if (found[2]) parts.push(`${found[1]}=`);
        const tokens = tokenize(`(${found[1]})`).map((token) => ({ ...token, line }));
        parts.push({
          value: new Parser(tokens).expression(),
          format: found[4] ?? "",
          convert: found[3],
        });
      }
    }
    return [...parts, own.slice(last)];
  }

  // What stands between brackets: [{ name, spread, key, value, loops }], with `commas`.
  items(close) {
    const open = this.tokens[this.at - 1];
    /** @type {any} */
    const items = [];
    items.commas = 0;
    this.depth += 1;
    if (this.depth > DEPTH) this.fail(`brackets are nested more than ${DEPTH} deep`);
    while (!this.take(close)) {
      if (this.isType("end") || this.isType("newline")) {
        this.fail(`the bracket ${open.text} is not closed`, open);
      }
      items.push(this.item(close));
      if (this.take(",")) items.commas += 1;
      else if (!this.is(close)) {
        const isNext = this.token.line > this.tokens[this.at - 1].line && !this.isType("newline");
        if (isNext && !this.isType("end")) this.fail("a comma is missing before this line");
        if (!this.isType("newline") && !this.isType("end")) this.unexpected();
      }
    }
    this.depth -= 1;
    return items;
  }

  item(close) {
    const spread = this.take("**") ? "**" : this.take("*") ? "*" : null;
    let name = null;
    if (close === ")" && this.isType("name") && this.is("=", 1)) {
      name = this.token.text;
      this.at += 2;
    }
    let value = this.expression();
    let key = null;
    if (close === "}" && this.take(":")) {
      key = value;
      value = this.expression();
    }
    return { name, spread, key, value, loops: this.loops() };
  }

  // The loops of a comprehension, or null.
  loops() {
    const found = [];
    for (;;) {
      if (this.is("async") && this.is("for", 1)) this.at += 1;
      if (!this.isType("name") || !this.take("for")) break;
      const target = this.targets();
      this.expect("in");
      const values = this.either();
      const tests = [];
      while (this.isType("name") && this.take("if")) tests.push(this.either());
      found.push({ target, values, tests });
    }
    return found.length > 0 ? found : null;
  }

  indices() {
    const open = this.tokens[this.at - 1];
    const items = [];
    let commas = 0;
    while (!this.take("]")) {
      if (this.isType("end") || this.isType("newline"))
        this.fail("the bracket [ is not closed", open);
      items.push(this.index());
      if (this.take(",")) commas += 1;
      else if (!this.is("]") && !this.isType("newline")) this.unexpected();
    }
    if (items.length === 0) this.fail("an index is missing", open);
    return { items, commas };
  }

  // One index, or the start, stop and step of a slice.
  index() {
    const { at: start } = this;
    const parts = [null];
    let isSlice = false;
    while (!this.is(",") && !this.is("]") && !this.isType("newline")) {
      if (this.take(":")) {
        isSlice = true;
        parts.push(null);
      } else if (parts.at(-1)) this.unexpected();
      else parts[parts.length - 1] = this.element();
    }
    if (parts.length > 3) this.fail("a slice has three parts at the most");
    return isSlice ? this.node("slice", start, { parts }) : parts[0];
  }

  // Whether this line ends in a colon and gives nothing a value.
  opensBlock() {
    let end = this.at;
    for (; !["newline", "end"].includes(this.tokens[end].type); end += 1) {
      if (this.tokens[end].text === "=") return false;
    }
    return end > this.at + 1 && this.tokens[end - 1].text === ":";
  }
}

const COMPOUNDS = {
  __proto__: null,
  if: "conditional",
  for: "loop",
  while: "repeated",
  def: "definition",
  class: "classed",
  with: "managed",
  try: "attempted",
};
const COMPOUND = new Set(Object.keys(COMPOUNDS));
const ESCAPE = /\\([\\'"nt]|\n)/g;
const ESCAPED = { "\\": "\\", "'": "'", '"': '"', n: "\n", t: "\t", "\n": "" };
