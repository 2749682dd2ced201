// The layers of torch.nn by name: which arguments they take, in which order and of which type, and
// how a layer is written in Python.
import { parse } from "../python/python_parser.js";
import { Float, List, Tuple, Unknown, isInt, isNumber, spelled } from "../python/python_values.js";
import { Size } from "./torch_tensors.js";

const PLACE = "device=None, dtype=None";
const CONV = "in_channels, out_channels, kernel_size, stride=1";
const MODE = `padding_mode="zeros", ${PLACE}`;
const NORM = `${PLACE}, *, bias=True`;
const GATED = "bias=True, batch_first=False, dropout=0, bidirectional=False";
// What each layer takes, as Python says it.
const HEADS = `
Conv1d(${CONV}, padding=0, dilation=1, groups=1, bias=True, ${MODE})
ConvTranspose1d(${CONV}, padding=0, output_padding=0, groups=1, bias=True, dilation=1, ${MODE})
MaxPool1d(kernel_size, stride=None, padding=0, dilation=1, return_indices=False, ceil_mode=False)
AvgPool1d(kernel_size, stride=None, padding=0, ceil_mode=False, count_include_pad=True)
LPPool1d(norm_type, kernel_size, stride=None, ceil_mode=False)
AdaptiveAvgPool1d(output_size)
AdaptiveMaxPool1d(output_size, return_indices=False)
Upsample(size=None, scale_factor=None, mode="nearest", align_corners=None, recompute_scale_factor=None)
ConstantPad1d(padding, value)
ZeroPad1d(padding)
ReflectionPad1d(padding)
ReplicationPad1d(padding)
CircularPad1d(padding)
GLU(dim=-1)
LayerNorm(normalized_shape, eps=1e-05, elementwise_affine=True, bias=True, ${PLACE})
RMSNorm(normalized_shape, eps=None, elementwise_affine=True, ${PLACE})
BatchNorm1d(num_features, eps=1e-05, momentum=0.1, affine=True, track_running_stats=True, ${NORM})
InstanceNorm1d(num_features, eps=1e-05, momentum=0.1, affine=False, track_running_stats=False, ${NORM})
GroupNorm(num_groups, num_channels, eps=1e-05, affine=True, ${NORM})
PReLU(num_parameters=1, init=0.25, ${PLACE})
ChannelShuffle(groups)
Softmax(dim=None)
LogSoftmax(dim=None)
Softmin(dim=None)
Linear(in_features, out_features, bias=True, ${PLACE})
Embedding(num_embeddings, embedding_dim, padding_idx=None)
Flatten(start_dim=1, end_dim=-1)
LSTM(input_size, hidden_size, num_layers=1, ${GATED}, proj_size=0)
GRU(input_size, hidden_size, num_layers=1, ${GATED})
RNN(input_size, hidden_size, num_layers=1, nonlinearity="tanh", ${GATED})
`;
/** What each kind of layer takes: the nodes of definitions by their names. */
export const SIGNATURES = Object.fromEntries(
  parse(HEADS.replace(/^\w.*$/gm, "def $&: pass")).map((node) => [node.name, node]),
);
for (const kind of ["Conv1d", "ConvTranspose1d", "BatchNorm1d", "InstanceNorm1d", "Linear"]) {
  const [, ...parameters] = SIGNATURES[kind].parameters;
  SIGNATURES[`Lazy${kind}`] = { ...SIGNATURES[kind], parameters };
}
const CHANNELS = /^(?:(?:in|out)_channels|num_(?:features|channels|parameters))$/;
const FLAG =
  /^(?:bias|batch_first|bidirectional|return_indices|ceil_mode|.*affine|track_.*|count_.*)$/;
const ANY =
  /^(?:device|dtype|value|norm_type|eps|momentum|init|dropout|align_corners|recompute_.*|padding_idx)$/;

/** The settings of a layer from its arguments or its attributes; an Unknown stays one. */
export function settingsOf(python, kind, values) {
  const names = SIGNATURES[kind].parameters.map(({ name }) => name);
  return Object.fromEntries(
    names.map((name) => [name, setting(python, kind, name, values.get(name))]),
  );
}

function setting(python, kind, name, value) {
  const items = value instanceof Tuple || value instanceof List ? value.items : [value];
  const odd = items.find((item) => item instanceof Unknown);
  if (odd || value === null) return odd ?? value;
  if (ANY.test(name)) return value instanceof Float ? value.value : value;
  if (FLAG.test(name)) return isInt(value) && Number(value) !== 0;
  if (typeof value === "string") return value;
  const isScale = name === "scale_factor";
  const all = items.map((item) => {
    if (item instanceof Size) return item;
    if (!isInt(item) && !(isScale && isNumber(item)))
      python.stop(`${name} of this kind is not evaluated here`);
    return Number(item.value ?? item);
  });
  if (name === "normalized_shape") return all;
  const isSides = kind.includes("Pad1d");
  if (isSides && all.length === 1 && isInt(value)) return [all[0], all[0]];
  if (all.length !== (isSides ? 2 : 1)) python.stop(`${name} has too few or too many numbers`);
  return isSides ? all : all[0];
}

/** A call as it was given, in one spelling, less what says where the numbers are kept. */
export function written(kind, args, named) {
  const pairs = [...named].filter(([name]) => name !== "device" && name !== "dtype");
  const words = [
    ...args.map((value) => textOf(value, true)),
    ...pairs.map(([name, value]) => `${name}=${textOf(value, CHANNELS.test(name))}`),
  ];
  return `nn.${kind}(${words.join(", ")})`;
}

function textOf(value, mayBeNamed) {
  if (value instanceof Unknown) return mayBeNamed && value.text ? value.text : "…";
  if (value instanceof Tuple || value instanceof List) {
    const inner = value.items.map((item) => textOf(item, true));
    return inner.length === 1 ? `(${inner[0]},)` : `(${inner.join(", ")})`;
  }
  const isOpen = value !== null && typeof value === "object" && !(value instanceof Float);
  return isOpen ? "…" : spelled(value, true);
}

/** Python's spelling of a layer with these arguments: [[name or null, value], …]. */
export function call(kind, pairs) {
  const words = pairs.map(([name, value]) => (name ? `${name}=${python(value)}` : python(value)));
  return `nn.${kind}(${words.join(", ")})`;
}

function python(value) {
  if (Array.isArray(value)) return `(${value.join(", ")})`;
  return typeof value === "boolean" ? (value ? "True" : "False") : `${value}`;
}
