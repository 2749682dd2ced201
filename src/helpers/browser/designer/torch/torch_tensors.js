// Tensors as their sizes, with the way that a signal has taken so far. A size is a number, or a
// product with sizes that are not known: the batch, the channels, and what the code does not say.
import { slicing } from "../python/python_expressions.js";
import { ClassOf, DOTS, List, Raised, Slice, Tuple, Unknown } from "../python/python_values.js";
import { isInt, isNumber, plainly, record, unknownOf } from "../python/python_values.js";

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
  if (typeof value === "number" || value instanceof Size) return value;
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

// --- Tensors ---

/** torch.Tensor, as isinstance knows it. */
export const TensorType = new ClassOf("Tensor", [], new Map(), ({ args, python }) =>
  args.length > 0 && args.every((size) => isInt(size) || size instanceof Size)
    ? new Tensor(args)
    : tensorOf(python, args[0] ?? null),
);

/**
 * A tensor: its `dims`; of each the `roles`, "raw" and "channels" for the input's own samples and
 * channels, "time" for samples behind a layer; the last `step` on its way and what has `broken` that
 * way since; its numbers as `data` where the code itself says them; `isIndex` if they are places.
 */
export const Tensor = class {
  constructor(
    dims,
    { roles = [], step = null, broken = null, isSignal = false, data = null, isIndex = false } = {},
  ) {
    this.dims = dims;
    this.step = step;
    this.broken = broken;
    this.isSignal = isSignal;
    this.data = data;
    this.isIndex = isIndex || Boolean(data?.every((one) => typeof one === "number"));
    this.roles = Array.from(dims, (_, i) => roles[i]);
    this.isTensor = true;
    this.type = TensorType;
    this.typeName = "Tensor";
  }

  get rank() {
    return this.dims.length;
  }

  /** The same signal with other sizes; `broken` where they are no longer those of a way of layers. */
  like(dims, { roles = dims.length === this.rank ? this.roles : [], broken = this.broken } = {}) {
    const { step, isSignal, isIndex } = this;
    return new Tensor(dims, { roles, step, broken, isSignal, isIndex });
  }

  /** The same signal with those of its dimensions that are named, in this order; null is a new one. */
  turned(order) {
    return this.like(
      order.map((at) => (at === null ? 1 : this.dims[at])),
      { roles: order.map((at) => this.roles[at]) },
    );
  }

  // The one number in it.
  item(python) {
    if (this.data?.length === 1) return this.data[0];
    return python.unknown("the numbers in a tensor are not known here");
  }

  attribute(name, python) {
    if (name === "shape") {
      python.hasAsked = true;
      return Object.assign(new Tuple(this.dims), { isShape: true });
    }
    if (name === "ndim") return this.rank;
    if (name === "data") return this;
    const own = python.library.ofTensor(this, name);
    return own ?? python.unknown(`what ${name} of a tensor is is not evaluated here`);
  }

  binary(sign, other, isReflected, python) {
    const pair = isReflected ? [other, this] : [this, other];
    if (sign.startsWith("@")) return python.library.matmul(...pair, python);
    if (isNumber(other) || other instanceof Size) return this.like(this.dims);
    if (!(other instanceof Tensor)) return unknownOf(python, other);
    return elementwise(python, pair, sign.endsWith("="));
  }

  compare(_sign, other, python) {
    if (other === null || typeof other === "string") return false;
    return mask(
      other instanceof Tensor ? elementwise(python, [this, other]) : this.like(this.dims),
    );
  }

  unary() {
    return this.like(this.dims);
  }

  all(python) {
    python.hasAsked = true;
    const [first] = this.dims;
    if (!isInt(first)) return first?.item(python) ?? python.unknown("this is not evaluated here");
    if (first > 4096) return python.unknown("so many parts of a tensor are not evaluated here");
    return Array.from({ length: first }, (_, i) => this.index(i, python));
  }

  index(key, python) {
    const keys = key instanceof Tuple ? key.items : [key];
    const odd = keys.find((one) => one instanceof Unknown);
    if (odd) return odd;
    const takes = keys.filter((one) => one !== null && one !== DOTS).length;
    if (takes > this.rank)
      throw new Raised("IndexError", `too many indices for tensor of dimension ${this.rank}`);
    const dots = keys.indexOf(DOTS);
    const rest = Array(this.rank - takes).fill(WHOLE);
    const all = dots < 0 ? [...keys, ...rest] : keys.toSpliced(dots, 1, ...rest);
    return indexing(this, all, python);
  }
};

