// Python's own functions, types and methods.
import { binary, indexed, unknownOf } from "./python_expressions.js";
import {
  Bound,
  ClassOf,
  Dict,
  Float,
  Func,
  Instance,
  Iter,
  List,
  Namespace,
} from "./python_values.js";
import {
  Native,
  Property,
  Raised,
  SetOf,
  Slice,
  Super,
  Tuple,
  Unbound,
  Unknown,
} from "./python_values.js";
import {
  compared,
  identity,
  isInt,
  isNumber,
  numeric,
  spelled,
  truth,
  whole,
} from "./python_values.js";

const object = new ClassOf("object", []);

/** A function that is given its arguments one by one, `python` first. */
export function native(name, run) {
  return new Native(name, ({ args, python }) => run(python, ...args));
}

/** The arguments of a call by their names; what is not given is undefined. */
export function taken({ args, named }, names) {
  const found = Object.fromEntries(names.map((name, i) => [name, args[i]]));
  for (const [name, value] of named) found[name] = value;
  return found;
}

/** A function of numbers; of anything else what comes out is not known. */
export function counting(name, run) {
  return native(name, (python, ...args) => {
    const items = args.map((value) => (value?.item ? value.item(python) : value));
    return items.every(isNumber) ? run(python, ...items) : unknownOf(python, ...items);
  });
}

/**
 * A class of Python's own; `construct` says what a call of it makes.
 *
 * @param {string} name
 * @param {((call: any) => any) | null} construct
 * @param {any} base
 */
function type(name, construct, base = object) {
  return new ClassOf(name, [base], new Map(), construct);
}

const gathered =
  (Kind) =>
  ({ args: [value], python }) => {
    if (value === undefined) return new Kind([]);
    const all = python.all(value);
    return all instanceof Unknown ? all : new Kind(all);
  };
const ROUNDED = (value) =>
  Math.abs(value % 1) === 0.5 ? 2 * Math.round(value / 2) : Math.round(value);

const int = type("int", ({ args: [value = 0], python }) => {
  if (value?.binary && !value.item) return value; // A size that is not a number yet.
  const own = value?.item ? value.item(python) : value;
  if (typeof own === "string" && /^\s*-?\d+\s*$/.test(own)) return whole(Number(own), python);
  return isNumber(own) ? whole(Math.trunc(numeric(own)), python) : unknownOf(python, own);
});
const TYPES = {
  int,
  bool: type(
    "bool",
    ({ args: [value = false], python }) => truth(value, python) ?? unknownOf(python, value),
    int,
  ),
  float: type("float", ({ args: [value = 0], python }) => {
    const own = value?.item ? value.item(python) : value;
    const number = typeof own === "string" ? Number(own) : isNumber(own) ? numeric(own) : NaN;
    return Number.isNaN(number) ? unknownOf(python, own) : new Float(number);
  }),
  str: type("str", ({ args: [value = ""], python }) =>
    value instanceof Unknown || value?.binary ? unknownOf(python, value) : spelled(value),
  ),
  list: type("list", gathered(List)),
  tuple: type("tuple", gathered(Tuple)),
  set: type("set", gathered(SetOf)),
  frozenset: type("frozenset", gathered(SetOf)),
  dict: type("dict", ({ args: [value], named, python }) => {
    const pairs = pairsOf(python, value);
    if (pairs instanceof Unknown) return pairs;
    return new Dict([...pairs, ...named]);
  }),
};

function pairsOf(python, value) {
  if (value === undefined) return [];
  if (value instanceof Dict && !value.tainted) return [...value.map.values()];
  const all = python.all(value);
  if (all instanceof Unknown) return all;
  const pairs = all.map((pair) => python.all(pair));
  return pairs.find((pair) => pair instanceof Unknown) ?? pairs;
}

const base = type("BaseException", null);
base.construct = ({ args, cls }) => {
  const made = new Instance(cls);
  made.attrs.set("args", new Tuple(args));
  return made;
};
const ERRORS = { BaseException: base, Exception: new ClassOf("Exception", [base]) };
for (const name of [
  "ValueError",
  "TypeError",
  "RuntimeError",
  "AssertionError",
  "KeyError",
  "IndexError",
  "AttributeError",
  "ImportError",
  "NotImplementedError",
  "StopIteration",
  "OSError",
  "NameError",
  "ModuleNotFoundError",
  "ZeroDivisionError",
])
  ERRORS[name] = new ClassOf(name, [ERRORS.Exception]);

