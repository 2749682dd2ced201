// Tensors as their sizes, with the way that a signal has taken so far.
import { unknownOf, slicing } from "../python/python_expressions.js";
import {
  ClassOf,
  DOTS,
  Float,
  Iter,
  List,
  Raised,
  Slice,
  Tuple,
  Unknown,
  isInt,
} from "../python/python_values.js";
import { isNumber } from "../python/python_values.js";
import { Size, asked, batch, plus, sameSize, shape, sizeOf, unknownSize } from "./torch_sizes.js";

/** torch.Tensor, as isinstance knows it. */
export const TensorType = new ClassOf("Tensor", [], new Map(), ({ args, python }) =>
  args.length > 0 && args.every((size) => isInt(size) || size instanceof Size)
    ? new Tensor(args)
    : tensorOf(python, args[0] ?? null),
);

/**
 * A tensor: its `dims`; of each the `roles`, "raw" and "channels" for the input's own samples and
 * channels, "time" for samples behind a layer; the last `step` on its way and what has `broken` that
 * way since; and its numbers as `data` where the code itself says them.
 */
export const Tensor = class {
  constructor(
    dims,
    { roles = [], step = null, broken = null, isSignal = false, data = null } = {},
  ) {
    this.dims = dims;
    this.roles = roles;
    this.step = step;
    this.broken = broken;
    this.isSignal = isSignal;
    this.data = data;
    this.isChanged = true;
    this.type = TensorType;
    this.typeName = "Tensor";
  }

  get rank() {
    return this.dims.length;
  }

  agrees(other) {
    const isAlike =
      other instanceof Tensor
      && other.rank === this.rank
      && other.step?.key === this.step?.key
      && other.dims.every((dim, i) => sameSize(dim, this.dims[i]));
    return isAlike && `${this.data}` === `${other.data}`;
  }

  /** The same signal with other sizes; `broken` where they are no longer those of a way of layers. */
  like(dims, { roles = dims.length === this.rank ? this.roles : [], broken = this.broken } = {}) {
    const { step, isSignal } = this;
    return new Tensor(dims, { roles, step, broken, isSignal });
  }

  // The one number in it.
  item(python) {
    if (this.data?.length === 1) return this.data[0];
    return python.unknown("the numbers in a tensor are not known here");
  }

  truth() {
    return this.data?.length === 1 ? Boolean(Number(this.data[0]?.value ?? this.data[0])) : null;
  }

  attribute(name, python) {
    if (name === "shape") {
      python.hasAsked = true;
      return Object.assign(new Tuple(this.dims), { isShape: true });
    }
    if (name === "ndim") return this.rank;
    if (name === "data" || name === "real") return this;
    if (name === "T") return this.turned([...this.dims.keys()].reverse());
    if (name === "mT")
      return this.turned([...this.dims.keys()].slice(0, -2).concat([this.rank - 1, this.rank - 2]));
    return (
      python.library.ofTensor(this, name)
      ?? python.unknown(`what ${name} of a tensor is is not evaluated here`)
    );
  }

  /** The same numbers with the dimensions in another order. */
  turned(order) {
    return this.like(
      order.map((at) => this.dims[at]),
      { roles: order.map((at) => this.roles[at]) },
    );
  }

  binary(sign, other, isReflected, python) {
    if (sign.startsWith("@"))
      return python.library.matmul(isReflected ? other : this, isReflected ? this : other, python);
    const isOwn = sign.endsWith("=");
    if (isNumber(other) || other instanceof Size || typeof other === "string")
      return this.counted(sign, other, isReflected, python);
    if (!(other instanceof Tensor)) return unknownOf(python, other);
    return elementwise(python, isReflected ? [other, this] : [this, other], isOwn);
  }

  // With a number, whose result is known where the numbers are.
  counted(sign, other, isReflected, python) {
    const made = this.like(this.dims);
    if (this.data && isNumber(other)) {
      const found = this.data.map((one) =>
        python.library.counted(sign, ...(isReflected ? [other, one] : [one, other]), python),
      );
      if (found.every(isNumber)) made.data = found;
    }
    return made;
  }

  compare(sign, other, python) {
    if (other === null || typeof other === "string") return sign === "!=";
    if (this.data?.length === 1 && isNumber(other))
      return python.library.compared(sign, this.data[0], other, python);
    return other instanceof Tensor ? elementwise(python, [this, other]) : this.like(this.dims);
  }

  unary(sign, python) {
    return this.counted("*", sign === "-" ? -1 : 1, false, python);
  }

  items(python) {
    python.hasAsked = true;
    const [first, ...rest] = this.dims;
    if (this.rank === 0) throw new Raised("TypeError", "iteration over a 0-d tensor");
    if (!isInt(first)) return first.item(python);
    if (first > 4096) return python.unknown("so many parts of a tensor are not evaluated here");
    return Array.from({ length: first }, (_, i) => {
      const part = this.like(rest, { roles: this.roles.slice(1) });
      if (this.data && this.rank === 1) part.data = [this.data[i]];
      return part;
    });
  }

  index(key, python) {
    const keys = key instanceof Tuple ? key.items : [key];
    const odd = keys.find((one) => one instanceof Unknown);
    if (odd) return odd;
    const takes = keys.filter((one) => one !== null && one !== DOTS).length;
    if (takes > this.rank)
      throw new Raised("IndexError", `too many indices for tensor of dimension ${this.rank}`);
    if (keys.some((one) => typeof one === "boolean"))
      return python.unknown("this index is not evaluated here");
    return new Indexing(this, python).by(keys, takes);
  }

  setIndex(key, _given, python) {
    this.index(key, python); // It has to be there.
    this.data = null;
  }
};

