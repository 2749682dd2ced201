// The questions of this chapter: lengths in batches, blocks and spectrograms.
import { requiredOutputPadding } from "../../rules/lengths.js";
import { room, stackLengths } from "../question_arithmetic.js";
import {
  between,
  conv,
  convLength,
  convSteps,
  pick,
  samples,
  sequential,
  until,
} from "../question_words.js";
import { downSteps, layersOf } from "./question_parts.js";

function framesOf(length, { layers }) {
  return stackLengths(length, layers).at(-1);
}

// The tower of the chapter: each layer rounds a half up.
function tower(depth) {
  return Array.from({ length: depth }, () => ({ kernel_size: 3, stride: 2, padding: 1 }));
}

function vectors(length, { depth }) {
  return stackLengths(length, tower(depth)).at(-1);
}

function inBlocks(v) {
  const whole = Math.floor(v.length / v.block);
  return whole * vectors(v.block, v) + vectors(v.length % v.block, v);
}

// A spectrogram is a convolution: its window is the kernel, its hop the stride.
function asLayer({ length, n_fft, hop, center }) {
  return { length, kernel_size: n_fft, stride: hop, padding: center ? n_fft / 2 : 0 };
}

function missing(v) {
  const { length, ...layer } = asLayer(v);
  return requiredOutputPadding(length, layer);
}