/** What is raised: { name, words }, or null where that is not known. */
function error(value) {
  if (value instanceof ClassOf)
    return value.mro.includes(base) ? { name: value.name, words: "" } : null;
  if (!(value instanceof Instance) || !value.cls.mro.includes(base)) return null;
  const [first = ""] = value.attrs.get("args").items;
  return { name: value.cls.name, words: first instanceof Unknown ? "" : spelled(first) };
}

/** Whether a value is of a class: true, false or, where that is not known, null. */
function isOf(value, cls, python) {
  if (cls instanceof Tuple) {
    const each = cls.items.map((one) => isOf(value, one, python));
    return each.includes(true) ? true : each.includes(null) ? null : false;
  }
  if (value instanceof Unknown || value?.tainted || !(cls instanceof ClassOf)) return null;
  if (cls.holds) return cls.holds(value);
  return python.library.typeOf(value).mro.includes(cls);
}

function typeOf(value) {
  if (value instanceof Instance) return value.cls;
  if (value?.type) return value.type;
  const name =
    value === null
      ? "NoneType"
      : ({ boolean: "bool", number: "int", string: "str" }[typeof value]
        ?? KINDS.find(([kind]) => value instanceof kind)?.[1]);
  return TYPES[name] ?? object;
}

/** @type {[any, string][]} */
const KINDS = [
  [Float, "float"],
  [List, "list"],
  [Tuple, "tuple"],
  [Dict, "dict"],
  [SetOf, "set"],
];

/** The best of some values by a sign, with a key if there is one. */
function best(sign, { args, named, python }) {
  const all = args.length === 1 ? python.all(args[0]) : args;
  if (all instanceof Unknown) return all;
  if (all.length === 0) {
    if (named.has("default")) return named.get("default");
    throw new Raised("ValueError", "an empty sequence has no smallest and no largest item");
  }
  const key = named.get("key") ?? null;
  const keyed = all.map((value) => [value, key ? python.call(key, [value]) : value]);
  let [found, least] = keyed[0];
  for (const [value, rank] of keyed.slice(1)) {
    const isBetter =
      rank?.compare || least?.compare
        ? truth(
            (rank?.compare ? rank : least).compare(
              rank?.compare ? sign : FLIPPED[sign],
              rank?.compare ? least : rank,
              python,
            ),
            python,
          )
        : compared(sign, rank, least, python);
    if (isBetter === null) return unknownOf(python, rank, least);
    if (isBetter) [found, least] = [value, rank];
  }
  return found;
}

const FLIPPED = { "<": ">", ">": "<" };

function sorted(python, values, named) {
  const all = python.all(values);
  if (all instanceof Unknown) return all;
  const key = named.get("key") ?? null;
  const keyed = all.map((value) => [value, key ? python.call(key, [value]) : value]);
  if (keyed.some(([, rank]) => rank instanceof Unknown))
    return unknownOf(python, ...keyed.map(([, rank]) => rank));
  const turn = named.get("reverse") ? -1 : 1;
  keyed.sort(
    ([, a], [, b]) =>
      turn * (compared("<", a, b, python) ? -1 : compared(">", a, b, python) ? 1 : 0),
  );
  return new List(keyed.map(([value]) => value));
}

function zipped(python, lists, isLong, filler = null) {
  const iters = lists.map((list) => python.iterate(list));
  const odd = iters.find((iter) => iter instanceof Unknown);
  if (odd) return odd;
  return new Iter(() => {
    if (iters.length === 0) return undefined;
    const items = [];
    for (const iter of iters) {
      const item = iter.next();
      if (item === undefined && !isLong) return undefined;
      items.push(item);
    }
    return items.every((item) => item === undefined)
      ? undefined
      : new Tuple(items.map((item) => (item === undefined ? filler : item)));
  });
}

