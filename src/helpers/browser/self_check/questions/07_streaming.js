// The questions of this chapter: chunks that make the whole.
import { conv1dOutputLength } from "../../rules/lengths.js";
import { product, span } from "../question_arithmetic.js";
import {
  between,
  conv,
  list,
  pick,
  samples,
  sequential,
  settings,
  transposed,
  until,
  upLength,
} from "../question_words.js";
import { layersOf } from "./question_parts.js";

/**
 * What a stream of a layer without padding has got, has made of it, and has to keep.
 *
 * @param {any} v
 */
function streamed({ chunks, ...layer }) {
  const got = chunks.reduce((sum, size) => sum + size, 0);
  const made = conv1dOutputLength(got, settings(layer));
  return { got, made, kept: got - made * layer.stride };
}

function owed(v) {
  return span(v) - v.stride;
}

// How far outputs see beyond the edge of a chunk, after each layer on the way back to the input:
// first through the decoder, which mirrors the layers, then through the layers themselves.
function seenBeyond(layers) {
  const seen = [];
  for (const { kernel_size, stride, padding } of layers) {
    seen.push(Math.floor(((seen.at(-1) ?? 0) + kernel_size - 1 - padding) / stride));
  }
  for (const { stride, padding } of [...layers].reverse()) {
    seen.push(seen.at(-1) * stride + padding);
  }
  return seen;
}

function totalStride(layers) {
  return product(layers.map(({ stride }) => stride));
}

function context({ layers }) {
  const whole = totalStride(layers);
  return Math.ceil(seenBeyond(layers).at(-1) / whole) * whole;
}

