// The questions of this chapter: PyTorch's errors.
import { conv1dError, convTranspose1dError, outputSizeError } from "../../rules/pytorch_errors.js";
import { span } from "../question_arithmetic.js";
import {
  between,
  conv,
  convLength,
  count,
  drawConv,
  pick,
  samples,
  settings,
  transposed,
  until,
  upLength,
  upStep,
} from "../question_words.js";

export const errors = {
  "does-it-raise": {
    draw: (random) => pick(random, callCases)(random),
    code: (v) =>
      `layer = ${v.up ? transposed(v, "", [1, 1]) : conv(v, "", [1, 1])}\n`
      + `layer(torch.randn(1, 1, ${v.length}))`,
    ask: () => "What happens when these two lines run?",
    choices: () => [
      ["runs", "Both lines run"],
      ["build", "The first line raises: the layer isn't built"],
      ["call", "The second line raises: the layer is built, but the call fails"],
    ],
    answer: (v) => {
      if (v.up && v.padding === "same") return ["call"]; // Taken as a tuple of letters.
      const error = v.up ? convTranspose1dError : conv1dError;
      if (error(v.length, settings(v)) === null) return ["runs"];
      return [v.padding === "same" ? "build" : "call"];
    },
    says: (v, [what]) => {
      if (what === "runs") {
        const out = v.up ? upLength(v) : convLength(v);
        return `${samples(out)} ${out === 1 ? "comes" : "come"} out.`;
      }
      if (v.up && v.padding === "same") {
        return "`nn.ConvTranspose1d` takes no words for `padding`, but only the call finds that out.";
      }
      const error = v.up ? convTranspose1dError : conv1dError;
      return `“${error(v.length, settings(v))}”.`;
    },
    slips: (v) => {
      const late = "The layers check little when they are built, and no lengths at all. ";
      const { hint } = callRule(v);
      return [
        [["build"], late + hint],
        [
          ["call"],
          v.padding === "same" && !v.up && v.stride > 1
            ? "This is one of the few things that are checked when a layer is built."
            : hint,
        ],
        [["runs"], hint],
      ];
    },
    working: (v) => {
      const { steps, note } = callRule(v);
      return { steps, note };
    },
  },
  "printed-kernel-size": {
    draw: (random) =>
      until(
        () => ({
          length: between(random, 3, 16),
          kernel_size: between(random, 2, 9),
          padding: between(random, 0, 3),
          dilation: pick(random, [1, 2, 2, 3, 4, 5]),
        }),
        (v) =>
          v.length + 2 * v.padding < span(v)
          && (v.dilation > 1 || random() < 0.2)
          && (v.padding > 0 || random() < 0.2),
      ),
    code: (v) => `conv = ${conv(v, "", [1, 1])}\nconv(torch.randn(1, 1, ${v.length}))`,
    ask: () =>
      "This raises “Calculated padded input size per channel: (…). Kernel size: (…). Kernel "
      + "size can't be greater than actual input size”. Which two numbers does it print?",
    fields: ["Padded input size", "Kernel size"],
    answer: (v) => {
      const [, padded, kernel] = /\((\d+)\)\. Kernel size: \((\d+)\)/.exec(
        conv1dError(v.length, settings(v)),
      );
      return [Number(padded), Number(kernel)];
    },
    says: (_v, [padded, kernel]) => `(${padded}) and (${kernel}).`,
    slips: (v) => {
      const padded = v.length + 2 * v.padding;
      return [
        [
          [padded, v.kernel_size],
          "The first is right. The kernel size printed is the dilated one.",
        ],
        [
          [padded, v.dilation * v.kernel_size],
          "The first is right. A dilated kernel spans " + "dilation·(kernel_size − 1) + 1.",
        ],
        [[v.length, span(v)], "The second is right. The first number has the padding in it."],
        [[v.length + v.padding, span(v)], "The second is right. `padding` is per side."],
        [
          [v.length, v.kernel_size],
          "Neither is printed as it was written: the input has its "
            + "padding on, and the kernel is dilated.",
        ],
        [[span(v), padded], "Right, but the other way round."],
      ];
    },
    working: (v) => ({
      steps: [
        `padded input size = L_in + 2·padding = ${v.length} + 2·${v.padding} = `
          + `${v.length + 2 * v.padding}`,
        "kernel size = dilation·(kernel_size − 1) + 1",
        `= ${v.dilation}·(${v.kernel_size} − 1) + 1 = ${span(v)}`,
      ],
      note: `The layer needs ${samples(span(v) - 2 * v.padding)} or more.`,
    }),
  },
  "output-size-error": {
    draw: (random) =>
      until(
        () => {
          const v = drawConv(random, [4, 60]);
          return {
            ...v,
            wanted:
              upLength(v)
              + pick(random, [-3, -2, -1, 0, 1, 2, 3, 4])
              + (random() < 0.5 ? v.stride : 0),
          };
        },
        (v) => v.stride > 1 && outputSizeError(v.length, v.wanted, settings(v)) !== null,
      ),
    code: (v) => `ValueError: ${outputSizeError(v.length, v.wanted, settings(v))}`,
    ask: () => "A decoder's `nn.ConvTranspose1d` raises this. Which `stride` has the layer?",
    fields: ["stride"],
    answer: (v) => {
      const [, least, most] = /from \[(-?\d+)\] to \[(-?\d+)\]/
        .exec(outputSizeError(v.length, v.wanted, settings(v)))
        .map(Number);
      return [most - least + 1];
    },
    says: (_v, [stride]) => `\`stride=${stride}\`.`,
    slips: (v) => [
      [
        [v.stride - 1],
        "Both ends of the range are allowed: count the sizes, not the steps between " + "them.",
      ],
      [[v.stride + 1], "Count the sizes from the first to the last: one fewer."],
      [
        [Math.abs(v.wanted - upLength(v))],
        "That is how far the size asked for lies from the "
          + "range's beginning. The stride is in how wide the range is.",
      ],
      [
        [Math.round(v.wanted / v.length)],
        "The ratio of the lengths is only near the stride. The " + "range gives it exactly.",
      ],
      [
        [Math.round(upLength(v) / v.length)],
        "The ratio of the lengths is only near the stride. The " + "range gives it exactly.",
      ],
    ],
    working: (v) => {
      const least = upLength(v);
      const most = least + v.stride - 1;
      return {
        steps: [
          "sizes allowed = stride, one for each output_padding from 0 to stride − 1",
          `stride = ${most} − ${least} + 1 = ${v.stride}`,
        ],
        note:
          v.wanted < least
            ? `To get ${v.wanted}, take ${least} and crop ${least - v.wanted} after the layer.`
            : `To get ${v.wanted}, take ${most} and pad ${v.wanted - most} after the layer.`,
      };
    },
  },
};