const WHOLE = new Slice(null, null, null);

// A tensor at an index for each of its dimensions; null makes a new one.
function indexing(tensor, keys, python) {
  const [dims, roles, cuts] = [[], [], []];
  let at = -1;
  let lists = 0;
  for (const key of keys) {
    if (key !== null) at += 1;
    const [size, role] = [tensor.dims[at], tensor.roles[at]];
    if (key === null) {
      dims.push(1);
      roles.push(undefined);
    } else if (key instanceof Slice) {
      const length = sliced(key, size, python);
      dims.push(length);
      roles.push(role);
      if (role && !isWhole(key, size)) cuts.push({ role, key });
    } else if (key instanceof List || (key.isTensor && key.rank > 0)) {
      const places = tensorOf(python, key);
      if (!places.isIndex)
        return python.unknown("an index that may be a mask is not evaluated here");
      for (const place of places.data ?? [])
        if (isInt(size) && (place >= size || place < -size))
          python.stop("PyTorch refuses this: a place is beyond the end");
      lists += 1;
      dims.push(...places.dims);
      roles.push(...places.dims.map(() => undefined));
    } else {
      const doubt = taken(key, size, at, python);
      if (doubt) return doubt;
    }
  }
  if (lists > 1) return python.unknown("an index of several lists is not evaluated here");
  const made = tensor.like(dims, { roles });
  if (tensor.data && isInt(keys[0])) made.data = [tensor.data.at(Number(keys[0]))];
  if (cuts.length === 0) return made;
  const isPlain = cuts.length === 1 && dims.length === tensor.rank && !keys.includes(null);
  const [{ role, key }] = cuts;
  const [start, stop, step] = [key.start, key.stop, key.step].map((part) => plainly(part, python));
  const cut = isPlain ? { role, settings: { start, stop, step: step ?? 1 } } : null;
  return python.library.cut(tensor, made, cut, python);
}

function isWhole({ start, stop, step }, size) {
  return (start ?? 0) === 0 && (stop === null || sameSize(stop, size)) && (step ?? 1) === 1;
}

// Refuses a place that is not there, and returns what of it is not known.
function taken(key, size, at, python) {
  const place = plainly(key, python);
  if (place instanceof Unknown) return null; // One of them, whichever.
  if (typeof place !== "number") return python.unknown("this index is not evaluated here");
  if (!isInt(size) || (place < size && place >= -size)) return null;
  const words = `index ${place} is out of bounds for dimension ${at} with size ${size}`;
  throw new Raised("IndexError", words);
}

// How many a slice takes.
function sliced(key, size, python) {
  if (isWhole(key, size)) return size;
  if (isInt(key.step) && key.step <= 0)
    throw new Raised("ValueError", "step must be greater than zero");
  if (!isInt(size)) return unknownSize(size.item(python));
  const found = slicing(python, key, size);
  return found instanceof Unknown ? unknownSize(found) : found.count;
}

/** The same tensor, whose numbers are not places. */
export const mask = (tensor) => Object.assign(tensor, { isIndex: false });

/** What comes out of tensors value by value, as PyTorch stretches single ones. */
export function elementwise(python, tensors, isOwn = false) {
  const [a, b] = tensors;
  const rank = Math.max(a.rank, b.rank);
  const [one, other] = [a, b].map(({ dims }) => [...Array(rank - dims.length).fill(1), ...dims]);
  const dims = one.map((size, i) => {
    if (sameSize(size, other[i]) === false && size !== 1 && other[i] !== 1) {
      const words =
        `The size of tensor a (${shown(size)}) must match the size of tensor b `
        + `(${shown(other[i])}) at non-singleton dimension ${i}`;
      throw unfitting(words, tensors, [size, other[i]]);
    }
    return stretched(python, size, other[i]);
  });
  if (isOwn && (a.rank < rank || dims.some((size, i) => sameSize(size, one[i]) === false)))
    python.stop("PyTorch refuses this: what comes out has another shape");
  const roles = dims.map((size, i) => {
    const at = tensors.map((own) => i - rank + own.rank);
    return tensors
      .map((own, j) => (own.dims[at[j]] !== 1 || size === 1) && own.roles[at[j]])
      .find(Boolean);
  });
  const made = mainOf(tensors).like(dims, { roles });
  const isBound = roles.some((role, i) => role && one[i] !== 1 && other[i] !== 1);
  python.hasJoined ||= isBound || (a.isSignal && b.isSignal);
  if (!a.isSignal || !b.isSignal) return made;
  if (roles.some((role, i) => role && sameSize(one[i], other[i]) === false))
    python.marks.push({ key: "stretched", isStretched: true });
  return made;
}

