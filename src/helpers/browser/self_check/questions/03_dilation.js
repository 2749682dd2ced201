// The questions of this chapter: dilation.
import { product, receptiveField, span } from "../question_arithmetic.js";
import {
  between,
  conv,
  convLength,
  convSlips,
  pick,
  samples,
  sequential,
  until,
} from "../question_words.js";
import { comingOut } from "./question_parts.js";

export const dilations = {
  "effective-kernel": {
    draw: (random) => ({ kernel_size: between(random, 2, 9), dilation: between(random, 2, 9) }),
    code: (v) => conv(v),
    ask: () =>
      "From its first sample to its last, how many samples does one window of this layer "
      + "span?",
    fields: ["Samples spanned"],
    answer: (v) => [span(v)],
    says: (_v, [spanned]) => `${samples(spanned)}.`,
    slips: (v) => [
      [
        [v.dilation * v.kernel_size],
        `${samples(v.kernel_size)} have only `
          + `${samples(v.kernel_size - 1, "step")} of \`dilation\` between them.`,
      ],
      [
        [v.dilation * (v.kernel_size - 1)],
        "Those are the steps. The first sample counts too: " + "add 1.",
      ],
      [
        [v.kernel_size + v.dilation * (v.kernel_size - 1)],
        "`dilation` is the distance from one "
          + `sample to the next: only ${v.dilation - 1} lie between them.`,
      ],
      [
        [v.kernel_size],
        "That is how many it reads. The question is how far they reach, from the "
          + "first to the last.",
      ],
      [
        [v.kernel_size + v.dilation - 1],
        "The gap opens between each sample and the next, not " + "once.",
      ],
      [[v.kernel_size + v.dilation], "The gap opens between each sample and the next, not once."],
    ],
    working: (v) => ({
      steps: [
        "effective kernel = dilation·(kernel_size − 1) + 1",
        `= ${v.dilation}·(${v.kernel_size} − 1) + 1`,
        `= ${v.dilation * (v.kernel_size - 1)} + 1 = ${span(v)}`,
      ],
      note: `It reads ${samples(v.kernel_size)}, ${v.dilation} apart.`,
    }),
  },
  "dilated-length": {
    draw: (random) =>
      until(
        () => ({
          length: between(random, 30, 160),
          kernel_size: between(random, 2, 6),
          stride: between(random, 1, 4),
          padding: between(random, 0, 4),
          dilation: between(random, 2, 5),
        }),
        (v) =>
          v.length + 2 * v.padding >= span(v) && convLength(v) > 3 && convLength(v) !== v.length,
      ),
    ...comingOut,
    slips: (v) => [
      [
        [convLength({ ...v, dilation: 1 })],
        "That is the length at dilation 1. A dilated window "
          + "spans dilation·(kernel_size − 1) + 1 samples.",
      ],
      [
        [convLength({ ...v, length: v.length - v.dilation + 1 })],
        "The window spans "
          + `dilation·(kernel_size − 1) + 1 = ${span(v)} samples, not dilation·kernel_size.`,
      ],
      ...convSlips(v),
    ],
  },
  "receptive-field": {
    draw: (random) => {
      const kernel_size = pick(random, [2, 3, 3, 5, 7]);
      const depth = between(random, 2, 4);
      const strided = random() < 0.6;
      return {
        layers: Array.from({ length: depth }, (_, at) => ({
          kernel_size: strided ? pick(random, [3, 4, 5, 8]) : kernel_size,
          stride: strided && at < depth - 1 ? pick(random, [2, 2, 3, 4]) : 1,
          dilation: strided ? pick(random, [1, 1, 2]) : 2 ** at,
        })),
      };
    },
    code: (v) => sequential(v.layers.map((layer, at) => conv(layer, "", channels(at)))),
    ask: () => "How many samples long is the stretch of input that one sample of the output sees?",
    fields: ["Receptive field, in samples"],
    answer: (v) => [receptiveField(v.layers)],
    says: (_v, [seen]) => `${samples(seen)}.`,
    slips: (v) => [
      [
        [receptiveField(v.layers.map((layer) => ({ ...layer, stride: 1 })))],
        "Strides matter: " + "after a layer, neighbors lie `stride` samples of its input apart.",
      ],
      [[receptiveField(v.layers) - 1], "Those are the steps. The sample itself counts too: add 1."],
      [
        [receptiveField(v.layers.map((layer) => ({ ...layer, dilation: 1 })))],
        "A layer's " + "`dilation` widens its steps.",
      ],
      [
        [v.layers.reduce((sum, layer) => sum + span(layer), 0)],
        "Windows overlap: a layer adds its "
          + "dilation·(kernel_size − 1) steps, not its whole span.",
      ],
      [[product(v.layers.map(span))], "Each layer adds steps; only strides multiply."],
      [
        [receptiveField([...v.layers].reverse())],
        "A stride widens the steps of the layers after " + "it, not of those before it.",
      ],
      [[span(v.layers.at(-1))], "That is the last layer's window, in samples of its own input."],
      [
        [span(v.layers[0])],
        "That is the first layer's window. The layers after it look at several " + "such windows.",
      ],
    ],
    working: (v) => {
      let seen = 1;
      let apart = 1;
      const steps = v.layers.map(({ kernel_size, stride, dilation }, at) => {
        const before = seen;
        const wider = `${dilation}·(${kernel_size} − 1)·${apart}`;
        seen += dilation * (kernel_size - 1) * apart;
        apart *= stride;
        return `layer ${at}: ${before} + ${wider} = ${seen}`;
      });
      return {
        steps,
        note:
          "Each layer adds dilation·(kernel_size − 1) steps, and a step is as long as the "
          + "product of the strides before it.",
      };
    },
  },
};

function channels(at) {
  return [at ? 8 * 2 ** at : 1, 16 * 2 ** at];
}
