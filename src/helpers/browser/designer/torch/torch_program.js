// A pasted program: which models it makes, and what one of them makes of an input, as far as that is
// certain: to the end, to an error that PyTorch or the code raises, or to the statement that stops it.
import { Evaluator, FOLLOWED } from "../python/python_evaluator.js";
import { spoil, visited } from "../python/python_effects.js";
import { Problem, parse, plain } from "../python/python_parser.js";
import { ClassOf, Dict, Raised, Stop, Unknown, isInt } from "../python/python_values.js";
import { isStack, libraryFor } from "./torch_library.js";
import { CLASSES, Module, allIn, childrenOf, isModule } from "./torch_modules.js";
import { Channels, Layout, Tensor, batch, channels, inputOf, numberOf } from "./torch_tensors.js";
import { shapeWords } from "./torch_tensors.js";

/** What is read of one text. */
export const LIMITS = { characters: 20000, lines: 1000 };
const LAYOUTS = {
  usual: ["batch", "channels", "length"],
  turned: ["batch", "length", "channels"],
  flat: ["batch", "length"],
};
const EXACT = /^(?:RuntimeError|ValueError|IndexError|AssertionError|NotImplementedError)$/;
const TEXT = 100;
const PROBES = [5040, 55440, 2 ** 20]; // Lengths that most models take.

/** As much of a text as is read. */
export function cut(text) {
  return text.slice(0, LIMITS.characters).split("\n").slice(0, LIMITS.lines).join("\n");
}