// An error of two signals that do not fit, with their lengths and the layers that they come from.
function unfitting(words, tensors, sizes) {
  const ends = tensors.map(({ step }, i) => ({ length: sizes[i], layer: step?.layer ?? null }));
  return Object.assign(new Raised("RuntimeError", words), { ends });
}

function stretched(python, a, b) {
  if (sameSize(a, b) || b === 1) return a;
  if (a === 1) return b;
  const [size, other] = a instanceof Size ? [a, b] : [b, a];
  if (isInt(other)) asked(size, other);
  return unknownSize(size.item(python));
}

/** The signal among some tensors that has come through most layers. */
export function mainOf(tensors) {
  const rank = ({ isSignal, step, broken }) =>
    (isSignal ? 1e9 : 0) + (broken ? 0 : 1e6) + (step?.depth ?? 0);
  return tensors.reduce((best, one) => (rank(one) > rank(best) ? one : best));
}

/** Tensors put together along a dimension. */
export function concatenated(python, tensors, dim) {
  const [first] = tensors;
  const at = placeOf(first, dim);
  for (const [i, one] of tensors.entries()) {
    const { dims, rank } = one;
    if (rank !== first.rank) python.stop("PyTorch refuses this: they have other dimensions");
    const odd = dims.findIndex((size, j) => j !== at && sameSize(size, first.dims[j]) === false);
    if (odd >= 0) {
      const words =
        `Sizes of tensors must match except in dimension ${at}. Expected size `
        + `${shown(first.dims[odd])} but got size ${shown(dims[odd])} for tensor number ${i} in the list.`;
      throw unfitting(words, [first, one], [first.dims[odd], dims[odd]]);
    }
  }
  if (tensors.length === 1) return first.like(first.dims);
  python.hasJoined = true;
  const main = mainOf(tensors);
  const dims = first.dims.map((size, i) => {
    const own = tensors.map((one) => one.dims[i]);
    return i === at ? own.reduce((sum, one) => plus(sum, one, python)) : (own.find(isInt) ?? size);
  });
  const isAlong = main.roles[at] === "time" || main.roles[at] === "raw";
  return main.like(dims, isAlong ? { broken: "samples are put one after the other" } : {});
}

/** The place of a dimension, which may be counted from the end. */
export function placeOf({ rank }, dim, more = 0) {
  const most = Math.max(1, rank + more);
  if (!isInt(dim)) throw new Raised("TypeError", "a dimension has to be an integer");
  if (dim >= -most && dim < most) return Number(dim) < 0 ? Number(dim) + most : Number(dim);
  const range = `[${-most}, ${most - 1}]`;
  const words = `Dimension out of range (expected to be in range of ${range}, but got ${dim})`;
  throw new Raised("IndexError", words);
}

/** The sizes that a function is given, one by one or in a list. */
export function sizesOf(python, given) {
  const [first] = given;
  const isListed = given.length === 1 && !isInt(first) && !(first instanceof Size);
  return (isListed ? python.all(first) : given).map((value) => sizeOf(value, python));
}

/** The numbers of a list in the code, as a tensor. */
export function tensorOf(python, value) {
  if (isNumber(value)) return new Tensor([], { data: [value] });
  if (value instanceof Size) return new Tensor([]);
  if (value instanceof Tensor) return value;
  const all = python.all(value);
  if (all.every(isNumber)) return new Tensor([all.length], { data: all });
  const [first] = all.map((one) => tensorOf(python, one));
  return new Tensor([all.length, ...first.dims], { isIndex: first.isIndex });
}

/** The input: a batch of signals in one of the layouts in which models take them. */
export function inputOf(layout, length, count) {
  const sizes = { channels: count, length, batch };
  const roles = { channels: "channels", length: "raw" };
  return new Tensor(
    layout.map((name) => sizes[name]),
    { roles: layout.map((name) => roles[name]), isSignal: true },
  );
}