export const batches = {
  "block-vectors": {
    draw: (random) =>
      until(
        () => {
          const depth = between(random, 2, 3);
          return { depth, block: between(random, 20, 110), length: 10 * between(random, 12, 70) };
        },
        (v) =>
          v.block % 2 ** v.depth > 0
          && v.length % v.block > 0
          && v.length > 3 * v.block
          && v.length < 10 * v.block,
      ),
    code: (v) =>
      sequential(
        tower(v.depth).map((layer, at) => conv(layer, "", at ? [32, 32] : [80, 32])),
        "tower",
      ),
    ask: (v) =>
      `Of ${samples(v.length, "frame")}, how many vectors does \`tower\` make as a whole, and `
      + `how many in blocks of ${v.block}, the last one shorter?`,
    fields: ["As a whole", "In blocks"],
    answer: (v) => [vectors(v.length, v), inBlocks(v)],
    says: (_v, [whole, blocks]) => `${whole} as a whole, ${blocks} in blocks.`,
    slips: (v) => {
      const [whole, blocks] = [vectors(v.length, v), inBlocks(v)];
      const count = Math.floor(v.length / v.block);
      const each = vectors(v.block, v);
      const stride = 2 ** v.depth;
      const down = Math.floor(v.length / stride);
      const rest = Math.floor((v.length % v.block) / stride);
      return [
        [[blocks, whole], "The other way round: each block rounds up for itself."],
        [
          [whole, whole],
          "That would be right if the block were a multiple of the total stride, "
            + `${stride}. Each block rounds up for itself.`,
        ],
        [[whole, (count + 1) * each], "The last block is shorter than the others."],
        [[whole, count * each], "The last block makes vectors as well."],
        [
          [down, count * Math.floor(v.block / stride) + rest],
          "With this padding each layer rounds " + "up, not down.",
        ],
        [[down, blocks], "With this padding each layer rounds up, as a whole as well."],
      ];
    },
    working: (v) => {
      const count = Math.floor(v.length / v.block);
      const rest = v.length % v.block;
      const stride = 2 ** v.depth;
      const [each, last] = [vectors(v.block, v), vectors(rest, v)];
      return {
        steps: [
          `as a whole: ⌈${v.length} / ${stride}⌉ = ${vectors(v.length, v)}`,
          `one block: ⌈${v.block} / ${stride}⌉ = ${each}`,
          `the last block: ⌈${rest} / ${stride}⌉ = ${last}`,
          `in blocks: ${count}·${each} + ${last} = ${inBlocks(v)}`,
        ],
        note:
          `Each layer makes ⌊(L − 1) / 2⌋ + 1 = ⌈L / 2⌉, so ${v.depth} make ⌈L / ${stride}⌉. `
          + `Blocks that are a multiple of ${stride} would make as many as the whole.`,
      };
    },
  },
  "masked-frames": {
    draw: (random) =>
      until(
        () => ({
          longest: 10 * between(random, 20, 60),
          length: between(random, 60, 500),
          layers: [pick(random, frontLayers), pick(random, frontLayers)],
        }),
        (v) => {
          const share = (v.length / v.longest) * framesOf(v.longest, v);
          return (
            v.length < 0.9 * v.longest
            && framesOf(v.length, v) > 3
            && (Math.round(share) !== framesOf(v.length, v) || random() < 0.2)
          );
        },
      ),
    code: (v) =>
      sequential(
        v.layers.map((layer, at) => conv(layer, "", at ? [32, 32] : [1, 32])),
        "encoder",
      ),
    ask: (v) =>
      `A clip of ${samples(v.length)} is padded to ${v.longest}, the longest of its batch. `
      + "How many of its frames are real, and how many does the mask leave out?",
    fields: ["Real frames", "Left out"],
    answer: (v) => split(v, framesOf(v.length, v)),
    says: (_v, [real, out]) => `${real} real, ${out} left out.`,
    slips: (v) => {
      const total = framesOf(v.longest, v);
      const share = (v.length / v.longest) * total;
      const scaled =
        "That is the clip's share of the batch, rounded. A length does not scale: "
        + "count layer by layer.";
      const real = framesOf(v.length, v);
      return [
        [split(v, Math.round(share)), scaled],
        [split(v, Math.floor(share)), scaled],
        [split(v, Math.ceil(share)), scaled],
        [[real, total], "That is how many frames the row has. The real ones are among them."],
        [[total - real, real], "The other way round: the mask leaves out what is not real."],
        [split(v, real + 1), "One too many: a frame whose window ends in the padding is not real."],
        [split(v, real - 1), "The first window counts too, in each layer."],
      ];
    },
    working: (v) => {
      const [real, total] = [framesOf(v.length, v), framesOf(v.longest, v)];
      return {
        steps: [
          ...downSteps(v.length, v.layers).map((step) => `the clip, ${step}`),
          ...downSteps(v.longest, v.layers).map((step) => `the batch, ${step}`),
          `left out: ${total} − ${real} = ${total - real}`,
        ],
        note: "The mask is one comparison: torch.arange(total) < lengths[:, None].",
      };
    },
  },
  "spectrogram-frames": {
    draw: (random) =>
      until(
        () => {
          const [n_fft, hop] = pick(random, [
            [400, 160],
            [400, 100],
            [512, 128],
            [512, 160],
            [1024, 256],
          ]);
          return { length: between(random, 1500, 6000), n_fft, hop, center: random() < 0.6 };
        },
        (v) => missing(v) > 0 || random() < 0.1,
      ),
    code: (v) => {
      const center = v.center ? "" : ', "center": False';
      return (
        `window = torch.hamming_window(${v.n_fft})\n`
        + `how = {"n_fft": ${v.n_fft}, "hop_length": ${v.hop}, "window": window${center}}\n`
        + "spectrum = torch.stft(x, return_complex=True, **how)\nback = torch.istft(spectrum, **how)"
      );
    },
    ask: (v) =>
      `\`x\` has ${samples(v.length)}. How many frames has \`spectrum\`, and how many samples `
      + "are missing in `back`?",
    fields: ["Frames", "Samples missing"],
    answer: (v) => [convLength(asLayer(v)), missing(v)],
    says: (_v, [frames, less]) => `${samples(frames, "frame")}, and ${samples(less)} missing.`,
    slips: (v) => {
      const [frames, less] = [convLength(asLayer(v)), missing(v)];
      const other = { ...v, center: !v.center };
      return [
        [[frames - 1, less], "Those are the hops. The first frame, before any hop, counts too."],
        [
          [Math.ceil(v.length / v.hop), less],
          "A slice with a step, `x[::hop]`, rounds up. Frames "
            + "round down, and the first one counts too.",
        ],
        [
          [convLength(asLayer(other)), missing(other)],
          v.center
            ? "`torch.stft` centers its windows by default: it pads n_fft // 2 on each side."
            : "With `center=False` nothing is padded: the first window starts at the first sample.",
        ],
        [
          [convLength(asLayer(other)), less],
          v.center
            ? "`torch.stft` centers its windows by default: it pads n_fft // 2 on each side."
            : "With `center=False` nothing is padded: the first window starts at the first sample.",
        ],
        [
          [frames, v.hop - less],
          "That is how far it is to the next whole hop. What is missing is "
            + "the remainder itself.",
        ],
        [
          [frames, 0],
          "The frames stand for whole hops: what lies beyond the last one is missing. "
            + "`length=` would bring it back.",
        ],
        [
          [frames, v.length % v.hop],
          "That is right with centered windows, where the padding makes " + "up for the window.",
        ],
      ];
    },
    working: (v) => {
      const layer = asLayer(v);
      return {
        steps: [...convSteps(layer), `missing = ${room(layer)} mod ${v.hop} = ${missing(v)}`],
        note:
          "A spectrogram is a convolution with kernel_size=n_fft and stride=hop"
          + `${v.center ? ", centered with padding=n_fft // 2" : ""}. What the floor leaves out does `
          + "not come back without `length=`.",
      };
    },
  },
};

function split(v, real) {
  return [real, framesOf(v.longest, v) - real];
}

const frontLayers = layersOf([10, 5, 0], [8, 4, 0], [4, 2, 0], [3, 2, 0], [2, 2, 0], [5, 3, 0]);
