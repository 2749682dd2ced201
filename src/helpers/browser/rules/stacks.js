// Lengths through a stack of layers, the decoder that undoes a stack, and the lengths around one
// length, proven equal to helpers.layers in a real browser. What each layer makes of a signal, and how
// it is undone, is Python's: kinds.js is made of it.
import { SizeError, exact, has, mod, replace } from "./builtins.js";
import { CHANNELS, POOLS, SAMPLES, Signal, checkBuilt, convSizes, cropping } from "./kinds.js";
import { firstChannels, poolSizes, shapeAfter, stretched, undo } from "./kinds.js";
import { outputSizeError } from "./pytorch_errors.js";
import { OPTIONAL } from "./sizes.js";

// Behind a layer that may change the channels: PyTorch's words name channels not known here.
const Loose = class extends Signal {
  get width() {
    return this.channels ?? "…";
  }
};

/**
 * The lengths on the way: { start, steps: [{ layer, before, after }], error }, each signal being
 * { channels, length }. Behind a layer that `isLoose` the channels are not known. It ends at the
 * first layer that refuses its input, with `after` null and `error` { words, pytorch }: PyTorch's
 * own words, or this page's.
 */
export function trace(layers, length) {
  const start = new Signal(firstChannels(layers), length);
  const steps = [];
  for (const layer of layers) {
    const before = steps.at(-1)?.after ?? start;
    let signal;
    try {
      signal = after(layer, before);
      if (layer.isLoose) signal = new Loose(null, signal.length);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      steps.push({ layer, before, after: null });
      // PyTorch's own words name channels that are not known here.
      const isQuoted = error instanceof SizeError && error.pytorch !== null;
      const pytorch = isQuoted && !error.message.includes("…");
      return { start, steps, error: { words: error.message, pytorch } };
    }
    steps.push({ layer, before, after: signal });
  }
  return { start, steps, error: null };
}

/** The length that comes out of a trace. */
export function outcome({ start, steps }) {
  return steps.length > 0 ? (steps[steps.length - 1].after?.length ?? null) : start.length;
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
    const inverse = inverseOf(step);
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
  const own = [...steps.keys()].filter(
    (i) =>
      i > shrinks
      && shrinks >= 0
      && steps[i].layer.kind === "ConvTranspose1d"
      && steps[i].layer.settings.stride > 1,
  );
  if (own.length === 0) return null;
  const layers = alike(steps, own, start.length) ?? filled(steps, own, start.length);
  return { layers, own };
}

// With the lengths of the way down also on the way up, as skip connections need them; or null.
function alike(steps, own, length) {
  const down = steps.filter(
    ({ layer: { kind, settings } }) =>
      (kind === "Conv1d" && settings.stride > 1)
      || (has(POOLS, kind) && poolSizes(settings, 1).stride > 1),
  );
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
  const text = written({ kind: layer.kind, settings: { ...settings, in_channels: inward } });
  return layers.with(at, { ...layer, settings, text });
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
    const { remainder, stride } = convSizes(layer.settings, before.length);
    return { rest: remainder, stride };
  }
  if (has(POOLS, layer.kind)) {
    const { remainder, stride } = poolSizes(layer.settings, before.length);
    return { rest: remainder, stride };
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
    samples = ((samples * turns) / factor.per) * factor.gives;
    if (!Number.isSafeInteger(period) || !Number.isSafeInteger(samples)) return null;
  }
  const [down, up] = ways.map((way) => nearest(layers, length, way));
  return { period, down, up };
}

// What a way has found. Behind a pooling there may be a nearer length, which leaves other samples
// over there; so those before it are tried, while that does not take long.
function nearest(layers, length, { direction, from }) {
  const found = isExact(layers, from) ? from : null;
  if (!layers.some(({ kind }) => has(POOLS, kind))) return found;
  const tries = Math.min(Math.abs((found ?? Infinity) - length), 20000 / layers.length);
  for (let i = 0; i < tries; i += 1) {
    if (isExact(layers, length + direction * i)) return length + direction * i;
  }
  return found;
}

// What output_padding has to make good in the decoder, or what a layer refuses: { rest, stride }.
function uneven(step) {
  return has(POOLS, step.layer.kind) ? null : leftOver(step);
}

// Moves a length by whole periods until it leaves nothing over in a layer, and on to the next.
// `from` is the length that goes into the stack, `now` what of it meets the layer; null if none.
function advance(way, { layer, before }, period, samples) {
  if (way.from === null) return;
  const { rest, stride } = uneven({ layer, before: { ...before, length: way.now } }) ?? {
    rest: 0,
    stride: 1,
  };
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
  return error === null && steps.every((step) => !uneven(step)?.rest);
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
  return (
    error === null && !steps.some(({ layer, after: to }) => layer.kind === "Cut" && to.length === 0)
  );
}

// A stack's rate at a layer: for `per` samples more it gives `gives` more, or null if unevenly.
function ratio({ layer }) {
  const { kind, settings } = layer;
  if (kind === "Conv1d") return { per: settings.stride, gives: 1 };
  if (has(POOLS, kind)) return { per: poolSizes(settings, 1).stride, gives: 1 };
  if (kind === "ConvTranspose1d") return { per: 1, gives: settings.stride };
  if (kind === "Upsample" && Number.isInteger(settings.scale_factor)) {
    return { per: 1, gives: settings.scale_factor };
  }
  if (
    [
      "Upsample",
      "AdaptiveAvgPool1d",
      "AdaptiveMaxPool1d",
      "LayerNorm",
      "RMSNorm",
      "Narrow",
    ].includes(kind)
  ) {
    return null;
  }
  // A cut takes as many from each length only where it counts from both its ends.
  if (
    kind === "Cut"
    && !(settings.step === 1 && settings.start >= 0 && (settings.stop ?? -1) < 0)
  ) {
    return null;
  }
  if (isHalving(layer)) return { per: 2, gives: 1 };
  return { per: 1, gives: 1 };
}