function ranged(python, ...parts) {
  const items = parts.map((part) => (part?.item ? part.item(python) : part));
  if (!items.every(isInt)) return unknownOf(python, ...items);
  const numbers = items.map(Number);
  const [start, stop] = numbers.length === 1 ? [0, numbers[0]] : numbers;
  const step = numbers[2] ?? 1;
  if (step === 0) throw new Raised("ValueError", "range() arg 3 must not be zero");
  const count = Math.max(0, Math.ceil((stop - start) / step));
  if (count > 20000) return python.unknown("a range of more than 20000 is not evaluated here");
  return new Tuple(Array.from({ length: count }, (_, i) => start + i * step));
}

function lengthOf(python, value) {
  if (value instanceof Unknown || value?.tainted) return value.tainted ?? value;
  if (value instanceof Dict || value instanceof SetOf) return value.map.size;
  if (typeof value === "string") return value.length;
  if (value instanceof List || value instanceof Tuple) return value.items.length;
  if (value instanceof Instance) return python.call(python.attribute(value, "__len__"));
  if (value?.attribute) return python.attribute(value, "shape").items[0];
  throw new Raised("TypeError", `object of type '${typeOf(value).name}' has no len()`);
}

// Looks an attribute up by a name that the code puts together.
function got({ args: [value, name, ...otherwise], python }) {
  const odd = [value, name].find((one) => one instanceof Unknown || one?.tainted);
  if (odd) return unknownOf(python, odd);
  const found = python.found(value, name);
  if (found !== undefined) return found;
  return otherwise.length > 0 ? otherwise[0] : python.attribute(value, name);
}

const FUNCTIONS = {
  print: () => null,
  len: lengthOf,
  range: ranged,
  abs: (python, value) =>
    isNumber(value)
      ? isInt(value)
        ? Math.abs(value)
        : new Float(Math.abs(value.value))
      : value?.unary
        ? value
        : unknownOf(python, value),
  round: (python, value, digits = null) =>
    isNumber(value) && digits === null
      ? whole(ROUNDED(numeric(value)), python)
      : isNumber(value) && isInt(digits)
        ? new Float(Number(numeric(value).toFixed(Number(digits))))
        : unknownOf(python, value),
  pow: (python, a, b) => binary(python, "**", a, b),
  divmod: (python, a, b) => new Tuple([binary(python, "//", a, b), binary(python, "%", a, b)]),
  zip: (python, ...lists) => zipped(python, lists, false),
  enumerate: (python, values, start = 0) => zipped(python, [counted(start), values], false),
  reversed(python, value) {
    if (value instanceof Instance && !python.found(value, "__reversed__")) {
      const length = lengthOf(python, value);
      if (!isInt(length)) return length;
      return python.iterate(
        new List(Array.from({ length }, (_, i) => indexed(python, value, length - 1 - i))),
      );
    }
    const all = python.all(value);
    return all instanceof Unknown ? all : python.iterate(new List([...all].reverse()));
  },
  iter: (python, value) => python.iterate(value),
  next(python, iter, ...otherwise) {
    if (!(iter instanceof Iter)) return unknownOf(python, iter);
    const found = iter.next();
    if (found !== undefined) return found;
    if (otherwise.length > 0) return otherwise[0];
    throw new Raised("StopIteration", "");
  },
  map(python, run, ...lists) {
    const rows = zipped(python, lists, false);
    if (rows instanceof Unknown) return rows;
    return new Iter(() => {
      const row = rows.next();
      return row === undefined ? row : python.call(run, row.items);
    });
  },
  filter(python, run, values) {
    const all = python.all(values);
    if (all instanceof Unknown) return all;
    const met = all.map((value) => truth(run === null ? value : python.call(run, [value]), python));
    return met.includes(null)
      ? python.unknown("what is kept here is not known")
      : python.iterate(new List(all.filter((_, i) => met[i])));
  },
  any: (python, values) => decided(python, values, true),
  all: (python, values) => decided(python, values, false),
  isinstance: (python, value, cls) => isOf(value, cls, python) ?? unknownOf(python, value, cls),
  issubclass: (python, one, cls) =>
    one instanceof ClassOf && cls instanceof ClassOf
      ? one.mro.includes(cls)
      : unknownOf(python, one, cls),
  callable: (python, value) =>
    value instanceof Unknown
      ? value
      : [Func, Native, Bound, ClassOf].some((kind) => value instanceof kind)
        || (value instanceof Instance && python.found(value, "__call__") !== undefined),
  hasattr: (python, value, name) =>
    value instanceof Unknown || name instanceof Unknown || value?.tainted
      ? unknownOf(python, value, name)
      : python.found(value, name) !== undefined,
  setattr(python, value, name, given) {
    if (name instanceof Unknown) python.taint(value, name);
    else python.setAttribute(value, name, given);
    return null;
  },
  repr: (_python, value) => (value instanceof Unknown ? value : spelled(value, true)),
  property: (_python, getter) => new Property(getter),
  staticmethod: (_python, callee) => new Unbound(callee, false),
  classmethod: (_python, callee) => new Unbound(callee, true),
  sum(python, values, start = 0) {
    const all = python.all(values);
    return all instanceof Unknown
      ? all
      : all.reduce((sum, value) => binary(python, "+", sum, value), start);
  },
};

