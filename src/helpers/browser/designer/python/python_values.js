// What Python's expressions evaluate to. An int is a number, True and False are booleans, None is
// null and a text is a string; all else is an object of one of these classes.
//
// Objects of other kinds take part by methods of their own: `attribute(name, python)`,
// `binary(sign, other, isReflected, python)`, `compare(sign, other, python)`, `unary(sign, python)`,
// `index(key, python)`, `items(python)` and `truth(python)`.

let births = 0;

/** The same object, known to be made after all those before it. */
export function fresh(object) {
  object.born = births += 1;
  return object;
}

/** How many objects have been made. */
export function bornSoFar() {
  return births;
}

export const Float = class {
  constructor(value) {
    this.value = value;
  }
};
export const List = class {
  constructor(items) {
    this.items = items;
    this.tainted = null; // What it holds is then no longer known.
    fresh(this);
  }
};
export const Tuple = class {
  constructor(items, fields = null) {
    /** @type {any} */
    this.tainted = undefined;
    /** @type {any} */
    this.isShape = undefined;
    this.items = items;
    this.fields = fields; // The names of a namedtuple's.
  }
};
/** A dictionary; `map` leads from a key's identity to [key, value]. */
export const Dict = class {
  constructor(pairs = [], factory = null) {
    /** @type {any} */
    this.tainted = undefined;
    this.map = fresh(new Map(pairs.map(([key, value]) => [identity(key), [key, value]])));
    this.factory = factory;
    fresh(this);
  }
};
export const SetOf = class {
  constructor(items) {
    /** @type {any} */
    this.tainted = undefined;
    this.map = fresh(new Map(items.map((item) => [identity(item), [item, item]])));
    fresh(this);
  }
};
/** What runs through values once; `next` returns undefined when it is over. */
export const Iter = class {
  constructor(next) {
    this.next = next;
  }
};
export const Slice = class {
  constructor(start, stop, step) {
    this.start = start;
    this.stop = stop;
    this.step = step;
  }
};
export const DOTS = { dots: true };
/** A function of JavaScript's: `run({ args, named, python })`, `named` being a Map. */
export const Native = class {
  constructor(name, run) {
    this.name = name;
    this.run = run;
  }
};
export const Func = class {
  constructor(node, scope, defaults, owner) {
    this.node = node;
    this.scope = scope;
    this.defaults = defaults;
    this.owner = owner;
    this.attrs = fresh(new Map());
  }
};
export const Bound = class {
  constructor(self, callee) {
    this.self = self;
    this.callee = callee;
  }
};
/** A class; `construct`, if it has one, makes its objects in a way of its own. */
export const ClassOf = class {
  constructor(name, bases, attrs = new Map(), construct = null) {
    /** @type {any} */
    this.holds = undefined;
    /** @type {any} */
    this.fields = undefined;
    /** @type {any} */
    this.node = undefined;
    this.name = name;
    this.bases = bases;
    this.attrs = attrs;
    this.construct = construct;
    this.mro = linear(this);
  }
};
export const Property = class {
  constructor(getter) {
    this.getter = getter;
  }
};
/** A function of a class that is given no object, or the class itself. */
export const Unbound = class {
  constructor(callee, isOfClass) {
    this.callee = callee;
    this.isOfClass = isOfClass;
  }
};
export const Super = class {
  constructor(self, owner) {
    this.self = self;
    this.owner = owner;
  }
};
export const Instance = class {
  constructor(cls) {
    /** @type {any} */
    this.tainted = undefined;
    /** @type {any} */
    this.statement = undefined;
    this.cls = cls;
    this.attrs = fresh(new Map());
    fresh(this);
  }
};
/** A module that is imported, or another place of names. */
export const Namespace = class {
  constructor(name, attrs) {
    this.name = name;
    this.attrs = attrs; // A Map, or a function of a name.
  }
};
/** A value that is not known, and the statement that it comes from. */
export const Unknown = class {
  constructor(statement, why) {
    /** @type {any} */
    this.text = undefined;
    /** @type {any} */
    this.isForeign = undefined;
    /** @type {any} */
    this.isInput = undefined;
    /** @type {any} */
    this.error = undefined;
    /** @type {any} */
    this.variable = undefined;
    this.statement = statement;
    this.why = why;
  }
};

/** Thrown where a statement raises an error: Python's, or one in PyTorch's own words. */
export const Raised = class {
  constructor(kind, words) {
    /** @type {any} */
    this.missing = undefined;
    /** @type {any} */
    this.sizes = undefined;
    /** @type {any} */
    this.ends = undefined;
    /** @type {any} */
    this.statement = undefined;
    /** @type {any} */
    this.step = undefined;
    /** @type {any} */
    this.isOwn = undefined;
    this.kind = kind;
    this.words = words;
  }
};
/** Thrown where evaluating ends: at a statement that matters and is not evaluated. */
export const Stop = class {
  constructor(statement, why) {
    /** @type {any} */
    this.isInput = undefined;
    this.statement = statement;
    this.why = why;
  }
};

