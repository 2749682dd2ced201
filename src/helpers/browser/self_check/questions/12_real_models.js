// The questions of this chapter: sizes in real models.
import { product, stackLengths, upsampledLengths } from "../question_arithmetic.js";
import {
  between,
  conv,
  count,
  pick,
  samples,
  sequential,
  transposed,
  until,
  upStep,
} from "../question_words.js";
import { downSteps, layersOf } from "./question_parts.js";

export const realModels = {
  "upsampling-rates": {
    draw: (random) =>
      until(
        () => ({
          length: between(random, 20, 90),
          rates: pick(random, [
            [8, 5, 5],
            [5, 5, 4, 3],
            [8, 8, 2, 2],
            [5, 4, 4, 2],
            [7, 7, 4],
            [8, 5, 4],
            [10, 6, 5],
            [4, 5, 3],
            [5, 4, 2, 2],
            [8, 3, 5],
            [9, 5, 5],
          ]),
          wider: random() < 0.25,
        }),
        (v) => v.rates.some((rate) => rate % 2) || (!v.wider && random() < 0.3),
      ),
    code: (v) =>
      sequential(
        vocoder(v).map((layer, at) => transposed(layer, "", [512 / 2 ** at, 256 / 2 ** at])),
      ),
    ask: (v) =>
      `These rates should give ${v.rates.join("·")} = ${product(v.rates)} samples for each `
      + `frame. ${samples(v.length, "frame")} go in. How many samples come out?`,
    fields: ["Samples that come out"],
    answer: (v) => [upsampledLengths(v.length, vocoder(v)).at(-1)],
    says: (v, [out]) => {
      const extra = out - v.length * product(v.rates);
      return `${samples(out)}${extra ? `, ${extra} more than wanted` : ", exactly as wanted"}.`;
    },
    slips: (v) => {
      const wanted = v.length * product(v.rates);
      const odd = vocoder(v).filter(({ kernel_size, stride }) => (kernel_size - stride) % 2).length;
      return [
        [
          [wanted],
          "That is what was wanted. Where kernel_size − stride is odd, the same "
            + "`padding` on both sides can't crop it all.",
        ],
        [
          [wanted + odd],
          "Each layer with an odd kernel_size − stride makes one sample too many, "
            + "and the layers after it multiply that.",
        ],
        [[upsampledLengths(v.length, vocoder(v)).at(-2)], "One more layer to go."],
        [
          [
            upsampledLengths(
              v.length,
              vocoder(v).map((layer) => ({ ...layer, padding: 0 })),
            ).at(-1),
          ],
          "`padding` crops each layer's output at both ends.",
        ],
      ];
    },
    working: (v) => {
      const lengths = [v.length, ...upsampledLengths(v.length, vocoder(v))];
      const wanted = v.length * product(v.rates);
      return {
        steps: vocoder(v).map(
          (layer, at) =>
            `layer ${at}: ${upStep({ ...layer, length: lengths[at] })} = ${lengths[at + 1]}`,
        ),
        note:
          lengths.at(-1) === wanted
            ? "Each kernel_size − stride is even, so each layer multiplies exactly."
            : `${count(wanted)} were wanted. Where kernel_size − stride is odd, padding = `
              + "⌊(kernel_size − stride) / 2⌋ leaves one sample too many.",
      };
    },
  },
  "odd-stride-loss": {
    draw: (random) => {
      const strides = pick(random, [
        [2, 4, 5, 8],
        [2, 3, 4],
        [3, 5],
        [2, 5, 5],
        [4, 5, 6],
        [3, 4, 5],
        [2, 4, 8, 8],
        [5, 8],
        [2, 4, 7],
        [3, 3, 4],
        [2, 2, 3, 5],
      ]);
      return { strides, length: product(strides) * between(random, 10, 60) };
    },
    code: (v) => {
      const loop = (strides, layer) =>
        `for s in (${strides.join(", ")}):\n    `
        + `nn.${layer}(1, 1, kernel_size=2 * s, stride=s, padding=math.ceil(s / 2))`;
      return `${loop(v.strides, "Conv1d")}\n${loop([...v.strides].reverse(), "ConvTranspose1d")}`;
    },
    ask: (v) =>
      `A codec's encoder and decoder are built by these loops. ${samples(v.length)} go in, `
      + `a multiple of ${product(v.strides)}. How many samples are missing in what comes back?`,
    fields: ["Samples missing"],
    answer: (v) => {
      const down = v.strides.map(codecLayer);
      const code = stackLengths(v.length, down).at(-1);
      return [v.length - upsampledLengths(code, down.reverse()).at(-1)];
    },
    says: (v, [missing]) =>
      missing
        ? `${samples(v.length - missing)} come back, ${missing} too few.`
        : "none, because all strides are even.",
    slips: (v) => {
      const odd = v.strides.map((stride, at) => [stride, at]).filter(([stride]) => stride % 2);
      const encoderOrder = odd.reduce((sum, [, at]) => sum + product(v.strides.slice(at + 1)), 0);
      return [
        [[0], "With an odd stride s, ⌈s / 2⌉ crops s + 1 samples from s + s·L: one too many."],
        [
          [odd.length],
          "Each odd stride costs one sample where it stands in the decoder, and the "
            + "layers after it multiply that.",
        ],
        [
          [encoderOrder],
          "The decoder goes through the strides in reverse: its later layers have "
            + "the smaller of them.",
        ],
        [
          [product(v.strides)],
          "The encoder loses nothing here: its input is a multiple of all " + "strides.",
        ],
        [
          [1],
          "Which layers of the decoder come up short, and what do the layers after them make "
            + "of that?",
        ],
      ];
    },
    working: (v) => {
      const down = v.strides.map(codecLayer);
      const encoded = stackLengths(v.length, down);
      const decoder = [...down].reverse();
      const decoded = upsampledLengths(encoded.at(-1), decoder);
      const given = [encoded.at(-1), ...decoded];
      return {
        steps: [
          `encoder: ${[v.length, ...encoded].join(" → ")}`,
          ...decoder.map(
            (layer, at) =>
              `stride ${layer.stride}: ${upStep({ ...layer, length: given[at] })} = ${decoded[at]}`,
          ),
          `missing: ${v.length} − ${decoded.at(-1)} = ${v.length - decoded.at(-1)}`,
        ],
        note: v.strides.every((stride) => stride % 2 === 0)
          ? "With even strides, 2·⌈s / 2⌉ is s, and each layer multiplies exactly."
          : "An odd stride s makes s·L − 1 samples. `output_padding=s % 2` gives the one back, for "
            + "inputs that are such a multiple.",
      };
    },
  },
  "feature-frames": {
    draw: (random) =>
      random() < 0.7
        ? { model: "wav2vec 2.0", length: 800 * between(random, 5, 200) }
        : { model: "Whisper", length: between(random, 81, 2999) },
    code: (v) =>
      v.model === "Whisper"
        ? sequential(frontEnds[v.model].map((layer, at) => conv(layer, "", [at ? 384 : 80, 384])))
        : "kernel_sizes = (10, 3, 3, 3, 3, 2, 2)\nstrides = (5, 2, 2, 2, 2, 2, 2)",
    ask: (v) =>
      v.model === "Whisper"
        ? `Whisper's front end gets ${samples(v.length, "mel frame")}. How many positions does its `
          + "encoder see?"
        : "wav2vec 2.0 begins with seven unpadded `nn.Conv1d`, which together act as one window of "
          + `400 samples with a stride of 320. How many frames do ${count(v.length)} samples `
          + `(${v.length / 16000} s) give?`,
    fields: ["How many"],
    answer: (v) => [stackLengths(v.length, frontEnds[v.model]).at(-1)],
    says: (v, [frames]) => `${samples(frames, v.model === "Whisper" ? "position" : "frame")}.`,
    slips: (v) =>
      v.model === "Whisper"
        ? [
            [
              [Math.floor(v.length / 2)],
              "The last of an odd number of frames still gets a window, "
                + "thanks to the padding: `n // 2` is one too few.",
            ],
            [[v.length], "The second layer has `stride=2`."],
            [[v.length - 2], "`padding=1` on both sides makes up for what the kernel takes."],
            [[Math.ceil(v.length / 2) - 1], "The first window counts too: add 1."],
          ]
        : [
            [
              [Math.floor(v.length / 320)],
              "That is the length over 320. The first window takes 400 "
                + "samples before any step is made.",
            ],
            [
              [Math.floor((v.length - 400) / 320)],
              "Those are the steps. The first window counts too: " + "add 1.",
            ],
            [
              [Math.ceil((v.length - 400) / 320) + 1],
              "A window that doesn't fit isn't counted: round " + "down.",
            ],
            [
              [Math.ceil(v.length / 320)],
              "There is no padding: the last frame needs 400 samples of " + "its own.",
            ],
          ],
    working: (v) =>
      v.model === "Whisper"
        ? {
            steps: downSteps(v.length, frontEnds[v.model]),
            note: "That is ⌈L_in / 2⌉, for odd and even lengths alike.",
          }
        : {
            steps: [
              `layers: ${[v.length, ...stackLengths(v.length, frontEnds[v.model])].join(" → ")}`,
              `⌊(${v.length} − 400) / 320⌋ + 1 = ⌊${v.length - 400} / 320⌋ + 1 = `
                + `${Math.floor((v.length - 400) / 320) + 1}`,
            ],
            note:
              "Without padding, the floors of a stack make one floor, so layer by layer and all at "
              + "once agree.",
          },
  },
};

const frontEnds = {
  "wav2vec 2.0": [
    [10, 5],
    [3, 2],
    [3, 2],
    [3, 2],
    [3, 2],
    [2, 2],
    [2, 2],
  ].map(([kernel_size, stride]) => ({ kernel_size, stride })),
  Whisper: layersOf([3, 1, 1], [3, 2, 1]),
};

function vocoder({ rates, wider }) {
  return rates.map((stride) => {
    const kernel_size = 2 * stride + (wider ? stride % 2 : 0);
    return { kernel_size, stride, padding: Math.floor((kernel_size - stride) / 2) };
  });
}

function codecLayer(stride) {
  return { kernel_size: 2 * stride, stride, padding: Math.ceil(stride / 2) };
}
