// Tensors in other shapes: views, parts and repetitions.
import { unknownOf } from "../python/python_expressions.js";
import { Raised, Tuple, Unknown, isInt } from "../python/python_values.js";
import { forOne, over, plus, sameSize, shape, times, unknownSize } from "./torch_sizes.js";
import { placeOf, sizesOf } from "./torch_tensors.js";

/** The sizes of a whole, given in another way; -1 stands for what is left. */
export function reshaped(python, input, wanted) {
  const whole = input.dims.reduce(times, 1);
  const sizes = wanted.map((size) => size);
  const open = sizes.indexOf(-1);
  const known = sizes.filter((_size, i) => i !== open).reduce(times, 1);
  const refuse = () => {
    throw new Raised(
      "RuntimeError",
      `shape '${shape(wanted)}' is invalid for input of size ${shape([whole]).slice(1, -1)}`,
    );
  };
  if (open >= 0) {
    const left = over(whole, known);
    if (
      left === null
      && forOne(whole) !== null
      && forOne(known) !== null
      && forOne(whole) % forOne(known) !== 0
    )
      refuse();
    sizes[open] =
      left
      ?? unknownSize(
        (whole.item ? whole : known).item?.(python)
          ?? python.unknown("this size is not counted here"),
      );
  } else if (
    sameSize(whole, known) === false
    || (forOne(whole) !== null && forOne(known) !== null && forOne(whole) !== forOne(known))
  )
    refuse();
  const isSame =
    sizes.length === input.rank && sizes.every((size, i) => sameSize(size, input.dims[i]));
  if (isSame) return input.like(sizes);
  // Samples stay samples where all sizes behind them stay the same.
  const roles = sizes.map((_size, i) => {
    const from = i - sizes.length + input.rank;
    const isTail = sizes.slice(i).every((one, j) => sameSize(one, input.dims[from + j]) === true);
    return isTail && from >= 0 ? input.roles[from] : undefined;
  });
  return input.like(sizes, { roles, broken: "its samples are put in another order" });
}

export function flattened(_python, input, first = 0, last = -1) {
  if (input.rank === 0) return input.like([1]);
  const [start, end] = [placeOf(input, first), placeOf(input, last)];
  const whole = input.dims.slice(start, end + 1).reduce(times, 1);
  const sizes = [...input.dims.slice(0, start), whole, ...input.dims.slice(end + 1)];
  return start === end
    ? input.like(sizes)
    : input.like(sizes, { roles: [], broken: "its samples are flattened" });
}

export function squeezed(python, input, dims) {
  const gone = new Set(
    dims
      .map((dim) => placeOf(input, dim))
      .filter((at) => {
        const size = input.dims[at];
        if (size === 1) return true;
        if (isInt(size)) return false;
        const isOne = size.compare("==", 1, python);
        if (isOne instanceof Unknown) python.needs(isOne);
        return isOne;
      }),
  );
  const left = [...input.dims.keys()].filter((i) => !gone.has(i));
  return input.like(
    left.map((i) => input.dims[i]),
    { roles: left.map((i) => input.roles[i]) },
  );
}

/** Parts of a tensor along a dimension. */
export function parted(python, input, sizes, dim, isCut = true) {
  const at = placeOf(input, dim);
  const role = input.roles[at];
  let start = 0;
  return sizes.map((size) => {
    const made = input.like(input.dims.with(at, size));
    const settings = { start, stop: isInt(size) ? start + size : null, step: 1 };
    start = isInt(size) ? start + size : start;
    return role && isCut && sizes.length > 1
      ? python.library.cut(input, made, { role, settings }, python)
      : made;
  });
}

export function chunked(python, input, count, dim) {
  const size = input.dims[placeOf(input, dim)];
  if (!isInt(count)) return unknownOf(python, count);
  const even = over(size, Number(count));
  if (even !== null && !(isInt(size) && size === 0)) return Array(Number(count)).fill(even);
  const whole = isInt(size) ? size : size.item(python);
  if (whole instanceof Unknown) return whole;
  return pieces(whole, Math.ceil(whole / Number(count)));
}

function pieces(whole, each) {
  return Array.from({ length: Math.max(1, Math.ceil(whole / each)) }, (_, i) =>
    Math.min(each, whole - i * each),
  );
}

export function split(python, input, by, dim = 0) {
  if (!isInt(by)) {
    const sizes = sizesOf(python, [by]);
    if (sizes instanceof Unknown) return sizes;
    const whole = input.dims[placeOf(input, dim)];
    const sum = sizes.reduce((all, size) => plus(all, size, python), 0);
    if (sameSize(sum, whole) === false) {
      throw new Raised(
        "RuntimeError",
        `split_with_sizes expects split_sizes to sum exactly to ${shape([whole]).slice(1, -1)} `
          + `(input tensor's size at dimension ${dim}), but got split_sizes=${shape(sizes)}`,
      );
    }
    return new Tuple(parted(python, input, sizes, dim));
  }
  const size = input.dims[placeOf(input, dim)];
  const whole = isInt(size) ? size : size.item(python);
  return whole instanceof Unknown
    ? whole
    : new Tuple(parted(python, input, pieces(whole, Number(by)), dim));
}

export function viewed(python, input, given) {
  if (given[0] instanceof Unknown && given.length === 1) return given[0];
  const sizes = sizesOf(python, given);
  if (sizes instanceof Unknown) return sizes;
  return reshaped(python, input, sizes);
}

export function expanded(_python, input, sizes) {
  if (sizes instanceof Unknown) return sizes;
  const more = sizes.length - input.rank;
  const dims = sizes.map((size, i) => {
    const own = i < more ? 1 : input.dims[i - more];
    if (size === -1) return own;
    if (own !== 1 && sameSize(own, size) === false) {
      throw new Raised(
        "RuntimeError",
        `The expanded size of the tensor (${shape([size]).slice(1, -1)}) must match the existing size `
          + `(${shape([own]).slice(1, -1)}) at non-singleton dimension ${i}.  Target sizes: ${shape(sizes)}.  Tensor sizes: ${shape(input.dims)}`,
      );
    }
    return size;
  });
  return input.like(dims, { roles: dims.map((_, i) => input.roles[i - more]) });
}

export function repeated(_python, input, sizes) {
  if (sizes instanceof Unknown) return sizes;
  const more = sizes.length - input.rank;
  if (more < 0)
    throw new Raised(
      "RuntimeError",
      "Number of dimensions of repeat dims can not be smaller than number of dimensions of tensor",
    );
  const dims = sizes.map((size, i) => times(size, i < more ? 1 : input.dims[i - more]));
  const isLonger = dims.some(
    (size, i) => input.roles[i - more] && sameSize(size, input.dims[i - more]) !== true,
  );
  return input.like(dims, {
    roles: dims.map((_, i) => input.roles[i - more]),
    broken: isLonger ? "its samples are repeated" : input.broken,
  });
}
