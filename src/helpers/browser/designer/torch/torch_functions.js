// What torch and torch.nn.functional make of tensors, as far as sizes go.
import { counting, natives } from "../python/python_builtins.js";
import { Native, Raised, Tuple, Unknown, isInt, isNumber } from "../python/python_values.js";
import { numeric, plainly, unknownOf } from "../python/python_values.js";
import { SIGNATURES } from "./torch_layers.js";
import { applied, calling, layered } from "./torch_run.js";
import { Tensor, asked, concatenated, elementwise, forOne, mainOf, mask } from "./torch_tensors.js";
import { numberOf, over, placeOf, plus, sameSize, shape, shown, sizesOf } from "./torch_tensors.js";
import { tensorOf, times, unknownSize } from "./torch_tensors.js";

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
  python.hasAsked = true;
  const sum = sizes.reduce((all, size) => plus(all, size, python), 0);
  if (sameSize(sum, whole) === false) python.stop("PyTorch refuses this: the sizes do not add up");
  return parted(python, input, sizes, dim);
}

export function expanded(python, input, sizes) {
  const more = sizes.length - input.rank;
  if (more < 0) python.stop("PyTorch refuses this: there are more dimensions than that");
  python.hasAsked ||= sizes.some(isInt);
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
  if (forOne(last) !== null && !isInt(last)) python.needs(last.item(python));
  if (sameSize(last, inward) === false) {
    const rows = input.dims.slice(0, -1).reduce(times, 1);
    if (input.rank < 2) python.stop("PyTorch refuses this: the sizes do not fit");
    const [one, other] = [`${shown(rows)}x${shown(last)}`, `${shown(inward)}x${shown(outward)}`];
    refuse(`mat1 and mat2 shapes cannot be multiplied (${one} and ${other})`);
  }
  return input.like([...input.dims.slice(0, -1), outward], {
    roles: input.roles.with(-1, undefined),
    broken: "comes a Linear layer",
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
    broken: "matrices are multiplied",
  });
}

// Functions whose result has the sizes of their first argument.
const SAME = new Set(
  (
    "relu relu6 gelu elu selu celu silu mish sigmoid tanh softplus softsign softmax log_softmax "
    + "softmin leaky_relu rrelu hardtanh hardswish hardsigmoid logsigmoid threshold dropout "
    + "dropout1d alpha_dropout normalize batch_norm instance_norm group_norm layer_norm rms_norm "
    + "exp log log2 log10 log1p sin cos sqrt rsqrt abs neg square sign floor ceil round clamp clip "
    + "erf reciprocal nan_to_num detach clone contiguous to float half double int long type "
    + "type_as cuda cpu requires_grad_ masked_fill cumsum cumprod roll flip pow zeros_like "
    + "ones_like rand_like randn_like empty_like full_like triu tril fill_ zero_ normal_ uniform_ "
    + "bfloat16 numpy"
  ).split(" "),
);
// Functions of two tensors, value by value.
const PAIRS =
  /^(?:add|sub|subtract|mul|multiply|div|divide|maximum|minimum|eq|ne|lt|le|gt|ge|bool)$/;
const REDUCED = /^(?:mean|sum|prod|std|var|amax|amin|norm|logsumexp|all|any|argm..|max|min)$/;
const BOTH = /^(?:max|min)$/;
const ALONG = /soft(?:max|min)$|^cum|^flip$/; // Those that name a dimension first.
// What belongs to torch.nn.functional only.
const FUNCTIONAL = /^(?:pad|interpolate|upsample|linear|conv1d|conv_transpose1d|glu|\w+_pool1d)$/;
const CREATED = /^(?:new_)?(?:zeros|ones|rand|randn|empty|full)$/;
// Layers as functions.
const LAYERS = { __proto__: null, interpolate: "Upsample", upsample: "Upsample", glu: "GLU" };
for (const kind of Object.keys(SIGNATURES).filter((own) => own.endsWith("Pool1d")))
  LAYERS[kind.replace(/(?<=[a-z])(?=[A-Z])/g, "_").toLowerCase()] = kind;
const PADS = {
  constant: "Constant",
  reflect: "Reflection",
  replicate: "Replication",
  circular: "Circular",
};

const found = new Map();

/** A function by its name, of a tensor or of several; undefined where it is not known. */
export function functionNamed(name) {
  if (!found.has(name)) {
    const plain = name.replace(/(?<=[a-z\d])_$/, "");
    found.set(name, made(name, false) ?? (plain === name ? undefined : made(plain, true)));
  }
  return found.get(name);
}

