// The questions of this chapter: lengths that are promised before they are known.
import { requiredOutputPadding } from "../../rules/lengths.js";
import { product, upsampledLengths } from "../question_arithmetic.js";
import {
  between,
  conv,
  pick,
  samples,
  sequential,
  settings,
  transposed,
  until,
  upLength,
  upStep,
} from "../question_words.js";
import { layersOf } from "./question_parts.js";

// The next length that needs the layer's own output_padding.
function passing(v) {
  let length = v.length;
  while (remainder({ ...v, length }) !== v.output_padding) length += 1;
  return length;
}

/** @param {any} v */
function remainder({ length, output_padding: _, ...layer }) {
  return requiredOutputPadding(length, settings(layer));
}

// The guard of a layer and its mirror under a skip: L is what comes back of L.
function guard({ kernel_size, stride, padding, output_padding }) {
  const shift = 2 * padding - kernel_size;
  const signed = (number) => `${number < 0 ? "-" : "+"} ${Math.abs(number)}`;
  const inside = shift ? `(L ${signed(shift)})` : "L";
  const added = output_padding - shift;
  return `L == ${stride}*(${inside}//${stride})${added ? ` ${signed(added)}` : ""}`;
}

// The shortest input that leaves `inside` samples in the middle of a stack.
function shortest(inside, layers) {
  return upsampledLengths(inside, [...layers].reverse());
}

// Where the layer's output starts and stops in what it scatters without any padding.
function cutOf(v) {
  return [v.padding, v.padding + upLength(v)];
}

