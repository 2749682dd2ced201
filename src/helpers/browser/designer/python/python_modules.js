// What programs import of Python's own modules.
import { builtins, counting, native, taken } from "./python_builtins.js";
import { binary, unknownOf } from "./python_expressions.js";
import {
  ClassOf,
  Dict,
  Float,
  Instance,
  Iter,
  List,
  Namespace,
  Native,
  SetOf,
} from "./python_values.js";
import { Tuple, Unknown, isNumber, numeric, whole } from "./python_values.js";

const { object, zipped, counted } = builtins;
const place = (name, attrs) => new Namespace(name, new Map(Object.entries(attrs)));
const same = native("same", (_python, value) => value);
// A decorator that may be given settings first.
const decorator = new Native("decorator", ({ args: [first] }) => (first?.node ? first : same));

const floats = (names) =>
  Object.fromEntries(
    names.map((name) => [
      name,
      counting(name, (_python, ...given) => new Float(Math[name](...given.map(numeric)))),
    ]),
  );
const wholes = { ceil: Math.ceil, floor: Math.floor, trunc: Math.trunc };
const gcd = (a, b) => (b ? gcd(b, a % b) : Math.abs(a));
const product = native("prod", (python, values) => {
  const all = python.all(values);
  return all instanceof Unknown
    ? all
    : all.reduce((found, value) => binary(python, "*", found, value), 1);
});
const MATH = {
  ...floats(["sqrt", "log2", "log10", "exp", "pow", "sin", "cos", "tanh"]),
  ...Object.fromEntries(
    Object.entries(wholes).map(([name, run]) => [
      name,
      counting(name, (python, value) => whole(run(numeric(value)), python)),
    ]),
  ),
  log: counting(
    "log",
    (_python, value, by) =>
      new Float(
        by === undefined
          ? Math.log(numeric(value))
          : Math.log(numeric(value)) / Math.log(numeric(by)),
      ),
  ),
  gcd: counting("gcd", (_python, a, b) => gcd(Number(a), Number(b))),
  prod: product,
  pi: new Float(Math.PI),
  e: new Float(Math.E),
  inf: new Float(Infinity),
};
const NUMPY = {
  ...floats(["sqrt", "log2", "log10", "exp", "ceil", "floor"]),
  log: MATH.log,
  pi: MATH.pi,
  inf: MATH.inf,
  prod: product,
  sum: builtins.names.get("sum"),
  max: builtins.names.get("max"),
  min: builtins.names.get("min"),
  cumprod: native("cumprod", (python, values) => accumulated(python, values, "*")),
  cumsum: native("cumsum", (python, values) => accumulated(python, values, "+")),
};

function accumulated(python, values, sign) {
  const all = python.all(values);
  if (all instanceof Unknown) return all;
  let sum = null;
  return new List(
    all.map((value) => (sum = sum === null ? value : binary(python, sign, sum, value))),
  );
}

function chained(python, lists) {
  const all = python.all(lists);
  if (all instanceof Unknown) return all;
  const each = all.map((list) => python.all(list));
  return each.find((list) => list instanceof Unknown) ?? python.iterate(new List(each.flat()));
}

const ITERTOOLS = {
  cycle: native("cycle", (python, values) => {
    const all = python.all(values);
    if (all instanceof Unknown) return all;
    let at = -1;
    return new Iter(() => {
      at += 1;
      return all[at % all.length];
    });
  }),
  count: native("count", (_python, start = 0, step = 1) => counted(start, step)),
  repeat: native("repeat", (_python, value, times = Infinity) => {
    let left = times;
    return new Iter(() => {
      left -= 1;
      return left >= 0 ? value : undefined;
    });
  }),
  chain: Object.assign(
    native("chain", (python, ...lists) => chained(python, new List(lists))),
    { attribute: (name) => (name === "from_iterable" ? native(name, chained) : undefined) },
  ),
  islice: native("islice", (python, values, ...ends) => {
    const iter = python.iterate(values);
    if (iter instanceof Unknown) return iter;
    const [start, stop, step] =
      ends.length === 1 ? [0, ends[0], 1] : [ends[0] ?? 0, ends[1], ends[2] ?? 1];
    let at = -1;
    const next = () => {
      for (;;) {
        at += 1;
        if (stop !== null && at >= stop) return undefined;
        const item = iter.next();
        if (item === undefined || (at >= start && (at - start) % step === 0)) return item;
      }
    };
    return new Iter(next);
  }),
  zip_longest: new Native("zip_longest", ({ args, named, python }) =>
    zipped(python, args, true, named.get("fillvalue") ?? null),
  ),
  product: native("product", (python, ...lists) => {
    const each = lists.map((list) => python.all(list));
    const odd = each.find((list) => list instanceof Unknown);
    if (odd) return odd;
    const rows = each.reduce(
      (found, list) => found.flatMap((row) => list.map((item) => [...row, item])),
      [[]],
    );
    return python.iterate(new List(rows.map((row) => new Tuple(row))));
  }),
  accumulate: native("accumulate", (python, values) =>
    python.iterate(accumulated(python, values, "+")),
  ),
};

