// Python code as a list of words and signs.
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

export const OPENS = { "(": ")", "[": "]", "{": "}" };

/** The same text with spaces for what is no code: prompts, fences and a notebook's commands. */
export function plain(text) {
  const blank = (all) => " ".repeat(all.length);
  return text.replace(PROMPT, (_all, space, sign) => space + blank(sign)).replace(NO_CODE, blank);
}

/**
 * Words and signs, { type, text, line, at, end, column } each, the last two a line end and the end.
 * Line ends count only outside of brackets, as in Python.
 */
export function tokenize(text) {
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
