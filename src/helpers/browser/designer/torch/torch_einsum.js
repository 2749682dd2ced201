// Patterns of letters: torch.einsum, and rearrange, repeat and reduce of einops.
import { unknownOf } from "../python/python_expressions.js";
import { Raised, Unknown } from "../python/python_values.js";
import { asked, over, sameSize, sizeOf, times, unknownSize } from "./torch_sizes.js";
import { Tensor, mainOf } from "./torch_tensors.js";

const BROKEN = "its dimensions are put together in another way";

/** torch.einsum of an equation and tensors. */
export function einsum({ args: [equation, ...given], python }) {
  const tensors =
    given.length === 1 && !(given[0] instanceof Tensor) ? python.all(given[0]) : given;
  const isKnown =
    typeof equation === "string"
    && Array.isArray(tensors)
    && tensors.every((one) => one instanceof Tensor);
  if (!isKnown || /\./.test(equation))
    return unknownOf(python, equation, ...(Array.isArray(tensors) ? tensors : [tensors]));
  const [left, right] = equation.replace(/\s/g, "").split("->");
  const sizes = new Map();
  const roles = new Map();
  for (const [i, letters] of left.split(",").entries()) {
    const { dims, roles: own } = tensors[i] ?? { dims: [] };
    if (letters.length !== dims.length)
      python.stop("PyTorch refuses this: the letters do not fit the dimensions");
    for (const [j, letter] of [...letters].entries()) {
      const before = sizes.get(letter);
      if (
        before !== undefined
        && before !== 1
        && dims[j] !== 1
        && sameSize(before, dims[j]) === false
      ) {
        python.stop(`PyTorch refuses this: ${letter} has two sizes`);
      }
      if (before === undefined || before === 1) sizes.set(letter, dims[j]);
      roles.set(letter, roles.get(letter) ?? own[j]);
    }
  }
  const counts = [...left].filter((letter) => letter !== ",");
  const all =
    right
    ?? [...new Set(counts)]
      .filter((letter) => counts.indexOf(letter) === counts.lastIndexOf(letter))
      .sort()
      .join("");
  const main = mainOf(tensors);
  const made = [...all].map((letter) => roles.get(letter));
  const isKept = main.roles.every((role) => !role || made.includes(role));
  return main.like(
    [...all].map((letter) => sizes.get(letter)),
    { roles: made, broken: isKept ? main.broken : BROKEN },
  );
}

/** rearrange, repeat or reduce of a tensor, a pattern and the sizes of its names. */
export function einopsOf(kind) {
  return ({ args: [input, pattern], named, python }) => {
    const tensor = input instanceof Tensor ? input : null;
    if (!tensor || typeof pattern !== "string" || /\.\.\./.test(pattern))
      return unknownOf(python, input, pattern);
    return shaped(python, tensor, pattern, named, kind);
  };
}

/** A tensor shaped by a pattern. */
export function shaped(python, tensor, pattern, named, kind) {
  const [left, right] = pattern.split("->").map(groupsOf);
  if (left.length !== tensor.rank) {
    python.stop(
      `einops refuses this: the pattern has ${left.length} dimensions and the tensor ${tensor.rank}`,
    );
  }
  const sizes = new Map([...named].map(([name, value]) => [name, sizeOf(value, python)]));
  const roles = new Map();
  for (const [i, group] of left.entries()) {
    measured(python, group, tensor.dims[i], sizes);
    if (group.length === 1) roles.set(group[0], tensor.roles[i]);
  }
  const dims = right.map((group) =>
    group.map((name) => (/^\d+$/.test(name) ? Number(name) : sizes.get(name))).reduce(times, 1),
  );
  if (right.flat().some((name) => !/^\d+$/.test(name) && sizes.get(name) === undefined)) {
    return python.unknown("a size of this pattern is not said");
  }
  const made = right.map((group) => (group.length === 1 ? roles.get(group[0]) : undefined));
  const isTurned = kind === "rearrange" && [...left, ...right].every((group) => group.length < 2);
  const isKept = isTurned || tensor.roles.every((role) => !role || made.includes(role));
  return tensor.like(dims, { roles: made, broken: isKept ? tensor.broken : BROKEN });
}

function groupsOf(text) {
  return (text.match(/\([^)]*\)|[^\s()]+/g) ?? []).map((group) =>
    group
      .replace(/[()]/g, " ")
      .trim()
      .split(/\s+/)
      .filter((name) => name && name !== "1"),
  );
}

// Gives the names of a group their sizes.
function measured(python, group, size, sizes) {
  const open = group.filter((name) => !sizes.has(name));
  const known = group
    .filter((name) => sizes.has(name))
    .reduce((all, name) => times(all, sizes.get(name)), 1);
  if (open.length === 0) {
    asked(size, known);
    if (sameSize(size, known) === false)
      python.stop("einops refuses this: the sizes do not fit the pattern");
    return;
  }
  if (open.length > 1) throw new Raised("EinopsError", "more than one size of a group is not said");
  const left = over(size, known);
  if (left === null && typeof size === "number" && typeof known === "number")
    python.stop("einops refuses this: a size is not divisible");
  const doubt =
    left === null ? (size.item ?? known.item).call(size.item ? size : known, python) : null;
  sizes.set(open[0], left ?? (doubt instanceof Unknown ? unknownSize(doubt) : doubt));
}