class Indexing {
  constructor(tensor, python) {
    this.tensor = tensor;
    this.python = python;
    this.dims = [];
    this.roles = [];
    this.cuts = [];
    this.at = 0;
    this.lists = [];
  }

  by(keys, takes) {
    const { tensor, python } = this;
    let isFilled = false;
    for (const key of keys) {
      if (key === DOTS && !isFilled) {
        isFilled = true;
        for (let left = tensor.rank - takes; left > 0; left -= 1) this.keep();
      } else if (key === null) {
        this.dims.push(1);
        this.roles.push(undefined);
      } else {
        const doubt = this.take(key);
        if (doubt instanceof Unknown) return doubt;
      }
    }
    while (this.at < tensor.rank) this.keep();
    if (this.lists.length > 1)
      return python.unknown("an index of several lists is not evaluated here");
    const made = tensor.like(this.dims, { roles: this.roles });
    if (tensor.data && tensor.rank === 1 && keys.length === 1) this.withData(made, keys[0]);
    if (this.cuts.length === 0) return made;
    const [cut] = this.cuts;
    const isPlain =
      this.cuts.length === 1 && this.dims.length === tensor.rank && !keys.includes(null);
    return python.library.cut(tensor, made, isPlain ? cut : null, python);
  }

  keep() {
    this.dims.push(this.tensor.dims[this.at]);
    this.roles.push(this.tensor.roles[this.at]);
    this.at += 1;
  }

  take(key) {
    const {
      python,
      at,
      tensor: { dims, roles },
    } = this;
    const size = dims[at];
    if (key instanceof Slice) {
      const { start, stop, step } = key;
      const role = roles[at];
      const isWhole =
        (start === null || start === 0)
        && (stop === null || sameSize(stop, size))
        && (step ?? 1) === 1;
      if (isWhole) return this.keep();
      const length = this.sliced(key, size);
      if (length instanceof Unknown) return length;
      this.at += 1;
      this.dims.push(length);
      this.roles.push(role);
      if (role)
        this.cuts.push({
          role,
          settings: {
            start: plainly(start, python),
            stop: plainly(stop, python),
            step: plainly(step, python) ?? 1,
          },
        });
      return null;
    }
    this.at += 1;
    if (key instanceof List || (key?.dims && key.rank > 0)) {
      const own = key.dims ?? [key.items.length];
      this.lists.push(key);
      this.dims.push(...own);
      this.roles.push(...own.map(() => undefined));
      return null;
    }
    const place = key?.item ? key.item(python) : key;
    if (place instanceof Unknown) return null; // One of them, whichever.
    if (!isInt(place)) return unknownOf(python, key);
    if (isInt(size) && (place >= size || place < -size)) {
      throw new Raised(
        "IndexError",
        `index ${place} is out of bounds for dimension ${at} with size ${size}`,
      );
    }
    return null;
  }