/** The order in which a class and its bases are looked through. */
function linear(cls) {
  const lists = [...cls.bases.map(({ mro }) => [...mro]), [...cls.bases]];
  const found = [cls];
  for (;;) {
    const left = lists.filter((list) => list.length > 0);
    if (left.length === 0) return found;
    const next = left
      .map(([first]) => first)
      .find((first) => !left.some((list) => list.indexOf(first) > 0));
    if (!next) throw new Raised("TypeError", "Cannot create a consistent method resolution order");
    found.push(next);
    for (const list of left) if (list[0] === next) list.shift();
  }
}

/** What tells a key from others: the same for equal keys. */
export function identity(key) {
  if (typeof key === "string") return `s${key}`;
  if (typeof key === "number" || typeof key === "boolean") return Number(key);
  if (key instanceof Float) return key.value;
  if (key instanceof Tuple)
    return `(${key.items
      .map((item) => identity(item))
      .map(keyed)
      .join()})`;
  return key;
}

const objects = new WeakMap();
let counted = 0;

function keyed(id) {
  if (id === null || typeof id !== "object") return `${typeof id}:${id}`;
  if (!objects.has(id)) {
    counted += 1;
    objects.set(id, counted);
  }
  return `object:${objects.get(id)}`;
}

/** @returns {boolean} */
export function isInt(value) {
  return typeof value === "number" || typeof value === "boolean";
}

/** @returns {boolean} */
export function isNumber(value) {
  return isInt(value) || value instanceof Float;
}

/** A number of Python's as one of JavaScript's. */
export function numeric(value) {
  return value instanceof Float ? value.value : Number(value);
}

export function typeName(value) {
  if (value === null) return "NoneType";
  if (typeof value === "boolean") return "bool";
  if (typeof value === "number") return "int";
  if (typeof value === "string") return "str";
  if (value instanceof Instance) return value.cls.name;
  return NAMES.find(([kind]) => value instanceof kind)?.[1] ?? value.typeName ?? "object";
}

/** @type {[any, string][]} */
const NAMES = [
  [Float, "float"],
  [List, "list"],
  [Tuple, "tuple"],
  [Dict, "dict"],
  [SetOf, "set"],
  [Func, "function"],
  [ClassOf, "type"],
  [Native, "builtin_function_or_method"],
  [Bound, "method"],
  [Slice, "slice"],
  [Iter, "iterator"],
];

/** Whether Python takes a value for true; null where that is not known. */
export function truth(value, python) {
  if (value === null) return false;
  if (typeof value !== "object") return Boolean(value);
  if (value.tainted || value instanceof Unknown) return null;
  if (value instanceof Float) return value.value !== 0;
  if (value instanceof List || value instanceof Tuple) return value.items.length > 0;
  if (value instanceof Dict || value instanceof SetOf) return value.map.size > 0;
  return value.truth ? value.truth(python) : true;
}

/** Whether two values are equal; null where that is not known. */
export function equal(a, b, python) {
  if (a === b && !(a instanceof Unknown)) return true;
  if (a instanceof Unknown || b instanceof Unknown) return null;
  if (a?.tainted || b?.tainted) return null;
  if (isNumber(a) && isNumber(b)) return numeric(a) === numeric(b);
  if (a?.compare) return truth(a.compare("==", b, python), python);
  if (b?.compare) return truth(b.compare("==", a, python), python);
  const isList = a instanceof List && b instanceof List;
  if (isList || (a instanceof Tuple && b instanceof Tuple)) {
    if (a.items.length !== b.items.length) return false;
    return every(a.items.map((item, i) => equal(item, b.items[i], python)));
  }
  if (a instanceof Dict && b instanceof Dict) {
    if (a.map.size !== b.map.size) return false;
    return every(
      [...a.map].map(([id, [, value]]) =>
        b.map.has(id) ? equal(value, b.map.get(id)[1], python) : false,
      ),
    );
  }
  return false;
}

function every(found) {
  return found.includes(false) ? false : found.includes(null) ? null : true;
}

