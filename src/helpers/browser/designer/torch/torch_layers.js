// The one-dimensional layers of torch.nn by name: which arguments they take, in which order and of
// which type, and how a layer is written in Python.
import {
  Dict,
  Float,
  List,
  Raised,
  Tuple,
  Unknown,
  isInt,
  isNumber,
  spelled,
} from "../python/python_values.js";

const CONV = "in_channels:channels out_channels:channels kernel_size:size stride:size=1";
const NORM = "eps:any=1e-05 momentum:any=0.1 affine:flag=True track_running_stats:flag";
const PLACE = "device:any=None dtype:any=None";

// name:type, with what it is by default; * if it is taken by name only.
const SIGNATURES = {
  Conv1d: `${CONV} padding:padding=0 dilation:size=1 groups:int=1 bias:flag=True padding_mode:word=zeros ${PLACE}`,
  ConvTranspose1d: `${CONV} padding:padding=0 output_padding:size=0 groups:int=1 bias:flag=True dilation:size=1 padding_mode:word=zeros ${PLACE}`,
  MaxPool1d:
    "kernel_size:int stride:int=None padding:int=0 dilation:int=1 return_indices:flag=False ceil_mode:flag=False",
  AvgPool1d:
    "kernel_size:size stride:size=None padding:size=0 ceil_mode:flag=False count_include_pad:flag=True",
  LPPool1d: "norm_type:any kernel_size:int stride:int=None ceil_mode:flag=False",
  AdaptiveAvgPool1d: "output_size:int",
  AdaptiveMaxPool1d: "output_size:int return_indices:flag=False",
  Upsample:
    "size:int=None scale_factor:scale=None mode:word=nearest align_corners:any=None recompute_scale_factor:any=None",
  ConstantPad1d: "padding:sides value:any",
  ZeroPad1d: "padding:sides",
  ReflectionPad1d: "padding:sides",
  ReplicationPad1d: "padding:sides",
  CircularPad1d: "padding:sides",
  GLU: "dim:int=-1",
  LayerNorm: `normalized_shape:shape eps:any=1e-05 elementwise_affine:flag=True bias:flag=True ${PLACE}`,
  RMSNorm: `normalized_shape:shape eps:any=None elementwise_affine:flag=True ${PLACE}`,
  BatchNorm1d: `num_features:channels ${NORM}=True ${PLACE} *bias:flag=True`,
  SyncBatchNorm: `num_features:channels ${NORM}=True process_group:any=None ${PLACE}`,
  InstanceNorm1d: `num_features:channels ${NORM.replace("=True", "=False")}=False ${PLACE} *bias:flag=True`,
  GroupNorm: `num_groups:int num_channels:channels eps:any=1e-05 affine:flag=True ${PLACE} *bias:flag=True`,
  PReLU: `num_parameters:channels=1 init:any=0.25 ${PLACE}`,
  ChannelShuffle: "groups:int",
  Softmax: "dim:int=None",
  LogSoftmax: "dim:int=None",
  Softmin: "dim:int=None",
};
const LAZY = {
  __proto__: null,
  LazyConv1d: "Conv1d",
  LazyConvTranspose1d: "ConvTranspose1d",
  LazyBatchNorm1d: "BatchNorm1d",
  LazyInstanceNorm1d: "InstanceNorm1d",
};
const CHANNELS = new Set([
  "in_channels",
  "out_channels",
  "num_features",
  "num_channels",
  "num_parameters",
]);
const PLACES = new Set(["device", "dtype"]);

/** The kinds of layers that are known here, and of which kind a lazy one becomes. */
export const KINDS = [...Object.keys(SIGNATURES), ...Object.keys(LAZY)];

export function realKind(kind) {
  return LAZY[kind] ?? kind;
}

const parsed = new Map();

/** What a kind of layer takes: [{ name, type, alone, byDefault }], the last undefined if needed. */
export function signature(kind) {
  if (!parsed.has(kind)) {
    const lazy = Object.hasOwn(LAZY, kind);
    const words = SIGNATURES[realKind(kind)].split(" ");
    parsed.set(
      kind,
      words.slice(lazy ? 1 : 0).map((word) => {
        const [, star, name, type, byDefault] = /^(\*?)(\w+):(\w+)(?:=(.*))?$/.exec(word);
        return { name, type, alone: star === "*", byDefault: constant(byDefault) };
      }),
    );
  }
  return parsed.get(kind);
}