  sliced(key, size) {
    const { python } = this;
    if (key.step !== null && isInt(key.step) && key.step <= 0)
      throw new Raised("ValueError", "step must be greater than zero");
    if (isInt(size)) {
      const found = slicing(python, key, size);
      if (!(found instanceof Unknown)) return found.length;
      return unknownSize(found);
    }
    // Up to a share of a size that is not known: x[:, :c // 2].
    const { start, stop } = key;
    if (
      (key.step ?? 1) === 1
      && stop instanceof Size
      && (start === null || start === 0)
      && `${stop.variables}` === `${size.variables}`
      && stop.factor <= size.factor
    )
      return stop;
    if (
      (key.step ?? 1) === 1
      && start instanceof Size
      && stop === null
      && start.variables[0] === size.variables[0]
      && start.factor < size.factor
    )
      return new Size(size.factor - start.factor, size.variables);
    return unknownSize(size.item(python));
  }

  withData(made, key) {
    const { python, tensor } = this;
    if (key instanceof Slice)
      made.data = slicing(python, key, tensor.data.length).map((at) => tensor.data[at]);
    else if (isInt(key)) made.data = [tensor.data.at(Number(key))];
  }
}

function plainly(value, python) {
  return value?.item ? value.item(python) : value;
}

/** What comes out of tensors value by value, as PyTorch stretches single ones. */
export function elementwise(python, tensors, isOwn = false) {
  const [a, b] = tensors;
  const rank = Math.max(a.rank, b.rank);
  const [one, other] = [a, b].map(({ dims }) => [...Array(rank - dims.length).fill(1), ...dims]);
  const dims = refusing(tensors, () => one.map((size, i) => met(python, size, other[i], i)));
  if (isOwn && dims.some((size, i) => sameSize(size, one[i]) === false || a.rank < rank)) {
    throw new Raised(
      "RuntimeError",
      `output with shape ${shape(a.dims)} doesn't match the broadcast shape ${shape(dims)}`,
    );
  }
  const main = mainOf(tensors);
  const made = main.like(dims, { roles: dims.map((_, i) => rolesFrom(tensors, rank, i)) });
  const isStretched =
    a.isSignal
    && b.isSignal
    && dims.some((_size, i) => made.roles[i] && sameSize(one[i], other[i]) === false);
  if (isStretched) python.marks.push({ key: "stretched", isStretched });
  if (a.isSignal && b.isSignal) python.hasJoined = true;
  return made;
}

// What is refused remembers which signals do not fit.
function refusing(tensors, run) {
  try {
    return run();
  } catch (error) {
    if (error instanceof Raised && error.sizes) {
      error.ends = tensors.map(({ step }, i) => ({
        length: error.sizes[i],
        layer: step?.layer ?? null,
      }));
    }
    throw error;
  }
}

function met(python, a, b, i) {
  const isSame = sameSize(a, b);
  if (isSame || b === 1) return a;
  if (a === 1) return b;
  if (isSame === false) {
    const words =
      `The size of tensor a (${shape([a]).slice(1, -1)}) must match the size of tensor b `
      + `(${shape([b]).slice(1, -1)}) at non-singleton dimension ${i}`;
    throw Object.assign(new Raised("RuntimeError", words), { sizes: [a, b] });
  }
  const [size, other] = a instanceof Size ? [a, b] : [b, a];
  if (isInt(other)) asked(size, other);
  return unknownSize(size.item(python));
}

function rolesFrom(tensors, rank, i) {
  for (const { roles, dims } of tensors) {
    const at = i - (rank - dims.length);
    if (at >= 0 && roles[at] && dims[at] !== 1) return roles[at];
  }
  return undefined;
}

