// A pasted program: which models it makes, and what one of them makes of an input, as far as that is
// certain: to the end, to an error that PyTorch or the code raises, or to the statement that stops it.
import { Evaluator, FOLLOWED } from "../python/python_evaluator.js";
import { spoil } from "../python/python_effects.js";
import { parse } from "../python/python_parser.js";
import {
  ClassOf,
  Dict,
  Instance,
  List,
  Raised,
  Stop,
  Tuple,
  Unknown,
} from "../python/python_values.js";
import { isInt } from "../python/python_values.js";
import { Problem, plain } from "../python/python_words.js";
import { isPrinted, pythonOf } from "./printed_model.js";
import { isStack, libraryFor } from "./torch_library.js";
import { Module, childrenOf, isModule } from "./torch_modules.js";
import { shapeWords } from "./torch_run.js";
import { Channels, Layout, Size, batch, channels } from "./torch_sizes.js";
import { Tensor, inputOf } from "./torch_tensors.js";

/** What is read of one text. */
export const LIMITS = { characters: 20000, lines: 1000 };
const LAYOUTS = {
  usual: ["batch", "channels", "length"],
  turned: ["batch", "length", "channels"],
  flat: ["batch", "length"],
};
const EXACT = new Set([
  "RuntimeError",
  "ValueError",
  "IndexError",
  "AssertionError",
  "NotImplementedError",
]);
const TEXT = 100;
const PROBES = [5040, 55440, 2 ** 20]; // Lengths that most models take.

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

