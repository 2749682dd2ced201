// The questions of this chapter: where sample i is.
import { contributors, span } from "../question_arithmetic.js";
import { between, conv, pick, samples, sequential, transposed, until } from "../question_words.js";

/**
 * The samples that a window reads for the outputs from `first` to `last`: its first and its last.
 *
 * @param {number[]} outputs
 * @param {any} layer
 */
function windowOf([first, last], { kernel_size, stride, padding }) {
  return [first * stride - padding, last * stride - padding + kernel_size - 1];
}

// What one output sample of a stack depends on: between the layers and in the input.
function followed({ index, layers }) {
  const between = windowOf([index, index], layers[1]);
  return [between, windowOf(between, layers[0])];
}

function reached(v) {
  const inputs = contributors(v);
  return [inputs[0], inputs.at(-1)];
}

export const alignment = {
  "sample-span": {
    draw: (random) =>
      until(
        () => ({
          index: between(random, 3, 12),
          layers: [0, 1].map(() => {
            const kernel_size = between(random, 2, 6);
            return {
              kernel_size,
              stride: pick(random, [1, 2, 2, 3]),
              padding: between(random, 0, Math.floor(kernel_size / 2)),
            };
          }),
        }),
        (v) => v.layers[0].stride > 1 && followed(v)[1][0] > 0,
      ),
    code: (v) => sequential(v.layers.map((layer, at) => conv(layer, "", at ? [16, 32] : [1, 16]))),
    ask: (v) =>
      `Which samples of the input does output sample ${v.index} depend on? The input is `
      + "long enough.",
    fields: ["First", "Last"],
    answer: (v) => followed(v)[1],
    says: (_v, [first, last]) => `${first} to ${last}.`,
    slips: (v) => {
      const [middle, [first, last]] = followed(v);
      const bare = v.layers.map((layer) => ({ ...layer, padding: 0 }));
      const { stride, padding } = v.layers[0];
      return [
        [
          followed({ ...v, layers: bare })[1],
          "`padding` moves each window back: the first one " + "starts in it.",
        ],
        [
          middle,
          "Those are samples between the two layers. Follow them through the first layer, "
            + "too.",
        ],
        [
          [first, middle[1] * stride - padding],
          "That is where the last window starts. It goes on " + "for kernel_size − 1 more.",
        ],
        [
          [first, last + 1],
          "The first sample of a window counts too: it ends kernel_size − 1 " + "after it.",
        ],
        [
          followed({ ...v, layers: [...v.layers].reverse() })[1],
          "Go backwards: the last layer " + "comes first.",
        ],
      ];
    },
    working: (v) => {
      const [[low, high], [first, last]] = followed(v);
      const [lower, upper] = v.layers;
      return {
        steps: [
          `layer 1, first: ${v.index}·${upper.stride} − ${upper.padding} = ${low}`,
          `layer 1, last: ${low} + ${upper.kernel_size} − 1 = ${high}`,
          `layer 0, first: ${low}·${lower.stride} − ${lower.padding} = ${first}`,
          `layer 0, last: ${high}·${lower.stride} − ${lower.padding} + ${lower.kernel_size} − 1 `
            + `= ${last}`,
        ],
        note: `Those are ${samples(last - first + 1)}.`,
      };
    },
  },
  "span-going-up": {
    draw: (random) =>
      until(
        () => ({
          index: between(random, 5, 30),
          length: 20,
          kernel_size: between(random, 2, 9),
          stride: between(random, 2, 4),
          padding: between(random, 0, 3),
        }),
        (v) => {
          if (v.padding >= v.kernel_size || v.kernel_size < v.stride) return false;
          const [first, last] = reached(v);
          return first > 0 && last < v.length - 1 && (first < last || random() < 0.3);
        },
      ),
    code: (v) => transposed(v),
    ask: (v) => `Which samples of the input does output sample ${v.index} depend on?`,
    fields: ["First", "Last"],
    answer: reached,
    says: (_v, [first, last]) => `${first} to ${last}.`,
    slips: (v) => {
      const [first, last] = reached(v);
      return [
        [
          windowOf([v.index, v.index], v),
          "That is what `Conv1d` would read. Here input sample i "
            + "lands on i·stride − padding and the samples after it.",
        ],
        [
          reached({ ...v, padding: 0 }),
          "`padding` crops at the start: output sample 0 is sample "
            + "`padding` of what was scattered.",
        ],
        [[first, last + 1], "Round down: that kernel lands only after the output sample."],
        [[first - 1, last], "Round up: that kernel ends before the output sample."],
      ];
    },
    working: (v) => {
      const [first, last] = reached(v);
      const { index, kernel_size, stride, padding } = v;
      return {
        steps: [
          `first: ⌈(${index} + ${padding} − ${kernel_size} + 1) / ${stride}⌉ = ${first}`,
          `last: ⌊(${index} + ${padding}) / ${stride}⌋ = ${last}`,
        ],
        note: "Input sample i reaches output sample m if some tap j has i·stride + j − padding = m.",
      };
    },
  },
  "look-ahead": {
    draw: (random) =>
      until(
        () => ({
          kernel_size: between(random, 2, 9),
          stride: pick(random, [1, 1, 2, 4]),
          padding: between(random, 0, 6),
          dilation: pick(random, [1, 1, 2, 3]),
        }),
        (v) => v.padding < span(v) - 1 && (v.padding > 0 || random() < 0.3),
      ),
    code: (v) => conv(v),
    ask: (v) =>
      `Output sample n has its own place at input sample ${v.stride === 1 ? "n" : `${v.stride}·n`}. `
      + "For how many samples after that one does it wait?",
    fields: ["Look-ahead, in samples"],
    answer: (v) => [span(v) - 1 - v.padding],
    says: (_v, [ahead]) => `${samples(ahead)}.`,
    slips: (v) => [
      [[span(v) - 1], "`padding` lets each window start that much earlier."],
      [
        [span(v) - v.padding],
        "The sample in its own place is one of the window's. Those after it " + "count.",
      ],
      [
        [span(v) - 1 - 2 * v.padding],
        "Only the padding on the left moves the windows. Subtract it " + "once.",
      ],
      [[Math.floor(span(v) / 2)], "Half a window is right only if `padding` is half a window."],
      [
        [v.kernel_size - 1 - v.padding],
        `\`dilation\` spreads the window: it spans ${samples(span(v))}.`,
      ],
      [[v.padding], "That is how far it looks back."],
    ],
    working: (v) => ({
      steps: [
        "look-ahead = dilation·(kernel_size − 1) − padding",
        `= ${v.dilation}·(${v.kernel_size} − 1) − ${v.padding}`,
        `= ${span(v) - 1} − ${v.padding} = ${span(v) - 1 - v.padding}`,
      ],
      note: `It looks back for ${samples(v.padding)}.`,
    }),
  },
};
