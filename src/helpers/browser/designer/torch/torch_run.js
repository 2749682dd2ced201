// What layers make of a tensor, with PyTorch's own words where they refuse it; each is recorded.
import { Raised, Stop, Unknown, isInt } from "../python/python_values.js";
import { SizeError } from "../../rules/builtins.js";
import { after, sized } from "../../rules/stacks.js";
import { SIGNATURES, settingsOf } from "./torch_layers.js";
import {
  Channels,
  Layout,
  Size,
  asked,
  forOne,
  numberOf,
  over,
  sameSize,
} from "./torch_tensors.js";
import { shape, shapeWords, sizeOf, unknownSize } from "./torch_tensors.js";

const NORMS = /^(?:BatchNorm1d|InstanceNorm1d|GroupNorm|PReLU|ChannelShuffle)$/;
// Settings on which no length depends.
const HARMLESS = new Set(
  (
    "eps momentum device dtype process_group init value norm_type count_include_pad groups "
    + "return_indices recompute_scale_factor in_channels out_channels num_features num_channels"
  ).split(" "),
);
const LONGEST_TEXT = 60;

const isTime = (role) => role === "raw" || role === "time";

/** What a function of a signal makes of it, as the layer that it amounts to. */
export function layered(python, kind, given, input) {
  const values = python.argumentsOf(SIGNATURES[kind], [], given);
  return applied(python, calling(python, kind, settingsOf(python, kind, values)), input);
}