export const Program = class {
  constructor(code) {
    /** @type {any[]} */
    this.models = [];
    /** @type {any[]} Layers that stand for themselves, one a line. */
    this.bare = [];
    this.stop = null; // Of a text that is not Python.
    const text = dedented(plain(cut(code)));
    this.lines = text.split("\n");
    this.source = isPrinted(text) ? pythonOf(text) : text;
    try {
      this.body = parse(this.source);
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      const { line, words } = problem;
      const found = shortened(this.lines[line - 1] ?? "");
      this.stop = { line, text: found, why: `this is not Python that is read here: ${words}` };
      return;
    }
    const library = libraryFor((python, value, born) => this.stated(python, value, born));
    this.python = new Evaluator(this.source, library);
    this.build();
    this.find();
  }

  // --- What the program makes ---

  build() {
    const { python } = this;
    for (const node of this.body) {
      if (node.op === "if" && node.test.first?.name === "__name__") continue;
      python.most = python.steps + FOLLOWED.steps / 4;
      try {
        python.block([node]);
      } catch (error) {
        python.frame = { scope: python.globals };
        const doubt = this.doubtOf(error, python.statement);
        if (node.body || node.op === "expression") this.bare.push(doubt); // There may be layers in it.
        spoil(python, node, doubt);
      }
      python.marks.length = 0;
    }
  }

  // What is unknown where evaluating ends early.
  doubtOf(error, statement) {
    if (error instanceof Channels || error instanceof Layout)
      return new Unknown(statement, "this runs a model");
    const isRaised = error instanceof Raised;
    if (!isRaised && !(error instanceof Stop)) throw error;
    const why = isRaised ? `Python raises ${error.kind} here: ${error.words}` : error.why;
    const doubt = new Unknown(error.statement ?? statement, why);
    return Object.assign(doubt, { error: isRaised ? error : null });
  }

  // Layers that stand for themselves, one a line.
  stated(python, value, born) {
    if (python.frame.scope !== python.globals || !isStack(value)) return;
    const all = Array.isArray(value.items) ? value.items : [value];
    if (all.every((one) => one instanceof Unknown || one.born > born)) this.bare.push(...all);
  }

  find() {
    const { names } = this.python.globals;
    const named = [...names];
    const instances = named.filter(([, value]) => isModule(value));
    const inner = new Set(instances.flatMap(([, module]) => [...allIn(module)].slice(1)));
    const isFirst = ([, module], i) => instances.findIndex(([, one]) => one === module) === i;
    const roots = instances.filter((one, i) => !inner.has(one[1]) && isFirst(one, i));
    // What should have been a model.
    const failed = this.body.flatMap(({ op, targets, value }) => {
      const [{ name }] = op === "assign" && value.op === "call" ? targets : [{ name: null }];
      const callee = value?.value?.name;
      const isMade = name === "model" || isModel(names.get(callee) ?? CLASSES[callee]);
      const doubt = names.get(name);
      return isMade && doubt instanceof Unknown ? [{ name, doubt, weight: 1 }] : [];
    });
    /** @type {any[]} */
    const own = [
      ...roots.map(([name, module]) => ({ name, module, weight: allIn(module).size })),
      ...failed,
    ];
    const isNamed = ({ name }) => Number(name === "model");
    own.sort((a, b) => isNamed(b) - isNamed(a) || b.weight - a.weight);
    const bare = { name: "the layers, one a line", layers: this.bare };
    this.models = this.bare.some(isModule) ? [bare, ...own] : own;
    if (this.models.length === 0) this.models = this.classes(names);
  }

  // Classes of which no object is made: those that no other one uses first, the longest of them first.
  classes(names) {
    const own = this.body.filter(({ op }) => op === "class" || op === "def");
    const uses = own.map((node) => [
      node.name,
      new Set(visited(node).map(({ op, name }) => op === "name" && name)),
    ]);
    const found = own.flatMap((node) => {
      const { op, name, body } = node;
      const cls = names.get(name);
      // A class whose base is not seen here is a model of which nothing is known.
      const isOdd = cls instanceof Unknown && body.some((one) => one.name === "forward");
      if (op !== "class" || !(isOdd || (isModel(cls) && cls.node === node))) return [];
      const isUsed = uses.some(([other, used]) => other !== name && used.has(name));
      const weight = (isUsed ? 0 : LIMITS.characters) + node.end - node.at;
      return [{ name: `${name}()`, ...(isOdd ? { doubt: cls } : { cls }), weight }];
    });
    return found.sort((a, b) => b.weight - a.weight);
  }

  // --- What a model makes of an input ---

  /** What a model of `models` makes of so many samples. */
  run(model, length, overrides = null) {
    // What its input is like goes by no single length: one may be as large as the channels are many.
    if (!model.shape && !model.isProbed)
      model.isProbed = PROBES.some((probe) => !this.runWith(model, probe, null, false).error);
    const found = this.runWith(model, length, overrides, false);
    if (!found.stop?.isInput) return found;
    // One number for each signal of the batch is what most often comes beside it.
    const other = this.runWith(model, length, overrides, true);
    return other.stop || other.error ? found : other;
  }

  runWith(model, length, overrides, isNumbered) {
    const { python } = this;
    if (model.cls && !model.module && !model.doubt) this.make(model);
    const usual = { layout: "usual", channels: null, isAssumed: false };
    const input = { ...usual, ...model.shape, isNumbered, others: [] };
    Object.assign(python, { overrides, input });
    for (let tries = 0; tries < 9; tries += 1) {
      Object.assign(python, { steps: 0, most: FOLLOWED.steps, hasAsked: false, hasJoined: false });
      try {
        const found = this.attempt(model, length, input);
        const { layout, channels: count, isAssumed } = input;
        const isClear = !found.stop || (found.way.length > 0 && !isAssumed);
        if (isClear && !found.error) model.shape = { layout, channels: count, isAssumed };
        return this.ended(found, input, length);
      } catch (again) {
        if (again instanceof Channels)
          Object.assign(input, { channels: again.channels, isAssumed: !again.isAsked });
        else if (!(again instanceof Layout)) throw again;
        else if (input.layout !== "usual") break;
        else Object.assign(input, { ...usual, layout: again.layout });
      }
    }
    const stop = new Stop(python.statement, "the shape of its input is not clear");
    return this.ended({ stop: this.stopOf(stop) }, input, length);
  }

  ended(found, input, length) {
    const { others, isNumbered, isWhole = false } = input;
    const layout = LAYOUTS[input.layout];
    const of = { batch: "batch", channels: input.channels ?? "channels", length };
    const words = `(${layout.map((name) => of[name]).join(", ")})`;
    const { way = [], outputs = [] } = found;
    const steps = this.python.steps + 20 * way.length;
    return { ...found, way, outputs, input: words, others, isNumbered, isWhole, layout, steps };
  }

  /**
   * What comes out, each way that conditions may take which are not known: all have to agree.
   *
   * @returns {any}
   */
  attempt(model, length, input) {
    const { python } = this;
    const taken = [];
    let first = null;
    do {
      python.ways = { taken, at: 0 };
      python.marks = [];
      const found = python.trial(() => this.once(model, length, input));
      python.frame = { scope: python.globals };
      python.ways = null;
      first ??= found;
      if (found.key !== first.key) {
        const other = found.way.findIndex(({ key }, i) => key !== first.way[i]?.key);
        const way = found.way.slice(0, other < 0 ? undefined : other);
        return { way, outputs: [], stop: this.stopOf(taken.at(-1).stop) };
      }
      while (taken.length > 0 && !taken.at(-1).isMet) taken.pop();
      if (taken.length > 0) taken.at(-1).isMet = false;
    } while (taken.length > 0);
    return first;
  }

  // One way through the model, and as `key` all that has to be the same on any other way.
  once(model, length, input) {
    const { python } = this;
    const tensor = inputOf(LAYOUTS[input.layout], length, input.channels ?? channels);
    const keyed = (found) => {
      const doubtful = python.marks.findIndex(({ doubt }) => doubt);
      const end = found.outputs || doubtful < 0 ? undefined : doubtful;
      const way = python.marks.slice(0, end).filter(({ layer, doubt }) => layer && !doubt);
      const isStretched = python.marks.some((mark) => mark.isStretched);
      const { error, stop, outputs = [], first } = found;
      const last = [first?.step?.key, first?.broken, python.marks.map(({ key }) => key)];
      const key = JSON.stringify([error?.words, stop, outputs, ...last]);
      return { ...found, outputs, way, isStretched, key };
    };
    try {
      const value = this.forward(model, tensor, input);
      const all = leaves(value);
      this.checkOutput(all, value, model.module);
      // The same layers run whatever the length, where the code asks for no size and joins nothing.
      const isStraight = !python.hasAsked && !python.hasJoined;
      const outputs = all.map((one) => described(one, input));
      return keyed({ isStraight, outputs, first: all[0].value });
    } catch (error) {
      if (error instanceof Stop) return keyed({ stop: this.stopOf(error) });
      if (error instanceof Raised) return keyed(this.refused(error, input));
      throw error;
    }
  }

  refused(error, input) {
    const { kind, words, step = null, ends = null, missing } = error;
    const statement = error.statement ?? this.python.statement;
    const isExact = EXACT.test(kind) && !words.includes("…");
    // Where no layer says how many channels there are, an error that is not a layer's may be about them.
    const pytorch = kind !== "AssertionError";
    const isOpen = input.isAssumed && !step && !ends && pytorch;
    if (!isExact || isOpen) {
      const open = "how many channels come in the code does not say";
      const why = isOpen ? open : missing ? words : `Python raises ${kind} here: ${words}`;
      return { stop: this.stopOf(new Stop(statement, why)) };
    }
    return { error: { words, kind, pytorch, ...this.placeOf(statement), ends }, failed: step };
  }

  forward(model, tensor, input) {
    const { python } = this;
    const { doubt, layers, module } = model;
    if (doubt?.error) throw doubt.error;
    python.needs(doubt);
    if (layers)
      return layers.reduce((signal, layer) => python.call(python.needs(layer), [signal]), tensor);
    const { names, node } = inputsOf(module);
    input.others = names;
    const others = names.map((name) => {
      const why = `it also takes ${name}, and what that is the code does not say`;
      return Object.assign(new Unknown(node, why), { isInput: true });
    });
    const given = input.isNumbered ? names.map(() => new Tensor([batch])) : others;
    return python.call(module, [tensor, ...given]);
  }

  /** How the model calls the modules in it: a Map. */
  names(model) {
    const found = new Map();
    const name = (module, path) => {
      if (found.has(module)) return;
      found.set(module, path);
      for (const [own, child] of childrenOf(module)) name(child, path ? `${path}.${own}` : own);
    };
    if (model.module) name(model.module, "");
    return found;
  }

  // Makes an object of a class that the code makes none of.
  make(model) {
    const { python } = this;
    const { cls } = model;
    const { node } = cls;
    Object.assign(python, { statement: node, node, steps: 0, most: FOLLOWED.steps });
    try {
      model.module = python.call(cls);
      if (model.module instanceof Unknown) model.doubt = model.module;
    } catch (error) {
      model.doubt = this.doubtOf(error, node);
      if (error.missing) model.doubt = new Unknown(node, this.lacking(cls, error.missing));
    }
    python.frame = { scope: python.globals };
  }

  lacking({ name }, missing) {
    const outside = this.body.filter((one) => one.op !== "class" && one.op !== "def");
    const like = visited(outside).find(({ op, value }) => op === "call" && value.name === name);
    const words = `${name}(${missing.map((one) => `${one}=…`).join(", ")})`;
    const text = like ? this.source.slice(like.at, like.end) : words;
    const line = `model = ${shortened(text)}`;
    return `${name} is given nothing for ${missing.join(", ")}: add a line such as ${line}`;
  }

  // Stops where what comes out is no answer.
  checkOutput(outputs, value, module) {
    const { python } = this;
    const last = (module && inputsOf(module).node?.body.at(-1)) ?? this.body.at(-1);
    const [{ value: first = null } = {}] = outputs;
    if (first === null)
      python.stop(value === null ? "nothing is returned" : "what comes out is no tensor", last);
    python.needs(first);
    if (first.rank === 0) python.stop("what comes out is a single number", last);
    python.needs(numberOf(first.dims.at(-1), python));
  }

  placeOf(statement) {
    if (!statement) return { line: 1, text: "" };
    return { line: statement.line, text: shortened(this.lines[statement.line - 1]) };
  }

  stopOf({ statement, why, isInput = false }) {
    return { ...this.placeOf(statement ?? this.python.statement), why, isInput };
  }
};

