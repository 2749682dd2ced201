// Lengths through a stack of layers, the decoder that undoes a stack, and the lengths around one
// length: the twin of helpers.layers, proven equal to it in a real browser.
import { ends, joined } from "./joins.js";
import { SizeError, conv1dError, conv1dOutputLength, convTranspose1dError } from "./lengths.js";
import { convTranspose1dOutputLength, outputSizeError } from "./lengths.js";
import { call } from "../designer/torch/torch_layers.js";

/**
 * The lengths on the way: { start, steps: [{ layer, before, after }], error }, each signal being
 * { channels, length }. Behind a layer that `isLoose` the channels are not known. It ends at the
 * first layer that refuses its input, with `after` null and `error` { words, pytorch }: PyTorch's
 * own words, or this page's.
 */
export function trace(layers, length) {
  return run(inLine(layers), length);
}

/** The route through layers one after the other. */
export function inLine(layers) {
  return layers.map((layer, i) => ({ layer, from: [i - 1], main: 0 }));
}

/** The same for all along a route, which says from where each layer and join takes its signals. */
export function run(route, length) {
  const start = { channels: firstChannels(route.map(({ layer }) => layer)), length };
  const steps = [];
  for (const { layer: written, from, main } of route) {
    const given = from.map((at) => (at < 0 ? start : steps[at].after));
    const before = given[main];
    let layer = written;
    let signal;
    try {
      if (layer.follows) layer = following(layer, given, before);
      signal = layer.isPassed ? before : layer.joins ? joined(layer, given, before) : after(layer, before);
      if (layer.isLoose) signal = { channels: null, isLoose: true, length: signal.length };
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      steps.push({ layer, before, after: null });
      // PyTorch's own words name channels that are not known here.
      const pytorch = error instanceof SizeError && !error.message.includes("…");
      return { start, steps, error: { words: error.message, pytorch } };
    }
    steps.push({ layer, before, after: signal });
  }
  return { start, steps, error: null };
}

// A layer with the numbers that it has for signals of these lengths; one whose condition they do
// not meet is passed. Where that is not known, it is if that makes no difference, and a code that
// may raise an error is taken not to.
function following(layer, given, before) {
  const lengths = given.map(({ length }) => length);
  const { when, ...settings } = layer.settings;
  const met = when ? countedOut({ when }, lengths).when : 1;
  if (met === 0 || (met === null && layer.kind === "Raise")) return { ...layer, isPassed: true };
  const own = { ...layer, settings: countedOut(settings, lengths) };
  if (met !== null) return own;
  if (!isIdle(own, before)) {
    throw new RangeError("Whether these shapes differ hangs on more than their samples.");
  }
  return { ...own, isPassed: true };
}

