// What torch and torch.nn.functional make of tensors, as far as sizes go.
import {
  chunked,
  expanded,
  flattened,
  parted,
  repeated,
  reshaped,
  split,
  squeezed,
  viewed,
} from "./torch_shapes.js";
import { taken } from "../python/python_builtins.js";
import { unknownOf } from "../python/python_expressions.js";
import {
  Float,
  List,
  Native,
  Raised,
  Tuple,
  Unknown,
  isInt,
  isNumber,
  numeric,
} from "../python/python_values.js";
import { einsum } from "./torch_einsum.js";
import { layered, planar } from "./torch_run.js";
import { asked, plus, sameSize, shape, sizeOf, times } from "./torch_sizes.js";
import {
  Tensor,
  concatenated,
  elementwise,
  mainOf,
  numbers,
  placeOf,
  sizesOf,
  tensorOf,
} from "./torch_tensors.js";

const SAME = new Set(
  (
    "relu relu6 gelu elu selu celu silu mish sigmoid tanh softplus softsign softmax "
    + "log_softmax softmin leaky_relu rrelu hardtanh hardswish hardsigmoid hardshrink softshrink tanhshrink "
    + "logsigmoid threshold dropout dropout1d alpha_dropout feature_dropout normalize batch_norm instance_norm "
    + "group_norm layer_norm rms_norm local_response_norm exp log log2 log10 log1p sin cos sqrt rsqrt abs neg "
    + "square sign floor ceil round clamp clip erf reciprocal nan_to_num detach clone contiguous to float half "
    + "double int long bool type type_as cuda cpu requires_grad_ masked_fill cumsum cumprod roll flip sort pow "
    + "zeros_like ones_like rand_like randn_like empty_like full_like triu tril isnan isinf logical_not fill_ "
    + "zero_ normal_ uniform_ bfloat16 angle conj pin_memory share_memory_ bernoulli erfinv scatter "
    + "scatter_ scatter_add index_add index_fill copy_ numpy retain_grad sgn tan cosh sinh prelu"
  ).split(" "),
);
const PAIRS = new Set(
  (
    "add sub subtract mul multiply div divide true_divide maximum minimum fmod remainder "
    + "atan2 eq ne lt le gt ge logical_and logical_or logical_xor lerp addcmul hypot floor_divide"
  ).split(" "),
);
const REDUCED = new Set(
  (
    "mean sum prod std var amax amin norm logsumexp all any argmax argmin median mode "
    + "count_nonzero nanmean"
  ).split(" "),
);
const BOTH = new Set(["max", "min", "median", "mode"]);
// What belongs to torch.nn.functional only.
const FUNCTIONAL = new Set([
  "pad",
  "interpolate",
  "upsample",
  "linear",
  "conv1d",
  "conv_transpose1d",
  "glu",
]);
// Layers as functions, and what they take behind the signal.
const LAYERS = {
  max_pool1d: ["MaxPool1d", "kernel_size stride padding dilation ceil_mode return_indices"],
  avg_pool1d: ["AvgPool1d", "kernel_size stride padding ceil_mode count_include_pad"],
  lp_pool1d: ["LPPool1d", "norm_type kernel_size stride ceil_mode"],
  adaptive_avg_pool1d: ["AdaptiveAvgPool1d", "output_size"],
  adaptive_max_pool1d: ["AdaptiveMaxPool1d", "output_size return_indices"],
  glu: ["GLU", "dim"],
};
const PLANAR = {
  max_pool2d: "MaxPool2d",
  avg_pool2d: "AvgPool2d",
  adaptive_avg_pool2d: "AdaptiveAvgPool2d",
  adaptive_max_pool2d: "AdaptiveMaxPool2d",
};
const CREATED = new Set(["zeros", "ones", "rand", "randn", "empty", "randint", "full"]);
const PADS = {
  constant: "ConstantPad1d",
  reflect: "ReflectionPad1d",
  replicate: "ReplicationPad1d",
  circular: "CircularPad1d",
};

/** A function by its name, of a tensor or of several; undefined where it is not known. */
export function functionNamed(name) {
  if (!found.has(name)) found.set(name, made(name));
  return found.get(name);
}

const found = new Map();

function made(name) {
  const plain = name.replace(/(?<=[a-z\d])_$/, "");
  const run = runOf(name, false) ?? (plain === name ? null : runOf(plain, true));
  return run ? new Native(name, run) : undefined;
}

