// What Python's expressions evaluate to. An int is a number, True and False are booleans, None is
// null and a text is a string; all else is an object of one of these classes. One whose content is
// no longer known is `tainted`, with what is unknown of it.
//
// Objects of other kinds take part by methods of their own: `attribute(name, python)`,
// `binary(sign, other, isReflected, python)`, `compare(sign, other, python)`, `unary(sign, python)`,
// `index(key, python)` and `all(python)`.

/** A class whose objects have these attributes, which it is given in this order. */
export function record(...names) {
  const Made = class {
    constructor(...values) {
      for (const [i, name] of names.entries()) this[name] = values[i];
    }
  };
  return /** @type {any} */ (Made);
}

let births = 0;

/** How many objects have been made. */
export function bornSoFar() {
  return births;
}

export const Float = record("value");
export const List = record("items");
export const Tuple = record("items");
/** What runs through values once; `next` returns undefined when it is over. */
export const Iter = record("next");
export const Slice = record("start", "stop", "step");
export const DOTS = {};
/** A function of JavaScript's: `run({ args, named, python })`, `named` being a Map. */
export const Native = record("name", "run");
export const Func = record("node", "scope", "defaults", "owner");
export const Bound = record("self", "callee");
export const Property = record("getter");
export const Super = record("self", "owner");
/** A module that is imported; `attrs` is a Map, or a function of a name. */
export const Namespace = record("name", "attrs");
/** A value that is not known, and the statement that it comes from. */
export const Unknown = record("statement", "why");
/** Thrown where a statement raises an error: Python's, or one in PyTorch's own words. */
export const Raised = record("kind", "words");
/** Thrown where evaluating ends: at a statement that matters and is not evaluated. */
export const Stop = record("statement", "why", "isInput");

/** A dictionary; `map` leads from a key's identity to [key, value]. */
export const Dict = class {
  constructor(pairs = []) {
    this.map = new Map(pairs.map(([key, value]) => [identity(key), [key, value]]));
  }
};

/** A class; `construct`, if it has one, makes its objects in a way of its own. */
export const ClassOf = class {
  constructor(name, bases, attrs = new Map(), construct = null) {
    this.name = name;
    this.bases = bases;
    this.attrs = attrs;
    this.construct = construct;
    /** @type {any} */
    this.node = null;
    this.mro = linear(this);
  }

  /** What it or the first of its bases that has it says of a name, or undefined. */
  get(name) {
    return this.mro.find(({ attrs }) => attrs.has(name))?.attrs.get(name);
  }
};

export const Instance = class {
  constructor(cls) {
    /** @type {any} */
    this.tainted = undefined;
    this.cls = cls;
    this.attrs = new Map();
    births += 1;
    this.born = births;
  }
};

/** The order in which a class and its bases are looked through. */
function linear(cls) {
  const all = [cls, ...cls.bases.flatMap(({ mro }) => mro)];
  return all.filter((one, i) => all.lastIndexOf(one) === i);
}

/** What tells a key from others: the same for equal keys. */
export function identity(key) {
  if (typeof key === "string") return `s${key}`;
  if (typeof key === "number" || typeof key === "boolean") return Number(key);
  if (key instanceof Float) return key.value;
  if (key instanceof Tuple) throw new Stop(null, "a key of this kind is not evaluated here");
  return key;
}

/** @returns {boolean} */
export function isInt(value) {
  return typeof value === "number" || typeof value === "boolean";
}

export function isNumber(value) {
  return isInt(value) || value instanceof Float;
}

export function numeric(value) {
  return value instanceof Float ? value.value : Number(value);
}

/** What a value is, as a number where it holds a single one. */
export function plainly(value, python) {
  return value?.item ? value.item(python) : value;
}

/** @type {[any, string][]} */
const KINDS = [
  [Float, "float"],
  [List, "list"],
  [Tuple, "tuple"],
  [Dict, "dict"],
  [Func, "function"],
  [ClassOf, "type"],
];

/** What Python calls the class of a value. */
export function typeName(value) {
  if (value === null) return "NoneType";
  if (value instanceof Instance) return value.cls.name;
  const plain = { boolean: "bool", number: "int", string: "str" }[typeof value];
  return plain ?? value.typeName ?? KINDS.find(([kind]) => value instanceof kind)?.[1] ?? "object";
}

/** What is unknown of values: one of them itself, or why it cannot be told. */
export function unknownOf(python, ...values) {
  for (const value of values)
    if (value instanceof Unknown || value?.tainted) return value.tainted ?? value;
  const one = values.find((value) => value?.item);
  const inner = plainly(one, python);
  return inner instanceof Unknown ? inner : python.unknown("this is not evaluated here");
}