// Sizes at the edge of what the layers accept, as often on this side of it as on that.
const callCases = [
  (random) => {
    const v = { kernel_size: between(random, 3, 7), padding: 1, dilation: between(random, 2, 4) };
    return { length: span(v) - 2 - between(random, 0, 1), ...v };
  },
  (random) => ({
    length: between(random, 8, 20),
    kernel_size: between(random, 3, 6),
    stride: 1,
    padding: "same",
    dilation: between(random, 4, 9),
  }),
  (random) => ({
    length: between(random, 20, 90),
    kernel_size: between(random, 3, 7),
    stride: between(random, 2, 4),
    padding: "same",
  }),
  (random) => ({
    length: between(random, 20, 90),
    kernel_size: between(random, 5, 9),
    padding: -between(random, 1, 2),
  }),
  (random) => {
    const stride = between(random, 1, 4);
    return {
      up: true,
      length: between(random, 8, 40),
      kernel_size: between(random, 3, 7),
      stride,
      padding: 1,
      output_padding: stride - between(random, 0, Math.min(1, stride - 1)),
    };
  },
  (random) => {
    const [stride, dilation] = [between(random, 1, 3), between(random, 3, 6)];
    return {
      up: true,
      length: between(random, 8, 40),
      kernel_size: between(random, 2, 5),
      stride,
      padding: 1,
      dilation,
      output_padding: between(random, stride, dilation),
    };
  },
  (random) => ({
    up: true,
    length: between(random, 8, 40),
    kernel_size: between(random, 3, 7),
    stride: between(random, 1, 2),
    padding: "same",
  }),
  (random) => {
    const v = { length: between(random, 2, 5), kernel_size: 3, stride: between(random, 1, 3) };
    const row = upLength(v);
    return { up: true, ...v, padding: Math.ceil(row / 2) - between(random, 0, 1) };
  },
];

// Which rule decides whether a call of callCases works.
function callRule(v) {
  if (v.padding === "same" && v.up) {
    return {
      hint: "Does `nn.ConvTranspose1d` take a word for `padding`?",
      steps: ['nn.ConvTranspose1d: padding="same" is taken for a tuple of letters'],
      note: "Only `nn.Conv1d` knows the word, and `nn.ConvTranspose1d` doesn't look before the call.",
    };
  }
  if (v.padding === "same" && v.stride > 1) {
    return {
      hint: "Can the length be kept by a layer that takes every second or third window?",
      steps: [`nn.Conv1d: padding="same" and stride=${v.stride}`],
      note: "The layer refuses as soon as it is built, before it has seen any length.",
    };
  }
  if (v.padding === "same") {
    return {
      hint: "How much does “same” pad?",
      steps: [
        `effective kernel = ${v.dilation}·(${v.kernel_size} − 1) + 1 = ${span(v)}`,
        `padded input = ${v.length} + ${span(v) - 1} = ${v.length + span(v) - 1} ≥ ${span(v)}`,
      ],
      note: "“Same” pads whatever the window needs, so even a short signal fits.",
    };
  }
  if (v.padding < 0) {
    return {
      hint: "Is there such a thing as a negative `padding`?",
      steps: [`padding = ${count(v.padding)} < 0`],
      note: "The module is built with any int; the call refuses a negative one. To crop, slice.",
    };
  }
  if (!v.up) {
    const padded = v.length + 2 * v.padding;
    return {
      hint: "Compare the padded input with the effective kernel.",
      steps: [
        `padded input = ${v.length} + 2·${v.padding} = ${padded}`,
        `effective kernel = ${v.dilation}·(${v.kernel_size} − 1) + 1 = ${span(v)}`,
        `${padded} ${padded < span(v) ? "<" : "≥"} ${span(v)}`,
      ],
      note: padded < span(v) ? "Not even one window fits." : "The window fits, just once.",
    };
  }
  if (v.output_padding !== undefined) {
    const { stride, dilation = 1, output_padding } = v;
    const larger = Math.max(stride, dilation);
    return {
      hint: "Compare `output_padding` with the larger of `stride` and `dilation`.",
      steps: [
        `max(stride, dilation) = max(${stride}, ${dilation}) = ${larger}`,
        `output_padding = ${output_padding} ${output_padding < larger ? "<" : "≥"} ${larger}`,
      ],
      note:
        output_padding < larger
          ? "Smaller than one of the two is enough."
          : "It has to be smaller than one of the two.",
    };
  }
  const out = (v.length - 1) * v.stride - 2 * v.padding + v.kernel_size;
  return {
    hint: "Count the samples that the crop leaves.",
    steps: [`L_out = ${upStep(v)} = ${count(out)}`],
    note:
      out < 1 ? "An output has at least one sample." : "One sample or more is left: that will do.",
  };
}
