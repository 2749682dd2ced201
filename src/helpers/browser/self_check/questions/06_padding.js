// The questions of this chapter: padding that keeps, shifts or forgets.
import { pytorchSame, span } from "../question_arithmetic.js";
import { between, conv, pick, samples, until } from "../question_words.js";
import { zeros } from "./question_parts.js";

export const paddings = {
  "same-padding": {
    draw: (random) => until(() => ({
      kernel_size: between(random, 2, 9),
      padding: "same",
      dilation: pick(random, [1, 1, 2, 3, 5]),
    }), (v) => (span(v) % 2 === 0 || random() < 0.4) && span(v) > 3),
    code: (v) => conv(v),
    ask: () => "How many zeros does this layer put on the left and on the right of its input?",
    fields: ["Zeros on the left", "Zeros on the right"],
    answer: pytorchSame,
    says: (_v, [left, right]) => `${left} on the left, ${right} on the right.`,
    slips: (v) => {
      const [left, right] = pytorchSame(v);
      const half = Math.floor(v.kernel_size / 2);
      return [
        [[right, left], "The other way round: PyTorch puts the odd one on the right."],
        [[right, right], "One too many: the output would be one sample longer than the input."],
        [[left, left], "One too few: the output would be one sample shorter than the input."],
        [pytorchSame({ ...v, dilation: 1 }), "That is right at dilation 1. Here the window is "
          + "wider."],
        [[half, half], "Begin with the total: what a window takes away, and no more."],
        [[left + right, 0], "All on the left is causal padding. “Same” splits the zeros."],
      ];
    },
    working: (v) => {
      const [left, right] = pytorchSame(v);
      const total = left + right;
      return {
        steps: [
          "total = dilation·(kernel_size − 1)",
          `= ${v.dilation}·(${v.kernel_size} − 1) = ${total}`,
          `left = ⌊${total} / 2⌋ = ${left}`,
          `right = ${total} − ${left} = ${right}`,
        ],
        note: left === right
          ? "An even total splits evenly: an int would do the same."
          : "An odd total can't be written as an int: `padding` is the same on both sides.",
      };
    },
  },
  "causal-padding": {
    draw: (random) => until(() => ({
      kernel_size: between(random, 2, 9),
      dilation: pick(random, [1, 1, 2, 4, 8]),
    }), (v) => span(v) > 2),
    code: (v) => `conv = ${conv(v, "", [16, 16])}\ny = conv(F.pad(x, (…, 0)))`,
    ask: () => "How many zeros on the left make `y` as long as `x`, so that no sample of `y` reads "
      + "a sample of `x` later than itself?",
    fields: ["Zeros on the left"],
    answer: (v) => [span(v) - 1],
    says: (_v, [left]) => `${samples(left, "zero")}.`,
    slips: (v) => [
      [[span(v)], "One too many: the newest sample that a window reads is the present one."],
      [[v.dilation * v.kernel_size], "Between the samples of a window there is one step of "
        + "`dilation` fewer than samples."],
      [[v.kernel_size - 1], "That is right at dilation 1. Here the window is wider."],
      [[Math.floor((span(v) - 1) / 2)], "That is half of it, as for “same”: windows would read "
        + "later samples, and `y` would be shorter."],
      [[v.kernel_size], "Count how far back the oldest sample of a window lies."],
    ],
    working: (v) => ({
      steps: [
        "left = dilation·(kernel_size − 1)",
        `= ${v.dilation}·(${v.kernel_size} − 1) = ${span(v) - 1}`,
      ],
      note: `The oldest sample of a window lies ${span(v) - 1} before the newest. The first window `
        + "needs that many zeros before it.",
    }),
  },
  "strided-same": {
    draw: (random) => until(() => ({
      length: between(random, 20, 120),
      kernel_size: between(random, 3, 9),
      stride: between(random, 2, 5),
      dilation: pick(random, [1, 1, 1, 2]),
    }), (v) => {
      const total = zeros(v);
      return total > 0 && (total !== span(v) - 1 || random() < 0.1);
    }),
    code: (v) => `pad = (…, …)\nconv = ${conv(v)}\ny = conv(F.pad(x, pad))`,
    ask: (v) => "`padding=\"same\"` refuses a stride, so `x` is padded first. How many zeros does it "
      + `take at the least, left and right together, to turn ${samples(v.length)} into `
      + `⌈${v.length} / ${v.stride}⌉ = ${Math.ceil(v.length / v.stride)}?`,
    fields: ["Zeros in all"],
    answer: (v) => [zeros(v)],
    says: (_v, [total]) => `${samples(total, "zero")}.`,
    slips: (v) => [
      [[span(v) - 1], "That many keep the length at stride 1. The last window now starts earlier, "
        + "so fewer will do."],
      [[zeros({ ...v, dilation: 1 })], "That is right at dilation 1. Here the window is wider."],
      [[zeros(v) - 1], "One too few: the last window would not fit."],
      [[Math.ceil(zeros(v) / 2)], "That is one side. The question is about both together."],
      [[Math.floor(zeros(v) / 2)], "That is one side. The question is about both together."],
      [[span(v) - v.stride], "That is right if `stride` divides the length. Here it leaves "
        + `${v.length % v.stride}.`],
    ],
    working: (v) => {
      const out = Math.ceil(v.length / v.stride);
      const last = (out - 1) * v.stride;
      return {
        steps: [
          "zeros = (L_out − 1)·stride + dilation·(kernel_size − 1) + 1 − L_in",
          `= (${out} − 1)·${v.stride} + ${v.dilation}·(${v.kernel_size} − 1) + 1 − ${v.length}`,
          `= ${last + span(v)} − ${v.length} = ${zeros(v)}`,
        ],
        note: `The last window starts at ${last} and spans ${span(v)}: it must still fit. How few `
          + "will do depends on the length; dilation·(kernel_size − 1) do for every length, with "
          + "the windows elsewhere.",
      };
    },
  },
};
