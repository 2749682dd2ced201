// The way of a signal through a forward: which layers it passes, in which order. A signal is
// { type: "signal", step, depth, ended, isSwapped, isSingle, isStacked }: the step that it comes
// out of, null for what the forward is given, and how many layers lie behind it; whether it is one
// of samples no more, whether its channels stand last, whether a pooling has left a single sample
// of it, and whether it is several along a dimension before all others.
//
// A step is { value, given, main } for the layer or object `value`, or { join, given, main } where
// signals come together: `given` are the steps before it, of which that at `main` is on the longest
// way. A join is { joins, dimension, isInPlace, line, text, settings }. Where a layer is told here
// what it does, or does it by the length of other signals, the step has `settings` of its own, and
// those signals are among the `given`. A step is taken on its `conditions`.
import { measuredBy, placed } from "./signal_lengths.js";

// Functions that return as many samples as they are given.
const KEEPS = new Set(["relu", "relu_", "relu6", "gelu", "elu", "selu", "celu", "silu", "mish",
  "leaky_relu", "prelu", "hardtanh", "hardswish", "hardsigmoid", "sigmoid", "logsigmoid", "tanh",
  "softplus", "softsign", "softmax", "log_softmax", "dropout", "dropout1d", "normalize", "layer_norm",
  "group_norm", "batch_norm", "instance_norm", "clamp", "clip", "exp", "log", "log1p", "abs", "neg",
  "sqrt", "square", "sin", "cos", "detach", "clone", "contiguous", "to", "type", "float", "double",
  "half", "cuda", "cpu", "requires_grad_", "type_as", "zeros_like", "ones_like", "randn_like",
  "rand_like"]);
// What looks at a signal without making another one.
const LOOKS = new Set(["numel", "print", "len", "isnan", "isfinite", "any", "all"]);
// After these a signal is one of samples no more.
const ENDS = new Set(["view", "reshape", "flatten", "mean", "sum", "max", "amax", "squeeze",
  "rearrange"]);
const SWAPS = { transpose: "1,2", swapaxes: "1,2", permute: "0,2,1" };

// Functions that put signals together, one after the other or sample by sample.
const CATS = new Set(["cat", "concat", "concatenate"]);
const SUMS = new Set(["add", "mul", "sub", "div", "pow", "add_", "mul_", "sub_", "div_"]);
const PARTS = new Set(["chunk", "split", "tensor_split", "glu"]);

/** The signal that a forward is given. */
export function entering() {
  return { type: "signal", step: null, depth: 0, ended: false, isSwapped: false, isSingle: false,
    isStacked: false };
}

/** The signal behind a layer, or behind several as one; some may leave a single sample of it. */
export function behind(signal, value, isSingle, settings) {
  const given = [...new Set([signal.step, ...measuredBy(settings ?? {})])];
  const step = { value, given, main: 0, settings: settings && placed(settings, given) };
  // What only cuts or pads does not take a signal farther than others.
  return { ...signal, line: undefined, step, depth: signal.depth + (value.isShaping ? 0 : 1),
    isSingle: signal.isSingle || isSingle };
}

/** Whether a signal is what steps on a condition make of another one. */
export function isMadeOf(signal, other, condition) {
  let at = signal.step;
  while (at && at !== other.step && at.conditions.includes(condition)) at = at.given[at.main];
  return at === other.step && ["ended", "isSwapped", "isStacked"].every((is) => signal[is] === other[is]);
}

/** Whether a function gives the dimensions of a signal another order or number. */
export function turns(name) {
  return Object.hasOwn(SWAPS, name) || name === "unsqueeze";
}

/**
 * Of signals that come together, and so have one length, the one that has come farthest; a single
 * sample is stretched to the others' length.
 */
export function farthest(signals) {
  const many = signals.filter(({ isSingle }) => !isSingle);
  return (many.length > 0 ? many : signals).reduce((one, other) => (other.depth > one.depth ? other : one));
}

/** How a function puts its signals together: "cat", "stack", "sum" or undefined. */
export function joining(name) {
  if (name === "stack") return name;
  return CATS.has(name) ? "cat" : SUMS.has(name) || name === "sum" ? "sum" : undefined;
}

/** The signal behind a place where others come together; `how` is what a join says beside that. */
export function together(signals, how) {
  const most = farthest(signals);
  const join = { ...how, dimension: most.isSwapped ? 1 : 2, settings: {} };
  const given = signals.map(({ step }) => step);
  const step = { join, given, main: signals.indexOf(most) };
  return { ...most, isStacked: how.joins === "stack", step };
}

/** What a function makes of a signal: another one, null for nothing, undefined if that is not known. */
export function made(name, signal, given) {
  if (signal.isStacked) return unstacked(name, signal, given);
  if (name === "stack") return given.length === 1 || isFirst(given[1]) ? signal : undefined;
  if (KEEPS.has(name) || SUMS.has(name)) return signal;
  if (LOOKS.has(name)) return null;
  if (given.some((one) => one.name === "keepdim" && one.value.value === true)) return null;
  if (name === "unsqueeze" && signal.depth === 0) return signal;
  if (Object.hasOwn(SWAPS, name)) {
    const numbers = given.map((one) => one.value.value).filter(Number.isInteger);
    const turned = numbers.map((number) => (number < 0 ? number + 3 : number));
    const swaps = [`${turned}`, `${[...turned].reverse()}`].includes(SWAPS[name]);
    // What is swapped before the first layer comes with its channels last.
    if (swaps && signal.depth === 0) return signal;
    return swaps ? { ...signal, isSwapped: !signal.isSwapped } : undefined;
  }
  if (name === "sum" && given[0].value.type === "seq") return signal;
  if (mayChangeChannels(name)) {
    const dim = given.find((one) => one.name === "dim" || one.name === "axis") ?? given[given.length - 1];
    const channels = signal.isSwapped ? [2, -1] : [1, -2];
    return given.length > 1 && channels.includes(dim.value.value) ? signal : undefined;
  }
  return ENDS.has(name) ? { ...signal, ended: true } : undefined;
}

// Signals that are stacked become one again along the dimension in which they were.
function unstacked(name, signal, given) {
  const isOne = ["sum", "mean"].includes(name) && given.length === 2 && isFirst(given[1]);
  return isOne ? { ...signal, isStacked: false } : undefined;
}

function isFirst({ value }) {
  return value.type === "int" && value.value === 0;
}

/** Whether behind a function the channels may be another number. */
export function mayChangeChannels(name) {
  return CATS.has(name) || PARTS.has(name);
}

/** The steps on the way of a signal, in order, without the places where others come to it. */
export function wayOf({ step }) {
  const steps = [];
  for (let at = step; at; at = at.given[at.main]) if (at.value) steps.unshift(at);
  return steps;
}