function counted(start, step = 1) {
  let at = start - step;
  return new Iter(() => {
    at += step;
    return at;
  });
}

function decided(python, values, decides) {
  const all = python.all(values);
  if (all instanceof Unknown) return all;
  const met = all.map((value) => truth(value, python));
  if (met.includes(decides)) return decides;
  return met.includes(null) ? unknownOf(python, all[met.indexOf(null)]) : !decides;
}

const TEXTS = {
  join(python, text, values) {
    const all = python.all(values);
    return all instanceof Unknown || all.some((one) => typeof one !== "string")
      ? unknownOf(python, all)
      : all.join(text);
  },
  format: (python, text, ...given) => placed(python, text, given),
  split: (_python, text, by = null) =>
    new List(by === null ? text.split(/\s+/).filter(Boolean) : text.split(by)),
  lower: (_python, text) => text.toLowerCase(),
  upper: (_python, text) => text.toUpperCase(),
  strip: (_python, text) => text.trim(),
  title: (_python, text) =>
    text.replace(/\w+/g, (word) => word[0].toUpperCase() + word.slice(1).toLowerCase()),
  startswith: (_python, text, start) =>
    [start].flatMap((one) => one?.items ?? one).some((one) => text.startsWith(one)),
  endswith: (_python, text, end) =>
    [end].flatMap((one) => one?.items ?? one).some((one) => text.endsWith(one)),
  replace: (_python, text, from, to) => text.replaceAll(from, to),
  isdigit: (_python, text) => /^\d+$/.test(text),
  find: (_python, text, part) => text.indexOf(part),
  count: (_python, text, part) => text.split(part).length - 1,
};

function placed(python, text, given) {
  const left = [...given];
  const odd = given.find(
    (value) => value instanceof Unknown || (value !== null && typeof value === "object"),
  );
  if (odd || /\{[^}]*[^}\d][^}]*\}/.test(text)) return unknownOf(python, odd);
  return text.replace(/\{(\d*)\}/g, (_all, at) => spelled(at === "" ? left.shift() : given[at]));
}

// "conv%d" % 3
function percent(text, value, python) {
  const left = value instanceof Tuple ? [...value.items] : [value];
  if (left.some((one) => one === null || typeof one === "object") || /%[^ds]/.test(text))
    return unknownOf(python, value);
  return text.replace(/%[ds]/g, () => spelled(left.shift()));
}

// A method that makes other items of a list's and of what it is given.
const change =
  (run) =>
  (python, list, ...given) => {
    if (list.tainted) return list.tainted;
    refill(python, list, run(list.items, ...given));
    return null;
  };
const LISTS = {
  append: change((items, value) => [...items, value]),
  insert: (python, list, at, value) =>
    isInt(at)
      ? refill(python, list, list.items.toSpliced(Number(at), 0, value))
      : python.taint(list, unknownOf(python, at)),
  extend(python, list, values) {
    const all = python.all(values);
    if (all instanceof Unknown) python.taint(list, all);
    else refill(python, list, [...list.items, ...all]);
    return null;
  },
  appendleft: change((items, value) => [value, ...items]),
  popleft: (python, list) => LISTS.pop(python, list, 0),
  pop(python, list, at = -1) {
    if (list.tainted || !isInt(at)) return unknownOf(python, list, at);
    const place = at < 0 ? Number(at) + list.items.length : Number(at);
    if (!(place >= 0 && place < list.items.length))
      throw new Raised("IndexError", "pop index out of range");
    const found = list.items[place];
    refill(python, list, list.items.toSpliced(place, 1));
    return found;
  },
  clear: change(() => []),
  reverse: change((items) => [...items].reverse()),
  copy: (_python, list) => new List(list.items),
  index(python, list, value) {
    const at = list.items.findIndex((item) => compared("==", item, value, python));
    if (at < 0) throw new Raised("ValueError", "this value is not in the list");
    return at;
  },
  count: (python, list, value) =>
    list.items.filter((item) => compared("==", item, value, python)).length,
};