export const Program = class {
  constructor(code) {
    this.models = [];
    this.bare = new List([]); // Layers that stand for themselves, one a line.
    this.stop = null; // Of a text that is not Python.
    const text = dedented(plain(cut(code)));
    this.source = isPrinted(text) ? pythonOf(text) : text;
    try {
      this.body = parse(this.source);
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      const line = text.split("\n")[problem.line - 1] ?? "";
      this.stop = {
        line: problem.line,
        text: shortened(line),
        why: `this is not Python: ${problem.words}`,
      };
      return;
    }
    this.python = new Evaluator(
      this.source,
      libraryFor((python, value, born) => this.stated(python, value, born)),
    );
    this.build();
    this.find();
  }

  // --- What the program makes ---

  build() {
    const { python, body } = this;
    for (const [i, node] of body.entries()) {
      if (isMain(node)) continue;
      python.most = python.steps + FOLLOWED.steps / 4;
      const marks = python.marks.length;
      try {
        python.block(body.slice(i, i + 1));
      } catch (error) {
        if (error instanceof Channels || error instanceof Layout)
          spoil(python, node, python.unknown("this runs a model", node));
        else this.spoiled(node, error);
      }
      python.frame = { scope: python.globals };
      python.marks.length = marks;
    }
  }

  spoiled(node, error) {
    const { python } = this;
    const isStop = error instanceof Stop;
    if (!isStop && !(error instanceof Raised)) throw error;
    python.frame = { scope: python.globals };
    const doubt = new Unknown(
      error.statement ?? python.statement,
      isStop ? error.why : `Python raises ${error.kind} here: ${error.words}`,
    );
    doubt.error = isStop ? null : error;
    if (node.body) this.bare.items = [...this.bare.items, doubt]; // There may be layers in it.
    spoil(python, node, doubt);
  }

  // Layers that stand for themselves, one a line.
  stated(python, value, born) {
    if (python.frame.scope !== python.globals || !isStack(value)) return;
    const all = Array.isArray(value?.items) && !isModule(value) ? value.items : [value];
    const isNew = all.every((one) => one instanceof Unknown || one.born > born);
    if (!isNew) return;
    python.journal.touch(this.bare);
    this.bare.items = [...this.bare.items, ...all];
  }

  find() {
    const { python } = this;
    const named = [...python.globals.names];
    /** @type {any[]} */
    const instances = named
      .filter(([, value]) => isModule(value))
      .map(([name, value]) => ({ name, module: value, line: value.line }));
    const inner = new Set(
      instances.flatMap(({ module }) => [...within(module)].filter((one) => one !== module)),
    );
    const roots = instances.filter(
      ({ module }, i) =>
        !inner.has(module) && instances.findIndex((one) => one.module === module) === i,
    );
    const failed = this.body
      .filter(
        (node) =>
          node.op === "assign" && node.targets[0].op === "name" && this.makesModel(node.value),
      )
      .map((node) => ({
        name: node.targets[0].name,
        doubt: python.globals.names.get(node.targets[0].name),
      }))
      .filter(({ doubt }) => doubt instanceof Unknown);
    const bare = this.bare.items.some(isModule)
      ? [{ name: "the layers, one a line", layers: this.bare.items }]
      : [];
    const own = [
      ...roots.map((one) => ({ ...one, weight: within(one.module).size })),
      ...failed.map((one) => ({ ...one, weight: 1 })),
    ];
    const isNamed = ({ name }) => Number(name === "model");
    own.sort((a, b) => isNamed(b) - isNamed(a) || b.weight - a.weight);
    this.models = [...bare, ...own];
    if (this.models.length === 0) this.models = this.classes(named);
  }

  makesModel(value) {
    if (value.op !== "call" || value.value.op !== "name") return false;
    const callee = this.python.globals.names.get(value.value.name);
    return callee instanceof ClassOf && callee.mro.includes(Module);
  }

  // Classes of which no object is made: those that no other one uses first, the largest of them first.
  classes(named) {
    const own = named.filter(
      ([name, value]) =>
        value instanceof ClassOf && value.node && value.name === name && value.mro.includes(Module),
    );
    const uses = new Map(
      this.body
        .filter(({ op }) => op === "class" || op === "def")
        .map((node) => [node.name, namesIn(node)]),
    );
    const size = (name, seen = new Set()) => {
      if (seen.has(name) || !uses.has(name)) return 0;
      seen.add(name);
      const { names, count } = uses.get(name);
      return count + [...names].reduce((sum, other) => sum + size(other, seen), 0);
    };
    const isUsed = (name) =>
      [...uses].some(([other, { names }]) => other !== name && names.has(name));
    const found = own.map(([name, cls]) => ({
      name: `${name}()`,
      cls,
      isUsed: isUsed(name),
      weight: size(name),
    }));
    // A class whose base is not seen here is a model of which nothing is known.
    const odd = this.body
      .filter(
        ({ op, name, body }) =>
          op === "class"
          && body.some((one) => one.name === "forward")
          && this.python.globals.names.get(name) instanceof Unknown,
      )
      .map(({ name }) => ({
        name: `${name}()`,
        doubt: this.python.globals.names.get(name),
        isUsed: isUsed(name),
        weight: size(name),
      }));
    return [...found, ...odd].sort((a, b) => a.isUsed - b.isUsed || b.weight - a.weight);
  }

  // --- What a model makes of an input ---

  /** What a model of `models` makes of so many samples. */
  run(model, length, overrides = null) {
    let found = this.runWith(model, length, overrides, false);
    // What refuses it may come before the layer that says how many channels there are.
    if (found.error && !model.shape) {
      if (PROBES.some((probe) => !this.runWith(model, probe, null, false).error))
        found = this.runWith(model, length, overrides, false);
    }
    if (!found.stop?.isInput) return found;
    // One number for each signal of the batch is what most often comes beside it.
    const other = this.runWith(model, length, overrides, true);
    return other.stop || other.error ? found : other;
  }

  runWith(model, length, overrides, isNumbered) {
    const { python } = this;
    if (model.cls && !model.module && !model.doubt) this.make(model);
    const input = {
      layout: "usual",
      channels: null,
      isAssumed: false,
      ...model.shape,
      isNumbered,
      others: [],
    };
    for (let tries = 0; ; tries += 1) {
      python.steps = 0;
      python.most = FOLLOWED.steps;
      python.marks = [];
      Object.assign(python, { overrides, hasAsked: false, hasJoined: false });
      python.input = input;
      try {
        const found = this.attempt(model, length, input);
        const { layout, channels: count, isAssumed } = input;
        if (!found.stop && !found.error) model.shape = { layout, channels: count, isAssumed };
        return this.ended(found, input, length);
      } catch (again) {
        if (tries > 8)
          return this.ended(
            {
              stop: stopOf(
                python,
                new Stop(python.statement, "the shape of its input is not clear"),
              ),
            },
            input,
            length,
          );
        if (again instanceof Channels)
          Object.assign(input, { channels: again.channels, isAssumed: !again.isAsked });
        else if (again instanceof Layout) {
          if (input.layout !== "usual")
            return this.ended(
              {
                stop: stopOf(
                  python,
                  new Stop(python.statement, "the shape of its input is not clear"),
                ),
              },
              input,
              length,
            );
          Object.assign(input, { layout: again.layout, channels: null, isAssumed: false });
        } else throw again;
      }
    }
  }

  ended(found, input, length) {
    const { others, isNumbered, isWhole = false } = input;
    return {
      way: [],
      outputs: [],
      ...found,
      input: this.shown(input, length),
      others,
      isNumbered,
      isWhole,
      layout: LAYOUTS[input.layout],
      steps: this.python.steps + 20 * found.way?.length,
    };
  }

  shown({ layout, channels: count }, length) {
    const of = { batch: "batch", channels: count ?? "channels", length };
    return `(${LAYOUTS[layout].map((name) => of[name]).join(", ")})`;
  }

  /** @returns {any} */
  attempt(model, length, input) {
    const { python } = this;
    const names = LAYOUTS[input.layout];
    const tensor = inputOf(names, length, input.channels ?? channels);
    let ended;
    let escaped = null;
    python.journal.trial(() => {
      try {
        ended = { value: this.forward(model, tensor, input) };
      } catch (error) {
        if (error instanceof Raised || error instanceof Stop) ended = { error };
        else escaped = error;
      }
    });
    python.frame = { scope: python.globals };
    if (escaped) throw escaped;
    const doubtful = python.marks.findIndex(({ doubt }) => doubt);
    const certain = python.marks
      .slice(0, doubtful < 0 ? undefined : doubtful)
      .filter(({ layer }) => layer);
    const isStretched = python.marks.some((mark) => mark.isStretched);
    if (ended.error)
      return { way: certain, outputs: [], isStretched, ...this.refused(ended.error, input) };
    const outputs = leaves(python, ended.value);
    const stop = stopOfOutput(python, outputs, ended.value, model.module);
    if (stop) return { way: certain, outputs: [], stop: stopOf(python, stop) };
    const way = python.marks.filter(({ layer, doubt }) => layer && !doubt);
    // The same layers run whatever the length, where the code asks for no size and joins nothing.
    const isStraight = !python.hasAsked && !python.hasJoined;
    return {
      way,
      isStretched,
      isStraight,
      outputs: outputs.map((one) => described(one, input)),
      first: outputs[0].value,
    };
  }

  refused(error, input) {
    const { python } = this;
    const statement = error.statement ?? python.statement;
    if (error instanceof Stop) return { stop: stopOf(python, error) };
    const isKnown = EXACT.has(error.kind) && !error.words.includes("…");
    // Where no layer says how many channels there are, an error that is not a layer's may be about them.
    const isOfChannels =
      input.isAssumed
      && !error.step
      && !error.ends
      && !error.isOwn
      && error.kind !== "AssertionError";
    if (!isKnown || isOfChannels) {
      const words = error.missing
        ? error.words
        : `Python raises ${error.kind} here: ${error.words}`;
      return { stop: stopOf(python, new Stop(statement, words)) };
    }
    const isPytorch = !["AssertionError"].includes(error.kind) && !error.isOwn;
    return {
      error: {
        words: error.words,
        kind: error.kind,
        pytorch: isPytorch,
        ...placeOf(python, statement),
        ends: error.ends ?? null,
      },
      failed: error.step ?? null,
    };
  }

  forward(model, tensor, input) {
    const { python } = this;
    if (model.doubt) {
      if (model.doubt.error) throw model.doubt.error;
      python.needs(model.doubt);
    }
    if (model.layers) {
      return model.layers.reduce(
        (signal, layer) =>
          python.call(layer instanceof Unknown ? python.needs(layer) : layer, [signal]),
        tensor,
      );
    }
    const { module } = model;
    const { names, node } = inputsOf(module);
    input.others = names;
    const others = names.map((name) =>
      input.isNumbered
        ? new Tensor([batch])
        : Object.assign(
            new Unknown(node, `it also takes ${name}, and what that is the code does not say`),
            { isInput: true },
          ),
    );
    return python.call(module, [tensor, ...others]);
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
    const { node } = model.cls;
    Object.assign(python, { statement: node, node, steps: 0, most: FOLLOWED.steps });
    try {
      model.module = python.call(model.cls);
      if (model.module instanceof Unknown) model.doubt = model.module;
    } catch (error) {
      if (error instanceof Stop) model.doubt = new Unknown(error.statement, error.why);
      else if (error instanceof Raised) {
        const { missing } = error;
        const words = missing
          ? this.lacking(model.cls, missing)
          : `Python raises ${error.kind} here: ${error.words}`;
        model.doubt = new Unknown(missing ? node : (error.statement ?? node), words);
        model.doubt.error = missing ? null : error;
      } else throw error;
    }
    python.frame = { scope: python.globals };
  }

  lacking(cls, missing) {
    const like = callOf(this.body, cls.name);
    const text = like
      ? this.source.slice(like.at, like.end).replace(/\s+/g, " ")
      : `${cls.name}(${missing.map((name) => `${name}=…`).join(", ")})`;
    return `${cls.name} is given nothing for ${missing.join(", ")}: add a line such as model = ${shortened(text)}`;
  }
};