/** What a comparison gives: true, false, or null where that is not known. */
export function compared(sign, left, right, python) {
  if (sign === "is") {
    if (left instanceof Unknown || right instanceof Unknown) return null;
    const isPlain = (value) => value === null || typeof value !== "object";
    return isPlain(left) && isPlain(right) && typeof left === typeof right
      ? left === right
      : left === right;
  }
  if (sign === "is not" || sign === "not in") {
    const found = compared(sign === "is not" ? "is" : "in", left, right, python);
    return found === null ? null : !found;
  }
  if (sign === "==") return equal(left, right, python);
  if (sign === "!=") {
    const found = equal(left, right, python);
    return found === null ? null : !found;
  }
  if (sign === "in") return contained(left, right, python);
  if (left instanceof Unknown || right instanceof Unknown) return null;
  const isText = typeof left === "string" && typeof right === "string";
  if (isText || (isNumber(left) && isNumber(right))) {
    const [a, b] = isText ? [left, right] : [numeric(left), numeric(right)];
    return { "<": a < b, ">": a > b, "<=": a <= b, ">=": a >= b }[sign];
  }
  if (left instanceof Tuple && right instanceof Tuple) return inOrder(sign, left, right, python);
  throw new Raised(
    "TypeError",
    `'${sign}' not supported between instances of '${typeName(left)}' `
      + `and '${typeName(right)}'`,
  );
}

function inOrder(sign, { items: left }, { items: right }, python) {
  const at = left.findIndex(
    (item, i) => i >= right.length || equal(item, right[i], python) !== true,
  );
  if (at >= 0 && at < right.length) return compared(sign, left[at], right[at], python);
  return compared(sign, left.length, right.length, python);
}

function contained(value, place, python) {
  if (value instanceof Unknown || place instanceof Unknown || place?.tainted) return null;
  if (typeof place === "string") return place.includes(value);
  if (place instanceof Dict || place instanceof SetOf) return place.map.has(identity(value));
  if (place instanceof List || place instanceof Tuple) {
    const found = place.items.map((item) => equal(value, item, python));
    return found.includes(true) ? true : found.includes(null) ? null : false;
  }
  return null;
}

/** A whole number, or what stands for one that is too large to count with. */
export function whole(value, python) {
  if (Number.isSafeInteger(value)) return value || 0;
  return python.unknown("a browser counts exactly up to 2**53 only, and this goes beyond");
}

/** Two numbers with a sign between them. */
export function arithmetic(sign, left, right, python) {
  const [a, b] = [numeric(left), numeric(right)];
  const isWhole = isInt(left) && isInt(right);
  if (["/", "//", "%"].includes(sign) && b === 0) {
    throw new Raised("ZeroDivisionError", "division by zero");
  }
  const isBits = ["&", "|", "^", "<<", ">>"].includes(sign);
  if (isBits && (!isWhole || a < 0 || b < 0 || a >= 2 ** 31 || b >= 2 ** 31)) {
    return python.unknown(`what ${sign} gives here is not counted`);
  }
  const found = {
    "+": () => a + b,
    "-": () => a - b,
    "*": () => a * b,
    "/": () => a / b,
    "//": () => Math.floor(a / b),
    "%": () => a - b * Math.floor(a / b),
    "**": () => a ** b,
    "<<": () => a * 2 ** b,
    ">>": () => Math.floor(a / 2 ** b),
    "&": () => a & b,
    "|": () => a | b,
    "^": () => a ^ b, // Of 31 bits.
  }[sign]?.();
  if (found === undefined || Number.isNaN(found)) {
    throw new Raised("TypeError", `unsupported operand type(s) for ${sign}`);
  }
  if (isBits && typeof left === "boolean" && typeof right === "boolean" && sign.length === 1) {
    return Boolean(found);
  }
  return isWhole && sign !== "/" && !(sign === "**" && b < 0)
    ? whole(found, python)
    : new Float(found);
}

/** How a value is written by str(); `repr` quotes texts, as it does inside of lists. */
export function spelled(value, isRepr = false) {
  if (value === null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value === "string") return isRepr ? `'${value}'` : value;
  if (value instanceof Float) {
    return Number.isInteger(value.value) && Math.abs(value.value) < 1e16
      ? `${value.value}.0`
      : `${value.value}`;
  }
  if (value instanceof List)
    return `[${value.items.map((item) => spelled(item, true)).join(", ")}]`;
  if (value instanceof Tuple) {
    const inner = value.items.map((item) => spelled(item, true)).join(", ");
    return value.items.length === 1 ? `(${inner},)` : `(${inner})`;
  }
  return typeof value === "object" ? (value.spelled?.() ?? `<${typeName(value)}>`) : `${value}`;
}

/** Whether a text says all of a value, so that it may be shown or put into a name. */
export function isPlain(value) {
  if (value instanceof List || value instanceof Tuple) return value.items.every(isPlain);
  return value === null || typeof value !== "object" || value instanceof Float;
}