function isModel(value) {
  return value instanceof ClassOf && value.mro.includes(Module);
}

function dedented(text) {
  const depths = text.split("\n").flatMap((line) => (line.trim() ? line.search(/\S/) : []));
  return text.replace(new RegExp(`^.{${Math.min(1000, ...depths)}}`, "gm"), "");
}

// What a forward needs beside the signal.
function inputsOf(module) {
  const node = module.cls.get("forward")?.node ?? null;
  const isNeeded = ({ star, byDefault, isKeyword }) => !star && !byDefault && !isKeyword;
  const needed = (node?.parameters ?? []).slice(2).filter(isNeeded);
  return { names: needed.map(({ name }) => name), node };
}

// All that comes out: [{ path, value }], tensors and what is not known.
function leaves(value, path = "") {
  if (value instanceof Tensor || value instanceof Unknown || value?.tainted)
    return [{ path, value: value.tainted ?? value }];
  const inner =
    value instanceof Dict
      ? [...value.map.values()].map(([key, item]) => [`["${key}"]`, item])
      : (value?.items ?? []).map((item, i) => [`[${i}]`, item]);
  return inner.flatMap(([key, item]) => leaves(item, `${path}${key}`));
}

function described({ path, value }, { layout }) {
  if (!(value instanceof Tensor)) return { path, length: null, shape: null };
  const { dims, roles, rank } = /** @type {any} */ (value);
  const time = roles.findLastIndex((role) => role === "raw" || role === "time");
  const at = layout === "turned" && rank === 3 && time > 0 ? time : rank - 1;
  const length = isInt(dims[at]) ? dims[at] : null;
  return { path, length, shape: shapeWords(dims), isTime: at === time };
}

function shortened(text) {
  const one = text.replace(/\s+/g, " ").trim();
  return one.length > TEXT ? `${one.slice(0, TEXT - 1)}…` : one;
}

// A model as PyTorch prints it, written as the Python that makes it, line for line.
const HEAD = /^\s*(?:\w+ ?= ?)?\w+\(\s*\n\s*\([\w.-]+\): /;
const LINE = /^\s*(?:\(([\w.]+)\): |(?:\w+ ?= ?)?)(\w+)\((.*)$/;
// Words that PyTorch prints without quotes.
const WORD =
  /=(same|valid|zeros|reflect|replicate|circular|nearest|linear|area|none|tanh)(?=[,)])/g;

// Whether a text is what print(model) shows.
function isPrinted(text) {
  return HEAD.test(text);
}

// The Python that makes such a model.
function pythonOf(text) {
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
