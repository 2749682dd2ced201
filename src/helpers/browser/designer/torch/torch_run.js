// What layers make of a tensor, with PyTorch's own words where they refuse it; each is recorded.
import { List, Raised, Stop, Tuple, Unknown, isInt } from "../python/python_values.js";
import { SizeError } from "../../rules/builtins.js";
import { after, sized } from "../../rules/stacks.js";
import { argumentsOf, setting, signature } from "./torch_layers.js";
import {
  Channels,
  Layout,
  Size,
  asked,
  named,
  over,
  plus,
  sameSize,
  shape,
  unknownSize,
} from "./torch_sizes.js";

const TIME = new Set(["raw", "time"]);
const INWARD = ["in_channels", "num_features", "num_channels"];
const NORMS = new Set([
  "BatchNorm1d",
  "SyncBatchNorm",
  "InstanceNorm1d",
  "GroupNorm",
  "PReLU",
  "ChannelShuffle",
]);
const HARMLESS = new Set([
  "eps",
  "momentum",
  "device",
  "dtype",
  "process_group",
  "init",
  "value",
  "norm_type",
  "count_include_pad",
  "return_indices",
  "recompute_scale_factor",
  ...INWARD,
  "out_channels",
  "num_parameters",
]);
const LONGEST_TEXT = 60;

/** What a function of a signal makes of it, as the layer that it amounts to. */
export function layered(python, kind, args, given, input, at = null) {
  const settings = kind === "Narrow" ? given : settingsOf(kind, argumentsOf(kind, args, given));
  const { node } = python;
  const layer = { kind, settings, text: textOf(python), line: node.line, called: calledOf(python) };
  return applied(python, layer, input, at);
}