export const exporting = {
  "passing-guard": {
    draw: (random) =>
      until(
        () => {
          const stride = between(random, 2, 5);
          return {
            length: between(random, 50, 200),
            kernel_size: between(random, stride, 9),
            stride,
            padding: between(random, 0, 3),
            output_padding: between(random, 0, stride - 1),
          };
        },
        (v) => 2 * v.padding <= v.kernel_size && passing(v) > v.length,
      ),
    code: (v) => {
      const { output_padding: _, ...layer } = v;
      return `h = ${conv(layer, "", [1, 16])}(x)\ny = x + ${transposed(v, "", [16, 1])}(h)`;
    },
    ask: (v) =>
      `Exported for a dynamic length, these layers leave the guard \`${guard(v)}\`. A caller `
      + `comes with ${samples(v.length)} and is refused. What is the shortest longer length that `
      + "passes?",
    fields: ["Samples"],
    answer: (v) => [passing(v)],
    says: (_v, [length]) => `${samples(length)}.`,
    slips: (v) => {
      const { output_padding: _, ...plain } = v;
      const bare = passing({ ...plain, output_padding: 0 });
      return [
        [[passing(v) + v.stride], "That one passes, but a shorter one does, too."],
        [
          [passing(v) - v.stride],
          "That one would pass, but it is shorter than what the caller has.",
        ],
        [
          [Math.ceil(v.length / v.stride) * v.stride],
          "That is the next multiple of `stride`. "
            + "`kernel_size` and `padding` shift the lengths that pass.",
        ],
        [[bare], `That one needs no \`output_padding\`, and this layer adds ${v.output_padding}.`],
        [[v.length + 1], "Put it into the guard: the two sides differ."],
      ];
    },
    working: (v) => {
      const more = passing(v) - v.length;
      const shifted = (length) => `(${length} + 2·${v.padding} − ${v.kernel_size}) mod ${v.stride}`;
      return {
        steps: [
          "output_padding = (L + 2·padding − kernel_size) mod stride",
          `${v.length} needs: ${shifted(v.length)} = ${remainder(v)}`,
          `${passing(v)} needs: ${shifted(passing(v))} = ${v.output_padding}`,
          `so the shortest is: ${v.length} + ${more} = ${passing(v)}`,
        ],
        note:
          "The guard is the round-trip condition: it lets through the lengths that need the "
          + `layer's own \`output_padding\`, ${v.output_padding}.`,
      };
    },
  },
  "promised-length": {
    draw: (random) =>
      until(
        () => {
          const depth = between(random, 2, 3);
          return { layers: Array.from({ length: depth }, () => pick(random, encoderLayers)) };
        },
        (v) => shortest(2, v.layers).at(-1) <= 150,
      ),
    code: (v) =>
      sequential(
        v.layers.map((layer, at) => conv(layer, "", [at ? 16 * 2 ** (at - 1) : 1, 16 * 2 ** at])),
        "encoder",
      ),
    ask: () =>
      "`encoder` is exported with a named `Dim`. Every inner length has to be 2 at least. "
      + "Which is the smallest `min` that the `Dim` may promise?",
    fields: ["min"],
    answer: (v) => [shortest(2, v.layers).at(-1)],
    says: (_v, [least]) => `\`min=${least}\`.`,
    slips: (v) => {
      const strides = product(v.layers.map(({ stride }) => stride));
      return [
        [
          [shortest(1, v.layers).at(-1)],
          "Of that length one sample is left in the end, and PyTorch "
            + "treats a size of 1 apart.",
        ],
        [
          [2 * strides],
          "That is twice the product of the strides. `kernel_size` and `padding` count "
            + "as well, layer by layer.",
        ],
        [
          [strides],
          "That is the product of the strides. `kernel_size` and `padding` count as well, "
            + "and 2 samples have to be left.",
        ],
        [
          [shortest(2, v.layers.slice(1)).at(-1)],
          "One more layer to go: that is what the first " + "layer has to return.",
        ],
        [[shortest(2, [...v.layers].reverse()).at(-1)], "Go backwards: begin with the last layer."],
        [[shortest(3, v.layers).at(-1)], "That leaves 3 samples. 2 are enough."],
      ];
    },
    working: (v) => {
      const lengths = [2, ...shortest(2, v.layers)];
      return {
        steps: [...v.layers]
          .reverse()
          .map(
            (layer, at) =>
              `layer ${v.layers.length - 1 - at}: ${upStep({ ...layer, length: lengths[at] })} `
              + `= ${lengths[at + 1]}`,
          ),
        note:
          "Backwards from the 2 samples that have to be left: the shortest input of a "
          + "convolution is (L_out − 1)·stride − 2·padding + kernel_size, the formula of the "
          + "transposed layer.",
      };
    },
  },
  "portable-cut": {
    draw: (random) =>
      until(
        () => ({
          length: between(random, 10, 80),
          kernel_size: between(random, 3, 9),
          stride: between(random, 2, 5),
          padding: between(random, 1, 4),
          output_padding: between(random, 0, 4),
        }),
        (v) =>
          v.output_padding < v.stride
          && v.output_padding <= v.padding
          && v.stride <= v.kernel_size
          && 2 * v.padding <= v.kernel_size
          && (v.output_padding > 0 || random() < 0.3),
      ),
    code: (v) => {
      const { kernel_size, stride } = v;
      return (
        `layer = ${transposed(v)}\nplain = ${transposed({ kernel_size, stride })}\n`
        + "plain.load_state_dict(layer.state_dict())\ny = plain(h)[..., start:stop]"
      );
    },
    ask: (v) =>
      `\`h\` has ${samples(v.length)}. Which \`start\` and \`stop\` make \`y\` what \`layer(h)\` `
      + "returns?",
    fields: ["start", "stop"],
    answer: cutOf,
    says: (_v, [start, stop]) => `\`[..., ${start}:${stop}]\`.`,
    slips: (v) => {
      const [start, stop] = cutOf(v);
      return [
        [
          [start, stop - start],
          "That is how long `y` is. `stop` is counted from the start of what " + "`plain` returns.",
        ],
        [[0, stop - start], "That has the right length, but `padding` crops on the left, too."],
        [[start, stop - v.output_padding], "`output_padding` leaves more of the right end."],
        [
          [start, stop - 2 * v.output_padding],
          "`output_padding` leaves more of the right end, " + "not less.",
        ],
        [
          [start, stop + v.padding - v.output_padding],
          "That is the end of all that was scattered. " + "The right side is cropped as well.",
        ],
        [
          [start - 1, stop - 1],
          "Count from 0: `start` is the number of samples left out before " + "it.",
        ],
        [[2 * start, stop + start], "`padding` is per side: that many are cropped on the left."],
      ];
    },
    working: (v) => {
      const [start, stop] = cutOf(v);
      return {
        steps: [
          `start: padding = ${start}`,
          "length = (L_in − 1)·stride − 2·padding + kernel_size + output_padding",
          `= ${upStep(v)} + ${v.output_padding} = ${stop - start}`,
          `stop: ${start} + ${stop - start} = ${stop}`,
        ],
        note: "A plain layer and a cut with no negative number: what every converter has.",
      };
    },
  },
};

const encoderLayers = layersOf(
  [3, 2, 1],
  [4, 2, 1],
  [5, 2, 2],
  [7, 2, 3],
  [3, 2, 0],
  [5, 3, 1],
  [7, 3, 2],
  [8, 4, 2],
);