/** A method of a tensor, or undefined. */
export function methodNamed(name) {
  return FUNCTIONAL.has(name) || CREATED.has(name) ? undefined : functionNamed(name);
}

function runOf(name, isOwn) {
  if (SAME.has(name)) return ofTensor((_python, input) => input.like(input.dims));
  if (PAIRS.has(name)) {
    return ofTensor((python, input, { args }) => {
      const other = args[1];
      if (!(other instanceof Tensor))
        return other instanceof Unknown ? other : input.like(input.dims);
      return elementwise(python, [input, other], isOwn);
    });
  }
  if (Object.hasOwn(FUNCTIONS, name)) {
    const [names, run] = FUNCTIONS[name];
    return ofTensor((python, input, call) => {
      const star = names.split(" ").find((one) => one.startsWith("*"));
      const given = star
        ? { [star.slice(1)]: call.named.get(star.slice(1)) ?? call.args.slice(1) }
        : taken(call, ["input", ...names.split(" ")]);
      return run(python, input, { ...given, isOwn });
    });
  }
  if (REDUCED.has(name) || BOTH.has(name))
    return ofTensor((python, input, call) => reduced(python, input, call, name));
  if (Object.hasOwn(LAYERS, name)) {
    return ofTensor((python, input, call) => asLayer(python, input, call, ...LAYERS[name]));
  }
  if (Object.hasOwn(PLANAR, name)) {
    return ofTensor((python, input, { args, named }) =>
      planar(python, PLANAR[name], args.slice(1), named, input),
    );
  }
  if (CREATED.has(name)) return (call) => created(name, call);
  if (name.startsWith("new_") && CREATED.has(name.slice(4))) {
    return ({ args, named, python }) =>
      created(name.slice(4), { args: args.slice(1), named, python });
  }
  return Object.hasOwn(MORE, name) ? MORE[name] : null;
}

// A function whose first argument is a tensor, which may be given by its name.
function ofTensor(run) {
  return ({ args, named, python }) => {
    const input = args[0] ?? named.get("input") ?? named.get("x");
    if (!(input instanceof Tensor)) {
      const own = isNumber(input) ? tensorOf(python, input) : null;
      return own ? run(python, own, { args, named, python }) : unknownOf(python, input);
    }
    const rest = args.length > 0 ? args : [input];
    return run(python, input, { args: rest, named, python });
  };
}

function asLayer(python, input, { args, named }, kind, names) {
  const positional = names.split(" ");
  const given = new Map(args.slice(1).map((value, i) => [positional[i], value]));
  for (const [name, value] of named) if (name !== "input") given.set(name, value);
  const made = layered(python, kind, [], given, input);
  return given.get("return_indices") === true ? new Tuple([made, made.like(made.dims)]) : made;
}

function reduced(python, input, { args, named }, name) {
  const dim = named.get("dim") ?? named.get("axis") ?? (name === "norm" ? args[2] : args[1]);
  if (dim instanceof Tensor) return elementwise(python, [input, dim]);
  if (dim === undefined || dim === null)
    return input.like([], { broken: `${name} takes all samples together` });
  const places = isInt(dim) ? [dim] : python.all(dim);
  if (places instanceof Unknown) return places;
  const gone = new Set(places.map((place) => placeOf(input, place)));
  const isKept = named.get("keepdim") ?? (name === "norm" ? args[3] : args[2]) ?? false;
  if (typeof isKept !== "boolean") return unknownOf(python, isKept);
  const left = [...input.dims.keys()].filter((i) => isKept || !gone.has(i));
  const isOver = [...gone].some((at) => input.roles[at] === "raw" || input.roles[at] === "time");
  const made = input.like(
    left.map((i) => (gone.has(i) ? 1 : input.dims[i])),
    {
      roles: left.map((i) => (gone.has(i) ? undefined : input.roles[i])),
      broken: isOver ? `${name} takes all samples together` : input.broken,
    },
  );
  return BOTH.has(name) ? new Tuple([made, made.like(made.dims)], ["values", "indices"]) : made;
}

function created(name, { args, named, python }) {
  const given = named.get("size") ? [named.get("size")] : args;
  const own = name === "full" ? given.slice(0, 1) : name === "randint" ? given.slice(-1) : given;
  const sizes = sizesOf(python, own);
  return sizes instanceof Unknown ? sizes : new Tensor(sizes);
}

