// Functions and cuts that make a signal longer or shorter in a forward, each as a layer of its own:
// those of torch.nn.functional with the arithmetic of their modules, cuts as Python slices.
import { combined } from "../python/python_values.js";
import { isWhole } from "./signal_lengths.js";
import { layerFrom } from "./torch_layers.js";

// Which layer of torch.nn a function is, and how many of its arguments it takes in the same order.
const SAME = {
  interpolate: ["Upsample", 5],
  upsample: ["Upsample", 4],
  max_pool1d: ["MaxPool1d", 4],
  avg_pool1d: ["AvgPool1d", 5],
  lp_pool1d: ["LPPool1d", 4],
  adaptive_avg_pool1d: ["AdaptiveAvgPool1d", 1],
  adaptive_max_pool1d: ["AdaptiveMaxPool1d", 1],
};
// Those that are given their weight, and what they take behind it.
const WEIGHTED = {
  conv1d: ["Conv1d", ["weight", "bias", "stride", "padding", "dilation", "groups"]],
  conv_transpose1d: ["ConvTranspose1d",
    ["weight", "bias", "stride", "padding", "output_padding", "groups", "dilation"]],
};
const PADS = { constant: "ConstantPad1d", reflect: "ReflectionPad1d",
  replicate: "ReplicationPad1d", circular: "CircularPad1d" };

/** The layer that a function of a signal amounts to, without its text, or null if none is known. */
export function shaping(name, items, signal) {
  if (items[0].value !== signal) return null;
  const given = items.slice(1);
  if (name === "pad") return padding(argumentsOf(given, ["pad", "mode", "value"]));
  if (name === "narrow") return narrowing(argumentsOf(given, ["dim", "start", "length"]), signal);
  if (Object.hasOwn(WEIGHTED, name)) {
    const [kind, names] = WEIGHTED[name];
    return weighted(kind, argumentsOf(given, names));
  }
  if (!Object.hasOwn(SAME, name)) return null;
  const [kind, most] = SAME[name];
  return given.filter((one) => one.name === null).length > most ? null : plainly(kind, given);
}

/** The layer that a slice of a signal's samples amounts to, or null if its numbers are not known. */
export function cutting([start, stop, step]) {
  if (step && step.type !== "int" && step.type !== "none") return null;
  const settings = { start: bound(start), stop: bound(stop), step: step?.value ?? 1 };
  return Object.values(settings).includes(undefined) ? null : { kind: "Cut", settings };
}

/** The slices by which an index cuts each dimension of a signal, null for all of it; or null. */
export function slicesOf(index) {
  const dots = index.findIndex(({ value }) => value?.op === "dots");
  const slices = index.filter((_, i) => i !== dots).map(({ slice }) => slice);
  if (slices.includes(undefined) || slices.length > 3) return null;
  const gap = Array(3 - slices.length).fill([]);
  const all = slices.toSpliced(dots < 0 ? slices.length : dots, 0, ...gap);
  return all.map((slice) => (slice.some(Boolean) ? slice : null));
}

/**
 * What output_size asks of a transposed convolution: { output_size, printed } with how PyTorch
 * prints it, a number standing for N; or null.
 */
export function outputSize({ type, items, open = "[" }) {
  if (type !== "seq" || (items.length !== 1 && items.length !== 3)) return null;
  const size = bound(items.at(-1));
  const printed = { "[": "[N]", "(": "(N,)", "torch.Size": "torch.Size([N])" }[open];
  return size === undefined || size === null || !printed ? null : { output_size: size, printed };
}

// A convolution whose weight has sizes that are known: its groups one after the other.
function weighted(kind, given) {
  if (given?.weight?.sizes?.length !== 3) return null;
  const { weight: { sizes: [first, second, kernel_size] }, bias, groups, ...others } = given;
  const one = { type: "int", value: 1 };
  const { value: count } = groups ?? one;
  const inEach = count === 1 ? second : combined("*", second, groups);
  const [in_channels, out_channels] = kind === "Conv1d" ? [inEach, first] : [first, inEach];
  const isEven = count > 0 && (count === 1 || first.value % count === 0);
  const outward = bias?.sizes?.[0];
  const isBiased = !outward || (bias.sizes.length === 1 && outward.value === out_channels.value);
  if (!isEven || !isBiased || !(kernel_size.value > 0)) return null;
  const settings = { in_channels, out_channels, kernel_size, groups: groups ?? one, ...others };
  return plainly(kind, Object.entries(settings).map(([name, value]) => ({ name, value })));
}

function padding(given) {
  if (!given || given.pad?.type !== "seq") return null;
  const [kind, isConstant] = modeOf(given);
  const { items } = given.pad;
  const others = items.slice(2);
  // Four numbers pad the channels too, unless the last two are 0.
  if (!kind || others.length % 2 || others.some(({ value }) => value !== 0)) return null;
  if (!isConstant && given.value && given.value.type !== "none") return null;
  const sides = { name: null, value: { ...given.pad, items: items.slice(0, 2) } };
  return plainly(kind, isConstant ? [sides, { name: null, value: { type: "int", value: 0 } }] : [sides]);
}

function modeOf({ mode }) {
  if (!mode) return [PADS.constant, true];
  const isKnown = mode.type === "str" && Object.hasOwn(PADS, mode.value);
  return [isKnown ? PADS[mode.value] : null, mode.value === "constant"];
}

function narrowing(given, { isSwapped }) {
  if (!given || !(isSwapped ? [1, -2] : [2, -1]).includes(given.dim?.value)) return null;
  const settings = { start: bound(given.start), size: bound(given.length) };
  return Object.values(settings).some((one) => one === undefined || one === null) ? null
    : { kind: "Narrow", settings };
}

// A layer as PyTorch's own one, or null where something of it is not said.
function plainly(kind, given) {
  const { layer, problem, remarks } = layerFrom(kind, given);
  return problem || remarks.length > 0 ? null : { kind, settings: layer.settings };
}

// A whole number, a length in whole samples, or null for none; undefined for anything else.
function bound(value) {
  if (!value || value.type === "none") return null;
  if (isWhole(value)) return value;
  return value.type === "int" ? value.value : undefined;
}

// The arguments of a function by their names, or null if it does not take them.
function argumentsOf(given, names) {
  const found = {};
  for (const [i, { name, value }] of given.entries()) {
    const own = name ?? names[i];
    if (!names.includes(own) || own in found) return null;
    found[own] = value;
  }
  return found;
}
