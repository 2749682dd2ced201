// Python's own functions, types and methods, and what programs import of its modules.
import { binary, indexed } from "./python_expressions.js";
import { ClassOf, Dict, Float, Instance, Iter, List, Native } from "./python_values.js";
import { Namespace, Property, Super, Tuple, Unknown, compare } from "./python_values.js";
import { identity, isNumber, isPlain, numeric, plainly } from "./python_values.js";
import { spelled, truth, typeName, unknownOf, whole } from "./python_values.js";

const object = new ClassOf("object", []);
// What is said of where numbers are kept does not matter.
const PLACES = new Set(["device", "dtype", "requires_grad"]);

/**
 * A function of "name argument argument …": `run` is given `python` and its arguments one by one.
 * With an argument of another name, or with one that is not known, neither is what comes out; one
 * that `mayHold` such values stops instead.
 */
export function native(signature, run, mayHold = false) {
  const [name, ...names] = signature.split(" ");
  return new Native(name, ({ args, named, python }) => {
    const given = [...args];
    for (const [key, value] of named) {
      if (PLACES.has(key)) continue;
      const at = names.indexOf(key === "axis" ? "dim" : key);
      const words = `${name} with ${key} is not evaluated here`;
      if (at < 0) return mayHold ? python.stop(words) : python.unknown(words);
      given[at] = value;
    }
    const odd = mayHold ? null : given.find((value) => value instanceof Unknown);
    return odd ?? run(python, ...given) ?? null;
  });
}

/** Functions by their names, from a table of signatures; those that `mayHold` take unknown values. */
export function natives(table, mayHold = false) {
  const found = Object.entries(table).map(([words, run]) => native(words, run, mayHold));
  return new Map(found.map((own) => [own.name, own]));
}

// A function of all that values run through.
const ofAll =
  (run) =>
  (python, values = new List([]), ...more) =>
    run(python.all(values), python, ...more);

/** A function of numbers; of anything else what comes out is not known. */
export const counting =
  (run) =>
  (python, ...args) => {
    const items = args.map((value) => plainly(value, python));
    return items.every(isNumber) ? run(python, ...items) : unknownOf(python, ...items);
  };

const type = (name, run, base = object) =>
  new ClassOf(name, [base], new Map(), native(name, run).run);

const int = type("int", (python, /** @type {any} */ value = 0) => {
  const own = /^\d+$/.test(value) ? Number(value) : plainly(value, python);
  return isNumber(own) ? whole(Math.trunc(numeric(own)), python) : unknownOf(python, own);
});
const gathered = (Kind) => ofAll((all) => new Kind(all));
const number = counting((_python, value = 0) => new Float(numeric(value)));
const text = (python, value = "") => (isPlain(value) ? spelled(value) : unknownOf(python, value));
const TYPES = {
  int,
  bool: type("bool", (python, value = false) => python.met(value), int),
  float: type("float", number),
  str: type("str", text),
  list: type("list", gathered(List)),
  tuple: type("tuple", gathered(Tuple)),
  dict: new ClassOf("dict", [object], new Map(), dictOf),
};

function dictOf({ args: [pairs = new Dict()], named, python }) {
  return new Dict([...python.pairs(pairs), ...named]);
}

// Whether a value is of a class, or what of that is not known.
function isOf(python, value, cls) {
  const each = (cls instanceof Tuple ? cls.items : [cls]).map((one) =>
    one instanceof ClassOf ? typeOf(value).mro.includes(one) : unknownOf(python, one),
  );
  return each.includes(true) || (each.find((one) => one instanceof Unknown) ?? false);
}

function typeOf(value) {
  return value instanceof Instance ? value.cls : (value?.type ?? TYPES[typeName(value)] ?? object);
}

// The best of some values by a sign.
const best =
  (sign) =>
  ({ args, named, python }) => {
    const all = args.length === 1 ? python.all(args[0]) : args;
    if (all.length === 0) return named.get("default") ?? python.stop("there is no value to choose");
    if (named.has("key")) return python.unknown("a key is not evaluated here");
    let [found] = all;
    for (const value of all.slice(1)) {
      const isBetter = compare(python, sign, value, found);
      if (truth(isBetter, python) === null) return unknownOf(python, isBetter);
      if (truth(isBetter, python)) found = value;
    }
    return found;
  };

