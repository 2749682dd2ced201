// The sizes of tensors: numbers, and products with sizes that are not known: the batch, which may be
// any, the channels of the input until a layer says them, and what the code does not say.
import { Unknown, isInt, isNumber, plainly, record } from "../python/python_values.js";

/** Thrown to begin again with so many channels; `isAsked` where a layer says them. */
export const Channels = record("channels", "isAsked");
/** Thrown to begin again with an input of another layout. */
export const Layout = record("layout");

// What a size may be a multiple of; `origin` says why it is not known.
const BATCH = { name: "batch", origin: null };
const CHANNELS = { name: "channels", origin: null };

export const Size = class {
  constructor(factor, variables) {
    this.factor = factor;
    this.variables = variables;
    this.typeName = "int";
  }

  // The number, where it matters; or what is unknown of it.
  item(python) {
    if (this.variables.includes(CHANNELS)) throw new Channels(1, false);
    const own = this.variables.find(({ origin }) => origin);
    return own?.origin ?? python.unknown("this goes by the size of the batch, which may be any");
  }

  binary(sign, other, isReflected, python) {
    const isSize = isInt(other) || other instanceof Size;
    if (sign === "*" && isSize) return times(this, isInt(other) ? Number(other) : other);
    if (isReflected || !isSize) return this.item(python);
    if (sign === "%" && isInt(other) && this.factor % Number(other) === 0) return 0;
    if (sign === "-" && sameSize(this, other)) return 0;
    const exact = sign === "//" && other !== 0 ? over(this, other) : null;
    return exact === null || exact.factor % 1 ? this.item(python) : exact;
  }

  compare(sign, other, python) {
    if (!isInt(other) && !(other instanceof Size))
      return isNumber(other) ? this.item(python) : false;
    const isSame = sameSize(this, other);
    if (isSame !== null) {
      const [a, b] = [this, other].map((one) => one.factor ?? Number(one));
      return { "==": isSame, "<": a < b, ">": a > b, "<=": a <= b, ">=": a >= b }[sign];
    }
    if (isInt(other) && sign === "==") asked(this, Number(other));
    if (isInt(other) && other <= 0) return sign === ">" || sign === ">=";
    return this.item(python);
  }

  unary(_sign, python) {
    return this.item(python);
  }
};

/** The size of the batch, and that of the input's channels. */
export const batch = new Size(1, [BATCH]);
export const channels = new Size(1, [CHANNELS]);

/** A size that is not known, and why. */
export function unknownSize(origin) {
  origin.variable ??= { name: origin.text ?? "…", origin };
  return new Size(1, [origin.variable]);
}

/** What a value says as a size. */
export function sizeOf(value, python) {
  if (isInt(value)) return Number(value);
  if (value instanceof Size) return value;
  if (value instanceof Unknown) return unknownSize(value);
  if (value?.item) return sizeOf(value.item(python), python);
  return python.stop("this size is no whole number");
}

/** The number of a size, or what is unknown of it. */
export function numberOf(size, python) {
  return size instanceof Size ? size.item(python) : plainly(size, python);
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

// Whether two sizes are multiples of the same.
const isAlike = ({ variables: one }, { variables: other }) =>
  one.length === other.length && over(product(1, one), product(1, other)) === 1;

/** The sum of two sizes. */
export function plus(a, b, python) {
  const [one, other] = [partsOf(a), partsOf(b)];
  if (one.factor === 0) return b;
  if (other.factor === 0) return a;
  if (isAlike(one, other)) return product(one.factor + other.factor, one.variables);
  return sizeOf((a instanceof Size ? a : b).item(python), python);
}

/** Whether two sizes are the same: true, false, or null where that is not known. */
export function sameSize(a, b) {
  const [one, other] = [partsOf(a), partsOf(b)];
  return isAlike(one, other) ? one.factor === other.factor : null;
}

/** Tells a size that a layer asks for so many: the input's channels are then known. */
export function asked(size, wanted) {
  if (size?.variables?.length !== 1 || size.variables[0] !== CHANNELS) return;
  const found = wanted / size.factor;
  if (Number.isInteger(found) && found > 0) throw new Channels(found, true);
}

/** The number of a size for a batch of one, or null. */
export function forOne(size) {
  const { factor, variables } = partsOf(size);
  return variables.every((variable) => variable === BATCH) ? factor : null;
}

/** A size as PyTorch prints it for a batch of one; "…" where it is not known. */
export function shown(size) {
  return `${forOne(size) ?? "…"}`;
}

export function shape(dims) {
  return `[${dims.map(shown).join(", ")}]`;
}

/** A shape in words, for any batch: "(2 · batch, 3)". */
export function shapeWords(dims) {
  const words = dims.map((size) => {
    const { factor, variables } = partsOf(size);
    const names = variables.map(({ name }) => name);
    return [...(factor === 1 && names.length > 0 ? [] : [factor]), ...names].join(" · ");
  });
  return `(${words.join(", ")}${dims.length === 1 ? "," : ""})`;
}
