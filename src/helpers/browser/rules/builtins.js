// What rules need of Python, which helpers.translation makes modules such as lengths.js of. Python's
// keyword-only arguments are one object there: conv1dOutputLength(100, { kernel_size: 3 }).

/** Sizes that PyTorch refuses; the message is PyTorch's own where there is one. */
export const SizeError = class extends RangeError {
  constructor(message, pytorch = null, code = null) {
    super(pytorch ?? message);
    this.name = "SizeError";
    this.pytorch = pytorch;
    this.code = code;
  }
};

export const OverflowError = class extends RangeError {};

export function exact(number) {
  if (Number.isSafeInteger(number)) return number || 0;
  if (typeof number !== "number")
    throw new TypeError(`Rules count with numbers, not with ${number}.`);
  throw new OverflowError("A browser counts exactly up to 2**53 only, and this goes beyond.");
}

export function floordiv(a, b) {
  return exact(Math.floor(a / nonzero(b)));
}

export function mod(a, b) {
  const rest = a % nonzero(b);
  return exact(rest !== 0 && rest < 0 !== b < 0 ? rest + b : rest);
}

function nonzero(number) {
  if (number === 0) throw new RangeError("division by zero");
  return number;
}

export function truth(value) {
  if (value === null || typeof value !== "object") return Boolean(value);
  if (value instanceof Range) return value.start < value.stop;
  return (Array.isArray(value) ? value : Object.keys(value)).length > 0;
}

/** What has the same truth in both languages. */
export function scalar(value) {
  if (value === null || typeof value !== "object") return value;
  throw new TypeError("Rules ask the length of lists, not the truth.");
}

export function same(a, b) {
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((value, i) => same(value, b[i]));
  }
  if (a instanceof Range && b instanceof Range) {
    return len(a) === len(b) && (len(a) === 0 || a.start === b.start);
  }
  if (a === b || a === null || b === null || typeof a !== "object" || typeof b !== "object") {
    return (a ?? null) === (b ?? null);
  }
  throw new TypeError("Rules compare numbers, texts and lists only.");
}

export function has(values, value) {
  if (values instanceof Range) return values.start <= value && value < values.stop;
  if (typeof values === "string") return values.includes(value);
  return Array.isArray(values)
    ? values.some((one) => same(one, value))
    : Object.hasOwn(values, value);
}

/** A place of a list, from the end if negative, or what an object has under a key. */
export function item(values, key) {
  if (Array.isArray(values) && Number.isInteger(key)) {
    if (key >= -values.length && key < values.length) return values.at(key);
  } else if (Object.hasOwn(values, key)) {
    return values[key];
  }
  throw new RangeError(`nothing is there at ${key}`);
}

export function get(values, key, other = null) {
  return Object.hasOwn(values, key) ? values[key] : other;
}

export const Range = class {
  constructor(start, stop) {
    this.start = start;
    this.stop = stop;
  }

  slice(from, to = len(this)) {
    const [start, stop] = [from, to].map((at) =>
      min(max(at < 0 ? at + len(this) : at, 0), len(this)),
    );
    return new Range(this.start + start, this.start + stop);
  }

  *[Symbol.iterator]() {
    for (let number = this.start; number < this.stop; number += 1) yield number;
  }
};

export function len(values) {
  return values instanceof Range
    ? Math.max(0, values.stop - values.start)
    : (Array.isArray(values) || typeof values === "string" ? values : Object.keys(values)).length;
}

export function min(...values) {
  let [least, ...others] = values.length > 1 ? values : values[0];
  for (const value of others) if (value < least) least = value;
  return least;
}

export function max(...values) {
  let [most, ...others] = values.length > 1 ? values : values[0];
  for (const value of others) if (value > most) most = value;
  return most;
}

export function replace(object, changes) {
  return Object.assign(Object.create(Object.getPrototypeOf(object)), object, changes);
}

/** Python's text for a value, within a template. */
export function say(parts, ...values) {
  return parts.reduce((text, part, i) => text + str(values[i - 1]) + part);
}

export function str(value) {
  return typeof value === "string" ? value : repr(value);
}

export function repr(value) {
  if (value === null || value === undefined) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value === "string") return value.includes("'") ? JSON.stringify(value) : `'${value}'`;
  return Array.isArray(value) ? `[${value.map(repr).join(", ")}]` : `${value}`;
}

export function integer(name, value) {
  if (Number.isSafeInteger(value)) return value;
  if (Number.isInteger(value)) exact(value);
  throw new TypeError(`${name} has to be an integer, got ${JSON.stringify(value) ?? value}`);
}

export const whole = integer;

export function wrapped(number, { bits }) {
  return Math.abs(number) < 2 ** (bits - 1) ? number : Number(BigInt.asIntN(bits, BigInt(number)));
}

/** A browser gives them in order, as a Range. */
export function increasing(_name, values) {
  return values;
}