function zipped(python, ...lists) {
  const iters = lists.map((list) => python.iterate(list));
  return new Iter(() => {
    const items = [];
    for (const iter of iters) {
      const item = iter.next();
      if (item === undefined) return undefined;
      items.push(item);
    }
    return items.length > 0 ? new Tuple(items) : undefined;
  });
}

const ranged = counting((python, ...parts) => {
  const [start, stop] = parts.length === 1 ? [0, parts[0]] : parts;
  const step = Number(parts[2] ?? 1);
  if (step === 0) python.stop("the step of a range is not 0");
  const count = Math.max(0, Math.ceil((stop - start) / step));
  if (!(count <= 20000)) return python.unknown("a range of more than 20000 is not evaluated here");
  return new Tuple(Array.from({ length: count }, (_, i) => Number(start) + i * step));
});

function lengthOf(python, value) {
  if (value instanceof Dict) return value.map.size;
  if (value instanceof Instance) return python.call(python.attribute(value, "__len__"));
  if (value?.isTensor) return python.attribute(value, "shape").items[0];
  return (value?.items ?? value)?.length ?? unknownOf(python, value);
}

const reversed = (python, value) =>
  value instanceof Instance && python.found(value, "__reversed__")
    ? python.unknown("this order is not evaluated here")
    : python.iterate(new List([...python.all(value)].reverse()));

// An attribute by a name that the code puts together.
function got(python, value, name, ...otherwise) {
  const found = python.found(value, name);
  if (found !== undefined) return found;
  return otherwise.length > 0 ? otherwise[0] : python.attribute(value, name);
}

const settled = (python, value, name, given) =>
  python.setAttribute(value, python.needs(name), given);

function next(python, iter, ...otherwise) {
  const all = iter instanceof Iter ? [iter.next(), ...otherwise] : [];
  const found = all.find((one) => one !== undefined);
  return found === undefined ? python.stop("nothing is left here") : found;
}

const rounded = (value) =>
  Math.abs(value % 1) === 0.5 ? 2 * Math.round(value / 2) : Math.round(value);
const folded = (sign, usual) =>
  ofAll((all, python, start = usual) =>
    all.reduce((found, value) => binary(python, sign, found, value), start),
  );

const product = folded("*", 1);

const FUNCTIONS = natives({
  len: lengthOf,
  range: ranged,
  reversed,
  zip: zipped,
  getattr: got,
  next,
  "sum iterable start": folded("+", 0),
  map(python, run, ...lists) {
    const rows = python.all(zipped(python, ...lists));
    return python.iterate(new List(rows.map(({ items }) => python.call(run, items))));
  },
  abs: (python, value) =>
    isNumber(value) && numeric(value) < 0 ? binary(python, "*", value, -1) : value,
  round: (python, value, digits = null) =>
    isNumber(value) && digits === null
      ? whole(rounded(numeric(value)), python)
      : python.unknown("this rounding is not evaluated here"),
  "enumerate iterable start": (python, values, start = 0) =>
    new List(python.all(values).map((value, i) => new Tuple([start + i, value]))),
  iter: (python, value) => python.iterate(value),
  any: ofAll((all, python) => all.some((value) => python.met(value))),
  all: ofAll((all, python) => all.every((value) => python.met(value))),
  isinstance: isOf,
  hasattr: (python, value, name) => python.found(value, name) !== undefined,
  property: (_python, getter) => new Property(getter),
  type: (_python, value) => typeOf(value),
  super: (_python, cls, self) => new Super(self, cls),
});

