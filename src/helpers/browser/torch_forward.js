// The way of a signal through a forward: which layers it passes, in which order. A signal is
// { type: "signal", depth, before, layer, ended, isLoose }: the layer that it has just left, the signal
// before it, whether it is one of samples no more, and whether its channels are another number now.

// Functions that return as many samples as they are given.
const KEEPS = new Set(["relu", "relu_", "relu6", "gelu", "elu", "selu", "celu", "silu", "mish",
  "leaky_relu", "prelu", "hardtanh", "hardswish", "hardsigmoid", "sigmoid", "logsigmoid", "tanh",
  "softplus", "softsign", "softmax", "log_softmax", "dropout", "dropout1d", "normalize", "layer_norm",
  "group_norm", "batch_norm", "instance_norm", "clamp", "clip", "exp", "log", "log1p", "abs", "neg",
  "sqrt", "square", "sin", "cos", "pow", "add", "mul", "sub", "div", "add_", "mul_", "detach", "clone",
  "contiguous", "to", "type", "float", "double", "half", "cuda", "cpu", "requires_grad_", "type_as",
  "zeros_like", "ones_like", "randn_like", "rand_like"]);
// What looks at a signal without making another one.
const LOOKS = new Set(["size", "dim", "numel", "print", "len", "isnan", "isfinite", "any", "all"]);
// After these a signal is one of samples no more.
const ENDS = new Set(["view", "reshape", "flatten", "mean", "sum", "max", "amax", "transpose",
  "permute", "squeeze", "rearrange"]);

/** Functions that put signals of one length together, and such as take them apart. */
export const JOINS = new Set(["cat", "concat", "concatenate"]);
const PARTS = new Set(["chunk", "split", "tensor_split"]);

/** The signal that a forward is given. */
export function entering() {
  return { type: "signal", depth: 0, before: null, layer: null, ended: false, isLoose: false };
}

/** The signal behind a layer. */
export function behind(signal, layer) {
  return { ...signal, line: undefined, depth: signal.depth + 1, before: signal, layer };
}

/** Of signals that are added or the like, and so have one length, the one that has come farthest. */
export function farthest(signals) {
  return signals.reduce((one, other) => (other.depth > one.depth ? other : one));
}

/** What a function makes of a signal: another one, null for nothing, undefined if that is not known. */
export function made(name, signal, given) {
  if (KEEPS.has(name)) return signal;
  if (LOOKS.has(name)) return null;
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
