// Python code as a list of words and signs.

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
const PROMPT = /^([ \t]*)(>>>|\.\.\.:?|In \[\d+\]:)(?= |$)/gm;

const FENCE = /^[ \t]*```.*$/gm;

export const OPENS = { "(": ")", "[": "]", "{": "}" };
export const CLOSES = new Set([")", "]", "}"]);

/**
 * Words and signs, { type, text, line, at, end, column } each, the last two a line end and the end.
 * Line ends count only outside of brackets, as in Python. `note(line, words)` is told what is none.
 */
export function tokenize(code, note) {
  const text = code.replace(PROMPT, (all, space, sign) => space + " ".repeat(sign.length))
    .replace(FENCE, (all) => " ".repeat(all.length));
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
