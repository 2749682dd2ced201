// The questions of this chapter: output_padding.
import { requiredOutputPadding } from "../../rules/lengths.js";
import { convTranspose1dError, outputSizeError } from "../../rules/pytorch_errors.js";
import { room } from "../question_arithmetic.js";
import {
  between,
  conv,
  convLength,
  convStep,
  drawConv,
  pick,
  samples,
  settings,
  transposed,
  until,
  upLength,
  upStep,
} from "../question_words.js";
import { drawStrided } from "./question_parts.js";

export const outputPadding = {
  "required-output-padding": {
    draw: (random) =>
      until(
        () => drawConv(random),
        (v) => v.stride > 2 && (room(v) % v.stride > 1 || random() < 0.2),
      ),
    code: (v) => `down = ${conv(v)}\nup = ${transposed(v, "output_padding=…")}`,
    ask: (v) =>
      `\`down\` takes ${samples(v.length)} to ${convLength(v)}. Which \`output_padding\` `
      + `makes \`up\` return exactly ${v.length}?`,
    fields: ["output_padding"],
    answer: (v) => [requiredOutputPadding(v.length, settings(v))],
    says: (_v, [needed]) => `\`output_padding=${needed}\`.`,
    slips: (v) => [
      [[0], `Without it, \`up\` returns ${upLength({ ...v, length: convLength(v) })}.`],
      [
        [v.stride - (room(v) % v.stride)],
        "That is how far it is up to the next length that needs "
          + "none. `output_padding` gives back what the floor took: the remainder itself.",
      ],
      [
        [v.length % v.stride],
        "That is L_in mod `stride`. `padding` and `kernel_size` shift the " + "remainder.",
      ],
      [
        [(room(v) + v.padding) % v.stride],
        "`padding` stands on both sides: add it twice, no more.",
      ],
      [
        [(v.length + v.padding - v.kernel_size + v.stride) % v.stride],
        "`padding` stands on both " + "sides: add it twice.",
      ],
      [
        [1],
        "1 is right for many layers with `stride=2`. Here it is the remainder of another "
          + "division.",
      ],
      [
        [v.stride],
        "`output_padding` must be smaller than `stride` (at dilation 1), or the layer " + "raises.",
      ],
    ],
    working: (v) => {
      const out = convLength(v);
      const needed = room(v) % v.stride;
      const bare = upLength({ ...v, length: out });
      return {
        steps: [
          "output_padding = (L_in + 2·padding − kernel_size) mod stride",
          `= (${v.length} + 2·${v.padding} − ${v.kernel_size}) mod ${v.stride}`,
          `= ${room(v)} mod ${v.stride} = ${needed}`,
        ],
        note:
          `Without it \`up\` returns ${upStep({ ...v, length: out })} = ${bare}, `
          + `and ${bare} + ${needed} = ${v.length}.`,
      };
    },
  },
  "comes-back": {
    draw: (random) =>
      until(
        () => {
          const v = drawConv(random, [30, 160]);
          return { ...v, output_padding: between(random, 0, v.stride - 1) };
        },
        (v) => v.output_padding > 0 && (v.output_padding === room(v) % v.stride || random() < 0.4),
      ),
    code: (v) => {
      const { output_padding, ...down } = v;
      return `down = ${conv(down)}\nup = ${transposed(v)}`;
    },
    ask: (v) =>
      `A signal of ${samples(v.length)} goes through \`down\`, then through \`up\`. `
      + "What comes back?",
    choices: (v) => [
      ["fewer", `Fewer than ${samples(v.length)}`],
      ["exactly", `Exactly ${samples(v.length)}`],
      ["more", `More than ${samples(v.length)}`],
    ],
    answer: (v) => {
      const back = upLength({ ...v, length: convLength(v) });
      if (back === v.length) return ["exactly"];
      return [back < v.length ? "fewer" : "more"];
    },
    says: (v) => `${samples(upLength({ ...v, length: convLength(v) }))} come back.`,
    slips: (v) => {
      const out = convLength(v);
      const hint = `\`down\` returns ${samples(out)}; what does \`up\` make of them?`;
      return [
        [
          ["exactly"],
          `\`output_padding=${v.output_padding}\` suits one length in ${v.stride}, `
            + `and ${v.length} isn't one of those. ${hint}`,
        ],
        [["fewer"], hint],
        [["more"], hint],
      ];
    },
    working: (v) => {
      const out = convLength(v);
      const needed = requiredOutputPadding(v.length, settings(v));
      const has =
        v.output_padding === needed ? "that is what `up` has" : `\`up\` has ${v.output_padding}`;
      return {
        steps: [
          `down: ${convStep(v)} = ${out}`,
          `up: ${upStep({ ...v, length: out })} + ${v.output_padding} = `
            + `${upLength({ ...v, length: out })}`,
        ],
        note: `${v.length} needs \`output_padding=${needed}\`; ${has}.`,
      };
    },
  },
  "largest-output-padding": {
    draw: (random) =>
      until(
        () => ({
          length: 20,
          kernel_size: between(random, 2, 7),
          stride: between(random, 1, 6),
          padding: between(random, 0, 3),
          dilation: pick(random, [1, 1, 2, 3, 4, 5]),
        }),
        (v) => v.padding < v.kernel_size && v.stride !== v.dilation,
      ),
    code: (v) => transposed(v, "output_padding=…"),
    ask: () => "What is the largest `output_padding` that this layer accepts?",
    fields: ["Largest output_padding"],
    answer: (v) => {
      let largest = 0;
      const accepts = (output_padding) =>
        convTranspose1dError(v.length, { ...settings(v), output_padding }) === null;
      while (accepts(largest + 1)) largest += 1;
      return [largest];
    },
    says: (_v, [largest]) => `\`output_padding=${largest}\`.`,
    slips: (v) => [
      [
        [v.stride - 1],
        "“Smaller than either stride or dilation”: smaller than one of them is "
          + "enough, and here `dilation` is the larger.",
      ],
      [
        [v.dilation - 1],
        "“Smaller than either stride or dilation”: smaller than one of them is "
          + "enough, and here `stride` is the larger.",
      ],
      [[Math.max(v.stride, v.dilation)], "It has to be smaller than that."],
      [[v.kernel_size - 1], "`kernel_size` sets no limit; `stride` and `dilation` do."],
    ],
    working: (v) => {
      const larger = Math.max(v.stride, v.dilation);
      return {
        steps: [
          "output_padding < stride or output_padding < dilation",
          `output_padding < max(${v.stride}, ${v.dilation}) = ${larger}`,
          `largest = ${larger} − 1 = ${larger - 1}`,
        ],
        note:
          v.dilation > v.stride
            ? "Many pages say “smaller than `stride`”, which is right only up to `dilation=stride`."
            : "“Smaller than either” sounds like smaller than both; one of them is enough.",
      };
    },
  },
  "output-size-range": {
    draw: drawStrided,
    code: (v) => `up = ${transposed(v)}\nup(x, output_size=[…])`,
    ask: (v) =>
      `\`x\` has ${samples(v.length)}. Which lengths does \`output_size\` accept, from `
      + "the shortest to the longest?",
    fields: ["Shortest", "Longest"],
    answer: (v) => {
      const least = upLength(v);
      let most = least;
      while (outputSizeError(v.length, most + 1, settings(v)) === null) most += 1;
      return [least, most];
    },
    says: (_v, [least, most]) => `from ${least} to ${samples(most)}.`,
    slips: (v) => {
      const least = upLength(v);
      const most = least + v.stride - 1;
      return [
        [
          [least, most + 1],
          "The longest is one too long: it would need an `output_padding` equal " + "to `stride`.",
        ],
        [
          [least, least],
          "That is the length without `output_padding`. `output_size` may ask for " + "more.",
        ],
        [[least + 2 * v.padding, most + 2 * v.padding], "`padding` still crops both ends."],
        [[least + v.padding, most + v.padding], "`padding` is per side: it crops both ends."],
        [
          [v.length * v.stride, v.length * v.stride + v.stride - 1],
          "The shortest is the length "
            + "that the layer returns by itself, and that isn't L_in·stride.",
        ],
        [[most, least], "Right, but the other way round: the shortest first."],
      ];
    },
    working: (v) => ({
      steps: [
        "shortest = (L_in − 1)·stride − 2·padding + kernel_size",
        `= ${upStep(v)} = ${upLength(v)}`,
        `longest = shortest + stride − 1 = ${upLength(v)} + ${v.stride} − 1 = `
          + `${upLength(v) + v.stride - 1}`,
      ],
      note:
        "PyTorch turns the length asked for into an `output_padding` from 0 to "
        + `${v.stride - 1}.`,
    }),
  },
};
