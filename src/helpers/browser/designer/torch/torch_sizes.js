// The sizes of tensors: numbers, and products with sizes that are not known: the batch, which may be
// any, the channels of the input until a layer says them, and what the code does not say.
import { Float, Raised, Unknown, isInt, isNumber } from "../python/python_values.js";

/** Thrown to begin again with so many channels; `isAsked` where a layer says them. */
export const Channels = class {
  constructor(channels, isAsked) {
    this.channels = channels;
    this.isAsked = isAsked;
  }
};
/** Thrown to begin again with an input of another layout. */
export const Layout = class {
  constructor(layout) {
    this.layout = layout;
  }
};

/** What a size may be a multiple of; `origin` says why it is not known. */
class Variable {
  constructor(name, origin = null) {
    this.name = name;
    this.origin = origin;
  }
}

const BATCH = new Variable("batch");
const CHANNELS = new Variable("channels");

export const Size = class {
  constructor(factor, variables) {
    this.factor = factor;
    this.variables = variables;
    this.isSize = true;
    this.typeName = "int";
  }

  // The number, where it matters; or what is unknown of it.
  item(python) {
    if (this.variables.includes(CHANNELS)) throw new Channels(1, false);
    const own = this.variables.find(({ origin }) => origin);
    return own
      ? own.origin
      : python.unknown("this goes by the size of the batch, which may be any");
  }

  binary(sign, other, isReflected, python) {
    if (sign === "*" && (isInt(other) || other instanceof Size))
      return times(this, isInt(other) ? Number(other) : other);
    if (!isReflected && isInt(other) && Number(other) > 0) {
      const isWhole = this.factor % Number(other) === 0;
      if (sign === "//" && isWhole) return over(this, Number(other));
      if (sign === "%" && isWhole) return 0;
    }
    if ((sign === "+" || sign === "-") && other === 0 && !isReflected) return this;
    if (sign === "//" && other instanceof Size && !isReflected) {
      const found = over(this, other);
      if (found !== null) return found;
    }
    if (sign === "-" && sameSize(this, other)) return 0;
    const own = this.item(python);
    return own;
  }

  compare(sign, other, python) {
    if (!isInt(other) && !(other instanceof Size)) {
      return isNumber(other) ? this.item(python) : sign === "!=";
    }
    const isSame = sameSize(this, other);
    if (isSame !== null) {
      const [a, b] = [this, other].map((one) => one.factor ?? Number(one));
      return { "==": isSame, "!=": !isSame, "<": a < b, ">": a > b, "<=": a <= b, ">=": a >= b }[
        sign
      ];
    }
    if (isInt(other) && (sign === "==" || sign === "!=")) asked(this, Number(other));
    if (isInt(other) && other <= 0) return [">", ">=", "!="].includes(sign);
    return this.item(python);
  }

  unary(sign, python) {
    return sign === "+" ? this : this.item(python);
  }

  truth() {
    return true;
  }
};

/** The size of the batch, and that of the input's channels. */
export const batch = new Size(1, [BATCH]);
export const channels = new Size(1, [CHANNELS]);

/** A size that is not known, and why. */
export function unknownSize(origin) {
  origin.variable ??= new Variable(origin.text ?? "…", origin);
  return new Size(1, [origin.variable]);
}

/** What a value says as a size. */
export function sizeOf(value, python) {
  if (isInt(value)) return Number(value);
  if (value instanceof Size) return value;
  if (value instanceof Unknown) return unknownSize(value);
  if (value?.item) return sizeOf(value.item(python), python);
  if (value instanceof Float)
    throw new Raised("TypeError", "a size has to be an integer, and this is a float");
  return unknownSize(python.unknown("this size is not evaluated here"));
}

function product(factor, variables) {
  return variables.length > 0 ? new Size(factor, variables) : factor;
}

const partsOf = (size) => (size instanceof Size ? size : { factor: size, variables: [] });

export function times(a, b) {
  const [one, other] = [partsOf(a), partsOf(b)];
  if (one.factor * other.factor === 0) return 0;
  return product(one.factor * other.factor, [...one.variables, ...other.variables]);
}

/** One size divided by another, where that is known to be exact; else null. */
export function over(a, b) {
  const [one, other] = [partsOf(a), partsOf(b)];
  const left = [...one.variables];
  for (const variable of other.variables) {
    const at = left.indexOf(variable);
    if (at < 0) return null;
    left.splice(at, 1);
  }
  const factor = one.factor / other.factor;
  const isHalf = left.includes(CHANNELS) && Number.isInteger(2 * factor);
  return Number.isInteger(factor) || isHalf ? product(factor, left) : null;
}

/** The sum of two sizes. */
export function plus(a, b, python) {
  const [one, other] = [partsOf(a), partsOf(b)];
  if (one.factor === 0) return b;
  if (other.factor === 0) return a;
  const isAlike =
    one.variables.length === other.variables.length
    && over(product(1, one.variables), product(1, other.variables)) === 1;
  if (isAlike) return product(one.factor + other.factor, one.variables);
  return sizeOf(partsOf(a).variables.length > 0 ? a.item(python) : b.item(python), python);
}

/** Whether two sizes are the same: true, false, or null where that is not known. */
export function sameSize(a, b) {
  if (!(a instanceof Size) && !(b instanceof Size)) return a === b;
  const [one, other] = [partsOf(a), partsOf(b)];
  const ratio = over(product(1, one.variables), product(1, other.variables));
  if (ratio === 1 && one.variables.length === other.variables.length)
    return one.factor === other.factor;
  return null;
}

/** Tells a size that a layer asks for so many: the input's channels are then known. */
export function asked(size, wanted) {
  if (!(size instanceof Size) || size.variables.length !== 1 || size.variables[0] !== CHANNELS)
    return;
  const found = wanted / size.factor;
  if (Number.isInteger(found) && found > 0) throw new Channels(found, true);
}

/** A size as PyTorch prints it for a batch of one; "…" where it is not known. */
export function shown(size) {
  if (!(size instanceof Size)) return `${size}`;
  const isKnown = size.variables.every((variable) => variable === BATCH);
  return isKnown ? `${size.factor}` : "…";
}

export function shape(dims) {
  return `[${dims.map(shown).join(", ")}]`;
}

/** A size in words: "batch", "2 · batch". */
export function named(size) {
  if (!(size instanceof Size)) return `${size}`;
  const names = size.variables.map(({ name }) => name);
  return size.factor === 1 ? names.join(" · ") : [size.factor, ...names].join(" · ");
}

/** The number of a size for a batch of one, or null. */
export function forOne(size) {
  if (!(size instanceof Size)) return size;
  return size.variables.every((variable) => variable === BATCH) ? size.factor : null;
}