/** A method of a tensor, or undefined. */
export function methodNamed(name) {
  if (FUNCTIONAL.test(name) || (CREATED.test(name) && !name.startsWith("new_"))) return undefined;
  return functionNamed(name);
}

// The function of a name; `isOwn` if it writes into its first argument.
function made(name, isOwn) {
  if (SAME.has(name)) {
    return ofTensor(name, (_python, input, { args: [, first], named }) => {
      const dim = named.get("dim") ?? (ALONG.test(name) ? first : null);
      if (isInt(dim)) placeOf(input, dim);
      return input.like(input.dims);
    });
  }
  if (PAIRS.test(name)) {
    return ofTensor(name, (python, input, { args: [, other] }) => {
      if (other instanceof Tensor) return mask(elementwise(python, [input, other], isOwn));
      return other instanceof Unknown ? other : mask(input.like(input.dims));
    });
  }
  if (name in LAYERS) return ofTensor(name, (...given) => asLayer(LAYERS[name], ...given));
  if (REDUCED.test(name)) {
    return ofTensor(name, (python, input, { args: [, ...args], named }) => {
      const given = name === "norm" ? args.slice(1) : args;
      const at = named.get("dim") ?? named.get("axis") ?? given[0] ?? null;
      return reduced(python, input, at, named.get("keepdim") ?? given[1] ?? false, name);
    });
  }
  if (CREATED.test(name)) return new Native(name, (call) => created(name, call));
  return FUNCTIONS.get(name);
}

// A function whose first argument is a tensor, which may be given by its name.
function ofTensor(name, run) {
  return new Native(name, ({ args: given, named: all, python }) => {
    const named = new Map(all);
    const args = given.length > 0 ? given : [named.get("input")];
    named.delete("input");
    const input = isNumber(args[0]) ? tensorOf(python, args[0]) : args[0];
    if (!(input instanceof Tensor)) return unknownOf(python, input);
    return run(python, input, { args: [input, ...args.slice(1)], named });
  });
}

function asLayer(kind, python, input, { args: [, ...args], named }) {
  if (args.length > 4) return python.unknown("so many arguments are not evaluated here");
  const slots = SIGNATURES[kind].parameters;
  const given = new Map([...args.map((value, i) => [slots[i]?.name, value]), ...named]);
  given.delete("antialias");
  const made = layered(python, kind, given, input);
  const isPair = given.get("return_indices") === true && made instanceof Tensor;
  return isPair ? new Tuple([made, made.like(made.dims)]) : made;
}

function reduced(python, input, dim, isKept, name) {
  const broken = `${name} takes all samples together`;
  if (dim instanceof Tensor) return elementwise(python, [input, dim]);
  if (dim === null) return input.like([], { broken });
  const places = isInt(dim) ? [dim] : python.all(dim);
  const gone = places.map((place) => placeOf(input, place));
  if (/^(?:a?m|argm)(?:ax|in)$/.test(name) && gone.some((at) => input.dims[at] === 0))
    python.stop(`PyTorch refuses this: nothing is left for ${name}`);
  const order = [...input.dims.keys()].map((i) => (gone.includes(i) ? null : i));
  const made = input.turned(isKept ? order : order.filter((i) => i !== null));
  if (gone.some((at) => ["raw", "time"].includes(input.roles[at]))) made.broken = broken;
  return BOTH.test(name) ? new Tuple([made, made.like(made.dims)]) : made;
}

function created(name, { args, named, python }) {
  const own = name.startsWith("new_") ? args.slice(1) : args;
  const given = named.has("size") ? [named.get("size")] : own;
  return new Tensor(sizesOf(python, name.endsWith("full") ? given.slice(0, 1) : given));
}

function padded(python, input, pad, mode = "constant") {
  const sides = sizesOf(python, [pad]);
  const isEven = sides.length % 2 === 0 && sides.length > 0;
  const isPlain = input.rank < 4 && isEven && sides.slice(2).every((side) => side === 0);
  if (!isPlain || !Object.hasOwn(PADS, mode)) python.stop("this padding is not evaluated here");
  const plain = sides.slice(0, 2).map((side) => numberOf(side, python));
  const given = new Map([["padding", new Tuple(plain)]]);
  if (mode === "constant") given.set("value", null);
  return layered(python, `${PADS[mode]}Pad1d`, given, input);
}