function padded(python, input, { pad, mode = "constant" }) {
  const sides = sizesOf(python, [pad]);
  if (sides instanceof Unknown) return sides;
  if (sides.length === 0) return input.like(input.dims);
  const isPlain = sides.slice(2).every((side) => side === 0) && sides.length % 2 === 0;
  if (!Object.hasOwn(PADS, mode)) return unknownOf(python, mode);
  if (isPlain && (input.rank === 3 || input.rank === 2)) {
    /** @type {Map<string, any>} */
    const given = new Map([
      [
        "padding",
        new Tuple(sides.slice(0, 2).map((side) => (side.item ? side.item(python) : side))),
      ],
    ]);
    if (mode === "constant") given.set("value", 0);
    return layered(python, PADS[mode], [], given, input);
  }
  if (sides.length % 2 || sides.length > 2 * input.rank)
    throw new Raised("RuntimeError", "Padding length must be divisible by 2");
  const dims = input.dims.map((size, i) => {
    const at = 2 * (input.rank - 1 - i);
    return [sides[at] ?? 0, sides[at + 1] ?? 0].reduce(
      (sum, side) => plus(sum, side, python),
      size,
    );
  });
  if (dims.some((size) => isInt(size) && size < 0) || (mode !== "constant" && input.rank !== 4))
    python.stop("PyTorch may refuse this padding");
  if (
    mode !== "constant"
    && sides.some(
      (side, i) => !isInt(side) || side >= input.dims[input.rank - 1 - Math.floor(i / 2)],
    )
  ) {
    python.stop("PyTorch may refuse this padding");
  }
  return input.like(
    dims,
    sides.slice(0, 2).every((side) => side === 0) ? {} : { broken: "it is padded" },
  );
}

function interpolated(python, input, given) {
  const own = new Map(
    Object.entries(given).filter(
      ([name, value]) => value !== undefined && !["input", "isOwn", "antialias"].includes(name),
    ),
  );
  return input.rank === 4
    ? planar(python, "Upsample", [], own, input)
    : layered(python, "Upsample", [], own, input);
}

