// The questions of this chapter: what is in the samples.
import { contributors, span } from "../question_arithmetic.js";
import {
  between,
  drawConv,
  list,
  pick,
  samples,
  transposed,
  until,
  upLength,
} from "../question_words.js";

export const inTheSamples = {
  contributions: {
    draw: (random) =>
      until(
        () => {
          const v = {
            length: between(random, 5, 12),
            kernel_size: between(random, 2, 8),
            stride: between(random, 1, 4),
            padding: between(random, 0, 3),
          };
          return { ...v, index: between(random, 0, v.length * v.stride) };
        },
        (v) => v.padding < v.kernel_size && v.kernel_size > v.stride && v.index < upLength(v),
      ),
    code: (v) => `up = ${transposed(v, "bias=False", [1, 1])}\ny = up(x[None, None])[0, 0]`,
    ask: (v) =>
      `\`x\` is a row of ${samples(v.length)}. How many of them add up in \`y[${v.index}]\`?`,
    fields: ["Samples of x"],
    answer: (v) => [contributors(v).length],
    says: (v, [reach]) => `${reach} of them, ${list(contributors(v).map((at) => `\`x[${at}]\``))}.`,
    slips: (v) => [
      [
        [contributors({ ...v, padding: 0 }).length],
        `\`padding=${v.padding}\` crops the left end `
          + `first: y[${v.index}] is place ${v.index + v.padding} of the whole row.`,
      ],
      [
        [v.kernel_size],
        "Each sample is written into that many places. The question is how many "
          + "samples meet in one place, and they start `stride` apart.",
      ],
      [
        [Math.ceil(v.kernel_size / v.stride)],
        "That can be so in the middle. Write down which " + "samples reach this place.",
      ],
      [
        [Math.floor(v.kernel_size / v.stride)],
        "That can be so in the middle. Write down " + "which samples reach this place.",
      ],
      [[1], "When `kernel_size` is larger than `stride`, neighbors overlap."],
    ],
    working: (v) => {
      const reached = contributors(v);
      const place = v.index + v.padding;
      return {
        steps: [
          `place in the whole row: ${v.index} + padding = ${v.index} + ${v.padding} = ${place}`,
          ...reached.map(
            (at) =>
              `x[${at}] is written to ${at * v.stride}…` + `${at * v.stride + v.kernel_size - 1}`,
          ),
          `samples that reach place ${place}: ${reached.length}`,
        ],
        note:
          `Sample i is written to \`kernel_size\` places, the first of them `
          + `${v.stride === 1 ? "i" : `${v.stride}·i`}.`,
      };
    },
  },
  "scattered-length": {
    draw: (random) =>
      until(
        () => ({ ...drawConv(random, [6, 40]), dilation: pick(random, [1, 1, 2, 3]) }),
        (v) => v.padding > 0 && v.stride > 1 && v.kernel_size > 2,
      ),
    code: (v) => transposed(v, "", [1, 1]),
    ask: (v) =>
      `This layer scatters ${samples(v.length)} into one row, and then \`padding\` crops `
      + "the row. How long is it before that?",
    fields: ["Samples before the crop"],
    answer: (v) => [upLength({ ...v, padding: 0 })],
    says: (_v, [row]) => `${samples(row)}.`,
    slips: (v) => [
      [[upLength(v)], "That is what is left after the crop."],
      [
        [v.length * v.stride],
        "The last sample starts at (L_in − 1)·stride, and from there the " + "kernel reaches on.",
      ],
      [
        [v.length * v.stride + span(v)],
        `From the first of ${samples(v.length)} to the last there `
          + `are only ${v.length - 1} steps.`,
      ],
      [
        [upLength({ ...v, padding: 0, dilation: 1 })],
        "The kernel is dilated: from its first weight "
          + "to its last it spans dilation·(kernel_size − 1) + 1.",
      ],
      [
        [(v.length - 1) * v.stride + v.dilation * v.kernel_size],
        "The kernel spans "
          + `dilation·(kernel_size − 1) + 1 = ${span(v)}, not dilation·kernel_size.`,
      ],
      [
        [(v.length - 1) * v.stride + 1],
        "That is where the last sample lands. Its kernel reaches further.",
      ],
    ],
    working: (v) => {
      const row = upLength({ ...v, padding: 0 });
      return {
        steps: [
          "row = (L_in − 1)·stride + dilation·(kernel_size − 1) + 1",
          `= (${v.length} − 1)·${v.stride} + ${v.dilation}·(${v.kernel_size} − 1) + 1`,
          `= ${(v.length - 1) * v.stride} + ${span(v)} = ${row}`,
        ],
        note: `\`padding=${v.padding}\` then leaves ${row} − 2·${v.padding} = ${upLength(v)}.`,
      };
    },
  },
  "even-overlap": {
    draw: (random) =>
      until(
        () => ({ kernel_size: between(random, 2, 16), stride: between(random, 2, 6) }),
        (v) => v.kernel_size % v.stride === 0 || random() < 0.3,
      ),
    code: (v) => transposed(v, "bias=False", [1, 1]),
    ask: () =>
      "Away from the edges, how many samples of the input add up in each sample of the "
      + "output?",
    choices: (v) => {
      const few = Math.floor(v.kernel_size / v.stride);
      return [
        ["each", `${Math.max(1, few)} in each`],
        ["turns", `${few} in some, ${few + 1} in others`],
        ["kernel", `${v.kernel_size} in each`],
      ];
    },
    answer: (v) => {
      const counts = overlaps(v);
      return [counts.every((reached) => reached === counts[0]) ? "each" : "turns"];
    },
    says: (v) => {
      const [least, most] = [Math.min(...overlaps(v)), Math.max(...overlaps(v))];
      return least === most
        ? `${least} in each, an equal overlap.`
        : `${least} in some, ${most} in others, in a pattern that repeats every ${v.stride}.`;
    },
    slips: (v) => [
      [
        ["kernel"],
        "Each sample is written into that many places. But neighbors start `stride` "
          + "apart, so fewer meet in one place.",
      ],
      [
        ["each"],
        `\`stride=${v.stride}\` doesn't divide \`kernel_size=${v.kernel_size}\`, so not `
          + "all places are reached equally often.",
      ],
      [
        ["turns"],
        `\`stride=${v.stride}\` divides \`kernel_size=${v.kernel_size}\`: as one `
          + "sample's reach ends, another's begins.",
      ],
    ],
    working: (v) => ({
      steps: [
        `samples a kernel reaches: ${v.kernel_size}, steps between kernels: ${v.stride}`,
        `${v.kernel_size} / ${v.stride} = ${Math.floor(v.kernel_size / v.stride)}, remainder `
          + `${v.kernel_size % v.stride}`,
        `one period: ${overlaps(v).join(", ")}`,
      ],
      note:
        v.kernel_size % v.stride === 0
          ? "The overlap is equal because `stride` divides `kernel_size`."
          : "With equal weights, an unequal overlap turns a flat signal into stripes.",
    }),
  },
};

// How many input samples reach the output samples of one period, far from the edges.
function overlaps({ kernel_size, stride }) {
  const length = 4 * kernel_size;
  const middle = 2 * kernel_size * stride;
  return Array.from(
    { length: stride },
    (_, at) => contributors({ index: middle + at, length, kernel_size, stride }).length,
  );
}