function isHalving({ kind, settings }) {
  return kind === "GLU" && has(SAMPLES, settings.dim);
}

/** Whether a layer takes some lengths only, however long they are. */
export function isPicky(layer) {
  return isHalving(layer) || layer.kind === "LayerNorm" || layer.kind === "RMSNorm";
}

// --- What comes out of a layer ---

const BUILT = new WeakSet();

/**
 * The signal behind a layer, from { channels, length }; throws what PyTorch says where it refuses.
 * How the code calls the channels, where it says no number, is in `named`.
 */
export function after(layer, given) {
  const { kind, settings } = layer;
  const signal = given instanceof Signal ? given : new Signal(given.channels ?? null, given.length);
  if (Object.hasOwn(CUTS, kind)) return replace(signal, { length: CUTS[kind](settings, signal) });
  if (!BUILT.has(layer)) checkBuilt(kind, settings);
  BUILT.add(layer);
  const own = kind === "ConvTranspose1d" ? sized(settings, signal) : settings;
  const next = shapeAfter(kind, own, signal);
  exact(next.length);
  if ("out_channels" in own) return replace(next, { named: own.out_channels });
  if (kind === "GLU" && has(CHANNELS, own.dim) && next.channels === null && next.named) {
    return replace(next, { named: halved(next.named) });
  }
  return next;
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

function cut({ start, stop, step }, signal) {
  if (step === 0) refuse("slice step cannot be zero");
  if (step < 0) refuse("step must be greater than zero");
  const { count } = slice(signal.length, start ?? 0, stop ?? signal.length);
  return Math.ceil(count / step);
}

function raise({ words }) {
  throw new RangeError(words ?? "The code raises an error of its own here.");
}

function narrow({ start, size }, signal) {
  const { length } = signal;
  if (size < 0) refuse("narrow(): length must be non-negative.");
  if (start < -length || start > length) {
    refuse(
      `start out of range (expected to be in range of [${-length || 0}, ${length}], but got ${start})`,
    );
  }
  const first = start < 0 ? start + length : start;
  if (first + size > length) {
    refuse(`start (${first}) + length (${size}) exceeds dimension size (${length}).`);
  }
  return size;
}

// Of `size` samples those that PyTorch takes for [start:end]; beyond the ends there is nothing.
function slice(size, from, to) {
  const [start, end] = [from, to].map((at) => Math.min(Math.max(at < 0 ? at + size : at, 0), size));
  return { start, end, count: Math.max(end - start, 0) };
}

// Half of some channels, which may be a name of the code's.
function halved(channels) {
  return typeof channels === "number" ? channels / 2 : `(${channels}) // 2`;
}

// The cuts that a forward makes of its signal, which are no layers of torch.nn.
const CUTS = { Cut: cut, Narrow: narrow, Raise: raise };

function refuse(words) {
  throw new SizeError(words, words);
}

// --- What leads back to the signal before a layer ---

// null if the layer keeps the shape of its signal.
function inverseOf({ layer, before, after: to }) {
  const { kind, settings, line } = layer;
  // What the code calls the channels, where it says no number, is halved by its name.
  const channels = before.channels ?? (kind === "GLU" ? (before.named ?? 2) : null);
  const inverse = Object.hasOwn(UNCUT, kind)
    ? UNCUT[kind](settings, before, to)
    : undo(kind, settings, replace(before, { channels }), to);
  return (
    inverse?.map((one) => ({
      ...one,
      text: written(one),
      ...("out_channels" in settings && "bias" in one.settings ? { of: line } : {}),
    })) ?? null
  );
}

const UNCUT = {
  Cut(settings, before, to) {
    const { start } = slice(before.length, settings.start ?? 0, before.length);
    const rest = before.length - start - to.length * settings.step;
    return [...stretched(settings.step), ...cropping(start, rest, "what was cut off, as silence")];
  },
  Narrow({ start }, before, to) {
    const first = start < 0 ? start + before.length : start;
    return cropping(first, before.length - first - to.length, "what was cut off, as silence");
  },
};

// The code of a layer with these settings, less what PyTorch takes without them.
function written({ kind, settings }) {
  if ("out_channels" in settings) {
    const { in_channels, out_channels, kernel_size } = settings;
    const first = [in_channels, out_channels, kernel_size].map((value) => [null, value]);
    return call(kind, [...first, ...given(settings)]);
  }
  if (kind === "ConstantPad1d")
    return call(kind, [
      [null, settings.padding],
      [null, "0.0"],
    ]);
  const pairs = Object.entries(settings).filter(
    ([name, value]) =>
      value !== null && ["size", "scale_factor", "kernel_size", "output_size"].includes(name),
  );
  return call(
    kind,
    pairs.map(([name, value]) => [kind === "Upsample" ? name : null, value]),
  );
}

// The arguments of a convolution that differ from what PyTorch takes without them.
function given(settings) {
  return Object.entries({ ...OPTIONAL, groups: 1, bias: true })
    .filter(([name, usual]) => (settings[name] ?? usual) !== usual)
    .map(([name]) => [name, settings[name]]);
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

/** Python's spelling of a layer with these arguments: [[name or null, value], …]. */
export function call(kind, pairs) {
  const words = pairs.map(([name, value]) => (name ? `${name}=${python(value)}` : python(value)));
  return `nn.${kind}(${words.join(", ")})`;
}

function python(value) {
  if (Array.isArray(value)) return `(${value.join(", ")})`;
  return typeof value === "boolean" ? (value ? "True" : "False") : `${value}`;
}