function constant(text) {
  if (text === undefined) return undefined;
  const word = { True: true, False: false, None: null }[text];
  if (word !== undefined) return word;
  if (/^-?\d+$/.test(text)) return Number(text);
  return /^[\d.e-]+$/.test(text) ? new Float(Number(text)) : text;
}

/** The arguments of a layer by their names; raises what Python raises of others. */
export function argumentsOf(kind, args, named) {
  const slots = signature(kind);
  const places = slots.filter(({ alone }) => !alone);
  if (args.length > places.length)
    throw new Raised("TypeError", `${kind} takes ${places.length} arguments at the most`);
  const found = new Map(args.map((value, i) => [places[i].name, value]));
  for (const [name, value] of named) {
    if (found.has(name)) throw new Raised("TypeError", `${kind} is given ${name} twice`);
    if (!slots.some((slot) => slot.name === name))
      throw new Raised("TypeError", `${kind} has no argument ${name}`);
    found.set(name, value);
  }
  for (const { name, byDefault } of slots) {
    if (found.has(name)) continue;
    if (byDefault === undefined) throw new Raised("TypeError", `${kind} needs ${name}`);
    found.set(name, byDefault);
  }
  return found;
}

/** One argument as a plain value of a layer's settings; an Unknown stays one. */
export function setting(name, type, value) {
  if (value instanceof Unknown || value === null) return value;
  const items = value instanceof Tuple || value instanceof List ? value.items : null;
  const odd = items?.find((item) => item instanceof Unknown);
  if (odd) return odd;
  if (type === "channels") return number(name, value);
  if (type === "any") return value instanceof Float ? value.value : value;
  if (type === "flag") return isInt(value) && Number(value) !== 0;
  if (type === "word") return spelled(value);
  if (type === "padding" && typeof value === "string") return value;
  if (type === "scale") return scale(name, items?.length === 1 ? items[0] : value);
  if (type === "shape") return (items ?? [value]).map((item) => number(name, item));
  if (type === "sides") {
    if (isInt(value)) return [Number(value), Number(value)];
    if (items?.length === 2) return items.map((item) => number(name, item));
    throw new Raised("TypeError", `${name} has to be one whole number or two`);
  }
  if (items && items.length !== 1) {
    throw new Raised(
      "TypeError",
      `${name} has ${items.length} numbers, and there is one dimension`,
    );
  }
  return number(name, items ? items[0] : value);
}

function number(name, value) {
  if (value?.isSize) return value;
  if (isInt(value)) return Number(value);
  throw new Raised("TypeError", `${name} has to be a whole number`);
}

function scale(name, value) {
  if (value === null || value?.isSize) return value;
  if (isNumber(value)) return value instanceof Float ? value.value : Number(value);
  throw new Raised("TypeError", `${name} has to be a number`);
}

/** A call as it was given, in one spelling, less what says where the numbers are kept. */
export function written(kind, args, named) {
  const pairs = [
    ...args.map((value) => [null, value]),
    ...[...named].filter(([name]) => !PLACES.has(name)),
  ];
  const spelledOut = pairs.map(([name, value]) => {
    const text = textOf(value, name === null || CHANNELS.has(name));
    return name ? `${name}=${text}` : text;
  });
  return `nn.${kind}(${spelledOut.join(", ")})`;
}

function textOf(value, mayBeNamed) {
  if (value instanceof Unknown) return mayBeNamed && value.text ? value.text : "…";
  if (value instanceof Tuple || value instanceof List) {
    const inner = value.items.map((item) => textOf(item, true));
    return inner.length === 1 ? `(${inner[0]},)` : `(${inner.join(", ")})`;
  }
  if (
    value instanceof Dict
    || (value !== null && typeof value === "object" && !(value instanceof Float))
  )
    return "…";
  return spelled(value, true);
}

/** Python's spelling of a layer with these arguments: [[name or null, value], …]. */
export function call(kind, pairs) {
  const spelledOut = pairs.map(([name, value]) =>
    name ? `${name}=${python(value)}` : python(value),
  );
  return `nn.${kind}(${spelledOut.join(", ")})`;
}

function python(value) {
  if (Array.isArray(value)) return `(${value.join(", ")})`;
  return typeof value === "boolean" ? (value ? "True" : "False") : `${value}`;
}
