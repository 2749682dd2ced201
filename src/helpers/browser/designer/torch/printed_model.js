// A model as PyTorch prints it, written as the Python that makes it, line for line.
const HEAD = /^\s*(?:\w+ ?= ?)?\w+\(\s*\n\s*\([\w.-]+\): /;
const LINE = /^(\s*)\(([\w.]+)(?:-(\d+))?\): (?:(\d+) x )?(\w+)\((.*)$/;
const WORD =
  /=(same|valid|zeros|reflect|replicate|circular|nearest|linear|area|bilinear|nearest-exact|none|tanh)(?=[,)])/g;
const MOST = 100;

/** Whether a text is what print(model) shows. */
export function isPrinted(text) {
  return HEAD.test(text);
}

/** The Python that makes such a model. */
export function pythonOf(text) {
  const open = []; // How each bracket that is still open is closed, and how deep it stands.
  let hidden = null; // The depth of what is left out.
  const lines = text.split("\n").map((line, i) => {
    const depth = line.length - line.trimStart().length;
    if (hidden !== null && (depth > hidden || !/^\s*\)/.test(line))) {
      const isArguments = depth > hidden && !/^\s*\(/.test(line) && open.at(-1)?.isBare;
      if (!isArguments) return "";
      open.at(-1).isBare = false;
      return `${words(line)})),`;
    }
    if (hidden !== null) {
      hidden = null;
      open.pop();
      return "";
    }
    if (/^\s*\)\s*$/.test(line)) return open.pop()?.close ?? line;
    const head = /^\s*(?:\w+ ?= ?)?(\w+)\(\s*$/.exec(line);
    if (head && i >= 0 && open.length === 0) {
      open.push({ close: "]))" });
      return container(head[1]);
    }
    const found = LINE.exec(line);
    if (!found) return line;
    const [, , name, last, , kind, rest] = found;
    const count = last ? Math.min(Number(last) - Number(name) + 1, MOST) : 1;
    const names = Array.from({ length: Math.max(1, count) }, (_, at) =>
      last ? Number(name) + at : name,
    );
    if (/^Parametrized/.test(kind)) {
      hidden = depth;
      open.push({ isBare: true });
      return `("${name}", ${kind.replace("Parametrized", "")}(`;
    }
    if (rest.trim() === "") {
      open.push({
        close: last ? `]))) for _i in range(${names[0]}, ${Number(names.at(-1)) + 1})],` : "]))),",
        depth,
      });
      return last ? `*[(f"{_i}", ${container(kind)}` : `("${name}", ${container(kind)}`;
    }
    return names.map((one) => `("${one}", ${kind}(${words(rest)}),`).join(" ");
  });
  return lines.join("\n");
}

function container(kind) {
  return kind === "Sequential" ? "Sequential(OrderedDict([" : `Printed("${kind}", OrderedDict([`;
}

// Words that PyTorch prints without quotes.
function words(text) {
  return text.replace(WORD, '="$1"').replace(/\((\d+), ?\(/g, "($1, (");
}
