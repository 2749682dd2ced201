// The questions of this chapter: stacks that come back.
import { requiredOutputPadding } from "../../rules/lengths.js";
import {
  accepts,
  comesBack,
  nextValidLength,
  product,
  stackLengths,
  upsampledLengths,
} from "../question_arithmetic.js";
import {
  between,
  conv,
  convStep,
  pick,
  samples,
  sequential,
  until,
  upStep,
} from "../question_words.js";
import { downSteps, layersOf } from "./question_parts.js";

export const stacksThatComeBack = {
  "stack-length": {
    draw: (random) =>
      until(
        () => ({
          length: between(random, 60, 400),
          layers: Array.from({ length: between(random, 2, 3) }, () => pick(random, stackLayers)),
        }),
        (v) => {
          if (!accepts(v.length, v.layers)) return false;
          const lengths = [v.length, ...stackLengths(v.length, v.layers)];
          const rounds = v.layers.some(
            (layer, at) => requiredOutputPadding(lengths[at], layer) > 0,
          );
          return (
            rounds
            && lengths.at(-1) > 3
            && v.layers.some(({ stride }) => stride > 1)
            && v.layers.some(({ pool }) => !pool)
          );
        },
      ),
    code: (v) => sequential(stackLines(v.layers)),
    ask: (v) => `A signal of ${samples(v.length)} goes through this stack. How many come out?`,
    fields: ["Samples that come out"],
    answer: (v) => [stackLengths(v.length, v.layers).at(-1)],
    says: (_v, [out]) => `${samples(out)}.`,
    slips: (v) => {
      const lengths = stackLengths(v.length, v.layers);
      const strides = product(v.layers.map(({ stride }) => stride));
      const ratio = v.length / strides;
      const unrounded = v.layers.reduce(
        (length, { kernel_size, stride, padding }) =>
          (length + 2 * padding - kernel_size) / stride + 1,
        v.length,
      );
      const up = v.layers.reduce(
        (length, { kernel_size, stride, padding }) =>
          Math.ceil((length + 2 * padding - kernel_size) / stride) + 1,
        v.length,
      );
      return [
        [[lengths.at(-2)], "One more layer to go."],
        [[up], "Each layer rounds down, not up."],
        [
          [Math.floor(unrounded)],
          "Each layer rounds down for itself, and the next one starts from " + "the whole number.",
        ],
        [
          [Math.floor(ratio)],
          `That is ${v.length} over the product of the strides. \`kernel_size\` `
            + "and `padding` count as well, layer by layer.",
        ],
        [
          [Math.ceil(ratio)],
          `That is ${v.length} over the product of the strides. \`kernel_size\` `
            + "and `padding` count as well, layer by layer.",
        ],
        [[lengths.at(-1) - 1], "Check each layer: the first window counts too."],
      ];
    },
    working: (v) => ({
      steps: downSteps(v.length, v.layers),
      note: "Each layer rounds down before the next one starts.",
    }),
  },
  "next-valid-length": {
    draw: (random) =>
      until(
        () => {
          const layer = pick(random, encoderLayers);
          const depth = between(random, 2, 3);
          return {
            length: between(random, 100, 900),
            layers: Array.from({ length: depth }, () => layer),
          };
        },
        (v) => v.length % 10 === 0 && accepts(v.length, v.layers) && !comesBack(v.length, v.layers),
      ),
    code: (v) => sequential(stackLines(v.layers), "encoder"),
    ask: (v) =>
      "The decoder mirrors this encoder, without any `output_padding`. A signal of "
      + `${samples(v.length)} is lengthened with zeros until it comes back exactly as long as it `
      + "went in. How long is it then, at the least?",
    fields: ["Samples, zeros included"],
    answer: (v) => [nextValidLength(v.length, v.layers)],
    says: (v, [valid]) => `${samples(valid)}, so ${samples(valid - v.length, "zero")} more.`,
    slips: (v) => {
      const strides = product(v.layers.map(({ stride }) => stride));
      const lengths = stackLengths(v.length, v.layers);
      const back = upsampledLengths(lengths.at(-1), v.layers).at(-1);
      return [
        [
          [Math.ceil(v.length / strides) * strides],
          `That is a multiple of the strides' product, `
            + `${strides}. With this \`kernel_size\` and \`padding\` the lengths that come back are `
            + "others.",
        ],
        [[back], `That is what comes back from ${v.length}. Round up in each layer, not down.`],
        [
          [nextValidLength(v.length, v.layers.slice(0, 1))],
          "With that length the first layer " + "comes back. The layers after it have to as well.",
        ],
        [
          [nextValidLength(v.length, v.layers) + strides],
          "That one comes back, but a shorter one " + "does, too.",
        ],
      ];
    },
    working: (v) => {
      const steps = [];
      let length = v.length;
      v.layers.forEach((layer, at) => {
        const { kernel_size, stride, padding } = layer;
        const out = Math.ceil((length + 2 * padding - kernel_size) / stride) + 1;
        steps.push(`layer ${at}: ${convStep({ ...layer, length }, "⌈⌉")} = ${out}`);
        length = out;
      });
      for (const layer of [...v.layers].reverse()) {
        const [longer] = upsampledLengths(length, [layer]);
        steps.push(`back: ${upStep({ ...layer, length })} = ${longer}`);
        length = longer;
      }
      return {
        steps,
        note:
          "Through the encoder with each layer rounding up, then back through the decoder: "
          + "Demucs' `valid_length` does the same.",
      };
    },
  },
  "mirror-output-padding": {
    draw: (random) =>
      until(
        () => {
          const layers = Array.from({ length: 3 }, () => pick(random, encoderLayers));
          return { length: between(random, 100, 900), layers, at: between(random, 1, 2) };
        },
        (v) => {
          if (!accepts(v.length, v.layers)) return false;
          const lengths = stackLengths(v.length, v.layers);
          return (
            lengths[2] > 2
            && v.layers[v.at].stride > 2
            && (requiredOutputPadding(lengths[v.at - 1], v.layers[v.at]) > 0 || random() < 0.1)
          );
        },
      ),
    code: (v) => sequential(stackLines(v.layers), "encoder"),
    ask: (v) =>
      `A decoder mirrors this encoder for signals of ${samples(v.length)}. Which `
      + `\`output_padding\` must the layer have that undoes \`encoder[${v.at}]\`?`,
    fields: ["output_padding"],
    answer: (v) => [
      requiredOutputPadding(stackLengths(v.length, v.layers)[v.at - 1], v.layers[v.at]),
    ],
    says: (_v, [needed]) => `\`output_padding=${needed}\`.`,
    slips: (v) => {
      const lengths = [v.length, ...stackLengths(v.length, v.layers)];
      const layer = v.layers[v.at];
      const needed = requiredOutputPadding(lengths[v.at], layer);
      const whole =
        `That would be right if ${samples(v.length)} went into \`encoder[${v.at}]\`. `
        + "What goes in is what the layer before returned.";
      return [
        [[requiredOutputPadding(v.length, layer)], whole],
        [
          [layer.stride - needed],
          "That is how far it is up to the next length that needs none. "
            + "The `output_padding` is the remainder itself.",
        ],
        [
          [requiredOutputPadding(lengths[v.at - 1], v.layers[v.at - 1])],
          `That belongs to the layer that undoes \`encoder[${v.at - 1}]\`.`,
        ],
        [
          [lengths[v.at] % layer.stride],
          "That is the length mod `stride`. `padding` and " + "`kernel_size` shift the remainder.",
        ],
        [[0], "The floor in this layer took something away: find the remainder."],
      ];
    },
    working: (v) => {
      const before = v.layers.slice(0, v.at);
      const length = stackLengths(v.length, before).at(-1);
      const { kernel_size, stride, padding } = v.layers[v.at];
      const inside = length + 2 * padding - kernel_size;
      return {
        steps: [
          ...downSteps(v.length, before),
          `output_padding = (${length} + 2·${padding} − ${kernel_size}) mod ${stride} = `
            + `${inside} mod ${stride} = ${inside % stride}`,
        ],
        note: "Each layer of the decoder looks at the length that its own partner was given.",
      };
    },
  },
};

const stackLayers = [
  ...layersOf([7, 2, 3], [5, 2, 2], [3, 2, 1], [4, 2, 1], [5, 3, 1], [8, 4, 2], [3, 1, 0]),
  ...layersOf([2, 2, 0], [3, 3, 0]).map((layer) => ({ ...layer, pool: true })),
];

const encoderLayers = layersOf(
  [3, 2, 1],
  [4, 2, 1],
  [5, 3, 1],
  [5, 3, 2],
  [6, 3, 0],
  [7, 3, 2],
  [8, 4, 0],
  [8, 4, 2],
);

function stackLines(layers) {
  const widths = [1];
  return layers.map((layer) => {
    if (layer.pool) return `nn.MaxPool1d(${layer.kernel_size})`;
    widths.push(16 * 2 ** (widths.length - 1));
    return conv(layer, "", widths.slice(-2));
  });
}
