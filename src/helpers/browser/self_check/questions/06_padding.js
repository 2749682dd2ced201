// The questions of this chapter: padding that keeps, shifts or forgets.
import { Pool1dSizes } from "../../rules/sizes.js";
import { pytorchSame, room, span } from "../question_arithmetic.js";
import { between, conv, convLength, convStep, pick, samples, until } from "../question_words.js";
import { zeros } from "./question_parts.js";

export const paddings = {
  "same-padding": {
    draw: (random) =>
      until(
        () => ({
          kernel_size: between(random, 2, 9),
          padding: "same",
          dilation: pick(random, [1, 1, 2, 3, 5]),
        }),
        (v) => (span(v) % 2 === 0 || random() < 0.4) && span(v) > 3,
      ),
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
        [
          pytorchSame({ ...v, dilation: 1 }),
          "That is right at dilation 1. Here the window is " + "wider.",
        ],
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
        note:
          left === right
            ? "An even total splits evenly: an int would do the same."
            : "An odd total can't be written as an int: `padding` is the same on both sides.",
      };
    },
  },
  "strided-same": {
    draw: (random) =>
      until(
        () => ({
          length: between(random, 20, 120),
          kernel_size: between(random, 3, 9),
          stride: between(random, 2, 5),
          dilation: pick(random, [1, 1, 1, 2]),
        }),
        (v) => {
          const total = zeros(v);
          return total > 0 && (total !== span(v) - 1 || random() < 0.1);
        },
      ),
    code: (v) => `pad = (…, …)\nconv = ${conv(v)}\ny = conv(F.pad(x, pad))`,
    ask: (v) =>
      '`padding="same"` refuses a stride, so `x` is padded first. How many zeros does it '
      + `take at the least, left and right together, to turn ${samples(v.length)} into `
      + `⌈${v.length} / ${v.stride}⌉ = ${Math.ceil(v.length / v.stride)}?`,
    fields: ["Zeros in all"],
    answer: (v) => [zeros(v)],
    says: (_v, [total]) => `${samples(total, "zero")}.`,
    slips: (v) => [
      [
        [span(v) - 1],
        "That many keep the length at stride 1. The last window now starts earlier, "
          + "so fewer will do.",
      ],
      [[zeros({ ...v, dilation: 1 })], "That is right at dilation 1. Here the window is wider."],
      [[zeros(v) - 1], "One too few: the last window would not fit."],
      [[Math.ceil(zeros(v) / 2)], "That is one side. The question is about both together."],
      [[Math.floor(zeros(v) / 2)], "That is one side. The question is about both together."],
      [
        [span(v) - v.stride],
        `That is right if \`stride\` divides the length. Here it leaves ${v.length % v.stride}.`,
      ],
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
        note:
          `The last window starts at ${last} and spans ${span(v)}: it must still fit. How few `
          + "will do depends on the length; dilation·(kernel_size − 1) do for every length, with "
          + "the windows elsewhere.",
      };
    },
  },
  "pooled-length": {
    draw: (random) =>
      until(
        () => ({
          length: between(random, 10, 60),
          kernel_size: between(random, 2, 6),
          stride: between(random, 2, 6),
          padding: between(random, 0, 2),
        }),
        (v) => {
          const over = room(v) % v.stride > 0 && 2 * v.padding <= v.kernel_size;
          return over && (pooledLength(v) === convLength(v) || random() < 0.3);
        },
      ),
    code: (v) => {
      const padding = v.padding ? `, padding=${v.padding}` : "";
      return `nn.MaxPool1d(${v.kernel_size}, stride=${v.stride}${padding}, ceil_mode=True)`;
    },
    ask: (v) => `A signal of ${samples(v.length)} goes through this layer. How many come out?`,
    fields: ["Samples that come out"],
    answer: (v) => [pooledLength(v)],
    says: (_v, [out]) => `${samples(out)}.`,
    slips: (v) => {
      const fit = convLength(v);
      const unpadded = { ...v, padding: 0 };
      return [
        [
          [fit + 1],
          "That last window would start behind the input and its left padding: it is "
            + "left out.",
        ],
        [
          [fit],
          "Those windows fit. `ceil_mode` keeps one more that starts inside the input or its "
            + "left padding, even if it ends beyond.",
        ],
        [[fit - 1], "Those are the steps. The first window counts too."],
        [[pooledLength(unpadded)], "The windows walk over the padding too: add it on both sides."],
        [
          [Math.ceil(v.length / v.stride)],
          "That is the input length over `stride`. `kernel_size` " + "and `padding` count as well.",
        ],
      ];
    },
    working: (v) => {
      const fit = convLength(v);
      const [start, end] = [fit * v.stride, v.length + v.padding];
      const kept = pooledLength(v) - fit;
      return {
        steps: [
          `windows that fit: ${convStep(v)} = ${fit}`,
          `the next one starts at: ${fit}·${v.stride} = ${start}`,
          `input and left padding end at: ${v.length} + ${v.padding} = ${end}`,
          `L_out = ${fit} + ${kept} = ${pooledLength(v)}`,
        ],
        note: kept
          ? `${start} is inside: the last window hangs over the end, and counts.`
          : `${start} is not inside: a window that starts in the right padding or beyond does not `
            + "count.",
      };
    },
  },
};

function pooledLength({ length, ...settings }) {
  return new Pool1dSizes({ length, ...settings, ceil_mode: true }).output_length;
}