function narrowed(python, input, dim, start, length) {
  const at = placeOf(input, dim);
  const [from, size] = [start, length].map((value) => python.needs(plainly(value, python)));
  if (input.rank !== 3 || !input.roles[at]) return input.like(input.dims.with(at, size));
  return applied(python, calling(python, "Narrow", { start: from, size }), input, at);
}

function permuted(python, input, order) {
  const places = order.map((dim) => placeOf(input, dim));
  if (places.length !== input.rank || new Set(places).size !== places.length)
    python.stop("PyTorch refuses this: each dimension has to be there once");
  return input.turned(places);
}

// Functions of a tensor by what they are called and what they take.
const TABLE = {
  "pad input pad mode value": padded,
  "size input dim": (python, input, dim) => {
    const found = input.attribute("shape", python);
    return dim === undefined ? found : found.items[placeOf(input, dim)];
  },
  dim: (_python, input) => input.rank,
  numel: (python, input) => input.attribute("shape", python).items.reduce(times, 1),
  item: (python, input) => input.item(python),
  "flatten input start_dim end_dim": flattened,
  "transpose input dim0 dim1": (_python, input, dim0, dim1) => {
    const [one, other] = [placeOf(input, dim0), placeOf(input, dim1)];
    return input.turned([...input.dims.keys()].with(one, other).with(other, one));
  },
  "unsqueeze input dim": (_python, input, dim) =>
    input.turned([...input.dims.keys()].toSpliced(placeOf(input, dim, 1), 0, null)),
  "squeeze input dim": squeezed,
  "narrow input dim start length": narrowed,
  "unfold input dimension size step": unfolded,
  "index_select input dim index": (_python, input, dim, index) => {
    const at = placeOf(input, dim);
    const broken = input.roles[at] ? "samples are picked" : input.broken;
    return input.like(input.dims.with(at, index.dims[0] ?? 1), { broken });
  },
  "chunk input chunks dim": chunked,
  "split input split_size dim": split,
  "expand_as input other": (python, input, { dims }) => expanded(python, input, dims),
  "matmul input other": (python, input, other) => matmul(input, other, python),
};
// Those that are given sizes, one by one or in a list.
const SIZED = { view: reshaped, reshape: reshaped, permute: permuted, expand: expanded };
// Several tensors in a list.
const together =
  (run) =>
  (python, tensors, dim = 0) => {
    const all = python.all(tensors);
    const isKnown = all.length > 0 && all.every((one) => one instanceof Tensor);
    return isKnown ? run(python, all, dim) : unknownOf(python, ...all);
  };

function stacked(python, all, dim) {
  const [first] = all;
  const at = placeOf(first, dim, 1);
  const isOdd = ({ dims, rank }) =>
    rank !== first.rank || dims.some((size, i) => sameSize(size, first.dims[i]) === false);
  if (all.some(isOdd)) python.stop("PyTorch refuses this: their sizes differ");
  const main = mainOf(all);
  python.hasJoined = true;
  const roles = main.roles.toSpliced(at, 0, undefined);
  return main.like(first.dims.toSpliced(at, 0, all.length), { roles });
}

const ranged = counting((_python, ...given) => {
  const [start, end] = (given.length === 1 ? [0, given[0]] : given).map(numeric);
  const step = numeric(given[2] ?? 1);
  const count = Math.max(0, Math.ceil((end - start) / step));
  const data = count > 4096 ? null : Array.from({ length: count }, (_, i) => start + i * step);
  return new Tensor([count], { data, isIndex: true });
});

const MORE = {
  "cat tensors dim": together(concatenated),
  "stack tensors dim": together(stacked),
  tensor: tensorOf,
  as_tensor: tensorOf,
  arange: ranged,
  is_tensor: (_python, value) => value instanceof Tensor,
};

/** @type {Map<string, any>} */
const FUNCTIONS = natives(MORE);
for (const [name, { run }] of natives(TABLE))
  FUNCTIONS.set(
    name,
    ofTensor(name, (python, _input, call) => run({ ...call, python })),
  );
for (const [name, run] of Object.entries(SIZED)) {
  const sized = (python, input, { args: [, ...given], named }) =>
    named.size > 0
      ? python.unknown("this is not evaluated here")
      : run(python, input, sizesOf(python, given));
  FUNCTIONS.set(name, ofTensor(name, sized));
}
FUNCTIONS.set("bmm", FUNCTIONS.get("matmul")).set("concat", FUNCTIONS.get("cat"));