function dedented(text) {
  const depths = text
    .split("\n")
    .filter((line) => line.trim())
    .map((line) => line.length - line.trimStart().length);
  const least = Math.min(...depths);
  return least > 0 && Number.isFinite(least)
    ? text
        .split("\n")
        .map((line) => line.slice(least))
        .join("\n")
    : text;
}

// if __name__ == "__main__":
function isMain({ op, test }) {
  return (
    op === "if"
    && test.op === "compare"
    && test.first.op === "name"
    && test.first.name === "__name__"
  );
}

function within(module, found = new Set()) {
  if (!found.has(module)) {
    found.add(module);
    for (const [, child] of childrenOf(module)) within(child, found);
  }
  return found;
}

function visit(node, act) {
  if (!node || typeof node !== "object") return;
  if (Array.isArray(node)) {
    for (const one of node) visit(one, act);
    return;
  }
  if (node.op) act(node);
  for (const [name, part] of Object.entries(node))
    if (name !== "whole" && typeof part === "object") visit(part, act);
}

// The names that a statement uses, and how large it is.
function namesIn(node) {
  const names = new Set();
  let count = 0;
  visit(node, ({ op, name }) => {
    count += 1;
    if (op === "name") names.add(name);
  });
  return { names, count };
}

function callOf(body, name) {
  let found = null;
  visit(body, (node) => {
    if (node.op === "call" && node.value.op === "name" && node.value.name === name) found ??= node;
  });
  return found;
}

