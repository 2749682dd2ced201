// A model as PyTorch prints it, written as the Python that makes it, line for line.
const HEAD = /^\s*(?:\w+ ?= ?)?\w+\(\s*\n\s*\([\w.-]+\): /;
const LINE = /^\s*(?:\(([\w.]+)\): |(?:\w+ ?= ?)?)(\w+)\((.*)$/;
// Words that PyTorch prints without quotes.
const WORD =
  /=(same|valid|zeros|reflect|replicate|circular|nearest|linear|area|none|tanh)(?=[,)])/g;

/** Whether a text is what print(model) shows. */
export function isPrinted(text) {
  return HEAD.test(text);
}

/** The Python that makes such a model. */
export function pythonOf(text) {
  const closing = []; // What closes each bracket that is still open.
  const lines = text.split("\n").map((line) => {
    if (/^\s*\)\s*$/.test(line)) return closing.pop() ?? line;
    const found = LINE.exec(line);
    if (!found) return line;
    const [, name, kind, rest] = found;
    const start = name === undefined ? "" : `("${name}", `;
    const words = rest.replace(WORD, '="$1"').replace(/\((\d+), ?\(/g, "($1, (");
    if (rest.trim() !== "") return `${start}${kind}(${words}),`;
    closing.push(name === undefined ? "]))" : "]))),");
    const made = kind === "Sequential" ? "Sequential(" : `Printed("${kind}", `;
    return `${start}${made}OrderedDict([`;
  });
  return lines.join("\n");
}