/** Whether Python takes a value for true; null where that is not known. */
export function truth(value, python) {
  if (value === null) return false;
  if (typeof value !== "object") return Boolean(value);
  if (value.tainted || value instanceof Unknown) return null;
  if (value instanceof Float) return value.value !== 0;
  if (Array.isArray(value.items)) return value.items.length > 0;
  if (value instanceof Dict) return value.map.size > 0;
  if (value instanceof Instance)
    return ["__len__", "__bool__"].some((name) => python.found(value, name)) ? null : true;
  return value.isTensor ? null : true;
}

/** Whether two values are equal; null where that is not known. */
export function equal(a, b, python) {
  if (a instanceof Unknown || b instanceof Unknown || a?.tainted || b?.tainted) return null;
  if (a === b) return true;
  if (isNumber(a) && isNumber(b)) return numeric(a) === numeric(b);
  if (a?.compare) return truth(a.compare("==", b, python), python);
  if (b?.compare) return truth(b.compare("==", a, python), python);
  if (a instanceof Dict && b instanceof Dict) return null;
  if (!a || !b || !Array.isArray(a.items) || a.constructor !== b.constructor) return false;
  if (a.items.length !== b.items.length) return false;
  const each = a.items.map((item, i) => equal(item, b.items[i], python));
  return each.includes(false) ? false : each.includes(null) ? null : true;
}

const NEGATED = { "!=": "==", is_not: "is", not_in: "in" };
const TURNED = { "<": ">", ">": "<", "<=": ">=", ">=": "<=", "==": "==" };

/** What a comparison gives: true, false, or what other values make of it. */
export function compare(python, sign, left, right) {
  if (left instanceof Unknown || right instanceof Unknown || left?.tainted || right?.tainted)
    return unknownOf(python, left, right);
  if (Object.hasOwn(NEGATED, sign)) {
    const found = compare(python, NEGATED[sign], left, right);
    return typeof found === "boolean" ? !found : found;
  }
  if (sign === "is") return left === right;
  if (sign === "in") return contained(left, right, python);
  if (left?.compare) return left.compare(sign, right, python);
  if (right?.compare) return right.compare(TURNED[sign], left, python);
  if (left instanceof Instance && left.cls.get("__eq__"))
    return python.unknown("this comparison is not evaluated here");
  if (sign === "==") return equal(left, right, python) ?? unknownOf(python, left, right);
  const isText = typeof left === "string" && typeof right === "string";
  if (!isText && !(isNumber(left) && isNumber(right)))
    return python.unknown("this comparison is not evaluated here");
  const [a, b] = isText ? [left, right] : [numeric(left), numeric(right)];
  return { "<": a < b, ">": a > b, "<=": a <= b, ">=": a >= b }[sign];
}

function contained(value, place, python) {
  if (typeof place === "string") return place.includes(value);
  if (place instanceof Dict) return place.map.has(identity(value));
  const own = place instanceof Instance && python.found(place, "__contains__");
  if (own) return python.call(own, [value]);
  if (!Array.isArray(place?.items)) return unknownOf(python, place);
  const found = place.items.map((item) => equal(value, item, python));
  if (found.includes(true)) return true;
  return found.includes(null) ? unknownOf(python, place.items[found.indexOf(null)]) : false;
}

/** A whole number, or what stands for one that is too large to count with. */
export function whole(value, python) {
  if (Number.isSafeInteger(value)) return value || 0;
  return python.unknown("a browser counts exactly up to 2**53 only, and this goes beyond");
}

const SUMS = {
  "+": (a, b) => a + b,
  "-": (a, b) => a - b,
  "*": (a, b) => a * b,
  "/": (a, b) => a / b,
  "//": (a, b) => Math.floor(a / b),
  "%": (a, b) => a - b * Math.floor(a / b),
  "**": (a, b) => a ** b,
};

/** Two numbers with a sign between them. */
export function arithmetic(sign, left, right, python) {
  const [a, b] = [numeric(left), numeric(right)];
  const isWhole = isInt(left) && isInt(right);
  if (["/", "//", "%"].includes(sign) && b === 0) python.stop("this divides by zero");
  const found = SUMS[sign]?.(a, b) ?? NaN;
  if (Number.isNaN(found)) return python.unknown(`what ${sign} gives here is not counted`);
  const isFloat = !isWhole || sign === "/" || (sign === "**" && b < 0);
  return isFloat ? new Float(found) : whole(found, python);
}

/** How a value is written by str(); `repr` quotes texts, as it does inside of lists. */
export function spelled(value, isRepr = false) {
  if (value === null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value === "string") return isRepr ? `'${value}'` : value;
  if (value instanceof Float) {
    const isRound = Number.isInteger(value.value) && Math.abs(value.value) < 1e16;
    return isRound ? `${value.value}.0` : `${value.value}`;
  }
  return typeof value === "object" ? `<${typeName(value)}>` : `${value}`;
}

/** Whether a text says all of a value, so that it may be shown or put into a name. */
export function isPlain(value) {
  return value === null || typeof value !== "object" || value instanceof Float;
}
