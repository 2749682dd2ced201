// The questions of this chapter: one matrix, two directions.
import { requiredOutputPadding, unreadSamples } from "../../rules/lengths.js";
import { matrixNonzeros, weightsOnPadding } from "../question_arithmetic.js";
import {
  between,
  conv,
  convLength,
  convStep,
  convSteps,
  count,
  drawConv,
  samples,
  settings,
  transposed,
  until,
  upLength,
  upSteps,
} from "../question_words.js";

export const oneMatrix = {
  "matrix-shape": {
    draw: (random) =>
      until(
        () => ({ ...drawConv(random, [8, 30]), up: random() < 0.4 }),
        (v) => v.stride > 1 && matrixShape(v)[0] > 2 && matrixShape(v)[0] !== v.length,
      ),
    code: (v) => `${v.up ? transposed(v, "bias=False", [1, 1]) : conv(v, "bias=False", [1, 1])}`,
    ask: (v) =>
      `For a signal \`x\` of ${samples(v.length)}, this layer is one matrix: `
      + "`y = M @ x`. How many rows and columns does `M` have?",
    fields: ["Rows", "Columns"],
    answer: matrixShape,
    says: (_v, [rows, columns]) => `${samples(rows, "row")} and ${samples(columns, "column")}.`,
    slips: (v) => {
      const [rows, columns] = matrixShape(v);
      const other = v.up ? "Conv1d" : "ConvTranspose1d";
      const otherRows =
        v.up && v.length + 2 * v.padding >= v.kernel_size ? convLength(v) : upLength(v);
      return [
        [
          [columns, rows],
          "The other way round: in `y = M @ x` there is a row for each sample of "
            + "`y` and a column for each sample of `x`.",
        ],
        [[rows, columns + 2 * v.padding], "Padding holds no samples, so it has no columns."],
        [
          [rows, v.kernel_size],
          "The kernel fills only a band of each row. A row is as long as " + "the signal.",
        ],
        [[otherRows, columns], `The matrix of \`nn.${other}\` has that many rows.`],
        [[columns, columns], "It is square only if the layer keeps the length."],
      ];
    },
    working: (v) => {
      const [rows, columns] = matrixShape(v);
      const left = v.up ? 0 : requiredOutputPadding(v.length, v);
      return {
        steps: [
          ...(v.up ? upSteps(v) : convSteps(v)),
          `rows × columns = L_out × L_in = ${rows} × ${columns}`,
        ],
        note:
          `Its transpose, ${columns} × ${rows}, is the matrix of \`nn.`
          + `${v.up ? "Conv1d" : "ConvTranspose1d"}\` with the same settings${
            left > 0 ? ` and \`output_padding=${left}\`` : ""
          }.`,
      };
    },
  },
  "matrix-nonzeros": {
    draw: (random) =>
      until(
        () => ({
          length: between(random, 6, 16),
          kernel_size: between(random, 2, 5),
          stride: between(random, 1, 3),
          padding: between(random, 0, 2),
        }),
        (v) => v.padding < v.kernel_size && convLength(v) > 2 && (v.padding > 0 || random() < 0.2),
      ),
    code: (v) => conv(v, "bias=False", [1, 1]),
    ask: (v) =>
      `Written as a matrix for signals of ${samples(v.length)}, how many entries of this `
      + "layer can differ from zero?",
    fields: ["Entries that can differ from zero"],
    answer: (v) => [matrixNonzeros(v)],
    says: (v, [entries]) => `${entries} of the ${count(convLength(v) * v.length)} entries.`,
    slips: (v) => {
      const weights = convLength(v) * v.kernel_size;
      const [left, right] = weightsOnPadding(v);
      const edge = (side) =>
        `At the ${side} edge, too, weights meet padding, and padding has no column.`;
      return [
        [[weights], "At the edges some weights meet padding, and padding has no column."],
        [[weights - left], edge("right")],
        [[weights - right], edge("left")],
        [
          [weights - 2 * v.padding],
          "Count the weights on the padding window by window: the first "
            + `one has ${v.padding} there, its neighbors may have some, and at the other end it `
            + "depends on where the last window stops.",
        ],
        [
          [v.length * v.kernel_size],
          `There is a row for each of ${samples(convLength(v))} of the output.`,
        ],
        [
          [convLength(v) * v.length],
          "Those are all entries. A row holds the weights of one " + "window.",
        ],
      ];
    },
    working: (v) => {
      const out = convLength(v);
      const [left, right] = weightsOnPadding(v);
      return {
        steps: [
          `windows: ${convStep(v)} = ${out}`,
          `their weights: ${out}·${v.kernel_size} = ${out * v.kernel_size}`,
          `on padding: ${left} at the left, ${right} at the right`,
          `entries: ${out * v.kernel_size} − ${left} − ${right} = ${matrixNonzeros(v)}`,
        ],
        note: "A weight that meets padding multiplies a zero that isn't in `x`.",
      };
    },
  },
  "lost-dimensions": {
    draw: (random) =>
      until(
        () => drawConv(random, [20, 80]),
        (v) => v.stride > 1 && 2 * v.padding < v.kernel_size && convLength(v) > 3,
      ),
    code: (v) => conv(v, "bias=False", [1, 1]),
    ask: (v) =>
      `Whatever its weights, this layer can't tell all signals of ${samples(v.length)} `
      + "apart. How many dimensions does it lose at the least?",
    fields: ["Dimensions lost"],
    answer: (v) => [v.length - convLength(v)],
    says: (v, [lost]) => `${lost} of ${v.length}.`,
    slips: (v) => [
      [[convLength(v)], "That many it can keep: one for each row of its matrix."],
      [
        [unreadSamples(v.length, settings(v))],
        "Those samples are never read, and so are lost. But "
          + "the others are not all kept either: compare rows and columns of the matrix.",
      ],
      [
        [v.length - Math.floor(v.length / v.stride)],
        "The output isn't exactly L_in / stride long: " + "count its samples.",
      ],
      [
        [v.length - Math.ceil(v.length / v.stride)],
        "The output isn't exactly L_in / stride long: " + "count its samples.",
      ],
    ],
    working: (v) => ({
      steps: [
        ...convSteps(v),
        `lost ≥ L_in − L_out = ${v.length} − ${convLength(v)} = ${v.length - convLength(v)}`,
      ],
      note:
        "A matrix keeps at most one dimension for each of its rows. No transposed layer brings "
        + "the others back.",
    }),
  },
};

function matrixShape(v) {
  return [v.up ? upLength(v) : convLength(v), v.length];
}
