// The questions of this chapter: From Keras, TensorFlow, ONNX or JAX.
import { kerasSame, pytorchSame } from "../question_arithmetic.js";
import { between, pick, samples, until } from "../question_words.js";

export const otherFrameworks = {
  "keras-same": {
    draw: (random) =>
      until(
        () => ({
          length: between(random, 10, 120),
          kernel_size: between(random, 2, 9),
          stride: between(random, 2, 5),
        }),
        (v) => {
          const [begin, end] = kerasSame(v);
          return end > 0 && (begin !== end || random() < 0.4);
        },
      ),
    code: (v) =>
      `keras.layers.Conv1D(32, kernel_size=${v.kernel_size}, strides=${v.stride}, `
      + 'padding="same")',
    ask: (v) =>
      `This Keras layer gets ${samples(v.length)}. How many zeros does it put before and `
      + "after them?",
    fields: ["Zeros before", "Zeros after"],
    answer: kerasSame,
    says: (_v, [begin, end]) => `${begin} before, ${end} after.`,
    slips: (v) => {
      const [begin, end] = kerasSame(v);
      return [
        [[end, begin], "The other way round: the odd one goes after."],
        [
          pytorchSame(v),
          "That many keep the length at stride 1, as PyTorch's “same” does. With a "
            + "stride, Keras adds only what the last window still needs.",
        ],
        [
          kerasSame({ ...v, length: v.length + v.stride - (v.length % v.stride) }),
          "That would be "
            + `right if \`strides\` divided the length. ${v.length} leaves `
            + `${v.length % v.stride}.`,
        ],
        [[begin, begin], "In all one too few: the last window would not fit."],
        [[end, end], "In all one too many: Keras adds no more than the last window still needs."],
        [[0, begin + end], "The total is right. Half of it goes before."],
        [[begin + end, begin + end], "That is the total, on each side."],
      ];
    },
    working: (v) => {
      const out = Math.ceil(v.length / v.stride);
      const read = (out - 1) * v.stride + v.kernel_size;
      const [begin, end] = kerasSame(v);
      return {
        steps: [
          `L_out = ⌈${v.length} / ${v.stride}⌉ = ${out}`,
          `total = max(0, (${out} − 1)·${v.stride} + ${v.kernel_size} − ${v.length}) = `
            + `max(0, ${read} − ${v.length}) = ${begin + end}`,
          `before = ⌊${begin + end} / 2⌋ = ${begin}`,
          `after = ${begin + end} − ${begin} = ${end}`,
        ],
        note: `In PyTorch: \`F.pad(x, (${begin}, ${end}))\`, then the layer without padding.`,
      };
    },
  },
  "onnx-pads": {
    draw: (random) =>
      until(
        () => ({
          kernel_size: between(random, 2, 9),
          stride: between(random, 2, 6),
          begin: between(random, 0, 5),
          end: between(random, 0, 5),
          added: pick(random, [0, 0, 0, 1]),
        }),
        (v) => {
          const needed = v.begin - v.end + v.added;
          return (
            needed > 0
            && needed < v.stride
            && v.stride <= v.kernel_size
            && v.begin < v.kernel_size
            && v.added <= v.end
          );
        },
      ),
    code: (v) =>
      `onnx.helper.make_node("ConvTranspose", ["x", "weight"], ["y"], `
      + `kernel_shape=[${v.kernel_size}], strides=[${v.stride}], pads=[${v.begin}, ${v.end}]`
      + `${v.added ? `, output_padding=[${v.added}]` : ""})`,
    ask: (v) =>
      `This node crops ${v.begin} at the start and ${v.end} at the end`
      + `${v.added ? `, and adds ${v.added} at the end` : ""}. Which settings make `
      + "`nn.ConvTranspose1d` return the same samples?",
    fields: ["padding", "output_padding"],
    answer: (v) => [v.begin, v.begin - v.end + v.added],
    says: (_v, [padding, added]) => `\`padding=${padding}, output_padding=${added}\`.`,
    slips: (v) => [
      [
        [v.begin, v.added],
        "`padding` is right. But PyTorch then crops as much at the end, unless "
          + "`output_padding` takes some of it back.",
      ],
      [
        [v.end, v.begin - v.end + v.added],
        "`padding` is what is cropped on the left: the first of `pads`.",
      ],
      [[v.end, v.added], "`padding` is what is cropped on the left: the first of `pads`."],
      [[v.begin, v.begin - v.end], "The node's own `output_padding` counts as well."],
      [
        [v.begin + v.end, v.added],
        "`pads` gives both ends apart. PyTorch's `padding` is per side.",
      ],
      [
        [v.begin, v.end],
        "`output_padding` is what PyTorch crops less at the end than on the left.",
      ],
      [[v.begin - v.end + v.added, v.begin], "Right, but the other way round."],
    ],
    working: (v) => ({
      steps: [
        `left: padding = ${v.begin}`,
        "right: padding − output_padding = end − the node's output_padding",
        `output_padding = ${v.begin} − ${v.end} + ${v.added} = ${v.begin - v.end + v.added}`,
      ],
      note:
        "It works as long as `output_padding` comes out from 0 to stride − 1. Otherwise crop "
        + "the row yourself.",
    }),
  },
  "tf-transposed-same": {
    draw: (random) =>
      until(
        () => ({ kernel_size: between(random, 3, 11), stride: between(random, 2, 5) }),
        (v) => v.kernel_size > v.stride,
      ),
    code: (v) =>
      `keras.layers.Conv1DTranspose(16, kernel_size=${v.kernel_size}, `
      + `strides=${v.stride}, padding="same")`,
    ask: () =>
      "This layer returns exactly `strides` times its input length. Which settings make "
      + "`nn.ConvTranspose1d` return the same samples?",
    choices: (v) => {
      const half = Math.floor((v.kernel_size - v.stride) / 2);
      return [
        ["even", `padding=${half}`],
        ["shifted", `padding=${half + 1}, output_padding=1`],
        ["crop", "None do: crop the row yourself"],
      ];
    },
    answer: (v) => [kerasCrop(v)[0] === kerasCrop(v)[1] ? "even" : "crop"],
    says: (v) => {
      const [begin, end] = kerasCrop(v);
      return begin === end
        ? `it crops ${begin} at each end, and so does \`padding=${begin}\`.`
        : `it crops ${begin} at the start and ${end} at the end: \`row[..., ${begin}:-${end}]\`.`;
    },
    slips: (v) => {
      const [begin, end] = kerasCrop(v);
      return [
        [
          ["shifted"],
          begin === end
            ? `That crops ${begin + 1} on the left, where Keras crops ${begin}.`
            : "The right length, but shifted by one sample: PyTorch crops the odd one on the left, "
              + "Keras at the end.",
        ],
        [["even"], `That crops ${begin} at each end, one sample too few.`],
        [["crop"], `The total cut, ${v.kernel_size} − ${v.stride} = ${begin + end}, is even.`],
      ];
    },
    working: (v) => {
      const [begin, end] = kerasCrop(v);
      const total = begin + end;
      return {
        steps: [
          `total cut = kernel_size − stride = ${v.kernel_size} − ${v.stride} = ${total}`,
          `at the start = ⌊${total} / 2⌋ = ${begin}`,
          `at the end = ${total} − ${begin} = ${end}`,
        ],
        note:
          begin === end
            ? "An even total is cut evenly, as `padding` does."
            : "PyTorch cuts `padding` on the left and padding − output_padding on the right: never "
              + "more on the right.",
      };
    },
  },
};

// Keras cuts from the transposed row what it would have padded before the convolution.
function kerasCrop({ kernel_size, stride }) {
  return kerasSame({ length: 100 * stride, kernel_size, stride });
}
