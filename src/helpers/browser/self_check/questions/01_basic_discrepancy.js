// The questions of this chapter: the basic discrepancy.
import { inputLengths, unreadSamples } from "../../rules/lengths.js";
import { room } from "../question_arithmetic.js";
import {
  conv,
  convLength,
  convSlips,
  drawConv,
  samples,
  settings,
  transposed,
  until,
  upLength,
  upStep,
  upSteps,
} from "../question_words.js";
import { comingOut, drawStrided } from "./question_parts.js";

export const basicDiscrepancy = {
  "conv-length": {
    draw: (random) =>
      until(
        () => drawConv(random),
        (v) => v.stride > 1 && convLength(v) > 3 && (room(v) % v.stride !== 0 || random() < 0.25),
      ),
    ...comingOut,
    slips: convSlips,
  },
  "transposed-length": {
    draw: drawStrided,
    code: (v) => transposed(v),
    ask: (v) =>
      `A signal of ${samples(v.length)} goes through this transposed layer. `
      + "How many come out?",
    fields: ["Samples that come out"],
    answer: (v) => [upLength(v)],
    says: (_v, [out]) => `${samples(out)}.`,
    slips: (v) => [
      [
        [upLength({ ...v, padding: 0 })],
        "That is the whole row. `padding` crops it: in a "
          + "transposed layer, padding makes the output shorter.",
      ],
      [
        [v.length * v.stride],
        "That is the input length times `stride`. The last sample starts "
          + "earlier, at (L_in − 1)·stride; from there the kernel reaches on, and `padding` crops.",
      ],
      [[upLength(v) + 4 * v.padding], "In a transposed layer `padding` is taken away, not added."],
      [[upLength(v) + v.padding], "`padding` is per side: it crops both ends."],
      [
        [upLength(v) + v.stride],
        `From the first of ${samples(v.length)} to the last there are `
          + `only ${v.length - 1} steps of \`stride\`.`,
      ],
      [
        [upLength(v) - v.kernel_size],
        "After the last step, the whole kernel is still to be " + "written: add `kernel_size`.",
      ],
      [
        [upLength(v) - 1],
        "After the last step, the whole kernel is still to be written: all of "
          + "`kernel_size`, not one less.",
      ],
    ],
    working: (v) => ({
      steps: upSteps(v),
      note:
        `${v.length - 1} steps of ${v.stride}, a whole kernel of ${v.kernel_size} after the `
        + `last step, and ${v.padding} cropped at each end.`,
    }),
  },
  "sharing-lengths": {
    draw: drawStrided,
    code: (v) => conv(v),
    ask: (v) =>
      `This layer returned ${samples(v.length)}. How short, and how long, can its `
      + "input have been?",
    fields: ["Shortest input", "Longest input"],
    answer: (v) => {
      const { start, stop } = inputLengths(v.length, settings(v));
      return [start, stop - 1];
    },
    says: (_v, [least, most]) => `from ${least} to ${samples(most)}.`,
    slips: (v) => {
      const least = upLength(v);
      const most = least + v.stride - 1;
      return [
        [
          [least, least],
          "More than one length gives this output: lengthen the input until one "
            + "more window fits.",
        ],
        [
          [least, most + 1],
          `With ${samples(most + 1)} one more window fits: the longest input is `
            + "one sample shorter.",
        ],
        [
          [least + 2 * v.padding, most + 2 * v.padding],
          "That is the length with its padding on. " + "Take `padding` away on both sides.",
        ],
        [
          [least + v.padding, most + v.padding],
          "`padding` stands on both sides: take it away " + "twice.",
        ],
        [[least - v.stride, most - v.stride], "That many give one window fewer."],
        [[least + v.stride, most + v.stride], "That many give one window more."],
        [[most, least], "Right, but the other way round: the shortest first."],
      ];
    },
    working: (v) => ({
      steps: [
        "shortest L_in = (L_out − 1)·stride − 2·padding + kernel_size",
        `= ${upStep(v)} = ${upLength(v)}`,
        "longest L_in = shortest + stride − 1",
        `= ${upLength(v)} + ${v.stride} − 1 = ${upLength(v) + v.stride - 1}`,
      ],
      note: `${v.stride} lengths share this output: as many as \`stride\`.`,
    }),
  },
  "unread-samples": {
    draw: (random) =>
      until(
        () => drawConv(random),
        (v) =>
          v.stride > 2
          && room(v) % v.stride > 0
          && (unreadSamples(v.length, settings(v)) > 0 || random() < 0.15),
      ),
    code: (v) => conv(v),
    ask: (v) =>
      `A signal of ${samples(v.length)} goes through this layer. How many samples at its `
      + "end does no window read?",
    fields: ["Samples that no window reads"],
    answer: (v) => [unreadSamples(v.length, settings(v))],
    says: (_v, [unread]) => `${samples(unread)}.`,
    slips: (v) => {
      const spare = room(v) % v.stride;
      return [
        [
          [spare],
          `At the end of the padded row, ${samples(spare, "place")} `
            + `${spare === 1 ? "goes" : "go"} unread, but the padding on the right is the first to go.`,
        ],
        [
          [Math.max(0, spare - 2 * v.padding)],
          "Only the padding on the right stands at the end: " + "take `padding` away once.",
        ],
        [
          [v.stride - spare],
          "That is what the next window would still need. The question is what " + "is left over.",
        ],
        [
          [v.length % v.stride],
          "That is L_in mod `stride`. The first window takes `kernel_size` "
            + "places, and the windows walk over the padding too.",
        ],
        [
          [0],
          "Put the windows down one after the other: the last one ends before the signal does.",
        ],
      ];
    },
    working: (v) => {
      const spare = room(v) % v.stride;
      const unread = Math.max(0, spare - v.padding);
      return {
        steps: [
          "places left over = (L_in + 2·padding − kernel_size) mod stride",
          `= (${v.length} + 2·${v.padding} − ${v.kernel_size}) mod ${v.stride}`,
          `= ${room(v)} mod ${v.stride} = ${spare}`,
          `samples unread = max(0, ${spare} − padding) = max(0, ${spare} − ${v.padding}) = ${unread}`,
        ],
        note:
          v.padding === 0
            ? "Without padding, all that is left over is signal."
            : "The padding on the right is the first to go unread.",
      };
    },
  },
};
