// Tensors in other shapes: views, parts, repetitions and products of matrices.
import { Raised, Tuple, isInt, unknownOf } from "../python/python_values.js";
import { asked, forOne, numberOf, over, plus, sameSize, shape } from "./torch_sizes.js";
import { shown, times, unknownSize } from "./torch_sizes.js";
import { Tensor, elementwise, mainOf, placeOf, sizesOf } from "./torch_tensors.js";

const refuse = (words) => {
  throw new Raised("RuntimeError", words);
};

/** The sizes of a whole, given in another way; -1 stands for what is left. */
export function reshaped(python, input, wanted) {
  const whole = input.dims.reduce(times, 1);
  const open = wanted.indexOf(-1);
  const known = wanted.filter((_size, i) => i !== open).reduce(times, 1);
  const [all, part] = [forOne(whole), forOne(known)];
  const isOdd = all !== null && part !== null && (open < 0 ? all !== part : all % part !== 0);
  if (isOdd || (open < 0 && sameSize(whole, known) === false))
    refuse(`shape '${shape(wanted)}' is invalid for input of size ${shown(whole)}`);
  let sizes = wanted;
  if (open >= 0) {
    const doubt = whole.item ?? known.item;
    const left = over(whole, known);
    sizes = wanted.with(open, left ?? unknownSize(doubt.call(whole.item ? whole : known, python)));
  }
  if (sizes.length === input.rank && sizes.every((size, i) => sameSize(size, input.dims[i])))
    return input.like(sizes);
  // Samples stay samples where all sizes behind them stay the same.
  const more = input.rank - sizes.length;
  const isTail = (i) => sizes.slice(i).every((one, j) => sameSize(one, input.dims[i + more + j]));
  const roles = sizes.map((_size, i) =>
    i + more >= 0 && isTail(i) ? input.roles[i + more] : undefined,
  );
  return input.like(sizes, { roles, broken: "its samples are put in another order" });
}

export function flattened(_python, input, first = 0, last = -1) {
  if (input.rank === 0) return input.like([1]);
  const [start, end] = [placeOf(input, first), placeOf(input, last)];
  if (start === end) return input.like(input.dims);
  const whole = input.dims.slice(start, end + 1).reduce(times, 1);
  const dims = input.dims.toSpliced(start, end - start + 1, whole);
  return input.like(dims, { roles: [], broken: "its samples are flattened" });
}

export function squeezed(python, input, dim) {
  const dims = dim === undefined ? [...input.dims.keys()] : isInt(dim) ? [dim] : dim.items;
  const places = dims.map((own) => placeOf(input, own));
  const isGone = (at) => {
    const size = input.dims[at];
    if (!places.includes(at) || isInt(size)) return places.includes(at) && size === 1;
    return python.needs(size.compare("==", 1, python));
  };
  return input.turned([...input.dims.keys()].filter((at) => !isGone(at)));
}

/** Parts of a tensor along a dimension, of these sizes. */
function parted(python, input, sizes, dim) {
  const at = placeOf(input, dim);
  const role = input.roles[at];
  let start = 0;
  const parts = sizes.map((size) => {
    const made = input.like(input.dims.with(at, size));
    const settings = { start, stop: isInt(size) ? start + size : null, step: 1 };
    start += isInt(size) ? size : 0;
    if (!role || sizes.length === 1) return made;
    return python.library.cut(input, made, { role, settings }, python);
  });
  return new Tuple(parts);
}

function pieces(python, input, each, dim, whole) {
  const size = python.needs(numberOf(whole, python));
  const own = each(size);
  const count = Math.max(1, Math.ceil(size / own));
  const sizes = Array.from({ length: count }, (_, i) => Math.min(own, size - i * own));
  return parted(python, input, sizes, dim);
}

export function chunked(python, input, count, dim = 0) {
  const whole = input.dims[placeOf(input, dim)];
  const even = whole === 0 ? null : over(whole, Number(count));
  if (even !== null) return parted(python, input, Array(Number(count)).fill(even), dim);
  return pieces(python, input, (size) => Math.ceil(size / Number(count)), dim, whole);
}

/** A tensor in parts of so many, or of the sizes in a list. */
export function split(python, input, by, dim = 0) {
  const whole = input.dims[placeOf(input, dim)];
  if (isInt(by)) return pieces(python, input, () => Number(by), dim, whole);
  const sizes = sizesOf(python, [by]);
  const sum = sizes.reduce((all, size) => plus(all, size, python), 0);
  if (sameSize(sum, whole) === false) python.stop("PyTorch refuses this: the sizes do not add up");
  return parted(python, input, sizes, dim);
}

export function expanded(python, input, sizes) {
  const more = sizes.length - input.rank;
  const dims = sizes.map((size, i) => {
    const own = i < more ? 1 : input.dims[i - more];
    if (own !== 1 && size !== -1 && sameSize(own, size) === false)
      python.stop("PyTorch refuses this: another size is there, and it is not 1");
    return size === -1 ? own : size;
  });
  return input.like(dims, { roles: dims.map((_, i) => input.roles[i - more]) });
}

/** Overlapping windows along a dimension, one after the other in a new last one. */
export function unfolded(python, input, dimension, size, step) {
  const at = placeOf(input, dimension);
  const length = python.needs(numberOf(input.dims[at], python));
  if (!isInt(size) || !isInt(step)) return unknownOf(python, size, step);
  if (size > length) python.stop("PyTorch refuses this: it is shorter than that");
  const dims = input.dims.with(at, Math.floor((length - size) / Number(step)) + 1);
  return input.like([...dims, Number(size)], { roles: input.roles, broken: "it is unfolded" });
}

/** A linear layer with a weight of known sizes. */
export function linear(python, input, inward, outward) {
  const last = input.dims.at(-1);
  asked(last, isInt(inward) ? inward : -1);
  if (sameSize(last, inward) === false) {
    const rows = input.dims.slice(0, -1).reduce(times, 1);
    if (input.rank < 2) python.stop("PyTorch refuses this: the sizes do not fit");
    const [one, other] = [`${shown(rows)}x${shown(last)}`, `${shown(inward)}x${shown(outward)}`];
    refuse(`mat1 and mat2 shapes cannot be multiplied (${one} and ${other})`);
  }
  return input.like([...input.dims.slice(0, -1), outward], {
    roles: input.roles.with(-1, undefined),
    broken: "a Linear layer comes on the way",
  });
}

/** Two tensors multiplied as matrices. */
export function matmul(a, b, python) {
  if (!(a instanceof Tensor) || !(b instanceof Tensor)) return unknownOf(python, a, b);
  if (a.rank < 2 || b.rank < 2)
    return python.unknown("a product with a vector is not evaluated here");
  if (sameSize(a.dims.at(-1), b.dims.at(-2)) === false)
    python.stop("PyTorch refuses this: the sizes of these matrices do not fit");
  const [one, other] = [a, b].map((own) => own.like([...own.dims.slice(0, -2), 1, 1]));
  const outer = elementwise(python, [one, other]).dims.slice(0, -2);
  return mainOf([a, b]).like([...outer, a.dims.at(-2), b.dims.at(-1)], {
    roles: [],
    broken: "matrices are multiplied on the way",
  });
}