/** A linear layer with a weight of known sizes. */
export function linear(python, input, inward, outward) {
  const last = input.dims.at(-1);
  asked(last, isInt(inward) ? inward : -1);
  if (sameSize(last, inward) === false) {
    const rows = input.dims.slice(0, -1).reduce(times, 1);
    if (input.rank < 2) python.stop("PyTorch refuses this: the sizes do not fit");
    throw new Raised(
      "RuntimeError",
      `mat1 and mat2 shapes cannot be multiplied (${shape([rows]).slice(1, -1)}x${shape([last]).slice(1, -1)} `
        + `and ${shape([inward]).slice(1, -1)}x${shape([outward]).slice(1, -1)})`,
    );
  }
  return input.like([...input.dims.slice(0, -1), outward], {
    roles: [...input.roles.slice(0, input.rank - 1), undefined],
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
  const [one, other] = [a, b].map((tensor) =>
    tensor.like([...tensor.dims.slice(0, -2), 1, 1], { roles: [] }),
  );
  const outer = elementwise(python, [one, other]).dims.slice(0, -2);
  return mainOf([a, b]).like([...outer, a.dims.at(-2), b.dims.at(-1)], {
    roles: [],
    broken: "matrices are multiplied on the way",
  });
}

// A convolution that is given its weight.
function weighted(kind, names) {
  return [
    names,
    (python, input, given) => {
      const { weight, bias = null } = given;
      if (!(weight instanceof Tensor) || weight.rank !== 3) return unknownOf(python, weight);
      const groups = given.groups ?? 1;
      const [first, second, kernel] = weight.dims;
      const inEach = times(second, sizeOf(groups, python));
      const [inward, outward] = kind === "Conv1d" ? [inEach, first] : [first, inEach];
      if (bias instanceof Tensor && sameSize(bias.dims[0], outward) === false)
        python.stop("PyTorch refuses this bias");
      const settings = {
        in_channels: inward,
        out_channels: outward,
        kernel_size: kernel,
        groups,
        bias: bias !== null,
      };
      for (const name of ["stride", "padding", "dilation", "output_padding"])
        if (given[name] !== undefined) settings[name] = given[name];
      return layered(python, kind, [], new Map(Object.entries(settings)), input);
    },
  ];
}

const FUNCTIONS = {
  pad: ["pad mode value", padded],
  interpolate: [
    "size scale_factor mode align_corners recompute_scale_factor antialias",
    interpolated,
  ],
  upsample: ["size scale_factor mode align_corners", interpolated],
  conv1d: weighted("Conv1d", "weight bias stride padding dilation groups"),
  conv_transpose1d: weighted(
    "ConvTranspose1d",
    "weight bias stride padding output_padding groups dilation",
  ),
  linear: [
    "weight bias",
    (python, input, { weight }) =>
      weight instanceof Tensor && weight.rank === 2
        ? linear(python, input, weight.dims[1], weight.dims[0])
        : unknownOf(python, weight),
  ],
  size: [
    "dim",
    (python, input, { dim }) => {
      const shaped = input.attribute("shape", python);
      return dim === undefined
        ? shaped
        : isInt(dim)
          ? shaped.items[placeOf(input, dim)]
          : unknownOf(python, dim);
    },
  ],
  dim: ["", (_python, input) => input.rank],
  ndimension: ["", (_python, input) => input.rank],
  numel: ["", (python, input) => input.attribute("shape", python).items.reduce(times, 1)],
  item: ["", (python, input) => input.item(python)],
  tolist: [
    "",
    (python, input) => (input.data && input.rank < 2 ? new List(input.data) : input.item(python)),
  ],
  view: ["*shape", (python, input, { shape: sizes }) => viewed(python, input, sizes)],
  reshape: ["*shape", (python, input, { shape: sizes }) => viewed(python, input, sizes)],
  view_as: [
    "other",
    (python, input, { other }) =>
      other instanceof Tensor ? reshaped(python, input, other.dims) : unknownOf(python, other),
  ],
  flatten: [
    "start_dim end_dim",
    (python, input, { start_dim, end_dim }) => flattened(python, input, start_dim, end_dim),
  ],
  unflatten: [
    "dim sizes",
    (python, input, { dim, sizes }) => {
      const own = sizesOf(python, [sizes]);
      if (own instanceof Unknown) return own;
      const at = placeOf(input, dim);
      const inner = reshaped(python, new Tensor([input.dims[at]]), own).dims;
      return input.like([...input.dims.slice(0, at), ...inner, ...input.dims.slice(at + 1)], {
        roles: [],
        broken: "its samples are put in another order",
      });
    },
  ],
  transpose: [
    "dim0 dim1",
    (_python, input, { dim0, dim1 }) => {
      const [one, other] = [placeOf(input, dim0), placeOf(input, dim1)];
      return input.turned([...input.dims.keys()].with(one, other).with(other, one));
    },
  ],
  permute: [
    "*dims",
    (python, input, { dims }) => {
      const order = sizesOf(python, dims);
      if (order instanceof Unknown || !order.every(isInt)) return unknownOf(python, order);
      const places = order.map((dim) => placeOf(input, dim));
      if (places.length !== input.rank || new Set(places).size !== places.length) {
        throw new Raised(
          "RuntimeError",
          "permute(sparse_coo): number of dimensions in the tensor input does not match the length of the desired ordering of dimensions",
        );
      }
      return input.turned(places);
    },
  ],
  unsqueeze: [
    "dim",
    (_python, input, { dim }) => {
      const at = placeOf(input, dim, 1);
      return input.like(input.dims.toSpliced(at, 0, 1), {
        roles: Array.from(input.dims, (_, i) => input.roles[i]).toSpliced(at, 0, undefined),
      });
    },
  ],
  squeeze: [
    "dim",
    (python, input, { dim }) =>
      squeezed(
        python,
        input,
        dim === undefined ? [...input.dims.keys()] : isInt(dim) ? [dim] : dim.items,
      ),
  ],
  expand: ["*sizes", (python, input, { sizes }) => expanded(python, input, sizesOf(python, sizes))],
  expand_as: [
    "other",
    (python, input, { other }) =>
      other instanceof Tensor ? expanded(python, input, other.dims) : unknownOf(python, other),
  ],
  broadcast_to: [
    "size",
    (python, input, { size }) => expanded(python, input, sizesOf(python, [size])),
  ],
  repeat: ["*sizes", (python, input, { sizes }) => repeated(python, input, sizesOf(python, sizes))],
  tile: ["*dims", (python, input, { dims }) => repeated(python, input, sizesOf(python, dims))],
  repeat_interleave: [
    "repeats dim",
    (python, input, { repeats, dim }) => {
      if (!isInt(repeats) || !isInt(dim)) return unknownOf(python, repeats, dim);
      const at = placeOf(input, dim);
      return input.like(input.dims.with(at, times(input.dims[at], Number(repeats))), {
        broken: "its samples are repeated",
      });
    },
  ],
  unfold: [
    "dimension size step",
    (python, input, { dimension, size, step }) => {
      const at = placeOf(input, dimension);
      const whole = input.dims[at];
      if (!isInt(size) || !isInt(step)) return unknownOf(python, size, step);
      const length = isInt(whole) ? whole : whole.item(python);
      if (length instanceof Unknown) return length;
      if (size > length)
        throw new Raised(
          "RuntimeError",
          `maximum size for tensor at dimension ${at} is ${length} but size is ${size}`,
        );
      return input.like(
        [...input.dims.with(at, Math.floor((length - size) / step) + 1), Number(size)],
        { roles: [...input.roles], broken: "it is unfolded" },
      );
    },
  ],
  narrow: [
    "dim start length",
    (python, input, { dim, start, length }) => {
      const at = placeOf(input, dim);
      const own = [start, length].map((value) => (value?.item ? value.item(python) : value));
      if (!own.every(isInt)) return unknownOf(python, ...own);
      const settings = { start: own[0], size: own[1] };
      if (input.rank === 3 && input.roles[at])
        return layered(python, "Narrow", null, settings, input, at);
      return input.like(input.dims.with(at, own[1]));
    },
  ],
  select: [
    "dim index",
    (python, input, { dim, index }) => {
      const keys = Array(placeOf(input, dim))
        .fill(null)
        .map(() => python.library.whole);
      return input.index(new Tuple([...keys, index]), python);
    },
  ],
  index_select: [
    "dim index",
    (python, input, { dim, index }) => {
      if (!(index instanceof Tensor)) return unknownOf(python, index);
      const at = placeOf(input, dim);
      return input.like(
        input.dims.with(at, index.dims[0] ?? 1),
        input.roles[at] ? { broken: "samples are picked" } : {},
      );
    },
  ],
  gather: [
    "dim index",
    (python, input, { index }) =>
      index instanceof Tensor
        ? input.like(index.dims, { broken: "samples are picked" })
        : unknownOf(python, index),
  ],
  chunk: [
    "chunks dim",
    (python, input, { chunks, dim = 0 }) => {
      const sizes = chunked(python, input, chunks, dim);
      return sizes instanceof Unknown ? sizes : new Tuple(parted(python, input, sizes, dim));
    },
  ],
  split: [
    "split_size_or_sections dim",
    (python, input, { split_size_or_sections: by, split_size: other, dim }) =>
      split(python, input, by ?? other, dim),
  ],
  unbind: [
    "dim",
    (python, input, { dim = 0 }) => {
      const at = placeOf(input, dim);
      const count = input.dims[at];
      const left = [...input.dims.keys()].filter((i) => i !== at);
      if (!isInt(count)) return count.item(python);
      return new Tuple(
        Array.from({ length: count }, () =>
          input.like(
            left.map((i) => input.dims[i]),
            { roles: left.map((i) => input.roles[i]) },
          ),
        ),
      );
    },
  ],
  topk: [
    "k dim",
    (python, input, { k, dim = -1 }) => {
      const made = input.like(input.dims.with(placeOf(input, dim), sizeOf(k, python)), {
        broken: "samples are picked",
      });
      return new Tuple([made, made]);
    },
  ],
  matmul: ["other", (python, input, { other }) => matmul(input, other, python)],
  bmm: ["mat2", (python, input, { mat2 }) => matmul(input, mat2, python)],
  mm: ["mat2", (python, input, { mat2 }) => matmul(input, mat2, python)],
  outer: [
    "vec2",
    (python, input, { vec2 }) =>
      vec2 instanceof Tensor
        ? input.like([...input.dims, ...vec2.dims], { broken: "it is multiplied" })
        : unknownOf(python, vec2),
  ],
  scaled_dot_product_attention: [
    "key value",
    (python, input, { value }) =>
      value instanceof Tensor
        ? input.like([...input.dims.slice(0, -1), value.dims.at(-1)])
        : unknownOf(python, value),
  ],
  one_hot: [
    "num_classes",
    (python, input, { num_classes }) => input.like([...input.dims, sizeOf(num_classes, python)]),
  ],
  rfft: [
    "n dim",
    (python, input, { n, dim = -1 }) => {
      const at = placeOf(input, dim);
      const size = n === undefined || n === null ? input.dims[at] : sizeOf(n, python);
      const whole = isInt(size) ? size : size.item(python);
      return whole instanceof Unknown
        ? whole
        : input.like(input.dims.with(at, Math.floor(whole / 2) + 1), {
            broken: "it is transformed",
          });
    },
  ],
};
FUNCTIONS.swapaxes = FUNCTIONS.swapdims = FUNCTIONS.transpose;

// Several tensors in a list.
const together = (run) => (call) => {
  const { tensors, dim, axis } = taken(call, ["tensors", "dim"]);
  const { python } = call;
  const all = python.all(tensors);
  if (all instanceof Unknown || !all.every((one) => one instanceof Tensor))
    return unknownOf(python, ...(all instanceof Unknown ? [all] : all));
  if (all.length === 0) throw new Raised("RuntimeError", "expected a non-empty list of Tensors");
  const along = dim ?? axis ?? 0;
  return isInt(along) ? run(python, all, along) : unknownOf(python, along);
};
const cat = together(concatenated);
const stack = together((python, all, dim) => {
  const at = placeOf(all[0], dim, 1);
  const odd = all.findIndex(
    ({ dims }) =>
      dims.length !== all[0].rank
      || dims.some((size, i) => sameSize(size, all[0].dims[i]) === false),
  );
  if (odd >= 0) {
    throw new Raised(
      "RuntimeError",
      `stack expects each tensor to be equal size, but got ${shape(all[0].dims)} at entry 0 and ${shape(all[odd].dims)} at entry ${odd}`,
    );
  }
  const main = mainOf(all);
  const made = main.like(all[0].dims.toSpliced(at, 0, all.length), {
    roles: Array.from(main.dims, (_, i) => main.roles[i]).toSpliced(at, 0, undefined),
  });
  python.hasJoined = true;
  return made;
});

const MORE = {
  cat,
  concat: cat,
  concatenate: cat,
  stack,
  einsum,
  hstack: ({ args, python }) => cat({ args: [args[0], 1], named: new Map(), python }),
  tensor: ({ args: [value], python }) => tensorOf(python, value),
  as_tensor: ({ args: [value], python }) => tensorOf(python, value),
  from_numpy: ({ args: [value], python }) => tensorOf(python, value),
  is_tensor: ({ args: [value] }) => (value instanceof Unknown ? value : value instanceof Tensor),
  arange({ args, named, python }) {
    const given =
      args.length > 0 ? args : [named.get("start") ?? 0, named.get("end"), named.get("step") ?? 1];
    const own = given.map((value) => (value?.item ? value.item(python) : value));
    if (!own.every(isNumber)) return sizeOfRange(python, given);
    const [start, end, step = 1] = own.length === 1 ? [0, own[0]] : own;
    const [from, to, by] = [start, end, step].map(numeric);
    const count = Math.max(0, Math.ceil((to - from) / by));
    if (count > 4096) return new Tensor([count]);
    return numbers(
      Array.from({ length: count }, (_, i) => from + i * by),
      own.some((value) => value instanceof Float),
    );
  },
  linspace({ args: [start, end, steps], named, python }) {
    const count = steps ?? named.get("steps");
    if (!isNumber(start) || !isNumber(end) || !isInt(count))
      return unknownOf(python, start, end, count);
    const by = count > 1 ? (numeric(end) - numeric(start)) / (count - 1) : 0;
    return numbers(
      Array.from({ length: Number(count) }, (_, i) => numeric(start) + i * by),
      true,
    );
  },
  hann_window: ({ args: [size], python }) => new Tensor([sizeOf(size, python)]),
  hamming_window: ({ args: [size], python }) => new Tensor([sizeOf(size, python)]),
  eye: ({ args: [n, m = n], python }) => new Tensor([sizeOf(n, python), sizeOf(m, python)]),
  where({ args: [test, one, other], python }) {
    const all = [test, one, other].filter((value) => !isNumber(value));
    if (!all.every((value) => value instanceof Tensor)) return unknownOf(python, ...all);
    return all.reduce((sum, value) => elementwise(python, [sum, value]));
  },
};

function sizeOfRange(python, [only, ...others]) {
  return others.length === 0 && only?.isSize
    ? new Tensor([only])
    : unknownOf(python, only, ...others);
}