// Whether a layer leaves a signal as it is.
function isIdle(layer, before) {
  try {
    const { length, channels } = after(layer, before);
    return length === before.length && channels === before.channels;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/**
 * Of what runs along a route the steps on the way through its layers, as of a stack; with what is
 * refused, wherever that is, and with a join if it changes the length. Of a join that is refused
 * there are also its `ends`.
 */
export function through(route, length) {
  const whole = run(route, length);
  const { start, steps, error } = whole;
  const isOnWay = ({ layer, before, after: to }, i) => !to
    || (!route[i].isBeside && !layer.isPassed && !(layer.joins && to.length === before.length));
  return { start, steps: steps.filter(isOnWay), error, ends: error && ends(route, whole) };
}

/** The length that comes out of a trace. */
export function outcome({ start, steps }) {
  return steps.length > 0 ? steps[steps.length - 1].after?.length ?? null : start.length;
}

/**
 * The decoder for a trace without an error: a list of layers with a reason each; null if it would
 * itself refuse the encoder's output.
 */
export function mirror(traced) {
  const decoder = undone(traced);
  const back = trace(decoder, outcome(traced));
  return back.error === null && outcome(back) === traced.start.length ? decoder : null;
}

/** The layer of such a decoder that refuses what it is given, { layer, words }, or null. */
export function refusedBy(traced) {
  const { steps, error } = trace(undone(traced), outcome(traced));
  return error && { layer: steps[steps.length - 1].layer, words: error.words };
}

// The layers that undo a stack, last first.
function undone(traced) {
  const decoder = [];
  let between = [];
  for (const step of [...traced.steps].reverse()) {
    const inverse = undo(step);
    if (inverse === null) {
      between.unshift(step.layer);
      continue;
    }
    if (decoder.length > 0) decoder.push(...between);
    decoder.push(...inverse);
    between = [];
  }
  return decoder;
}

/**
 * Of a stack that goes down and up again by itself, an autoencoder: { layers, own }, its layers with
 * the output_padding with which it returns its input length, and the places of its transposed
 * convolutions; `layers` is null where none does. Null for any other stack.
 */
export function returning(traced) {
  const { steps, start } = traced;
  const shrinks = steps.findIndex(({ before, after: to }) => to.length < before.length);
  const own = [...steps.keys()].filter((i) => i > shrinks && shrinks >= 0
    && steps[i].layer.kind === "ConvTranspose1d" && steps[i].layer.settings.stride > 1);
  if (own.length === 0) return null;
  const layers = alike(steps, own, start.length) ?? filled(steps, own, start.length);
  return { layers, own };
}

// With the lengths of the way down also on the way up, as skip connections need them; or null.
function alike(steps, own, length) {
  const down = steps.filter(({ layer: { kind, settings } }) => (kind === "Conv1d" && settings.stride > 1)
    || (POOLS.has(kind) && poolSizes(settings).stride > 1));
  if (down.length !== own.length) return null;
  let layers = steps.map(({ layer }) => layer);
  for (const [i, at] of own.entries()) {
    layers = repadded(layers, steps, at, 0);
    const wanted = down[down.length - 1 - i].before.length;
    const reached = lengthAt(layers, length, at);
    if (reached === null) return null;
    layers = repadded(layers, steps, at, wanted - reached);
  }
  return outcome(trace(layers, length)) === length && !trace(layers, length).error ? layers : null;
}

// With as much output_padding as fits, from the first transposed layer to the last; or null.
function filled(steps, own, length) {
  let layers = steps.map(({ layer }) => layer);
  for (const at of own) layers = repadded(layers, steps, at, 0);
  for (const at of own) {
    const { stride, dilation } = steps[at].layer.settings;
    let [least, most] = [0, Math.max(stride, dilation) - 1];
    while (least < most) {
      const middle = Math.ceil((least + most) / 2);
      const reached = outcome(trace(repadded(layers, steps, at, middle), length));
      if (reached !== null && reached <= length) least = middle;
      else most = middle - 1;
    }
    layers = repadded(layers, steps, at, least);
  }
  const whole = trace(layers, length);
  return whole.error === null && outcome(whole) === length ? layers : null;
}

// The length behind a layer, or null.
function lengthAt(layers, length, at) {
  const { steps, error } = trace(layers.slice(0, at + 1), length);
  return error ? null : steps[at].after.length;
}

// The same layers, with this output_padding in one of them.
function repadded(layers, steps, at, output_padding) {
  const { layer, before } = steps[at];
  if (layers[at].settings.output_padding === output_padding) return layers;
  const settings = { ...layer.settings, output_padding };
  const inward = settings.in_channels ?? before.channels ?? 1;
  const first = [inward, settings.out_channels, settings.kernel_size].map((value) => [null, value]);
  const text = call(layer.kind, [...first, ...given(settings)]);
  return layers.with(at, { ...layer, settings, text });
}

/** A route with other layers on the way through it. */
export function exchanged(route, layers) {
  const others = layers.values();
  return route.map((passed) => (passed.isBeside || passed.layer.joins ? passed
    : { ...passed, layer: others.next().value }));
}

/** The nearest lengths, up to `tries` away, with which something works: { down, up }. */
export function nearestThat(works, length, tries) {
  const near = [-1, 1].map((direction) => {
    for (let i = 0; i <= tries && length + direction * i >= 1; i += 1) {
      if (works(length + direction * i)) return length + direction * i;
    }
    return null;
  });
  return { down: near[0], up: near[1] };
}

/** What a layer with windows leaves over at the end: { rest, stride }, or null. */
export function leftOver({ layer, before }) {
  if (layer.kind === "Conv1d") {
    const { span, stride, total } = convSizes(layer.settings);
    return { rest: mod(before.length + total - span, stride), stride };
  }
  if (POOLS.has(layer.kind)) {
    const { span, stride, padding } = poolSizes(layer.settings);
    return { rest: mod(before.length + 2 * padding - span, stride), stride };
  }
  // A GLU along the samples refuses an odd one.
  if (isHalving(layer)) return { rest: before.length % 2, stride: 2 };
  return null;
}

/**
 * How the lengths around a trace's own behave: { period, down, up }. After `period` samples more
 * or fewer the same samples are left over everywhere, so that the same decoder fits. `down` and
 * `up` are the nearest lengths whose decoder needs no output_padding, or null. Null as a whole if
 * a layer of the stack does not step evenly.
 */
export function around(layers, traced) {
  const { length } = traced.start;
  const ways = [-1, 1].map((direction) => ({ direction, from: length, now: length }));
  let period = 1;
  let samples = 1; // How many samples more the layer meets for each period.
  for (const step of traced.steps) {
    const factor = ratio(step);
    if (factor === null) return null;
    const turns = factor.per / gcd(samples, factor.per);
    for (const way of ways) advance(way, step, period, samples);
    period *= turns;
    samples = (samples * turns / factor.per) * factor.gives;
    if (!Number.isSafeInteger(period) || !Number.isSafeInteger(samples)) return null;
  }
  const [down, up] = ways.map((way) => nearest(layers, length, way));
  return { period, down, up };
}

// What a way has found. Behind a pooling there may be a nearer length, which leaves other samples
// over there; so those before it are tried, while that does not take long.
function nearest(layers, length, { direction, from }) {
  const found = isExact(layers, from) ? from : null;
  if (!layers.some(({ kind }) => POOLS.has(kind))) return found;
  const tries = Math.min(Math.abs((found ?? Infinity) - length), 20000 / layers.length);
  for (let i = 0; i < tries; i += 1) {
    if (isExact(layers, length + direction * i)) return length + direction * i;
  }
  return found;
}

// What output_padding has to make good in the decoder, or what a layer refuses: { rest, stride }.
function uneven(step) {
  return POOLS.has(step.layer.kind) ? null : leftOver(step);
}

// Moves a length by whole periods until it leaves nothing over in a layer, and on to the next.
// `from` is the length that goes into the stack, `now` what of it meets the layer; null if none.
function advance(way, { layer, before }, period, samples) {
  if (way.from === null) return;
  const { rest, stride } = uneven({ layer, before: { ...before, length: way.now } })
    ?? { rest: 0, stride: 1 };
  const turn = quotient(mod(-way.direction * rest, stride), samples, stride);
  if (turn === null) {
    way.from = null;
    return;
  }
  way.from += way.direction * turn * period;
  way.now += way.direction * turn * samples;
  try {
    way.now = after(layer, { ...before, length: way.now }).length;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    way.from = null;
  }
}

/** Whether a stack takes a length and its decoder needs no output_padding for it. */
export function isExact(layers, length) {
  if (!(length >= 1) || !Number.isSafeInteger(length)) return false;
  const { steps, error } = trace(layers, length);
  return error === null && steps.every((step) => !(uneven(step)?.rest));
}

/** Whether a decoder brings an input length of the encoder back. */
export function comesBack(layers, decoder, length) {
  if (!(length >= 1) || !Number.isSafeInteger(length)) return false;
  const there = trace(layers, length);
  if (there.error) return false;
  const back = trace(decoder, outcome(there));
  return back.error === null && outcome(back) === length;
}

/** The shortest length that a stack takes, if one between 1 and 2**40 does; else null. */
export function shortest(layers) {
  const taken = (length) => isTaken(trace(layers, length));
  // A few lengths one by one: some layers take an even one only, or a single one.
  for (let length = 1; length <= 64; length += 1) if (taken(length)) return length;
  let most = 64;
  while (!taken(most)) {
    most *= 2;
    if (most > 2 ** 40) return null;
  }
  let least = Math.floor(most / 2); // Refused, or 0.
  while (most - least > 1) {
    const middle = Math.floor((least + most) / 2);
    if (taken(middle)) most = middle;
    else least = middle;
  }
  return most;
}

// Whether a stack works and no cut leaves nothing, from where no decoder comes back.
function isTaken({ steps, error }) {
  return error === null && !steps.some(({ layer, after: to }) => layer.kind === "Cut" && to.length === 0);
}

const POOLS = new Set(["MaxPool1d", "AvgPool1d", "LPPool1d"]);
const PADS = { ConstantPad1d: "constant", ZeroPad1d: "constant", ReflectionPad1d: "reflect",
  ReplicationPad1d: "replicate", CircularPad1d: "circular" };

// A stack's rate at a layer: for `per` samples more it gives `gives` more, or null if unevenly.
function ratio({ layer }) {
  const { kind, settings } = layer;
  if (kind === "Conv1d") return { per: settings.stride, gives: 1 };
  if (POOLS.has(kind)) return { per: poolSizes(settings).stride, gives: 1 };
  if (kind === "ConvTranspose1d") return { per: 1, gives: settings.stride };
  if (kind === "Upsample" && Number.isInteger(settings.scale_factor)) {
    return { per: 1, gives: settings.scale_factor };
  }
  if (["Upsample", "AdaptiveAvgPool1d", "AdaptiveMaxPool1d", "LayerNorm", "RMSNorm", "Narrow"].includes(kind)) {
    return null;
  }
  // A cut takes as many from each length only where it counts from both its ends.
  if (kind === "Cut" && !(settings.step === 1 && settings.start >= 0 && (settings.stop ?? -1) < 0)) {
    return null;
  }
  if (isHalving(layer)) return { per: 2, gives: 1 };
  return { per: 1, gives: 1 };
}

function convSizes({ kernel_size, stride, padding, dilation }) {
  const span = dilation * (kernel_size - 1) + 1;
  const total = padding === "same" ? span - 1 : padding === "valid" ? 0 : 2 * padding;
  return { span, stride, total, left: Math.trunc(total / 2) };
}

function poolSizes({ kernel_size, stride, padding = 0, dilation = 1 }) {
  return { kernel_size, stride: stride ?? kernel_size, padding, dilation,
    span: dilation * (kernel_size - 1) + 1 };
}

function poolLength(settings, length) {
  const { stride, padding, span } = poolSizes(settings);
  const room = length + 2 * padding - span;
  const windows = Math.floor(room / stride) + 1;
  const more = settings.ceil_mode && mod(room, stride) > 0 && windows * stride < length + padding;
  return windows + (more ? 1 : 0);
}

function alongChannels(dim) {
  return dim === -2 || dim === 1;
}

function alongSamples(dim) {
  return dim === -1 || dim === 2;
}

function isHalving({ kind, settings }) {
  return kind === "GLU" && alongSamples(settings.dim);
}

/** Whether a layer takes some lengths only, however long they are. */
export function isPicky(layer) {
  return isHalving(layer) || layer.kind === "LayerNorm" || layer.kind === "RMSNorm";
}

// How many channels a stack takes, or null if no layer says so with a number: the first layer says
// it that refuses others; where none does, the first that names a number.
function firstChannels(layers) {
  let [times, named] = [1, null];
  for (const { kind, settings } of layers) {
    if (kind === "GLU" && alongChannels(settings.dim)) times *= 2;
    const channels = namedChannels(kind, settings);
    const number = typeof channels === "number" ? times * channels : null;
    const refusesOthers = (settings.affine ?? true) || settings.track_running_stats;
    if (channels !== null && refusesOthers) return number ?? named;
    if ("in_channels" in settings) break; // A lazy one: those behind it say nothing of the input.
    named ??= number;
  }
  return named;
}

// How many channels a layer is made for, as a number or a name, or null if it does not say.
function namedChannels(kind, settings) {
  if (kind === "PReLU" && settings.num_parameters !== 1) return settings.num_parameters;
  const shape = settings.normalized_shape ?? [];
  return settings.in_channels ?? settings.num_features ?? settings.num_channels
    ?? shape[shape.length - 2] ?? null;
}

// --- What comes out of a layer ---

/** The signal behind a layer, { channels, length }; throws what PyTorch says where it refuses. */
export function after(layer, signal) {
  const next = (AFTER[layer.kind] ?? ((settings, same) => same))(layer.settings, signal, layer.kind);
  if (!Number.isSafeInteger(next.length)) {
    throw new RangeError("A browser counts exactly up to 2**53 only, and this goes beyond.");
  }
  return next;
}

function conv(settings, signal) {
  grouped(settings);
  let { length } = signal;
  let sizes = settings;
  if (!["zeros", "reflect", "replicate", "circular"].includes(settings.padding_mode)) {
    refuse("padding_mode must be one of {'zeros', 'reflect', 'replicate', 'circular'}, but got "
      + `padding_mode='${settings.padding_mode}'`);
  }
  if (settings.padding !== "same" || settings.stride === 1) {
    weights(settings, [settings.out_channels, settings.in_channels]);
  }
  if (settings.padding_mode !== "zeros") {
    if (settings.padding === "same" && settings.stride !== 1) refuse(conv1dError(length, settings));
    const { total } = convSizes(settings);
    const left = Math.floor(total / 2);
    length = padded(length, left, total - left, settings.padding_mode, signal);
    sizes = { ...settings, padding: 0 };
  }
  const { total, left } = convSizes(sizes);
  convChannels(settings, { ...signal, length: length + total - 2 * left }, false);
  refuse(inChannels(conv1dError(length, sizes), signal));
  return behind(settings, conv1dOutputLength(length, sizes));
}

function grouped(settings) {
  if (settings.groups < 1) refuse("groups must be a positive integer");
  for (const name of ["in_channels", "out_channels"]) {
    if (typeof settings[name] === "number" && settings[name] % settings.groups) {
      refuse(`${name} must be divisible by groups`);
    }
  }
}

// PyTorch makes the weights before it looks at an input.
function weights({ kernel_size, groups }, [first, second]) {
  if (kernel_size >= 0) return;
  refuse(`Trying to create tensor with negative dimension ${kernel_size}: [${first}, `
    + `${typeof second === "number" ? second / groups : second}, ${kernel_size}]`);
}

function convTranspose(settings, signal) {
  if (settings.padding_mode !== "zeros") {
    refuse("Only \"zeros\" padding mode is supported for ConvTranspose1d");
  }
  grouped(settings);
  weights(settings, [settings.in_channels, settings.out_channels]);
  const sizes = sized(settings, signal);
  convChannels(settings, signal, true);
  refuse(inChannels(convTranspose1dError(signal.length, sizes), signal));
  return behind(settings, convTranspose1dOutputLength(signal.length, sizes));
}

/** A transposed convolution's settings with the output_padding for its output_size, if it has one. */
export function sized(settings, { length }) {
  const { kernel_size, stride, padding, dilation, output_size, printed } = settings;
  if (output_size === undefined) return settings;
  if (typeof padding === "string") refuse("unsupported operand type(s) for -: 'int' and 'str'");
  const words = outputSizeError(length, output_size, settings);
  // PyTorch repeats the size as it is given: a list, a tuple or a torch.Size.
  if (words?.startsWith("requested")) {
    refuse(words.replace(`[${output_size}]`, printed.replace("N", output_size)));
  }
  const least = (length - 1) * stride - 2 * padding + dilation * (kernel_size - 1) + 1;
  return { ...settings, output_padding: output_size - least };
}

// The signal behind a convolution; `named` is how the code calls its channels.
function behind({ out_channels }, length) {
  return { channels: known(out_channels), named: out_channels, length };
}

function maxPool(settings, signal) {
  const { kernel_size, stride, padding, dilation } = poolSizes(settings);
  if (signal.length === 0) {
    refuse("max_pool1d: Expected 2D or 3D (batch mode) tensor with optional 0 dim batch size for "
      + `input, but got:${shape(signal)}`);
  }
  for (const [name, value] of Object.entries({ kernel_size, stride })) {
    if (value < 1) refuse(`max_pool1d() ${name} must be greater than zero, but got ${value}`);
  }
  if (padding < 0) refuse(`max_pool1d() padding must be non-negative, but got ${padding}`);
  if (padding > Math.floor(kernel_size / 2)) {
    refuse("max_pool1d() padding should be at most half of kernel size, but got "
      + `padding=${padding} and kernel_size=${kernel_size}`);
  }
  if (dilation < 1) refuse(`max_pool1d() dilation must be greater than zero, but got ${dilation}`);
  const length = poolLength(settings, signal.length);
  if (length < 1) refuse(`max_pool1d() Invalid computed output size: ${length}`);
  return { ...signal, length };
}

function avgPool(settings, signal) {
  const { kernel_size, stride, padding } = poolSizes(settings);
  if (stride === 0) refuse("stride should not be zero");
  if (padding < 0) refuse(`pad must be non-negative, but got pad: ${padding}`);
  if (padding > Math.trunc(kernel_size / 2)) {
    refuse(`pad should be at most half of effective kernel size, but got pad=${padding}, `
      + `kernel_size=${kernel_size} and dilation=1`);
  }
  if (kernel_size < 1) refuse(`kernel size should be greater than zero, but got kH: 1 kW: ${kernel_size}`);
  if (stride < 1) refuse(`stride should be greater than zero, but got dH: 1 dW: ${stride}`);
  if (signal.length === 0) {
    refuse("Expected 3D or 4D (batch mode) tensor with optional 0 dim batch size for input, but "
      + `got:[1, ${width(signal)}, 1, 0]`);
  }
  const length = poolLength(settings, signal.length);
  if (length < 1) {
    refuse(`Given input size: (${width(signal)}x1x${signal.length}). Calculated output size: `
      + `(${width(signal)}x1x${length}). Output size is too small`);
  }
  return { ...signal, length };
}

function adaptive(settings, signal, kind) {
  return { ...signal, length: adapted(settings.output_size, signal, kind.includes("Avg")) };
}

function adapted(size, signal, average) {
  if (average && size < 0) {
    refuse("adaptive_avg_pool2d: elements of output_size must be greater than or equal to 0 but "
      + `received {1, ${size}}`);
  }
  if (signal.length === 0 && !(average && size === 1)) {
    refuse(`adaptive_${average ? "avg_pool2d" : "max_pool1d"}(): Expected input to have non-zero `
      + `size for non-batch dimensions, but input has sizes [1, ${width(signal)}, `
      + `${average ? "1, 0" : "0"}] with dimension ${average ? 3 : 2} being empty`);
  }
  if (size < 0) {
    refuse(`Trying to create tensor with negative dimension ${size}: [1, ${width(signal)}, 1, ${size}]`);
  }
  return size;
}

function upsample({ size, scale_factor: factor, mode, align_corners: aligned }, signal) {
  if (typeof aligned === "boolean" && ["nearest", "area", "nearest-exact"].includes(mode)) {
    refuse("align_corners option can only be set with the interpolating modes: linear | bilinear | "
      + "bicubic | trilinear");
  }
  const scale_factor = factor === 0 ? null : factor; // So PyTorch reads it.
  if ((size === null) === (scale_factor === null)) {
    refuse(`${size === null ? "either" : "only one of"} size or scale_factor should be defined`);
  }
  const dimensions = new Map([["bilinear", 4], ["trilinear", 5]]).get(mode);
  if (dimensions) refuse(`Got 3D input, but ${mode} mode needs ${dimensions}D input`);
  if (!["nearest", "nearest-exact", "linear", "area"].includes(mode)) {
    refuse("Input Error: Only 3D, 4D and 5D input Tensors supported (got 3D) for the modes: "
      + "nearest | linear | bilinear | bicubic | trilinear | lanczos | area | nearest-exact "
      + `(got ${mode})`);
  }
  const wanted = size ?? Math.trunc(signal.length * scale_factor);
  if (mode === "area") return { ...signal, length: adapted(wanted, signal, true) };
  if (Math.min(signal.length, wanted) < 1) {
    refuse("Input and output sizes should be greater than 0, but got input (W: "
      + `${signal.length}) and output (W: ${wanted})`);
  }
  return { ...signal, length: wanted };
}

function cut({ start, stop, step }, signal) {
  if (step === 0) refuse("slice step cannot be zero");
  if (step < 0) refuse("step must be greater than zero");
  const { count } = slice(signal.length, start ?? 0, stop ?? signal.length);
  return { ...signal, length: Math.ceil(count / step) };
}

function raise({ words }) {
  throw new RangeError(words ?? "The code raises an error of its own here.");
}

function narrow({ start, size }, signal) {
  const { length } = signal;
  if (size < 0) refuse("narrow(): length must be non-negative.");
  if (start < -length || start > length) {
    refuse(`start out of range (expected to be in range of [${-length || 0}, ${length}], but got ${start})`);
  }
  const first = start < 0 ? start + length : start;
  if (first + size > length) {
    refuse(`start (${first}) + length (${size}) exceeds dimension size (${length}).`);
  }
  return { ...signal, length: size };
}

function pad({ padding: [left, right] }, signal, kind) {
  return { ...signal, length: padded(signal.length, left, right, PADS[kind], signal) };
}

function padded(length, left, right, mode, signal) {
  const widest = Math.max(left, right);
  const whole = length + left + right;
  const input = `[1, ${width(signal)}, ${length}]`;
  if (mode === "constant") {
    if (length + Math.min(left, 0) + Math.min(right, 0) < 0) refuse("narrow(): length must be non-negative.");
  } else if (mode === "circular") {
    if (widest > length) refuse("Padding value causes wrapping around more than once.");
    if (whole < 0) refuse("Negative padding value is resulting in an empty dimension");
    wrapped(length, left, right, signal);
  } else if (length === 0) {
    refuse("Expected 2D or 3D (batch mode) tensor with possibly 0 batch size and other non-zero "
      + `dimensions for input, but got: ${input}`);
  } else if (mode === "reflect" && widest >= length) {
    refuse("Argument #4: Padding size should be less than the corresponding input dimension, but "
      + `got: padding (${left}, ${right}) at dimension 2 of input ${input}`);
  } else if (whole < 1) {
    refuse(`input (W: ${length}) is too small. Calculated output W: ${whole}`);
  }
  return whole;
}

// The copies of which PyTorch makes a circular padding; see _check_circular_copies in Python.
function wrapped(length, left, right, signal) {
  const { channels } = signal;
  const whole = length + left + right;
  const [before, behind] = [Math.max(left, 0), Math.max(right, 0)];
  const middle = whole - behind;
  fit(slice(whole, before, middle),
    slice(length, Math.max(-left, 0), length - Math.max(-right, 0)), signal);
  const copies = [[left, [0, before], [middle - before, middle]],
    [right, [middle, whole], [before, before + behind]]];
  for (const [, ...ends] of copies.filter(([side]) => side > 0)) {
    const [written, read] = ends.map(([start, end]) => slice(whole, start, end));
    fit(written, read, signal);
    const isSame = written.start === read.start && written.end === read.end;
    const overlap = Math.max(written.start, read.start) < Math.min(written.end, read.end);
    // Of more channels PyTorch does not notice, because their slices are no longer one piece.
    if (isSame || !overlap || (channels ?? 1) > 1) continue;
    if (channels === null) {
      throw new RangeError(`padding=(${left}, ${right}) copies more samples than its cut leaves, `
        + "which PyTorch refuses of a single channel only");
    }
    refuse("unsupported operation: some elements of the input tensor and the written-to tensor "
      + "refer to a single memory location. Please clone() the tensor before performing the "
      + "operation.");
  }
}

// Of `size` samples those that PyTorch takes for [start:end]; beyond the ends there is nothing.
function slice(size, from, to) {
  const [start, end] = [from, to]
    .map((at) => Math.min(Math.max(at < 0 ? at + size : at, 0), size));
  return { start, end, count: Math.max(end - start, 0) };
}

function fit({ count: a }, { count: b }, signal) {
  if (a === b || b === 1) return; // A single sample is repeated.
  const before = `[1, ${width(signal)}, `;
  refuse(a === 1 ? `output with shape ${before}1] doesn't match the broadcast shape ${before}${b}]`
    : `The size of tensor a (${a}) must match the size of tensor b (${b}) at non-singleton `
      + "dimension 2");
}

function shuffle({ groups }, signal) {
  if (groups < 1) {
    refuse(`Number of groups to divide channels in must be positive. Value of groups:${groups}`);
  }
  if (signal.channels % groups) { // NaN where one of them is not known.
    refuse(`Number of channels must be divisible by groups. Got ${signal.channels} channels and `
      + `${groups} groups.`);
  }
  return signal;
}

function softmax({ dim }, signal) {
  if (dim < -3 || dim > 2) {
    refuse(`Dimension out of range (expected to be in range of [-3, 2], but got ${dim})`);
  }
  return signal;
}

function glu({ dim }, signal) {
  if (!alongChannels(dim) && !alongSamples(dim)) {
    throw new RangeError(`GLU(dim=${dim}) halves neither channels nor samples`);
  }
  const name = alongChannels(dim) ? "channels" : "length";
  const whole = signal[name];
  if (whole !== null && whole % 2) {
    refuse(`Halving dimension must be even, but dimension ${name === "channels" ? 1 : 2} is size ${whole}`);
  }
  if (whole === null) return { ...signal, named: signal.named && halved(signal.named) };
  return { ...signal, [name]: whole / 2 };
}

// Half of some channels, which may be a name of the code's.
function halved(channels) {
  return typeof channels === "number" ? channels / 2 : `(${channels}) // 2`;
}

function shapedNorm({ normalized_shape: wanted }, signal, kind) {
  const channels = signal.channels ?? (wanted.length > 1 ? wanted[wanted.length - 2] : 1);
  const met = [1, channels, signal.length].slice(-wanted.length);
  if (wanted.length <= 3 && met.every((size, i) => size === wanted[i])) return signal;
  if (kind === "RMSNorm" && wanted.length > 3) {
    refuse(`Input tensor must have at least ${wanted.length} dimensions, but got 3`);
  }
  const inside = wanted.join(", ");
  return refuse(`Given normalized_shape=[${inside}], expected input with shape `
    + `[*${kind === "LayerNorm" ? ", " : ""}${inside}], but got input of size${shape(signal)}`);
}

function batchNorm(settings, signal, kind) {
  const { num_features, affine, track_running_stats } = settings;
  if (kind === "InstanceNorm1d") {
    if (affine && differ(signal, num_features)) {
      refuse(`expected input's size at dim=1 to match num_features (${num_features}), but got: `
        + `${signal.channels}.`);
    }
    if (signal.length === 0 && track_running_stats && differ(signal, num_features)) {
      refuse(`shape '[1, ${signal.channels}]' is invalid for input of size ${num_features}`);
    }
    if (signal.length === 1) {
      refuse("Expected more than 1 spatial element when training, got input size "
        + `torch.Size(${shape(signal)})`);
    }
  }
  const weight = kind !== "InstanceNorm1d" && affine ? "weight" : null;
  const first = track_running_stats ? "running_mean" : weight;
  if (first && signal.length > 0 && differ(signal, num_features)) {
    refuse(`${first} should contain ${signal.channels} elements not ${num_features}`);
  }
  return signal;
}

function groupNorm({ num_groups, num_channels, affine }, signal) {
  if (typeof num_channels === "number" && num_channels % num_groups) {
    refuse(`num_channels (${num_channels}) must be divisible by num_groups (${num_groups})`);
  }
  const uneven = width(signal) % num_groups;
  if ((affine || uneven) && differ(signal, num_channels)) {
    refuse(uneven
      ? "Expected number of channels in input to be divisible by num_groups, but got input of shape "
        + `${shape(signal)} and num_groups=${num_groups}`
      : "Expected weight to be a vector of size equal to the number of channels in input, but got "
        + `weight of shape [${num_channels}] and input of shape ${shape(signal)}`);
  }
  return signal;
}

function prelu({ num_parameters }, signal) {
  if (num_parameters !== 1 && differ(signal, num_parameters)) {
    refuse("Mismatch of parameter numbers and input channel size. Found parameter numbers = "
      + `${num_parameters} and channel size = ${signal.channels}.`);
  }
  return signal;
}

const AFTER = {
  Conv1d: conv, ConvTranspose1d: convTranspose, MaxPool1d: maxPool, AvgPool1d: avgPool,
  LPPool1d: avgPool, AdaptiveAvgPool1d: adaptive, AdaptiveMaxPool1d: adaptive, Upsample: upsample,
  ConstantPad1d: pad, ZeroPad1d: pad, ReflectionPad1d: pad, ReplicationPad1d: pad,
  CircularPad1d: pad, GLU: glu, LayerNorm: shapedNorm, RMSNorm: shapedNorm, BatchNorm1d: batchNorm,
  SyncBatchNorm: batchNorm, InstanceNorm1d: batchNorm, GroupNorm: groupNorm, PReLU: prelu,
  Cut: cut, Narrow: narrow, Raise: raise,
  ChannelShuffle: shuffle, Softmax: softmax, LogSoftmax: softmax, Softmin: softmax,
};

function convChannels(settings, signal, transposed) {
  const { in_channels, out_channels, kernel_size, groups } = settings;
  if (!differ(signal, in_channels)) return;
  const [given, first, second] = transposed
    ? ["transposed=1", in_channels, out_channels / groups]
    : [`groups=${groups}`, out_channels, in_channels / groups];
  refuse(`Given ${given}, weight of size [${first}, ${second}, ${kernel_size}], expected `
    + `input${shape(signal)} to have ${in_channels} channels, but got ${signal.channels} channels `
    + "instead");
}

function differ(signal, channels) {
  return signal.channels !== null && typeof channels === "number" && signal.channels !== channels;
}

function known(channels) {
  return typeof channels === "number" ? channels : null;
}

function width({ channels, isLoose }) {
  return channels ?? (isLoose ? "…" : 1);
}

function shape(signal) {
  return `[1, ${width(signal)}, ${signal.length}]`;
}

function inChannels(words, signal) {
  return words && words.replace("[1, 1, 1, 0]", `[1, ${width(signal)}, 1, 0]`);
}

function refuse(words) {
  if (words) throw new SizeError(words);
}

// --- What leads back to the signal before a layer ---

// null if the layer keeps the shape of its signal.
function undo(step) {
  return UNDO[step.layer.kind]?.(step) ?? null;
}

function made(kind, settings, pairs, why) {
  return { kind, settings, text: call(kind, pairs), why };
}

function cropping(left, right, why) {
  if (!left && !right) return [];
  const pairs = [[null, [left, right]], [null, "0.0"]];
  return [made("ConstantPad1d", { padding: [left, right] }, pairs, why)];
}

// The arguments of a convolution that differ from what PyTorch takes without them.
function given(settings) {
  return Object.entries(OPTIONAL).filter(([name, usual]) => settings[name] !== usual)
    .map(([name]) => [name, settings[name]]);
}

const OPTIONAL = { stride: 1, padding: 0, output_padding: 0, dilation: 1, groups: 1, bias: true };

// A convolution with the settings of another, channels swapped.
function swapped(kind, { settings, line }, before, changes, why) {
  const { kernel_size, stride, padding, dilation, groups, bias } = settings;
  const own = { kernel_size, stride, padding, output_padding: 0, dilation, groups, bias, ...changes };
  const [inward, outward] = [settings.out_channels, settings.in_channels ?? before.channels ?? 1];
  const pairs = [...[inward, outward, kernel_size].map((value) => [null, value]), ...given(own)];
  const whole = { ...own, in_channels: inward, out_channels: outward, padding_mode: "zeros" };
  return { ...made(kind, whole, pairs, why), of: line };
}

const UNDO = {
  Conv1d({ layer, before }) {
    const { settings } = layer;
    const { span, stride, total, left } = convSizes(settings);
    const rest = mod(before.length + total - span, stride);
    const crop = Math.max(left, 0);
    const why = stride === 1 ? "stride 1 leaves nothing over"
      : `(${before.length} + ${total} − ${span}) mod ${stride} = ${rest}`;
    return [
      swapped("ConvTranspose1d", layer, before, { padding: crop, output_padding: rest }, why),
      ...cropping(crop - left, crop - (total - left), "the side of padding='same' that is longer"),
    ];
  },
  ConvTranspose1d({ layer, before }) {
    const more = Math.floor(layer.settings.output_padding / layer.settings.stride);
    return [
      swapped("Conv1d", layer, before, { output_padding: 0 }, "the windows of the layer before"),
      ...cropping(0, -more, "windows that output_padding made room for"),
    ];
  },
  AdaptiveAvgPool1d: ({ before }) => [toSize(before.length)],
  AdaptiveMaxPool1d: ({ before }) => [toSize(before.length)],
  Upsample({ before, after: to }) {
    const times = Math.floor(to.length / before.length);
    const uneven = to.length % before.length;
    const [kind, number] = uneven ? ["AdaptiveAvgPool1d", before.length] : ["AvgPool1d", times];
    const settings = uneven ? { output_size: number }
      : { kernel_size: number, stride: null, padding: 0, ceil_mode: false };
    return [made(kind, settings, [[null, number]], "as many samples as before the Upsample")];
  },
  Cut({ layer: { settings }, before, after: to }) {
    const { start } = slice(before.length, settings.start ?? 0, before.length);
    const rest = before.length - start - to.length * settings.step;
    return [...(settings.step > 1 ? [scaled(settings.step)] : []),
      ...cropping(start, rest, "what was cut off, as silence")];
  },
  Narrow({ layer: { settings: { start } }, before, after: to }) {
    const first = start < 0 ? start + before.length : start;
    return cropping(first, before.length - first - to.length, "what was cut off, as silence");
  },
  GLU({ layer, before }) {
    if (alongSamples(layer.settings.dim)) return [scaled(2)];
    const whole = before.channels ?? before.named ?? 2;
    const half = halved(whole);
    const settings = { in_channels: half, out_channels: whole, kernel_size: 1, stride: 1,
      padding: 0, dilation: 1, groups: 1, bias: true, padding_mode: "zeros" };
    const pairs = [[null, half], [null, whole], [null, 1]];
    return [made("Conv1d", settings, pairs, "the channels that GLU halved")];
  },
};
for (const kind of POOLS) UNDO[kind] = unpool;
for (const kind in PADS) {
  UNDO[kind] = ({ layer }) => {
    const sides = layer.settings.padding.map((side) => -side || 0);
    const why = "the other way round";
    if (PADS[kind] === "constant") return cropping(...sides, why);
    // Other pads may leave fewer samples than are cut here, so that these are added before.
    return [Math.max, Math.min].flatMap((of) => cropping(...sides.map((side) => of(side, 0)), why));
  };
}

function unpool({ layer, before, after: to }) {
  const { span, stride, padding } = poolSizes(layer.settings);
  const left = Math.floor((span - stride) / 2) - padding;
  const right = before.length - to.length * stride - left;
  return [...(stride > 1 ? [scaled(stride)] : []), ...cropping(left, right,
    `${to.length} · ${stride} = ${to.length * stride} samples, brought to ${before.length}${left ? " and to the middle of their windows" : ""}`)];
}

function scaled(times) {
  const settings = { size: null, scale_factor: times, mode: "nearest" };
  return made("Upsample", settings, [["scale_factor", times]], `each sample becomes ${times} again`);
}

function toSize(size) {
  const settings = { size, scale_factor: null, mode: "nearest" };
  return made("Upsample", settings, [["size", size]], "the length before the pooling");
}

function mod(number, by) {
  return number - by * Math.floor(number / by);
}

function gcd(a, b) {
  return b ? gcd(b, a % b) : a;
}

// The smallest x of 0 or more with x * by = goal, counted modulo a number; null if there is none.
function quotient(goal, by, modulus) {
  const common = gcd(by, modulus);
  if (goal % common) return null;
  const whole = BigInt(modulus / common);
  // Euclid's algorithm, which also gives the inverse of `by`.
  let [a, b, inverse, next] = [BigInt(by / common) % whole, whole, 1n, 0n];
  while (b) [a, b, inverse, next] = [b, a % b, next, inverse - (a / b) * next];
  const x = (inverse * BigInt(goal / common)) % whole;
  return Number(x < 0n ? x + whole : x);
}