function refill(python, list, items) {
  python.journal.touch(list);
  list.items = items;
}

const pairs = (map) => [...map.values()].map(([key, value]) => new Tuple([key, value]));
const DICTS = {
  keys: (_python, { map }) => new List([...map.values()].map(([key]) => key)),
  values: (_python, { map }) => new List([...map.values()].map(([, value]) => value)),
  items: (_python, { map }) => new List(pairs(map)),
  get: (_python, { map }, key, otherwise = null) =>
    key instanceof Unknown ? key : map.has(identity(key)) ? map.get(identity(key))[1] : otherwise,
  copy: (_python, { map }) => new Dict([...map.values()]),
  setdefault(python, dict, key, value = null) {
    if (!dict.map.has(identity(key))) python.write(dict.map, identity(key), [key, value]);
    return dict.map.get(identity(key))[1];
  },
  pop(python, dict, key, ...otherwise) {
    const found = dict.map.get(identity(key));
    if (!found && otherwise.length > 0) return otherwise[0];
    if (!found) throw new Raised("KeyError", spelled(key, true));
    python.journal.touch(dict.map);
    dict.map.delete(identity(key));
    return found[1];
  },
};
const SETS = {
  add: (python, set, value) => void python.write(set.map, identity(value), [value, value]),
};

// Methods that take names, too.
const WHOLE = {
  dict: {
    update({ args: [dict, value], named, python }) {
      const found = pairsOf(python, value);
      if (found instanceof Unknown) python.taint(dict, found);
      else
        for (const [key, one] of [...found, ...named])
          python.write(dict.map, identity(key), [key, one]);
      return null;
    },
  },
  list: {
    sort({ args: [list], named, python }) {
      const found = sorted(python, list, named);
      if (found instanceof Unknown) python.taint(list, found);
      else refill(python, list, found.items);
      return null;
    },
  },
};
const METHODS = {
  str: TEXTS,
  list: LISTS,
  tuple: { index: LISTS.index, count: LISTS.count },
  dict: DICTS,
  set: SETS,
};

function method(value, name) {
  const kind = typeOf(value).name;
  if (Object.hasOwn(WHOLE[kind] ?? {}, name)) return new Native(name, WHOLE[kind][name]);
  const own = METHODS[kind] ?? {};
  if (!Object.hasOwn(own, name)) return undefined;
  return native(name, (python, self, ...given) => {
    if (self.tainted) return self.tainted;
    return own[name](python, self, ...given) ?? null;
  });
}

const names = new Map(
  Object.entries({
    ...TYPES,
    ...ERRORS,
    object,
    min: new Native("min", (call) => best("<", call)),
    max: new Native("max", (call) => best(">", call)),
    sorted: new Native("sorted", ({ args: [values], named, python }) =>
      sorted(python, values, named),
    ),
    getattr: new Native("getattr", got),
    super: native("super", (python, cls, self) =>
      cls instanceof ClassOf && self !== undefined
        ? new Super(self, cls)
        : unknownOf(python, cls, self),
    ),
    type: native("type", (_python, value) => (value instanceof Unknown ? value : typeOf(value))),
  }),
);
for (const [name, run] of Object.entries(FUNCTIONS)) names.set(name, native(name, run));

/** What programs may use without an import, and how values are taken that have no class here. */
export const builtins = {
  names,
  object,
  typeOf,
  isOf,
  method,
  percent,
  error,
  zipped,
  counted,
  subscript(value, key, python) {
    // list[int], Optional[Tensor]: a type is itself.
    if (value instanceof ClassOf || value instanceof Native || value instanceof Namespace)
      return value;
    if (value instanceof Iter || key instanceof Slice)
      return python.unknown("this index is not evaluated here");
    throw new Raised("TypeError", `'${typeOf(value).name}' object is not subscriptable`);
  },
};
