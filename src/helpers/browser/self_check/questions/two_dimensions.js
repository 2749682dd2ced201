// The questions of this page: Two dimensions.
import { requiredOutputPadding } from "../../rules/lengths.js";
import {
  between,
  conv,
  convLength,
  convStep,
  drawConv,
  settings,
  transposed,
  until,
} from "../question_words.js";

export const twoDimensions = {
  "two-axes": {
    draw: (random) =>
      until(
        () => ({ ...drawConv(random, [20, 90]), height: between(random, 20, 90) }),
        (v) => v.stride > 1 && v.height !== v.length,
      ),
    code: (v) => conv(v).replace("Conv1d", "Conv2d"),
    ask: (v) =>
      `The input has a height of ${v.height} and a width of ${v.length}. Which height and `
      + "which width has the output?",
    fields: ["height", "width"],
    answer: (v) => axes(v).map(convLength),
    says: (_v, [height, width]) => `${height} × ${width}.`,
    slips: (v) => {
      const [height, width] = axes(v).map(convLength);
      return [
        [[width, height], "A shape has the height first: (batch, channels, height, width)."],
        [[height, height], "The width is counted for itself, with the same settings."],
        [[width, width], "The height is counted for itself, with the same settings."],
        [
          [v.height, v.length].map((size) => Math.floor(size / v.stride)),
          "Those are the sizes over " + "`stride`. `kernel_size` and `padding` count as well.",
        ],
        [
          [height - 1, width - 1],
          "Those are the steps. On either axis the first window counts too.",
        ],
      ];
    },
    working: (v) => ({
      steps: axes(v).map(
        (axis, at) => `${at ? "width" : "height"}: ${convStep(axis)} = ${convLength(axis)}`,
      ),
      note: "One number stands for both axes; a pair would be (height, width).",
    }),
  },
  "output-padding-pair": {
    draw: (random) =>
      until(
        () => ({ ...drawConv(random, [20, 90]), height: between(random, 20, 90) }),
        (v) =>
          v.stride > 1
          && String(remainders(v)) !== "0,0"
          && (remainders(v)[0] !== remainders(v)[1] || random() < 0.2),
      ),
    code: (v) =>
      `down = ${conv(v)}\nup = ${transposed(v, "output_padding=(…, …)")}`.replaceAll("1d", "2d"),
    ask: (v) =>
      `Images of ${v.height} × ${v.length} go down and come back. Which pair makes \`up\` `
      + "return that size?",
    fields: ["for the height", "for the width"],
    answer: (v) => remainders(v),
    says: (_v, pair) => `\`output_padding=(${pair.join(", ")})\`.`,
    slips: (v) => {
      const [height, width] = remainders(v);
      return [
        [[width, height], "The pair has the order of the shape: the height first."],
        [[0, 0], `Without it \`up\` returns ${v.height - height} × ${v.length - width}.`],
        [[height, height], "The width has a remainder of its own."],
        [[width, width], "The height has a remainder of its own."],
        [
          [v.height % v.stride, v.length % v.stride],
          "Those are the sizes mod `stride`. `padding` and "
            + "`kernel_size` shift the remainders.",
        ],
        [[1, 1], "1 and 1 is right where both divisions leave 1."],
      ];
    },
    working: (v) => ({
      steps: axes(v).map(
        (axis, at) =>
          `${at ? "width" : "height"}: (${axis.length} + 2·${v.padding} − ${v.kernel_size}) mod `
          + `${v.stride} = ${remainders(v)[at]}`,
      ),
      note: "Each axis asks for the remainder of its own division.",
    }),
  },
  "refused-axis": {
    draw: (random) =>
      until(
        () => ({
          stride: [between(random, 1, 4), between(random, 1, 4)],
          output_padding: [between(random, 0, 4), between(random, 0, 4)],
        }),
        (v) => {
          const [refused] = refusedAxis(v);
          return (
            v.output_padding.every((added) => added > 0)
            && refused !== "neither"
            && (refused !== "both" || random() < 0.6)
          );
        },
      ),
    code: (v) =>
      `nn.ConvTranspose2d(16, 16, 3, stride=(${v.stride.join(", ")}), `
      + `output_padding=(${v.output_padding.join(", ")}))`,
    ask: () => "PyTorch refuses to run this layer. Because of which axis?",
    choices: () => [
      ["height", "The height"],
      ["width", "The width"],
      ["both", "Both"],
    ],
    answer: (v) => refusedAxis(v),
    says: (_v, [axis]) => `${axis === "both" ? "Both are" : `The ${axis} is`} refused.`,
    slips: (v) =>
      ["height", "width", "both"].map((axis) => [
        [axis],
        "On each axis compare "
          + "`output_padding` with the stride of that axis: it has to be smaller (at dilation 1). The "
          + `height has ${v.output_padding[0]} against ${v.stride[0]}.`,
      ]),
    working: (v) => ({
      steps: ["height", "width"].map(
        (axis, at) =>
          `${axis}: output_padding ${v.output_padding[at]}, stride ${v.stride[at]}: `
          + `${v.output_padding[at] < v.stride[at] ? "fine" : "refused"}`,
      ),
      note: "With a larger dilation on an axis, that axis could have more.",
    }),
  },
};

/**
 * The two axes of an image, each as the numbers of one row.
 *
 * @param {any} v
 */
function axes({ height, ...row }) {
  return [{ ...row, length: height }, row];
}

function remainders(v) {
  return axes(v).map((axis) => requiredOutputPadding(axis.length, settings(axis)));
}

function refusedAxis({ stride, output_padding }) {
  const refused = ["height", "width"].filter((_, at) => output_padding[at] >= stride[at]);
  return [["neither", refused[0], "both"][refused.length]];
}