/** The signal among some tensors that has come through most layers. */
export function mainOf(tensors) {
  const signals = tensors.filter(({ isSignal }) => isSignal);
  const all = signals.length > 0 ? signals : tensors;
  const rank = ({ step, broken }) => (step?.depth ?? 0) + (broken ? 0 : 1e6);
  return all.reduce((best, one) => (rank(one) > rank(best) ? one : best));
}

/** Tensors put together along a dimension. */
export function concatenated(python, tensors, dim) {
  const [first, ...others] = tensors;
  const at = placeOf(first, dim);
  let sum = first.dims[at];
  for (const [i, { dims, rank }] of others.entries()) {
    if (rank !== first.rank) {
      throw new Raised(
        "RuntimeError",
        `Tensors must have same number of dimensions: got ${first.rank} and ${rank}`,
      );
    }
    const odd = dims.findIndex((size, j) => j !== at && sameSize(size, first.dims[j]) === false);
    if (odd >= 0) {
      const error = new Raised(
        "RuntimeError",
        `Sizes of tensors must match except in dimension ${at}. Expected size `
          + `${shape([first.dims[odd]]).slice(1, -1)} but got size ${shape([dims[odd]]).slice(1, -1)} for tensor number ${i + 1} in the list.`,
      );
      error.ends = [first, others[i]].map(({ step, dims: own }) => ({
        length: own[odd],
        layer: step?.layer ?? null,
      }));
      throw error;
    }
    sum = plus(sum, dims[at], python);
  }
  const main = mainOf(tensors);
  const dims = first.dims.map((size, i) =>
    i === at ? sum : (tensors.map(({ dims: own }) => own[i]).find(isInt) ?? size),
  );
  const isAlong = main.roles[at] === "time" || main.roles[at] === "raw";
  const made = main.like(
    dims,
    isAlong && tensors.length > 1 ? { broken: "samples are put one after the other" } : {},
  );
  if (tensors.length > 1) python.hasJoined = true;
  return made;
}

/** The place of a dimension, which may be counted from the end. */
export function placeOf({ rank }, dim, more = 0) {
  const most = Math.max(1, rank + more);
  if (!isInt(dim)) throw new Raised("TypeError", "a dimension has to be an integer");
  if (dim < -most || dim >= most) {
    throw new Raised(
      "IndexError",
      `Dimension out of range (expected to be in range of [${-most}, ${most - 1}], but got ${dim})`,
    );
  }
  return Number(dim) < 0 ? Number(dim) + most : Number(dim);
}

/** The sizes that a function is given, one by one or in a list. */
export function sizesOf(python, given) {
  const values =
    given.length === 1 && !isInt(given[0]) && !given[0]?.isSize ? python.all(given[0]) : given;
  return values instanceof Unknown ? values : values.map((value) => sizeOf(value, python));
}

/** The numbers of a list in the code, as a tensor. */
export function tensorOf(python, value) {
  if (isNumber(value)) return new Tensor([], { data: [value] });
  if (value instanceof Size) return new Tensor([]);
  if (value instanceof Tensor) return value;
  const isList = [List, Tuple, Iter].some((kind) => value instanceof kind);
  const all = isList ? python.all(value) : python.unknown("what this tensor holds is not known");
  if (all instanceof Unknown) return all;
  if (all.every(isNumber)) return new Tensor([all.length], { data: all });
  const parts = all.map((one) => tensorOf(python, one));
  const odd = parts.find((part) => part instanceof Unknown);
  if (odd) return odd;
  return new Tensor([parts.length, ...(parts[0]?.dims ?? [])]);
}

/** A range of numbers as a tensor. */
export function numbers(values, isFloat) {
  return new Tensor([values.length], {
    data: isFloat ? values.map((value) => new Float(value)) : values,
  });
}

/** The input: a batch of signals in one of the layouts in which models take them. */
export function inputOf(layout, length, count) {
  const kinds = {
    channels: [count, "channels"],
    length: [length, "raw"],
    batch: [batch, undefined],
  };
  const own = layout.map((name) => kinds[name]);
  return new Tensor(
    own.map(([size]) => size),
    { roles: own.map(([, role]) => role), isSignal: true },
  );
}