// What a forward needs beside the signal.
function inputsOf(module) {
  const forward = module.cls.mro.find(({ attrs }) => attrs.has("forward"))?.attrs.get("forward");
  const parameters = forward?.node?.parameters ?? [];
  const needed = parameters
    .slice(2)
    .filter(({ star, byDefault, isKeyword }) => !star && !byDefault && !isKeyword);
  return { names: needed.map(({ name }) => name), node: forward?.node ?? null };
}

// All that comes out: [{ path, value }], tensors and what is not known.
function leaves(python, value, path = "") {
  if (value instanceof Tensor || value instanceof Unknown || value?.tainted)
    return [{ path, value: value.tainted ?? value }];
  if (value instanceof Tuple || value instanceof List) {
    return value.items.flatMap((item, i) => leaves(python, item, `${path}[${i}]`));
  }
  if (value instanceof Dict)
    return [...value.map.values()].flatMap(([key, item]) =>
      leaves(python, item, `${path}["${key}"]`),
    );
  if (value instanceof Instance)
    return [...value.attrs].flatMap(([name, item]) => leaves(python, item, `${path}.${name}`));
  return [];
}

// Why what comes out is no answer, or null.
function stopOfOutput(python, outputs, value, module) {
  const statement =
    (module && inputsOf(module).node?.body.at(-1)) ?? python.body?.at(-1) ?? python.statement;
  if (outputs.length === 0)
    return new Stop(
      statement,
      value === null ? "nothing is returned" : "what comes out is no tensor",
    );
  const [{ value: first }] = outputs;
  if (first instanceof Unknown)
    return Object.assign(new Stop(first.statement, first.why), { isInput: first.isInput });
  if (first.rank === 0) return new Stop(statement, "what comes out is a single number");
  const last = first.dims.at(-1);
  if (!(last instanceof Size)) return null;
  const why = last.item(python);
  return new Stop(why.statement ?? statement, why.why);
}

function described({ path, value }, { layout }) {
  if (!(value instanceof Tensor)) return { path, length: null, shape: null };
  const { dims, roles, rank } = value;
  const time = roles.findLastIndex((role) => role === "raw" || role === "time");
  const at = layout === "turned" && rank === 3 && time > 0 ? time : rank - 1;
  const length = dims[at];
  return {
    path,
    length: isInt(length) ? length : null,
    shape: shapeWords(dims),
    isTime: at === time,
  };
}

function placeOf(python, statement) {
  if (!statement) return { line: 1, text: "" };
  return {
    line: statement.line,
    text: shortened(python.source.slice(statement.at, statement.end).split("\n")[0]),
  };
}

function stopOf(python, { statement, why, isInput = false }) {
  return { ...placeOf(python, statement), why, isInput };
}

function shortened(text) {
  const one = text.replace(/\s+/g, " ").trim();
  return one.length > TEXT ? `${one.slice(0, TEXT - 1)}…` : one;
}
