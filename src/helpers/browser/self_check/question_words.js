// What the questions are made of: numbers drawn at random, the wording of counts, PyTorch's
// lines for a layer, and the steps of the two length formulas with the numbers put in.
import { conv1dOutputLength, convTranspose1dOutputLength } from "../rules/lengths.js";
import { room, span } from "./question_arithmetic.js";

/** A generator of uniform numbers on [0, 1) that repeats for the same seed (mulberry32). */
export function seeded(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A whole number from least to most, both included. */
export function between(random, least, most) {
  return least + Math.floor(random() * (most - least + 1));
}

/** One of a list. */
export function pick(random, list) {
  return list[between(random, 0, list.length - 1)];
}

/** The first draw that fits. */
export function until(make, fits) {
  for (let tries = 0; tries < 5000; tries += 1) {
    const drawn = make();
    if (fits(drawn)) return drawn;
  }
  throw new Error("No numbers fit this question.");
}

/** A convolution with a length that one can work out in one's head. */
export function drawConv(random, lengths = [20, 160]) {
  return until(
    () => ({
      length: between(random, ...lengths),
      kernel_size: between(random, 2, 9),
      stride: pick(random, [1, 2, 2, 3, 3, 4, 5]),
      padding: between(random, 0, 4),
    }),
    (v) => 2 * v.padding <= v.kernel_size && v.length + 2 * v.padding >= v.kernel_size,
  );
}

/** The settings among the numbers drawn. */
export function settings({ kernel_size, stride, padding, dilation, output_padding }) {
  return { kernel_size, stride, padding, dilation, output_padding };
}

/** L_out of nn.Conv1d for the numbers drawn. */
export function convLength(v) {
  return conv1dOutputLength(v.length, settings(v));
}

/** L_out of nn.ConvTranspose1d for the numbers drawn. */
export function upLength(v) {
  return convTranspose1dOutputLength(v.length, settings(v));
}

/** A count with commas at the thousands and a real minus sign. */
export function count(number) {
  const digits = String(Math.abs(number)).replace(/\B(?=(\d{3})+$)/g, ",");
  return number < 0 ? `−${digits}` : digits;
}

/** A count with its noun. */
export function samples(number, noun = "sample") {
  return `${count(number)} ${noun}${number === 1 ? "" : "s"}`;
}

/** "a", "a and b", "a, b and c", or "none". */
export function list(words) {
  if (words.length < 2) return words[0] ?? "none";
  return `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}

/** The line of code for nn.Conv1d; `more` is what follows the settings. */
export function conv(v, more = "", channels = [16, 32]) {
  return call("nn.Conv1d", channels, v, more);
}

/** The line of code for nn.ConvTranspose1d. */
export function transposed(v, more = "", channels = [32, 16]) {
  return call("nn.ConvTranspose1d", channels, v, more);
}

/** An nn.Sequential, one layer a line. */
export function sequential(lines, name = "") {
  const body = lines.map((line) => `    ${line},\n`).join("");
  return `${name && `${name} = `}nn.Sequential(\n${body})`;
}

function call(name, channels, v, more) {
  const usual = { stride: 1, padding: 0, dilation: 1, output_padding: 0 };
  const given = Object.entries({ kernel_size: v.kernel_size, ...settings(v) })
    .filter(([key, value]) => value !== undefined && value !== usual[key])
    .map(([key, value]) => `${key}=${JSON.stringify(value)}`);
  return `${name}(${[...channels, ...given, ...(more ? [more] : [])].join(", ")})`;
}

/** The formula of nn.Conv1d, then with the numbers, then worked out. */
export function convSteps(v) {
  const { length, kernel_size, stride = 1, padding = 0, dilation } = v;
  const moves = Math.floor(room(v) / stride);
  const [symbols, numbers] =
    dilation === undefined
      ? ["kernel_size", kernel_size]
      : ["dilation·(kernel_size − 1) − 1", `${dilation}·(${kernel_size} − 1) − 1`];
  return [
    `L_out = ⌊(L_in + 2·padding − ${symbols}) / stride⌋ + 1`,
    `= ⌊(${length} + 2·${padding} − ${numbers}) / ${stride}⌋ + 1`,
    `= ⌊${room(v)} / ${stride}⌋ + 1 = ${moves} + 1 = ${convLength(v)}`,
  ];
}

/** The formula of nn.ConvTranspose1d, then with the numbers, then worked out. */
export function upSteps(v) {
  const { length, kernel_size, stride = 1, padding = 0 } = v;
  return [
    "L_out = (L_in − 1)·stride − 2·padding + kernel_size",
    `= (${length} − 1)·${stride} − 2·${padding} + ${kernel_size}`,
    `= ${(length - 1) * stride} − ${2 * padding} + ${kernel_size} = ${upLength(v)}`,
  ];
}

/** One layer of a stack: ⌊(L_in + 2·padding − kernel_size) / stride⌋ + 1 with the numbers. */
export function convStep({ length, kernel_size, stride = 1, padding = 0 }, round = "⌊⌋") {
  const inside = `(${length} + 2·${padding} − ${kernel_size}) / ${stride}`;
  return `${round[0]}${inside}${round[1]} + 1`;
}

/** One transposed layer: (L_in − 1)·stride − 2·padding + kernel_size with the numbers. */
export function upStep({ length, kernel_size, stride = 1, padding = 0 }) {
  return `(${length} − 1)·${stride} − 2·${padding} + ${kernel_size}`;
}

/** What the floor of the Conv1d formula leaves out. */
export function leftOver(v) {
  const spare = room(v) % v.stride;
  if (v.stride === 1) return "At stride 1 a window starts at every sample: nothing is rounded.";
  if (spare === 0)
    return `${v.stride} divides ${room(v)}: the last window ends exactly at the end.`;
  return `${spare} left over: too few for another step of ${v.stride}.`;
}

/** The slips that the Conv1d formula invites. */
export function convSlips(v) {
  const { length, stride } = v;
  const formula = (inside) => Math.floor(inside / stride) + 1;
  const overStride =
    stride === 1
      ? "The length is kept only if the padding makes up for what the window takes."
      : "That is the input length over `stride`. `kernel_size` and `padding` count as well.";
  return [
    [
      [Math.ceil(room(v) / stride) + 1],
      "A window that doesn't fit isn't counted: round down, " + "not up.",
    ],
    [
      [convLength(v) - 1],
      "Those are the steps from window to window. The first window, before "
        + "any step, counts too: add 1.",
    ],
    [[formula(room(v) - v.padding)], "`padding` is per side: add it twice."],
    [
      [formula(room(v) - 2 * v.padding)],
      "The windows walk over the padding too: add it on both " + "sides.",
    ],
    [[formula(room(v) - 1)], `The first window takes ${span(v)} places, not ${span(v) + 1}.`],
    [
      [formula(length + 2 * v.padding)],
      `The first window takes ${span(v)} places before any step is made.`,
    ],
    [[Math.floor(length / stride)], overStride],
    [[Math.ceil(length / stride)], overStride],
    [
      [(length - 1) * stride - 2 * v.padding + span(v)],
      "That is the transposed layer's " + "formula.",
    ],
  ];
}