/** The call that runs, as a layer. */
export function calling({ node, source }, kind, settings, called = null) {
  const text = source.slice(node.at, node.end).replace(/\s+/g, " ");
  const name = source.slice(node.value.at, node.value.end);
  return {
    kind,
    settings,
    text: text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT - 1)}…` : text,
    line: node.line,
    called: called ?? (/^[\w.]{1,40}$/.test(name) ? name : "this step"),
  };
}

/** What a layer makes of a tensor; `at` is where its samples are, if not in the last place. */
export function applied(python, layer, input, at = input.rank - 1) {
  try {
    const { kind } = layer;
    if (kind === "LayerNorm" || kind === "RMSNorm") return shapedNorm(python, layer, input);
    if (/oftm(?:ax|in)$/.test(kind)) return kept(python, layer, input);
    if (NORMS.test(kind)) return norm(python, layer, input);
    if (kind === "GLU") return halved(python, layer, input);
    return behind(python, layer, input, at);
  } catch (error) {
    if (error instanceof Raised) error.step ??= { layer, before: signalOf(input), after: null };
    throw error;
  }
}

function behind(python, layer, input, at) {
  const { kind, settings } = layer;
  const beside = at === 1 && input.rank === 3 ? 2 : input.rank - 2;
  const isConv = kind.startsWith("Conv");
  ranked(python, kind, input);
  if (forOne(input.dims[at]) !== null && !isInt(input.dims[at]))
    python.needs(input.dims[at].item(python));
  if (isConv) wants(python, input, beside, settings.in_channels);
  const outward = isConv ? sizeOf(settings.out_channels, python) : input.dims[beside];
  const length = lengthBehind(python, layer, input.dims[at], input.dims[beside]);
  const doubt = length instanceof Unknown ? length : null;
  const roles = input.roles.with(at, "time");
  if (isConv) roles[beside] = undefined;
  const dims = input.dims.with(at, doubt ? unknownSize(doubt) : length).with(beside, outward);
  return recorded(python, layer, input, input.like(dims, { roles }), doubt);
}

// How many samples come out, or what of it is not known.
function lengthBehind(python, layer, size, channels) {
  const isOpen = ([name, value]) => value instanceof Unknown && !HARMLESS.has(name);
  const odd = Object.entries(layer.settings).find(isOpen);
  const length = odd ? odd[1] : numberOf(size, python);
  if (length instanceof Unknown) return length;
  return measured(python, layer, { length, channels: isInt(channels) ? channels : null }, channels)
    .length;
}

// The signal behind a layer, as the rules count it.
function measured(python, layer, signal, channels) {
  const plain = ([name, value]) => {
    if (value instanceof Unknown) return [name, name === "groups" ? 1 : (value.text ?? null)];
    if (value instanceof Size) return [name, null];
    return [name, Array.isArray(value) ? value.map((one) => numberOf(one, python)) : value];
  };
  const settings = Object.fromEntries(Object.entries(layer.settings).map(plain));
  try {
    if (settings.output_size !== undefined && layer.kind === "ConvTranspose1d") {
      settings.output_padding = sized(settings, signal).output_padding;
      delete settings.output_size;
      layer.followsSize = true;
    }
    layer.settings = settings;
    return after(layer, signal);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    if (channels instanceof Size) channels.item(python); // It may be about the channels.
    const isQuoted = error instanceof SizeError && error.pytorch !== null;
    if (isQuoted && !error.message.includes("…")) throw new Raised("RuntimeError", error.message);
    throw new Stop(python.statement, error.message);
  }
}

// Refuses tensors of too few or too many dimensions, as these layers do.
function ranked(python, kind, input) {
  if (input.rank === 3 || (input.rank === 2 && kind !== "Upsample")) return;
  if (input.rank === 4 && input.roles.includes("channels") && input.roles.includes("raw"))
    throw new Layout("flat");
  const name = { Conv1d: "conv1d", ConvTranspose1d: "conv_transpose1d" }[kind];
  if (!name) python.stop(`PyTorch refuses this: a tensor of ${input.rank} dimensions reaches it`);
  const words = `Expected 2D (unbatched) or 3D (batched) input to ${name}, but got input of size: `;
  throw new Raised("RuntimeError", `${words}${shape(input.dims)}`);
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
  const { dims, rank } = input;
  if (rank === 4 && kind === "BatchNorm1d") throw new Layout("flat");
  if (rank !== 2 && rank !== 3) python.stop(`${kind} of ${rank} dimensions is not evaluated here`);
  const single = settings.num_parameters === 1 ? null : settings.num_parameters;
  const inward = settings.num_features ?? settings.num_channels ?? single ?? null;
  if (kind === "PReLU" || (settings.affine ?? true) || settings.track_running_stats)
    wants(python, input, 1, inward);
  // Of a single sample each only the channels matter.
  const length = rank === 3 && isInt(dims[2]) ? dims[2] : 2;
  const isOpen = ([name, value]) => value instanceof Unknown && name !== "eps";
  if (!Object.entries(settings).some(isOpen))
    measured(python, layer, { channels: isInt(dims[1]) ? dims[1] : null, length }, dims[1]);
  return recorded(python, layer, input, input.like(dims));
}

function shapedNorm(python, layer, input) {
  const { dims, rank } = input;
  const wanted = layer.settings.normalized_shape;
  const sizes = wanted instanceof Unknown ? [] : wanted;
  const more = rank - sizes.length;
  for (const [i, size] of sizes.entries()) wants(python, input, more + i, size);
  if (more < 0 && layer.kind === "RMSNorm") {
    const words = `Input tensor must have at least ${sizes.length} dimensions, but got ${rank}`;
    throw new Raised("RuntimeError", words);
  }
  if (more < 0 || sizes.some((size, i) => sameSize(size, dims[more + i]) === false)) {
    const inner = `[*${layer.kind === "LayerNorm" ? ", " : ""}${sizes.join(", ")}]`;
    const words = `Given normalized_shape=${shape(sizes)}, expected input with shape ${inner}`;
    throw new Raised("RuntimeError", `${words}, but got input of size${shape(dims)}`);
  }
  return recorded(python, layer, input, input.like(dims));
}

function halved(python, layer, input) {
  const { dim } = layer.settings;
  if (!isInt(dim)) return dim;
  const at = Number(dim) < 0 ? Number(dim) + input.rank : Number(dim);
  const size = input.dims[at];
  if (isInt(size) && size % 2) {
    const words = `Halving dimension must be even, but dimension ${at} is size ${size}`;
    throw new Raised("RuntimeError", words);
  }
  const dims = input.dims.with(at, over(size, 2) ?? unknownSize(size.item(python)));
  const roles = input.roles.with(at, isTime(input.roles[at]) ? "time" : undefined);
  return recorded(python, layer, input, input.like(dims, { roles }));
}

/** The samples and channels of a tensor. */
export function signalOf({ dims, roles, rank }) {
  const found = roles.findLastIndex(isTime);
  const at = found > 0 && rank === 3 ? found : rank - 1;
  const beside = rank === 3 ? 3 - at : rank - 2;
  return {
    channels: isInt(dims[beside]) ? dims[beside] : null,
    length: isInt(dims[at]) ? dims[at] : null,
    shape: rank === 3 && at === 2 ? null : shapeWords(dims),
  };
}

/** Keeps what has run; the tensor that comes out remembers it. */
export function recorded(python, layer, input, output, doubt = null) {
  output.step = {
    layer,
    before: signalOf(input),
    after: signalOf(output),
    from: input.step,
    depth: (input.step?.depth ?? 0) + 1,
    key: `${layer.text}|${layer.line}|${shapeWords(input.dims)}|${shapeWords(output.dims)}`,
    doubt,
  };
  python.marks.push(output.step);
  return output;
}

/** What is cut out of a signal: one cut of its samples, or null where it is more than that. */
export function cutOut(tensor, made, cut, python) {
  if (cut && !isTime(cut.role)) return made;
  if (!cut || tensor.rank !== 3) {
    made.broken = "it is cut in a way that is not undone";
    return made;
  }
  const { role, settings } = cut;
  if (Object.values(settings).some((value) => value !== null && !isInt(value))) return made;
  made.roles = made.roles.map((own) => (own === role ? "time" : own));
  return recorded(python, calling(python, "Cut", settings, "the cut"), tensor, made);
}
