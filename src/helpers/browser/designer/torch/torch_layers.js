// The layers of torch.nn by name: which arguments they take, in which order and of which type, and
// how a layer is written in Python.
import { parse } from "../python/python_parser.js";
import { Float, List, Tuple, Unknown, isInt, isNumber, spelled } from "../python/python_values.js";
import { HEADS } from "../../rules/torch_signatures.js";
import { Size } from "./torch_tensors.js";

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
  /^(?:bias|batch_first|bidirectional|return_indices|ceil_mode|.*affine|track_.*|count_.*|sparse|scale_grad_.*|_freeze)$/;
const ANY =
  /^(?:device|dtype|value|norm_type|eps|momentum|init|dropout|align_corners|recompute_.*|padding_idx|max_norm|_weight)$/;

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