function textOf({ node, source }) {
  const text = source.slice(node.at, node.end).replace(/\s+/g, " ");
  return text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT - 1)}…` : text;
}

function calledOf({ node, source }) {
  const text = source.slice(node.value.at, node.value.end);
  return /^[\w.]{1,40}$/.test(text) ? text : "this step";
}

/** The settings of a layer from its arguments or its attributes. */
export function settingsOf(kind, values) {
  return Object.fromEntries(
    signature(kind).map(({ name, type }) => [name, setting(name, type, values.get(name))]),
  );
}

/** What a layer makes of a tensor; `at` is where its samples are, if not in the last place. */
export function applied(python, layer, input, at = null) {
  try {
    return behind(python, layer, input, at);
  } catch (error) {
    if (error instanceof Raised) error.step ??= { layer, before: signalOf(input), after: null };
    throw error;
  }
}

function behind(python, layer, input, at) {
  const { kind, settings } = layer;
  if (kind === "LayerNorm" || kind === "RMSNorm") return shapedNorm(python, layer, input);
  if (kind.endsWith("oftmax") || kind === "Softmin") return kept(python, layer, input);
  if (NORMS.has(kind)) return norm(python, layer, input);
  if (kind === "GLU") return halved(python, layer, input);
  const place = at ?? input.rank - 1;
  const beside = at === 1 ? 2 : input.rank - 2;
  ranked(python, kind, input);
  if (kind.startsWith("Conv")) wants(python, input, input.rank - 2, settings.in_channels);
  const outward = kind.startsWith("Conv") ? channelsOf(settings.out_channels) : input.dims[beside];
  const { length, doubt } = lengthBehind(python, layer, input.dims[place], input.dims[beside]);
  const dims = input.dims.with(place, doubt ? unknownSize(doubt) : length).with(beside, outward);
  const roles = Array.from(dims, (_, i) => input.roles[i]);
  roles[place] = "time";
  if (kind.startsWith("Conv")) roles[beside] = undefined;
  return recorded(python, layer, input, input.like(dims, { roles }), doubt);
}

function channelsOf(value) {
  return value instanceof Unknown ? unknownSize(value) : value;
}

// How many samples come out; `doubt` is what of it is not known.
function lengthBehind(python, layer, length, channels) {
  const odd = Object.entries(layer.settings).find(
    ([name, value]) => value instanceof Unknown && !HARMLESS.has(name),
  );
  if (odd && odd[0] !== "groups") return { doubt: odd[1] };
  const own = length instanceof Size ? length.item(python) : length;
  if (own instanceof Unknown) return { doubt: own };
  const found = measured(
    python,
    layer,
    { length: own, channels: isInt(channels) ? channels : null },
    channels,
  );
  return found instanceof Unknown ? { doubt: found } : { length: found.length };
}

// The signal behind a layer, as the rules count it.
function measured(python, layer, signal, channels) {
  const settings = Object.fromEntries(
    Object.entries(layer.settings).map(([name, value]) => [
      name,
      value instanceof Unknown
        ? name === "groups"
          ? 1
          : (value.text ?? null)
        : value instanceof Size
          ? null
          : Array.isArray(value)
            ? value.map((one) => numberOf(python, one))
            : value,
    ]),
  );
  try {
    if (layer.settings.output_size !== undefined && layer.kind.startsWith("Conv")) {
      settings.output_padding = sized(settings, signal).output_padding;
      delete settings.output_size;
      layer.followsSize = true;
    }
    layer.settings = settings;
    return after(layer, signal);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    if (channels instanceof Size && isAbout(error, channels)) throw new Channels(1, false);
    const isQuoted = error instanceof SizeError && error.pytorch !== null;
    if (isQuoted && !error.message.includes("…"))
      throw new Raised("RuntimeError", error.message);
    throw new Stop(python.statement, error.message);
  }
}

function isAbout(_error, channels) {
  try {
    channels.item({ unknown: () => null });
    return false;
  } catch {
    return true;
  }
}

function numberOf(python, value) {
  return value instanceof Size ? value.item(python) : value;
}

// Refuses tensors of too few or too many dimensions, as these layers do.
function ranked(python, kind, input) {
  if (input.rank === 3 || input.rank === 2) return;
  if (input.rank === 4 && input.roles.includes("channels") && input.roles.includes("raw"))
    throw new Layout("flat");
  if (kind.startsWith("Conv")) {
    const name = kind === "Conv1d" ? "conv1d" : "conv_transpose1d";
    throw new Raised(
      "RuntimeError",
      `Expected 2D (unbatched) or 3D (batched) input to ${name}, but got input of size: ${shape(input.dims)}`,
    );
  }
  python.stop(`PyTorch refuses this: a tensor of ${input.rank} dimensions reaches it`);
}

/** Has a dimension be as large as a layer wants it, where the input may still be of any shape. */
export function wants(python, input, at, wanted) {
  if (!isInt(wanted)) return;
  const size = input.dims[at];
  const isOdd = sameSize(size, wanted) === false;
  if (input.roles[at] === "raw" && (isOdd || size === undefined)) throw new Layout("turned");
  if (input.roles[at] === "channels" && isOdd && python.input?.isAssumed)
    throw new Channels(wanted, true);
  asked(size, wanted);
}

function kept(python, layer, input) {
  const { dim } = layer.settings;
  if (isInt(dim) && input.rank === 3) measured(python, layer, { channels: null, length: 1 }, null);
  return recorded(python, layer, input, input.like(input.dims));
}

function norm(python, layer, input) {
  const { kind, settings } = layer;
  if (kind.includes("Batch") && input.rank !== 2 && input.rank !== 3) {
    if (input.rank === 4) throw new Layout("flat");
    python.stop("PyTorch refuses this: a norm of one dimension takes 2 or 3 dimensions");
  }
  const at = input.rank > 1 ? 1 : 0;
  const inward =
    INWARD.map((name) => settings[name]).find((value) => value !== undefined && value !== null)
    ?? (kind === "PReLU" && settings.num_parameters !== 1 ? settings.num_parameters : null);
  const refusesOthers =
    kind === "PReLU" || (settings.affine ?? true) || settings.track_running_stats;
  if (inward !== null && refusesOthers) wants(python, input, at, inward);
  const last = input.dims.at(-1);
  const isPlain = input.rank === 3;
  // Of other shapes only the channels matter.
  const signal = {
    channels: isInt(input.dims[at]) ? input.dims[at] : null,
    length: isPlain && isInt(last) ? last : 2,
  };
  const isUnknown = Object.entries(settings).some(
    ([name, value]) => value instanceof Unknown && name !== "eps",
  );
  if (!isUnknown && input.rank > 1) measured(python, layer, signal, input.dims[at]);
  return recorded(python, layer, input, input.like(input.dims));
}

function shapedNorm(python, layer, input) {
  const {
    kind,
    settings: { normalized_shape: wanted },
  } = layer;
  if (wanted instanceof Unknown) return recorded(python, layer, input, input.like(input.dims));
  const met = input.dims.slice(-wanted.length);
  for (const [i, size] of wanted.entries())
    wants(python, input, input.rank - wanted.length + i, size);
  const isOdd =
    wanted.length > input.rank || met.some((size, i) => sameSize(size, wanted[i]) === false);
  if (isOdd && kind === "RMSNorm" && wanted.length > input.rank) {
    throw new Raised(
      "RuntimeError",
      `Input tensor must have at least ${wanted.length} dimensions, but got ${input.rank}`,
    );
  }
  if (isOdd) {
    throw new Raised(
      "RuntimeError",
      `Given normalized_shape=${shape(wanted)}, expected input with shape `
        + `[*${kind === "LayerNorm" ? ", " : ""}${wanted.join(", ")}], but got input of size${shape(input.dims)}`,
    );
  }
  return recorded(python, layer, input, input.like(input.dims));
}

function halved(python, layer, input) {
  const { dim } = layer.settings;
  if (!isInt(dim)) return dim;
  const at = Number(dim) < 0 ? Number(dim) + input.rank : Number(dim);
  const size = input.dims[at];
  if (isInt(size) && size % 2) {
    throw new Raised(
      "RuntimeError",
      `Halving dimension must be even, but dimension ${at} is size ${size}`,
    );
  }
  const half = over(size, 2);
  const dims = input.dims.with(at, half ?? unknownSize(size.item(python)));
  const isTime = TIME.has(input.roles[at]);
  const roles = Array.from(dims, (_, i) => input.roles[i]);
  if (isTime) roles[at] = "time";
  else roles[at] = undefined;
  return recorded(python, layer, input, input.like(dims, { roles }));
}

// --- What has run ---

/** The samples and channels of a tensor. */
export function signalOf({ dims, roles, rank }) {
  const found = roles.findLastIndex((role) => TIME.has(role));
  const at = found > 0 && rank === 3 ? found : rank - 1;
  const beside = rank === 3 ? 3 - at : rank - 2;
  const channels = dims[beside];
  const length = rank === 0 ? null : dims[at];
  return {
    channels: isInt(channels) ? channels : null,
    length: isInt(length) ? length : null,
    shape: rank === 3 && at === 2 ? null : shapeWords(dims),
  };
}

/** A shape in words, for any batch. */
export function shapeWords(dims) {
  return `(${dims.map(named).join(", ")}${dims.length === 1 ? "," : ""})`;
}

/** Keeps what has run; the tensor that comes out remembers it. */
export function recorded(python, layer, input, output, doubt = null) {
  const [before, behind] = [signalOf(input), signalOf(output)];
  const step = {
    layer,
    before,
    after: behind,
    from: input.step,
    depth: (input.step?.depth ?? 0) + 1,
    input,
    statement: python.statement,
    key: `${layer.text}|${layer.line}|${shapeWords(input.dims)}|${shapeWords(output.dims)}`,
  };
  if (doubt) step.doubt = doubt;
  python.marks.push(step);
  output.step = step;
  return output;
}

/** What is cut out of a signal: one cut of its samples, or null where it is more than that. */
export function cutOut(tensor, made, cut, python) {
  const settings = cut?.settings;
  const isPlain = cut && TIME.has(cut.role) && tensor.rank === 3;
  if (!cut || !isPlain) {
    const isTime = !cut || TIME.has(cut.role);
    if (isTime) made.broken = "it is cut in a way that is not undone";
    return made;
  }
  if (Object.values(settings).some((value) => value !== null && !isInt(value))) return made;
  const layer = {
    kind: "Cut",
    settings,
    text: textOf(python),
    line: python.node.line,
    called: "the cut",
  };
  made.roles = made.roles.map((role) => (TIME.has(role) ? "time" : role));
  return recorded(python, layer, tensor, made);
}

// --- Two dimensions ---

const SIDES = /Pad2d$/;

/** A layer of two dimensions: each of them is counted as that of one. */
export function planar(python, kind, args, given, input, text = null) {
  const single = kind.replace("2d", "1d");
  const values = argumentsOf(single, args, given);
  const layer = { kind, settings: {}, text: text ?? textOf(python), line: python.node.line };
  if (SIDES.test(kind)) return planarPad(python, single, values, input, layer);
  if (input.roles.includes("channels") && input.rank === 3 && kind !== "Upsample") {
    python.stop(`${kind} takes pictures, and the input here is a batch of signals`);
  }
  const isConv = kind.startsWith("Conv");
  if (input.rank !== 4)
    python.stop(`a tensor of ${input.rank} dimensions in ${kind} is not evaluated here`);
  if (isConv) wants(python, input, 1, values.get("in_channels"));
  let dims = input.dims;
  for (const [i, at] of [2, 3].entries()) {
    const own = new Map([...values].map(([name, value]) => [name, oneOf(value, i)]));
    if (own.get("output_size") === null && kind.startsWith("Adaptive")) continue;
    const settings = settingsOf(single, own);
    if (settings.mode === "bilinear" || settings.mode === "bicubic") settings.mode = "linear";
    const size = input.dims[at];
    if (size instanceof Size && isIdle(single, settings)) continue;
    const { length, doubt } = attempted(
      python,
      () => lengthBehind(python, { kind: single, settings }, size, input.dims[1]),
      kind,
    );
    dims = dims.with(at, doubt ? unknownSize(doubt) : length);
  }
  if (isConv)
    dims = dims.with(
      1,
      channelsOf(setting("out_channels", "channels", values.get("out_channels"))),
    );
  const roles = Array.from(dims, (_, i) =>
    TIME.has(input.roles[i]) ? "time" : i === 1 ? undefined : input.roles[i],
  );
  return recorded(
    python,
    layer,
    input,
    input.like(dims, { roles, broken: "a layer of two dimensions comes on the way" }),
  );
}

function oneOf(value, i) {
  const items = value instanceof Tuple || value instanceof List ? value.items : null;
  return items?.length === 2 ? items[i] : value;
}

/**
 * Whether a layer keeps any length.
 *
 * @param {string} kind
 * @param {any} settings
 */
function isIdle(kind, { kernel_size, stride, padding, dilation, scale_factor }) {
  if (kind === "Upsample") return scale_factor === 1;
  return (
    kind === "Conv1d"
    && stride === 1
    && (padding === "same" || 2 * padding === dilation * (kernel_size - 1))
  );
}

function attempted(python, run, kind) {
  try {
    return run();
  } catch (error) {
    if (error instanceof Raised) python.stop(`${kind} refuses what reaches it`);
    throw error;
  }
}

function planarPad(python, single, values, input, layer) {
  const sides = values.get("padding");
  const [left, right, top = null, bottom = null] = isInt(sides)
    ? Array(4).fill(sides)
    : (sides?.items ?? []);
  if (![left, right, top, bottom].every(isInt))
    return sides instanceof Unknown ? sides : python.unknown("this padding is not evaluated here");
  const isConstant = /Zero|Constant/.test(single);
  if (top === 0 && bottom === 0 && input.rank === 3) {
    const settings = { padding: [left, right], value: 0 };
    return applied(python, { ...layer, kind: single, settings }, input);
  }
  if (!isConstant && input.rank !== 4) python.stop(`${layer.kind} is not evaluated here`);
  const [at, last] = [input.rank - 2, input.rank - 1];
  if (
    !isConstant
    && [
      [at, top, bottom],
      [last, left, right],
    ].some(([i, ...both]) => !isInt(input.dims[i]) || Math.max(...both) >= input.dims[i])
  )
    python.stop(`${layer.kind} may refuse what reaches it`);
  const dims = input.dims
    .with(at, plus(input.dims[at], Number(top) + Number(bottom), python))
    .with(last, plus(input.dims[last], Number(left) + Number(right), python));
  return recorded(
    python,
    layer,
    input,
    input.like(dims, { broken: "it is padded in two dimensions" }),
  );
}