const partial = new Native(
  "partial",
  ({ args: [callee, ...first], named: before }) =>
    new Native("partial", ({ args, named, python }) =>
      python.call(callee, [...first, ...args], new Map([...before, ...named])),
    ),
);
const FUNCTOOLS = {
  partial,
  wraps: native("wraps", () => same),
  lru_cache: decorator,
  cache: same,
  reduce: native("reduce", (python, run, values, ...start) => {
    const all = python.all(values);
    if (all instanceof Unknown) return all;
    return [...start, ...all].reduce((sum, value) => python.call(run, [sum, value]));
  }),
};

// --- Copies and classes of data ---

function copied(value, memo) {
  if (value === null || typeof value !== "object") return value;
  if (memo.has(value)) return memo.get(value);
  const known = (made) => {
    memo.set(value, made);
    return made;
  };
  if (value instanceof Tuple)
    return new Tuple(
      value.items.map((item) => copied(item, memo)),
      value.fields,
    );
  if (value instanceof List) {
    const made = known(new List([]));
    made.items = value.items.map((item) => copied(item, memo));
    made.tainted = value.tainted;
    return made;
  }
  if (value instanceof Dict) {
    const made = known(new Dict([], value.factory));
    for (const [id, pair] of value.map)
      made.map.set(
        id,
        pair.map((one) => copied(one, memo)),
      );
    made.tainted = value.tainted;
    return made;
  }
  if (!(value instanceof Instance)) return value;
  const made = known(new Instance(value.cls));
  made.statement = value.statement;
  made.tainted = value.tainted;
  for (const [name, own] of value.attrs) made.attrs.set(name, copied(own, memo));
  return made;
}

function shallow(_python, value) {
  if (value instanceof List) return new List(value.items);
  if (value instanceof Dict) return new Dict([...value.map.values()]);
  if (!(value instanceof Instance)) return value;
  const made = Object.assign(new Instance(value.cls), { statement: value.statement });
  for (const [name, own] of value.attrs) made.attrs.set(name, own);
  return made;
}

const COPY = {
  deepcopy: native("deepcopy", (_python, value) => copied(value, new Map())),
  copy: native("copy", shallow),
};

function namedtuple(call) {
  const { typename, field_names: fields, defaults } = taken(call, ["typename", "field_names"]);
  const { python } = call;
  const names =
    typeof fields === "string" ? fields.split(/[\s,]+/).filter(Boolean) : python.all(fields);
  const usual = defaults === undefined ? [] : python.all(defaults);
  if (names instanceof Unknown || usual instanceof Unknown) return unknownOf(python, names, usual);
  const made = new ClassOf(typename, [object]);
  made.construct = (given) => {
    const found = taken(given, names);
    const values = names.map((name, i) => found[name] ?? usual[i - names.length + usual.length]);
    if (values.includes(undefined))
      return python.unknown(`${typename} is not given all of its fields`);
    return new Tuple(values, names);
  };
  return made;
}

function dataclass(cls) {
  if (!(cls instanceof ClassOf)) return cls;
  cls.construct = (call) => {
    const fields = [...new Set([...cls.mro].reverse().flatMap((one) => one.fields ?? []))];
    const made = new Instance(cls);
    const given = taken(call, fields);
    for (const name of fields) {
      const usual = cls.mro.find(({ attrs }) => attrs.has(name))?.attrs.get(name);
      const value = given[name] ?? (usual?.isField ? fieldOf(call.python, usual) : usual);
      if (value === undefined) {
        return call.python.unknown(`${cls.name} is not given ${name}`);
      }
      made.attrs.set(name, value);
    }
    const after = call.python.found(made, "__post_init__");
    if (after) call.python.call(after);
    return made;
  };
  return cls;
}

