// The way of a signal through a forward: which layers it passes, in which order. A signal is
// { type: "signal", depth, before, layer, ended, isLoose, isSwapped, isSingle }: the layer that it has
// just left and the signal before it; whether it is one of samples no more, whether its channels are
// another number now or stand last, and whether a pooling has left a single sample of it.

// Functions that return as many samples as they are given.
const KEEPS = new Set(["relu", "relu_", "relu6", "gelu", "elu", "selu", "celu", "silu", "mish",
  "leaky_relu", "prelu", "hardtanh", "hardswish", "hardsigmoid", "sigmoid", "logsigmoid", "tanh",
  "softplus", "softsign", "softmax", "log_softmax", "dropout", "dropout1d", "normalize", "layer_norm",
  "group_norm", "batch_norm", "instance_norm", "clamp", "clip", "exp", "log", "log1p", "abs", "neg",
  "sqrt", "square", "sin", "cos", "pow", "add", "mul", "sub", "div", "add_", "mul_", "detach", "clone",
  "contiguous", "to", "type", "float", "double", "half", "cuda", "cpu", "requires_grad_", "type_as",
  "zeros_like", "ones_like", "randn_like", "rand_like"]);
// What looks at a signal without making another one.
const LOOKS = new Set(["size", "numel", "print", "len", "isnan", "isfinite", "any", "all"]);
// After these a signal is one of samples no more.
const ENDS = new Set(["view", "reshape", "flatten", "mean", "sum", "max", "amax", "squeeze",
  "rearrange"]);
const SWAPS = { transpose: "1,2", swapaxes: "1,2", permute: "0,2,1" };

/** Functions that put signals of one length together, and such as take them apart. */
export const JOINS = new Set(["cat", "concat", "concatenate"]);
const PARTS = new Set(["chunk", "split", "tensor_split", "glu"]);

/** The signal that a forward is given. */
export function entering() {
  return { type: "signal", depth: 0, before: null, layer: null, ended: false, isLoose: false,
    isSwapped: false, isSingle: false };
}

/** The signal behind a layer, or behind several as one; some may leave a single sample of it. */
export function behind(signal, layer, isSingle) {
  return { ...signal, line: undefined, depth: signal.depth + 1, before: signal, layer,
    isSingle: signal.isSingle || isSingle };
}

/**
 * Of signals that are added or the like, and so have one length, the one that has come farthest; a
 * single sample is stretched to the others' length.
 */
export function farthest(signals) {
  const many = signals.filter(({ isSingle }) => !isSingle);
  return (many.length > 0 ? many : signals).reduce((one, other) => (other.depth > one.depth ? other : one));
}

/** What a function makes of a signal: another one, null for nothing, undefined if that is not known. */
export function made(name, signal, given) {
  if (KEEPS.has(name)) return signal;
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
  if (JOINS.has(name) || PARTS.has(name)) {
    const dim = given.find((one) => one.name === "dim" || one.name === "axis") ?? given[given.length - 1];
    const alongChannels = given.length > 1 && (dim.value.value === 1 || dim.value.value === -2);
    return alongChannels ? { ...signal, isLoose: true } : undefined;
  }
  return ENDS.has(name) ? { ...signal, ended: true } : undefined;
}

/** The layers that a signal has passed, in order. */
export function wayOf(signal) {
  const layers = [];
  for (let at = signal; at.before; at = at.before) layers.unshift(at.layer);
  return layers;
}