const METHODS = {
  str: natives({
    join: (python, text, values) => python.all(values).map(python.needs, python).join(text),
    format: (python, text, ...given) =>
      /\{[^}]+\}/.test(text) || !given.every(isPlain)
        ? python.unknown("this format is not evaluated here")
        : text.replace(/\{\}/g, () => spelled(given.shift())),
    lower: (_python, text) => text.toLowerCase(),
    upper: (_python, text) => text.toUpperCase(),
    find: (python, text, part) => text.indexOf(python.needs(part)),
    startswith: (python, text, part) => text.startsWith(python.needs(part)),
    endswith: (python, text, part) => text.endsWith(python.needs(part)),
    replace: (python, text, part, other) =>
      text.replaceAll(python.needs(part), () => python.needs(other)),
  }),
  list: natives(
    {
      append: (python, list, value) => python.refill(list, [...list.items, value]),
      insert: (python, list, at, value) =>
        python.refill(list, list.items.toSpliced(Number(python.needs(at)), 0, value)),
      extend: (python, list, values) => python.refill(list, [...list.items, ...python.all(values)]),
      pop(python, list, at = -1) {
        const found = indexed(python, list, python.needs(at));
        python.refill(list, list.items.toSpliced(Number(at), 1));
        return found;
      },
    },
    true,
  ),
  dict: natives(
    {
      keys: (_python, { map }) => new List([...map.values()].map(([key]) => key)),
      values: (_python, { map }) => new List([...map.values()].map(([, value]) => value)),
      items: (_python, { map }) => new List([...map.values()].map((pair) => new Tuple(pair))),
      get: (python, { map }, key, otherwise = null) =>
        (map.get(identity(python.needs(key))) ?? [key, otherwise])[1],
      update(python, { map }, pairs) {
        for (const pair of python.pairs(pairs)) python.write(map, identity(pair[0]), pair);
      },
    },
    true,
  ),
};

const same = native("same", (_python, value) => value);
const float = (name) => [name, counting((_, ...all) => new Float(Math[name](...all.map(numeric))))];
const round = (name) => [
  name,
  counting((python, value) => whole(Math[name](numeric(value)), python)),
];
const floats = Object.fromEntries(["sqrt", "log2", "log10", "exp"].map(float));
const wholes = Object.fromEntries(["ceil", "floor"].map(round));
const logarithm = (value, base) => Math.log(value) / (base === undefined ? 1 : Math.log(base));
const log = counting((_python, ...all) => new Float(logarithm(...all.map(numeric))));

const partial = new Native(
  "partial",
  ({ args: [callee, ...first], named: before }) =>
    new Native("partial", ({ args, named, python }) =>
      python.call(callee, [...first, ...args], new Map([...before, ...named])),
    ),
);

function copied(value, memo) {
  const Kind = [List, Tuple, Dict, Instance].find((kind) => value instanceof kind);
  if (!Kind || memo.has(value)) return memo.get(value) ?? value;
  const made = Object.create(Kind.prototype);
  memo.set(value, made);
  const copies = (items) => items.map((item) => copied(item, memo));
  Object.assign(made, value);
  if (value.items) made.items = copies(value.items);
  if (value.map) made.map = new Map([...value.map].map(([id, pair]) => [id, copies(pair)]));
  if (value.attrs) {
    made.attrs = new Map([...value.attrs].map(([name, own]) => [name, copied(own, memo)]));
    made.born = new Instance(value.cls).born;
  }
  return made;
}

/** @type {Map<string, any>} */
const MODULES = new Map();
for (const [name, attrs] of Object.entries({
  math: natives({ ...floats, ...wholes, log, prod: product }).set("pi", new Float(Math.PI)),
  numpy: natives({ ...floats, prod: product }),
  itertools: natives({
    chain: (python, ...lists) =>
      python.iterate(new List(lists.flatMap((list) => python.all(list)))),
    cycle: ofAll((all) => {
      let at = -1;
      return new Iter(() => {
        at += 1;
        return all[at % all.length];
      });
    }),
  }),
  functools: new Map([["partial", partial]]),
  copy: natives({ deepcopy: (_python, value) => copied(value, new Map()) }),
  typing: new Map([["TYPE_CHECKING", false]]),
  abc: new Map(Object.entries({ ABC: new ClassOf("ABC", [object]), abstractmethod: same })),
  collections: new Map([["OrderedDict", TYPES.dict]]),
}))
  MODULES.set(name, new Namespace(name, attrs));

/** What programs may use without an import, and how values are taken that have no class here. */
export const builtins = {
  // Functions of Python's that are not evaluated here.
  others:
    "dataclass classmethod staticmethod sorted set frozenset filter divmod pow open vars callable repr".split(
      " ",
    ),
  names: new Map(
    /** @type {[string, any][]} */ ([
      ...Object.entries({ ...TYPES, object }),
      ...FUNCTIONS,
      ["print", new Native("print", () => null)],
      ["min", new Native("min", best("<"))],
      ["max", new Native("max", best(">"))],
      ["setattr", native("setattr", settled, true)],
    ]),
  ),
  object,
  typeOf,
  method: (value, name) => METHODS[typeName(value)]?.get(name),
};

/** A module of Python's by its name, or undefined. */
export function moduleNamed(name) {
  return MODULES.get(name);
}