function fieldOf(python, { value, factory }) {
  return factory ? python.call(factory) : value;
}

const DATACLASSES = {
  dataclass: new Native("dataclass", ({ args: [cls] }) =>
    cls ? dataclass(cls) : native("dataclass", (_python, own) => dataclass(own)),
  ),
  field: new Native("field", ({ named }) => ({
    isField: true,
    value: named.get("default"),
    factory: named.get("default_factory"),
  })),
};

// An object whose attributes are what it is given; of those of other packages a dictionary's, too.
const object_of = (name) =>
  new ClassOf(
    name,
    [object],
    new Map([
      ["__getitem__", native("__getitem__", (python, self, key) => python.attribute(self, key))],
    ]),
    ({ args, named, cls }) => {
      const made = new Instance(cls);
      const first = args[0] instanceof Dict ? [...args[0].map.values()] : [];
      for (const [key, value] of [...first, ...named]) made.attrs.set(key, value);
      return made;
    },
  );

const ArgumentParser = new ClassOf(
  "ArgumentParser",
  [object],
  new Map([
    [
      "add_argument",
      new Native("add_argument", ({ args: [self, ...flags], named, python }) => {
        const name =
          named.get("dest")
          ?? `${flags.find((flag) => `${flag}`.startsWith("--")) ?? flags[0]}`
            .replace(/^-+/, "")
            .replaceAll("-", "_");
        const isFlag = named.get("action") === "store_true";
        const usual = named.get("default") ?? (isFlag ? false : null);
        const isNeeded = !`${flags[0]}`.startsWith("-") || named.get("required") === true;
        python.write(
          self.attrs,
          `.${name}`,
          isNeeded ? python.unknown(`${name} is said when the program is started`) : usual,
        );
        return null;
      }),
    ],
    ["add_argument_group", same],
    [
      "parse_args",
      native("parse_args", (_python, self) => {
        const made = new Instance(object_of("Namespace"));
        for (const [name, value] of self.attrs)
          if (name.startsWith(".")) made.attrs.set(name.slice(1), value);
        return made;
      }),
    ],
  ]),
  ({ cls }) => new Instance(cls),
);

const holding = (name, holds) => Object.assign(new ClassOf(name, [object]), { holds });
const isListed = (value) =>
  [List, Tuple, Dict, SetOf, Iter].some((kind) => value instanceof kind)
  || typeof value === "string";
const ABC = {
  __proto__: null,
  Iterable: holding("Iterable", isListed),
  Sequence: holding(
    "Sequence",
    (value) => value instanceof List || value instanceof Tuple || typeof value === "string",
  ),
  Mapping: holding("Mapping", (value) => value instanceof Dict),
  Callable: holding("Callable", (value) => !isListed(value) && !isNumber(value) && value !== null),
};
const NUMBERS = {
  Number: holding("Number", isNumber),
  Integral: holding("Integral", (value) => Number.isInteger(value)),
};
const TYPING = new Namespace("typing", (name) =>
  name === "TYPE_CHECKING" ? false : (ABC[name] ?? new ClassOf(name, [object])),
);

const MODULES = {
  math: place("math", MATH),
  numpy: place("numpy", NUMPY),
  itertools: place("itertools", ITERTOOLS),
  functools: place("functools", FUNCTOOLS),
  copy: place("copy", COPY),
  typing: TYPING,
  typing_extensions: TYPING,
  dataclasses: place("dataclasses", DATACLASSES),
  numbers: place("numbers", NUMBERS),
  abc: place("abc", { ABC: new ClassOf("ABC", [object]), abstractmethod: same, ABCMeta: object }),
  types: place("types", { SimpleNamespace: object_of("SimpleNamespace") }),
  easydict: place("easydict", { EasyDict: object_of("EasyDict") }),
  argparse: place("argparse", { ArgumentParser, Namespace: object_of("Namespace") }),
  "collections.abc": place("collections.abc", ABC),
  collections: place("collections", {
    OrderedDict: builtins.names.get("dict"),
    deque: builtins.names.get("list"),
    namedtuple: new Native("namedtuple", namedtuple),
    abc: place("collections.abc", ABC),
    defaultdict: native("defaultdict", (_python, factory = null) => new Dict([], factory)),
  }),
};

/** A module of Python's by its name, or undefined. */
export function moduleNamed(name) {
  return Object.hasOwn(MODULES, name) ? MODULES[name] : undefined;
}