export const streaming = {
  "causal-padding": {
    draw: (random) =>
      until(
        () => ({ kernel_size: between(random, 2, 9), dilation: pick(random, [1, 1, 2, 4, 8]) }),
        (v) => span(v) > 2,
      ),
    code: (v) => `conv = ${conv(v, "", [16, 16])}\ny = conv(F.pad(x, (…, 0)))`,
    ask: () =>
      "How many zeros on the left make `y` as long as `x`, so that no sample of `y` reads "
      + "a sample of `x` later than itself?",
    fields: ["Zeros on the left"],
    answer: (v) => [span(v) - 1],
    says: (_v, [left]) => `${samples(left, "zero")}.`,
    slips: (v) => [
      [[span(v)], "One too many: the newest sample that a window reads is the present one."],
      [
        [v.dilation * v.kernel_size],
        "Between the samples of a window there is one step of " + "`dilation` fewer than samples.",
      ],
      [[v.kernel_size - 1], "That is right at dilation 1. Here the window is wider."],
      [
        [Math.floor((span(v) - 1) / 2)],
        "That is half of it, as for “same”: windows would read "
          + "later samples, and `y` would be shorter.",
      ],
      [[v.kernel_size], "Count how far back the oldest sample of a window lies."],
    ],
    working: (v) => ({
      steps: [
        "left = dilation·(kernel_size − 1)",
        `= ${v.dilation}·(${v.kernel_size} − 1) = ${span(v) - 1}`,
      ],
      note:
        `The oldest sample of a window lies ${span(v) - 1} before the newest. The first window `
        + "needs that many zeros before it.",
    }),
  },
  "kept-samples": {
    draw: (random) =>
      until(
        () => ({
          chunks: Array.from({ length: 3 }, () => between(random, 3, 16)),
          kernel_size: between(random, 3, 8),
          stride: between(random, 2, 4),
          dilation: pick(random, [1, 1, 2]),
        }),
        (v) =>
          v.kernel_size > v.stride
          && streamed(v).made > 1
          && (streamed(v).kept !== span(v) - 1 || random() < 0.3),
      ),
    code: (v) => conv(v),
    ask: (v) =>
      `A stream feeds this layer chunks of ${list(v.chunks)} samples, and nothing before `
      + "them. How many samples does it have to keep after the last one, all that the next window "
      + "reads and no more?",
    fields: ["Samples to keep"],
    answer: (v) => [streamed(v).kept],
    says: (_v, [kept]) => `${samples(kept)}.`,
    slips: (v) => [
      [
        [span(v) - 1],
        "That is right at stride 1. With a stride, the next window may start later: "
          + "the number is the phase.",
      ],
      [
        [owed(v)],
        "That many are shared with the window before. Samples that were not enough for "
          + "a window may come on top.",
      ],
      [
        [v.kernel_size - 1],
        "At this stride and `dilation` it depends on where the next window "
          + "starts. Count the windows so far.",
      ],
      [
        [streamed({ ...v, dilation: 1 }).kept],
        `\`dilation\` spreads the window over ${span(v)} `
          + "samples: fewer windows have run so far.",
      ],
      [[streamed(v).kept + v.stride], "One more window has run than you counted."],
      [
        [streamed(v).kept - v.stride],
        "That window is not complete yet: it needs all of its " + "samples.",
      ],
      [[span(v)], "With that many, another window would run at once."],
    ],
    working: (v) => {
      const { got, made, kept } = streamed(v);
      const inside = got - span(v);
      return {
        steps: [
          `samples so far = ${v.chunks.join(" + ")} = ${got}`,
          `windows so far = ⌊(${got} − ${v.dilation}·(${v.kernel_size} − 1) − 1) / ${v.stride}⌋ + 1`,
          `= ⌊${inside} / ${v.stride}⌋ + 1 = ${made}`,
          `kept = ${got} − ${made}·${v.stride} = ${kept}`,
        ],
        note:
          `The next window starts at sample ${made * v.stride}. How the stream was cut has no `
          + "part in it.",
      };
    },
  },
  "owed-samples": {
    draw: (random) =>
      until(
        () => ({
          length: between(random, 4, 24),
          kernel_size: between(random, 3, 9),
          stride: between(random, 2, 5),
          padding: between(random, 0, 2),
          dilation: pick(random, [1, 1, 1, 2]),
        }),
        (v) => owed(v) > 0,
      ),
    code: (v) => transposed(v),
    ask: (v) =>
      `A chunk of ${samples(v.length, "code")} from the middle of a stream is scattered by `
      + "this layer. How many samples can it finish, and how many more does it owe to the chunks "
      + "that follow?",
    fields: ["Finished", "Owed"],
    answer: (v) => [v.length * v.stride, owed(v)],
    says: (_v, [finished, more]) => `${finished} finished, ${more} owed.`,
    slips: (v) => {
      const finished = v.length * v.stride;
      const cropped =
        "`padding` crops the two ends of the whole, once. It has no part in what a "
        + "chunk owes.";
      return [
        [
          [finished + owed(v), owed(v)],
          "That is all that the chunk scatters. What it owes is not "
            + "finished: the next chunk adds to it.",
        ],
        [
          [(v.length - 1) * v.stride, span(v)],
          "Of the last kernel, the first `stride` samples meet "
            + "no kernel of the next chunk: they are finished, too.",
        ],
        [
          [finished, span(v) - 1],
          "The next chunk's first kernel starts one `stride` after the last "
            + "one of this chunk, not one sample.",
        ],
        [
          [finished, span(v)],
          "The next chunk starts one `stride` after the last kernel: only what "
            + "overlaps is owed.",
        ],
        [
          [finished, v.kernel_size - v.stride],
          "That is right at dilation 1. Here the kernel is " + "wider.",
        ],
        [[finished, owed(v) - v.padding], cropped],
        [[finished, owed(v) - 2 * v.padding], cropped],
        [
          [upLength(v), owed(v)],
          "That is what the layer returns for one signal by itself. In a "
            + "stream, n codes finish n·stride samples.",
        ],
        [[finished, 0], "Cut them off and there is a click: the kernels of two chunks overlap."],
      ];
    },
    working: (v) => ({
      steps: [
        `finished = ${v.length}·${v.stride} = ${v.length * v.stride}`,
        "owed = dilation·(kernel_size − 1) + 1 − stride",
        `= ${v.dilation}·(${v.kernel_size} − 1) + 1 − ${v.stride} = ${owed(v)}`,
      ],
      note:
        "The next chunk adds what is owed under its own beginning. The bias is added once, to "
        + "what is finished.",
    }),
  },
  "exact-context": {
    draw: (random) => {
      const layers = [pick(random, halvingLayers), pick(random, halvingLayers)];
      return { size: totalStride(layers) * between(random, 5, 12), layers };
    },
    code: (v) => {
      const widths = [
        [1, 16],
        [16, 32],
      ];
      const down = v.layers.map((layer, at) => conv(layer, "", widths[at]));
      const up = v.layers.map((layer, at) => transposed(layer, "", [...widths[at]].reverse()));
      return sequential([...down, ...up.reverse()]);
    },
    ask: (v) =>
      `A long recording is run through this model in chunks of ${v.size} samples. How many `
      + "samples of context does each chunk need, at the least, on each side, so that the pieces "
      + "are equal to the whole?",
    fields: ["Samples on each side"],
    answer: (v) => [context(v)],
    says: (_v, [needed]) => `${samples(needed)}.`,
    slips: (v) => {
      const seen = seenBeyond(v.layers);
      const whole = totalStride(v.layers);
      const { stride } = v.layers[0];
      return [
        [
          [seen.at(-1)],
          "That covers what the outputs see. But each piece has to start at a multiple "
            + `of the total stride, ${whole}.`,
        ],
        [
          [Math.ceil(seen.at(-1) / stride) * stride],
          "Round up to a multiple of the total stride, "
            + `${whole}: the deep layer has a phase, too.`,
        ],
        [[2 * context(v)], "That is both sides together."],
        [
          [whole],
          `One total stride is not enough here: the outputs see ${samples(seen.at(-1))} `
            + "beyond the chunk.",
        ],
        [[context(v) + whole], "That is enough, but less is, too."],
        [[context(v) - whole], `The outputs see ${samples(seen.at(-1))} beyond the chunk.`],
        [[0], "Without context the layers pad each chunk with zeros, and the values differ."],
      ];
    },
    working: (v) => {
      const whole = totalStride(v.layers);
      const seen = seenBeyond(v.layers);
      const depth = v.layers.length;
      const back = v.layers.map(
        ({ kernel_size, stride, padding }, at) =>
          `decoder, layer ${2 * depth - 1 - at}: ⌊(${at ? seen[at - 1] : 0} + ${kernel_size} − 1 − `
          + `${padding}) / ${stride}⌋ = ${seen[at]}`,
      );
      const down = [...v.layers]
        .reverse()
        .map(
          ({ stride, padding }, at) =>
            `encoder, layer ${depth - 1 - at}: ${seen[depth + at - 1]}·${stride} + ${padding} `
            + `= ${seen[depth + at]}`,
        );
      return {
        steps: [...back, ...down, `context = ⌈${seen.at(-1)} / ${whole}⌉·${whole} = ${context(v)}`],
        note:
          "Step by step: how far beyond the chunk's edge its outputs see, from the output back "
          + "to the input. Then rounded up to a multiple of the total stride, for the phase.",
      };
    },
  },
};

// Down and back up these keep each multiple of the stride, and are the same from either side.
const halvingLayers = layersOf(
  [4, 2, 1],
  [6, 2, 2],
  [8, 2, 3],
  [5, 3, 1],
  [7, 3, 2],
  [8, 4, 2],
  [7, 5, 1],
);
