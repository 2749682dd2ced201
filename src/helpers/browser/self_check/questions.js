// The questions at the end of the chapters. A question draws its numbers, and all else follows
// from them: the answer, by the arithmetic of lengths.js; what the usual slips give, each with a
// hint; and the working with the numbers put in. No answer is stored.
//
// A question for the drawn numbers v is
//   draw(random)      v; random() is uniform on [0, 1)
//   code(v), ask(v)   PyTorch's lines, and the question, with `code` in backquotes
//   fields            the labels of one or two whole numbers to type, or
//   choices(v)        [[key, label], …] to choose from
//   answer(v)         [number], [number, number] or [key]
//   says(v, answer)   the answer in words, after "Yes: "
//   slips(v)          [[answer, hint], …], the likeliest first
//   working(v)        { steps, note }
import { inputLengths, requiredOutputPadding, unreadSamples } from "../rules/lengths.js";
import { conv1dError, convTranspose1dError, outputSizeError } from "../rules/pytorch_errors.js";
import {
  accepts, comesBack, contributors, kerasSame, matrixNonzeros, nextValidLength, product, pytorchSame,
  receptiveField, room, span, stackLengths, upsampledLengths, weightsOnPadding,
} from "./question_arithmetic.js";
import {
  between, conv, convLength, convSlips, convStep, convSteps, count, drawConv, leftOver, list, pick,
  samples, sequential, settings, transposed, until, upLength, upStep, upSteps,
} from "./question_words.js";

/** The names of all questions, in the order of the chapters. */
export function kinds() {
  return Object.keys(questions);
}

/** New numbers for a question, other than those in `recent`. */
export function draw(kind, random, recent = []) {
  const seen = recent.map((v) => JSON.stringify(v));
  return until(() => questions[kind].draw(random), (v) => !seen.includes(JSON.stringify(v)));
}

/** The answer to a question: a list of one or two numbers, or of one choice. */
export function answer(kind, v) {
  return questions[kind].answer(v);
}

/** The slips that the question knows for these numbers, as [[answer, hint], …]. */
export function slips(kind, v) {
  const told = new Set([String(answer(kind, v))]);
  return questions[kind].slips(v).filter(([given]) => {
    const isNew = !told.has(String(given));
    told.add(String(given));
    return isNew;
  });
}

/** Whether `given` is right, and what to say to it. */
export function judge(kind, v, given) {
  const right = answer(kind, v);
  if (String(given) === String(right)) return { right: true, says: saying(kind, v) };
  const slip = slips(kind, v).find(([wrong]) => String(wrong) === String(given));
  return { right: false, says: slip ? slip[1] : direction(questions[kind], right, given) };
}

/** The right answer in words. */
export function saying(kind, v) {
  return questions[kind].says(v, answer(kind, v));
}

/** All that is shown of a question for the numbers v. */
export function pose(kind, v) {
  const { ask, code, fields = [], choices = () => [], working } = questions[kind];
  return { ask: ask(v), code: code(v), fields, choices: choices(v), working: working(v) };
}

function direction({ fields }, right, given) {
  if (fields.length === 1) return given[0] < right[0] ? "The answer is larger." : "The answer is smaller.";
  const wrong = fields.filter((_, at) => given[at] !== right[at]);
  if (wrong.length === 2) return "Neither of the two is right yet.";
  const at = fields.indexOf(wrong[0]);
  const way = given[at] < right[at] ? "larger" : "smaller";
  return `“${fields[1 - at]}” is right; “${wrong[0]}” should be ${way}.`;
}

// What the questions about a convolution's output length have in common.
const comingOut = {
  code: (v) => conv(v),
  ask: (v) => `A signal of ${samples(v.length)} goes through this layer. How many come out?`,
  fields: ["Samples that come out"],
  answer: (v) => [convLength(v)],
  says: (v, [out]) => `${samples(out)}.`,
  working: (v) => ({ steps: convSteps(v), note: leftOver(v) }),
};

const questions = {
  // Chapter 1: the basic discrepancy.
  "conv-length": {
    draw: (random) => until(() => drawConv(random), (v) => (
      v.stride > 1 && convLength(v) > 3 && (room(v) % v.stride !== 0 || random() < 0.25)
    )),
    ...comingOut,
    slips: convSlips,
  },
  "transposed-length": {
    draw: drawStrided,
    code: (v) => transposed(v),
    ask: (v) => `A signal of ${samples(v.length)} goes through this transposed layer. `
      + "How many come out?",
    fields: ["Samples that come out"],
    answer: (v) => [upLength(v)],
    says: (v, [out]) => `${samples(out)}.`,
    slips: (v) => [
      [[upLength({ ...v, padding: 0 })], "That is the whole row. `padding` crops it: in a "
        + "transposed layer, padding makes the output shorter."],
      [[v.length * v.stride], "That is the input length times `stride`. The last sample starts "
        + "earlier, at (L_in − 1)·stride; from there the kernel reaches on, and `padding` crops."],
      [[upLength(v) + 4 * v.padding], "In a transposed layer `padding` is taken away, not added."],
      [[upLength(v) + v.padding], "`padding` is per side: it crops both ends."],
      [[upLength(v) + v.stride], `From the first of ${samples(v.length)} to the last there are `
        + `only ${v.length - 1} steps of \`stride\`.`],
      [[upLength(v) - v.kernel_size], "After the last step, the whole kernel is still to be "
        + "written: add `kernel_size`."],
      [[upLength(v) - 1], "After the last step, the whole kernel is still to be written: all of "
        + "`kernel_size`, not one less."],
    ],
    working: (v) => ({
      steps: upSteps(v),
      note: `${v.length - 1} steps of ${v.stride}, a whole kernel of ${v.kernel_size} after the `
        + `last step, and ${v.padding} cropped at each end.`,
    }),
  },
  "sharing-lengths": {
    draw: drawStrided,
    code: (v) => conv(v),
    ask: (v) => `This layer returned ${samples(v.length)}. How short, and how long, can its `
      + "input have been?",
    fields: ["Shortest input", "Longest input"],
    answer: (v) => {
      const { start, stop } = inputLengths(v.length, settings(v));
      return [start, stop - 1];
    },
    says: (v, [least, most]) => `from ${least} to ${samples(most)}.`,
    slips: (v) => {
      const least = upLength(v);
      const most = least + v.stride - 1;
      return [
        [[least, least], "More than one length gives this output: lengthen the input until one "
          + "more window fits."],
        [[least, most + 1], `With ${samples(most + 1)} one more window fits: the longest input is `
          + "one sample shorter."],
        [[least + 2 * v.padding, most + 2 * v.padding], "That is the length with its padding on. "
          + "Take `padding` away on both sides."],
        [[least + v.padding, most + v.padding], "`padding` stands on both sides: take it away "
          + "twice."],
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
    draw: (random) => until(() => drawConv(random), (v) => (
      v.stride > 2 && room(v) % v.stride > 0
        && (unreadSamples(v.length, settings(v)) > 0 || random() < 0.15)
    )),
    code: (v) => conv(v),
    ask: (v) => `A signal of ${samples(v.length)} goes through this layer. How many samples at its `
      + "end does no window read?",
    fields: ["Samples that no window reads"],
    answer: (v) => [unreadSamples(v.length, settings(v))],
    says: (v, [unread]) => `${samples(unread)}.`,
    slips: (v) => {
      const spare = room(v) % v.stride;
      return [
        [[spare], `At the end of the padded row, ${samples(spare, "place")} `
          + `${spare === 1 ? "goes" : "go"} unread, but the padding on the right is the first to go.`],
        [[Math.max(0, spare - 2 * v.padding)], "Only the padding on the right stands at the end: "
          + "take `padding` away once."],
        [[v.stride - spare], "That is what the next window would still need. The question is what "
          + "is left over."],
        [[v.length % v.stride], "That is L_in mod `stride`. The first window takes `kernel_size` "
          + "places, and the windows walk over the padding too."],
        [[0], "Put the windows down one after the other: the last one ends before the signal does."],
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
        note: v.padding === 0
          ? "Without padding, all that is left over is signal."
          : "The padding on the right is the first to go unread.",
      };
    },
  },

  // Chapter 2: output_padding.
  "required-output-padding": {
    draw: (random) => until(() => drawConv(random), (v) => (
      v.stride > 2 && (room(v) % v.stride > 1 || random() < 0.2)
    )),
    code: (v) => `down = ${conv(v)}\nup = ${transposed(v, "output_padding=…")}`,
    ask: (v) => `\`down\` takes ${samples(v.length)} to ${convLength(v)}. Which \`output_padding\` `
      + `makes \`up\` return exactly ${v.length}?`,
    fields: ["output_padding"],
    answer: (v) => [requiredOutputPadding(v.length, settings(v))],
    says: (v, [needed]) => `\`output_padding=${needed}\`.`,
    slips: (v) => [
      [[0], `Without it, \`up\` returns ${upLength({ ...v, length: convLength(v) })}.`],
      [[v.stride - (room(v) % v.stride)], "That is how far it is up to the next length that needs "
        + "none. `output_padding` gives back what the floor took: the remainder itself."],
      [[v.length % v.stride], "That is L_in mod `stride`. `padding` and `kernel_size` shift the "
        + "remainder."],
      [[(room(v) + v.padding) % v.stride], "`padding` stands on both sides: add it twice, no more."],
      [[(v.length + v.padding - v.kernel_size + v.stride) % v.stride], "`padding` stands on both "
        + "sides: add it twice."],
      [[1], "1 is right for many layers with `stride=2`. Here it is the remainder of another "
        + "division."],
      [[v.stride], "`output_padding` must be smaller than `stride` (at dilation 1), or the layer "
        + "raises."],
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
        note: `Without it \`up\` returns ${upStep({ ...v, length: out })} = ${bare}, `
          + `and ${bare} + ${needed} = ${v.length}.`,
      };
    },
  },
  "comes-back": {
    draw: (random) => until(() => {
      const v = drawConv(random, [30, 160]);
      return { ...v, output_padding: between(random, 0, v.stride - 1) };
    }, (v) => (
      v.output_padding > 0 && (v.output_padding === room(v) % v.stride || random() < 0.4)
    )),
    code: (v) => {
      const { output_padding, ...down } = v;
      return `down = ${conv(down)}\nup = ${transposed(v)}`;
    },
    ask: (v) => `A signal of ${samples(v.length)} goes through \`down\`, then through \`up\`. `
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
        [["exactly"], `\`output_padding=${v.output_padding}\` suits one length in ${v.stride}, `
          + `and ${v.length} isn't one of those. ${hint}`],
        [["fewer"], hint],
        [["more"], hint],
      ];
    },
    working: (v) => {
      const out = convLength(v);
      const needed = requiredOutputPadding(v.length, settings(v));
      const has = v.output_padding === needed ? "that is what `up` has" : "`up` has "
        + `${v.output_padding}`;
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
    draw: (random) => until(() => ({
      length: 20,
      kernel_size: between(random, 2, 7),
      stride: between(random, 1, 6),
      padding: between(random, 0, 3),
      dilation: pick(random, [1, 1, 2, 3, 4, 5]),
    }), (v) => v.padding < v.kernel_size && v.stride !== v.dilation),
    code: (v) => transposed(v, "output_padding=…"),
    ask: () => "What is the largest `output_padding` that this layer accepts?",
    fields: ["Largest output_padding"],
    answer: (v) => {
      let largest = 0;
      const accepts = (output_padding) => (
        convTranspose1dError(v.length, { ...settings(v), output_padding }) === null
      );
      while (accepts(largest + 1)) largest += 1;
      return [largest];
    },
    says: (v, [largest]) => `\`output_padding=${largest}\`.`,
    slips: (v) => [
      [[v.stride - 1], "“Smaller than either stride or dilation”: smaller than one of them is "
        + "enough, and here `dilation` is the larger."],
      [[v.dilation - 1], "“Smaller than either stride or dilation”: smaller than one of them is "
        + "enough, and here `stride` is the larger."],
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
        note: v.dilation > v.stride
          ? "Many pages say “smaller than `stride`”, which is right only up to `dilation=stride`."
          : "“Smaller than either” sounds like smaller than both; one of them is enough.",
      };
    },
  },
  "output-size-range": {
    draw: drawStrided,
    code: (v) => `up = ${transposed(v)}\nup(x, output_size=[…])`,
    ask: (v) => `\`x\` has ${samples(v.length)}. Which lengths does \`output_size\` accept, from `
      + "the shortest to the longest?",
    fields: ["Shortest", "Longest"],
    answer: (v) => {
      const least = upLength(v);
      let most = least;
      while (outputSizeError(v.length, most + 1, settings(v)) === null) most += 1;
      return [least, most];
    },
    says: (v, [least, most]) => `from ${least} to ${samples(most)}.`,
    slips: (v) => {
      const least = upLength(v);
      const most = least + v.stride - 1;
      return [
        [[least, most + 1], "The longest is one too long: it would need an `output_padding` equal "
          + "to `stride`."],
        [[least, least], "That is the length without `output_padding`. `output_size` may ask for "
          + "more."],
        [[least + 2 * v.padding, most + 2 * v.padding], "`padding` still crops both ends."],
        [[least + v.padding, most + v.padding], "`padding` is per side: it crops both ends."],
        [[v.length * v.stride, v.length * v.stride + v.stride - 1], "The shortest is the length "
          + "that the layer returns by itself, and that isn't L_in·stride."],
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
      note: "PyTorch turns the length asked for into an `output_padding` from 0 to "
        + `${v.stride - 1}.`,
    }),
  },

  // Chapter 3: dilation.
  "effective-kernel": {
    draw: (random) => ({ kernel_size: between(random, 2, 9), dilation: between(random, 2, 9) }),
    code: (v) => conv(v),
    ask: () => "From its first sample to its last, how many samples does one window of this layer "
      + "span?",
    fields: ["Samples spanned"],
    answer: (v) => [span(v)],
    says: (v, [spanned]) => `${samples(spanned)}.`,
    slips: (v) => [
      [[v.dilation * v.kernel_size], `${samples(v.kernel_size)} have only `
        + `${samples(v.kernel_size - 1, "step")} of \`dilation\` between them.`],
      [[v.dilation * (v.kernel_size - 1)], "Those are the steps. The first sample counts too: "
        + "add 1."],
      [[v.kernel_size + v.dilation * (v.kernel_size - 1)], "`dilation` is the distance from one "
        + `sample to the next: only ${v.dilation - 1} lie between them.`],
      [[v.kernel_size], "That is how many it reads. The question is how far they reach, from the "
        + "first to the last."],
      [[v.kernel_size + v.dilation - 1], "The gap opens between each sample and the next, not "
        + "once."],
      [[v.kernel_size + v.dilation], "The gap opens between each sample and the next, not once."],
    ],
    working: (v) => ({
      steps: [
        "effective kernel = dilation·(kernel_size − 1) + 1",
        `= ${v.dilation}·(${v.kernel_size} − 1) + 1`,
        `= ${v.dilation * (v.kernel_size - 1)} + 1 = ${span(v)}`,
      ],
      note: `It reads ${samples(v.kernel_size)}, ${v.dilation} apart.`,
    }),
  },
  "dilated-length": {
    draw: (random) => until(() => ({
      length: between(random, 30, 160),
      kernel_size: between(random, 2, 6),
      stride: between(random, 1, 4),
      padding: between(random, 0, 4),
      dilation: between(random, 2, 5),
    }), (v) => v.length + 2 * v.padding >= span(v) && convLength(v) > 3
      && convLength(v) !== v.length),
    ...comingOut,
    slips: (v) => [
      [[convLength({ ...v, dilation: 1 })], "That is the length at dilation 1. A dilated window "
        + "spans dilation·(kernel_size − 1) + 1 samples."],
      [[convLength({ ...v, length: v.length - v.dilation + 1 })], "The window spans "
        + `dilation·(kernel_size − 1) + 1 = ${span(v)} samples, not dilation·kernel_size.`],
      ...convSlips(v),
    ],
  },
  "receptive-field": {
    draw: (random) => {
      const kernel_size = pick(random, [2, 3, 3, 5, 7]);
      const depth = between(random, 2, 4);
      const strided = random() < 0.6;
      return {
        layers: Array.from({ length: depth }, (_, at) => ({
          kernel_size: strided ? pick(random, [3, 4, 5, 8]) : kernel_size,
          stride: strided && at < depth - 1 ? pick(random, [2, 2, 3, 4]) : 1,
          dilation: strided ? pick(random, [1, 1, 2]) : 2 ** at,
        })),
      };
    },
    code: (v) => sequential(v.layers.map((layer, at) => conv(layer, "", channels(at)))),
    ask: () => "How many samples long is the stretch of input that one sample of the output sees?",
    fields: ["Receptive field, in samples"],
    answer: (v) => [receptiveField(v.layers)],
    says: (v, [seen]) => `${samples(seen)}.`,
    slips: (v) => [
      [[receptiveField(v.layers.map((layer) => ({ ...layer, stride: 1 })))], "Strides matter: "
        + "after a layer, neighbors lie `stride` samples of its input apart."],
      [[receptiveField(v.layers) - 1], "Those are the steps. The sample itself counts too: add 1."],
      [[receptiveField(v.layers.map((layer) => ({ ...layer, dilation: 1 })))], "A layer's "
        + "`dilation` widens its steps."],
      [[v.layers.reduce((sum, layer) => sum + span(layer), 0)], "Windows overlap: a layer adds its "
        + "dilation·(kernel_size − 1) steps, not its whole span."],
      [[product(v.layers.map(span))], "Each layer adds steps; only strides multiply."],
      [[receptiveField([...v.layers].reverse())], "A stride widens the steps of the layers after "
        + "it, not of those before it."],
      [[span(v.layers.at(-1))], "That is the last layer's window, in samples of its own input."],
      [[span(v.layers[0])], "That is the first layer's window. The layers after it look at several "
        + "such windows."],
    ],
    working: (v) => {
      let seen = 1;
      let apart = 1;
      const steps = v.layers.map(({ kernel_size, stride, dilation }, at) => {
        const before = seen;
        const wider = `${dilation}·(${kernel_size} − 1)·${apart}`;
        seen += dilation * (kernel_size - 1) * apart;
        apart *= stride;
        return `layer ${at}: ${before} + ${wider} = ${seen}`;
      });
      return {
        steps,
        note: "Each layer adds dilation·(kernel_size − 1) steps, and a step is as long as the "
          + "product of the strides before it.",
      };
    },
  },

  // Chapter 4: one matrix, two directions.
  "matrix-shape": {
    draw: (random) => until(() => ({ ...drawConv(random, [8, 30]), up: random() < 0.4 }), (v) => (
      v.stride > 1 && matrixShape(v)[0] > 2 && matrixShape(v)[0] !== v.length
    )),
    code: (v) => `${v.up ? transposed(v, "bias=False", [1, 1]) : conv(v, "bias=False", [1, 1])}`,
    ask: (v) => `For a signal \`x\` of ${samples(v.length)}, this layer is one matrix: `
      + "`y = M @ x`. How many rows and columns does `M` have?",
    fields: ["Rows", "Columns"],
    answer: matrixShape,
    says: (v, [rows, columns]) => `${samples(rows, "row")} and ${samples(columns, "column")}.`,
    slips: (v) => {
      const [rows, columns] = matrixShape(v);
      const other = v.up ? "Conv1d" : "ConvTranspose1d";
      const otherRows = v.up && v.length + 2 * v.padding >= v.kernel_size
        ? convLength(v) : upLength(v);
      return [
        [[columns, rows], "The other way round: in `y = M @ x` there is a row for each sample of "
          + "`y` and a column for each sample of `x`."],
        [[rows, columns + 2 * v.padding], "Padding holds no samples, so it has no columns."],
        [[rows, v.kernel_size], "The kernel fills only a band of each row. A row is as long as "
          + "the signal."],
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
        note: `Its transpose, ${columns} × ${rows}, is the matrix of \`nn.`
          + `${v.up ? "Conv1d" : "ConvTranspose1d"}\` with the same settings${
            left > 0 ? ` and \`output_padding=${left}\`` : ""}.`,
      };
    },
  },
  "matrix-nonzeros": {
    draw: (random) => until(() => ({
      length: between(random, 6, 16),
      kernel_size: between(random, 2, 5),
      stride: between(random, 1, 3),
      padding: between(random, 0, 2),
    }), (v) => v.padding < v.kernel_size && convLength(v) > 2 && (v.padding > 0 || random() < 0.2)),
    code: (v) => conv(v, "bias=False", [1, 1]),
    ask: (v) => `Written as a matrix for signals of ${samples(v.length)}, how many entries of this `
      + "layer can differ from zero?",
    fields: ["Entries that can differ from zero"],
    answer: (v) => [matrixNonzeros(v)],
    says: (v, [entries]) => `${entries} of the ${count(convLength(v) * v.length)} entries.`,
    slips: (v) => {
      const weights = convLength(v) * v.kernel_size;
      const [left, right] = weightsOnPadding(v);
      const edge = (side) => `At the ${side} edge, too, weights meet padding, and padding has no `
        + "column.";
      return [
        [[weights], "At the edges some weights meet padding, and padding has no column."],
        [[weights - left], edge("right")],
        [[weights - right], edge("left")],
        [[weights - 2 * v.padding], "Count the weights on the padding window by window: the first "
          + `one has ${v.padding} there, its neighbors may have some, and at the other end it `
          + "depends on where the last window stops."],
        [[v.length * v.kernel_size], `There is a row for each of ${samples(convLength(v))} of the output.`],
        [[convLength(v) * v.length], "Those are all entries. A row holds the weights of one "
          + "window."],
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
    draw: (random) => until(() => drawConv(random, [20, 80]), (v) => (
      v.stride > 1 && 2 * v.padding < v.kernel_size && convLength(v) > 3
    )),
    code: (v) => conv(v, "bias=False", [1, 1]),
    ask: (v) => `Whatever its weights, this layer can't tell all signals of ${samples(v.length)} `
      + "apart. How many dimensions does it lose at the least?",
    fields: ["Dimensions lost"],
    answer: (v) => [v.length - convLength(v)],
    says: (v, [lost]) => `${lost} of ${v.length}.`,
    slips: (v) => [
      [[convLength(v)], "That many it can keep: one for each row of its matrix."],
      [[unreadSamples(v.length, settings(v))], "Those samples are never read, and so are lost. But "
        + "the others are not all kept either: compare rows and columns of the matrix."],
      [[v.length - Math.floor(v.length / v.stride)], "The output isn't exactly L_in / stride long: "
        + "count its samples."],
      [[v.length - Math.ceil(v.length / v.stride)], "The output isn't exactly L_in / stride long: "
        + "count its samples."],
    ],
    working: (v) => ({
      steps: [
        ...convSteps(v),
        `lost ≥ L_in − L_out = ${v.length} − ${convLength(v)} = ${v.length - convLength(v)}`,
      ],
      note: "A matrix keeps at most one dimension for each of its rows. No transposed layer brings "
        + "the others back.",
    }),
  },

  // Chapter 5: what is in the samples.
  contributions: {
    draw: (random) => until(() => {
      const v = {
        length: between(random, 5, 12),
        kernel_size: between(random, 2, 8),
        stride: between(random, 1, 4),
        padding: between(random, 0, 3),
      };
      return { ...v, index: between(random, 0, v.length * v.stride) };
    }, (v) => v.padding < v.kernel_size && v.kernel_size > v.stride && v.index < upLength(v)),
    code: (v) => `up = ${transposed(v, "bias=False", [1, 1])}\ny = up(x[None, None])[0, 0]`,
    ask: (v) => `\`x\` is a row of ${samples(v.length)}. How many of them add up in \`y[${v.index}]\`?`,
    fields: ["Samples of x"],
    answer: (v) => [contributors(v).length],
    says: (v, [reach]) => `${reach} of them, ${list(contributors(v).map((at) => `\`x[${at}]\``))}.`,
    slips: (v) => [
      [[contributors({ ...v, padding: 0 }).length], `\`padding=${v.padding}\` crops the left end `
        + `first: y[${v.index}] is place ${v.index + v.padding} of the whole row.`],
      [[v.kernel_size], "Each sample is written into that many places. The question is how many "
        + "samples meet in one place, and they start `stride` apart."],
      [[Math.ceil(v.kernel_size / v.stride)], "That can be so in the middle. Write down which "
        + "samples reach this place."],
      [[Math.floor(v.kernel_size / v.stride)], "That can be so in the middle. Write down "
        + "which samples reach this place."],
      [[1], "When `kernel_size` is larger than `stride`, neighbors overlap."],
    ],
    working: (v) => {
      const reached = contributors(v);
      const place = v.index + v.padding;
      return {
        steps: [
          `place in the whole row: ${v.index} + padding = ${v.index} + ${v.padding} = ${place}`,
          ...reached.map((at) => `x[${at}] is written to ${at * v.stride}…`
            + `${at * v.stride + v.kernel_size - 1}`),
          `samples that reach place ${place}: ${reached.length}`,
        ],
        note: `Sample i is written to \`kernel_size\` places, the first of them `
          + `${v.stride === 1 ? "i" : `${v.stride}·i`}.`,
      };
    },
  },
  "scattered-length": {
    draw: (random) => until(() => ({
      ...drawConv(random, [6, 40]),
      dilation: pick(random, [1, 1, 2, 3]),
    }), (v) => v.padding > 0 && v.stride > 1 && v.kernel_size > 2),
    code: (v) => transposed(v, "", [1, 1]),
    ask: (v) => `This layer scatters ${samples(v.length)} into one row, and then \`padding\` crops `
      + "the row. How long is it before that?",
    fields: ["Samples before the crop"],
    answer: (v) => [upLength({ ...v, padding: 0 })],
    says: (v, [row]) => `${samples(row)}.`,
    slips: (v) => [
      [[upLength(v)], "That is what is left after the crop."],
      [[v.length * v.stride], "The last sample starts at (L_in − 1)·stride, and from there the "
        + "kernel reaches on."],
      [[v.length * v.stride + span(v)], `From the first of ${samples(v.length)} to the last there `
        + `are only ${v.length - 1} steps.`],
      [[upLength({ ...v, padding: 0, dilation: 1 })], "The kernel is dilated: from its first weight "
        + "to its last it spans dilation·(kernel_size − 1) + 1."],
      [[(v.length - 1) * v.stride + v.dilation * v.kernel_size], "The kernel spans "
        + `dilation·(kernel_size − 1) + 1 = ${span(v)}, not dilation·kernel_size.`],
      [[(v.length - 1) * v.stride + 1], "That is where the last sample lands. Its kernel reaches further."],
    ],
    working: (v) => {
      const row = upLength({ ...v, padding: 0 });
      return {
        steps: [
          "row = (L_in − 1)·stride + dilation·(kernel_size − 1) + 1",
          `= (${v.length} − 1)·${v.stride} + ${v.dilation}·(${v.kernel_size} − 1) + 1`,
          `= ${(v.length - 1) * v.stride} + ${span(v)} = ${row}`,
        ],
        note: `\`padding=${v.padding}\` then leaves ${row} − 2·${v.padding} = ${upLength(v)}.`,
      };
    },
  },
  "even-overlap": {
    draw: (random) => until(() => ({
      kernel_size: between(random, 2, 16),
      stride: between(random, 2, 6),
    }), (v) => v.kernel_size % v.stride === 0 || random() < 0.3),
    code: (v) => transposed(v, "bias=False", [1, 1]),
    ask: () => "Away from the edges, how many samples of the input add up in each sample of the "
      + "output?",
    choices: (v) => {
      const few = Math.floor(v.kernel_size / v.stride);
      return [
        ["each", `${Math.max(1, few)} in each`],
        ["turns", `${few} in some, ${few + 1} in others`],
        ["kernel", `${v.kernel_size} in each`],
      ];
    },
    answer: (v) => {
      const counts = overlaps(v);
      return [counts.every((reached) => reached === counts[0]) ? "each" : "turns"];
    },
    says: (v) => {
      const [least, most] = [Math.min(...overlaps(v)), Math.max(...overlaps(v))];
      return least === most ? `${least} in each, an equal overlap.`
        : `${least} in some, ${most} in others, in a pattern that repeats every ${v.stride}.`;
    },
    slips: (v) => [
      [["kernel"], "Each sample is written into that many places. But neighbors start `stride` "
        + "apart, so fewer meet in one place."],
      [["each"], `\`stride=${v.stride}\` doesn't divide \`kernel_size=${v.kernel_size}\`, so not `
        + "all places are reached equally often."],
      [["turns"], `\`stride=${v.stride}\` divides \`kernel_size=${v.kernel_size}\`: as one `
        + "sample's reach ends, another's begins."],
    ],
    working: (v) => ({
      steps: [
        `samples a kernel reaches: ${v.kernel_size}, steps between kernels: ${v.stride}`,
        `${v.kernel_size} / ${v.stride} = ${Math.floor(v.kernel_size / v.stride)}, remainder `
          + `${v.kernel_size % v.stride}`,
        `one period: ${overlaps(v).join(", ")}`,
      ],
      note: v.kernel_size % v.stride === 0
        ? "The overlap is equal because `stride` divides `kernel_size`."
        : "With equal weights, an unequal overlap turns a flat signal into stripes.",
    }),
  },

  // Chapter 6: padding that keeps, shifts or forgets.
  "same-padding": {
    draw: (random) => until(() => ({
      kernel_size: between(random, 2, 9),
      padding: "same",
      dilation: pick(random, [1, 1, 2, 3, 5]),
    }), (v) => (span(v) % 2 === 0 || random() < 0.4) && span(v) > 3),
    code: (v) => conv(v),
    ask: () => "How many zeros does this layer put on the left and on the right of its input?",
    fields: ["Zeros on the left", "Zeros on the right"],
    answer: pytorchSame,
    says: (v, [left, right]) => `${left} on the left, ${right} on the right.`,
    slips: (v) => {
      const [left, right] = pytorchSame(v);
      const half = Math.floor(v.kernel_size / 2);
      return [
        [[right, left], "The other way round: PyTorch puts the odd one on the right."],
        [[right, right], "One too many: the output would be one sample longer than the input."],
        [[left, left], "One too few: the output would be one sample shorter than the input."],
        [pytorchSame({ ...v, dilation: 1 }), "That is right at dilation 1. Here the window is "
          + "wider."],
        [[half, half], "Begin with the total: what a window takes away, and no more."],
        [[left + right, 0], "All on the left is causal padding. “Same” splits the zeros."],
      ];
    },
    working: (v) => {
      const [left, right] = pytorchSame(v);
      const total = left + right;
      return {
        steps: [
          "total = dilation·(kernel_size − 1)",
          `= ${v.dilation}·(${v.kernel_size} − 1) = ${total}`,
          `left = ⌊${total} / 2⌋ = ${left}`,
          `right = ${total} − ${left} = ${right}`,
        ],
        note: left === right
          ? "An even total splits evenly: an int would do the same."
          : "An odd total can't be written as an int: `padding` is the same on both sides.",
      };
    },
  },
  "causal-padding": {
    draw: (random) => until(() => ({
      kernel_size: between(random, 2, 9),
      dilation: pick(random, [1, 1, 2, 4, 8]),
    }), (v) => span(v) > 2),
    code: (v) => `conv = ${conv(v, "", [16, 16])}\ny = conv(F.pad(x, (…, 0)))`,
    ask: () => "How many zeros on the left make `y` as long as `x`, so that no sample of `y` reads "
      + "a sample of `x` later than itself?",
    fields: ["Zeros on the left"],
    answer: (v) => [span(v) - 1],
    says: (v, [left]) => `${samples(left, "zero")}.`,
    slips: (v) => [
      [[span(v)], "One too many: the newest sample that a window reads is the present one."],
      [[v.dilation * v.kernel_size], "Between the samples of a window there is one step of "
        + "`dilation` fewer than samples."],
      [[v.kernel_size - 1], "That is right at dilation 1. Here the window is wider."],
      [[Math.floor((span(v) - 1) / 2)], "That is half of it, as for “same”: windows would read "
        + "later samples, and `y` would be shorter."],
      [[v.kernel_size], "Count how far back the oldest sample of a window lies."],
    ],
    working: (v) => ({
      steps: [
        "left = dilation·(kernel_size − 1)",
        `= ${v.dilation}·(${v.kernel_size} − 1) = ${span(v) - 1}`,
      ],
      note: `The oldest sample of a window lies ${span(v) - 1} before the newest. The first window `
        + "needs that many zeros before it.",
    }),
  },
  "strided-same": {
    draw: (random) => until(() => ({
      length: between(random, 20, 120),
      kernel_size: between(random, 3, 9),
      stride: between(random, 2, 5),
      dilation: pick(random, [1, 1, 1, 2]),
    }), (v) => {
      const total = zeros(v);
      return total > 0 && (total !== span(v) - 1 || random() < 0.1);
    }),
    code: (v) => `pad = (…, …)\nconv = ${conv(v)}\ny = conv(F.pad(x, pad))`,
    ask: (v) => "`padding=\"same\"` refuses a stride, so `x` is padded first. How many zeros does it "
      + `take at the least, left and right together, to turn ${samples(v.length)} into `
      + `⌈${v.length} / ${v.stride}⌉ = ${Math.ceil(v.length / v.stride)}?`,
    fields: ["Zeros in all"],
    answer: (v) => [zeros(v)],
    says: (v, [total]) => `${samples(total, "zero")}.`,
    slips: (v) => [
      [[span(v) - 1], "That many keep the length at stride 1. The last window now starts earlier, "
        + "so fewer will do."],
      [[zeros({ ...v, dilation: 1 })], "That is right at dilation 1. Here the window is wider."],
      [[zeros(v) - 1], "One too few: the last window would not fit."],
      [[Math.ceil(zeros(v) / 2)], "That is one side. The question is about both together."],
      [[Math.floor(zeros(v) / 2)], "That is one side. The question is about both together."],
      [[span(v) - v.stride], "That is right if `stride` divides the length. Here it leaves "
        + `${v.length % v.stride}.`],
    ],
    working: (v) => {
      const out = Math.ceil(v.length / v.stride);
      const last = (out - 1) * v.stride;
      return {
        steps: [
          "zeros = (L_out − 1)·stride + dilation·(kernel_size − 1) + 1 − L_in",
          `= (${out} − 1)·${v.stride} + ${v.dilation}·(${v.kernel_size} − 1) + 1 − ${v.length}`,
          `= ${last + span(v)} − ${v.length} = ${zeros(v)}`,
        ],
        note: `The last window starts at ${last} and spans ${span(v)}: it must still fit. How few `
          + "will do depends on the length; dilation·(kernel_size − 1) do for every length, with "
          + "the windows elsewhere.",
      };
    },
  },

  // Chapter 9: stacks that come back.
  "stack-length": {
    draw: (random) => until(() => ({
      length: between(random, 60, 400),
      layers: Array.from({ length: between(random, 2, 3) }, () => pick(random, stackLayers)),
    }), (v) => {
      if (!accepts(v.length, v.layers)) return false;
      const lengths = [v.length, ...stackLengths(v.length, v.layers)];
      const rounds = v.layers.some((layer, at) => requiredOutputPadding(lengths[at], layer) > 0);
      return rounds && lengths.at(-1) > 3 && v.layers.some(({ stride }) => stride > 1)
        && v.layers.some(({ pool }) => !pool);
    }),
    code: (v) => sequential(stackLines(v.layers)),
    ask: (v) => `A signal of ${samples(v.length)} goes through this stack. How many come out?`,
    fields: ["Samples that come out"],
    answer: (v) => [stackLengths(v.length, v.layers).at(-1)],
    says: (v, [out]) => `${samples(out)}.`,
    slips: (v) => {
      const lengths = stackLengths(v.length, v.layers);
      const strides = product(v.layers.map(({ stride }) => stride));
      const ratio = v.length / strides;
      const unrounded = v.layers.reduce((length, { kernel_size, stride, padding }) => (
        (length + 2 * padding - kernel_size) / stride + 1
      ), v.length);
      const up = v.layers.reduce((length, { kernel_size, stride, padding }) => (
        Math.ceil((length + 2 * padding - kernel_size) / stride) + 1
      ), v.length);
      return [
        [[lengths.at(-2)], "One more layer to go."],
        [[up], "Each layer rounds down, not up."],
        [[Math.floor(unrounded)], "Each layer rounds down for itself, and the next one starts from "
          + "the whole number."],
        [[Math.floor(ratio)], `That is ${v.length} over the product of the strides. \`kernel_size\` `
          + "and `padding` count as well, layer by layer."],
        [[Math.ceil(ratio)], `That is ${v.length} over the product of the strides. \`kernel_size\` `
          + "and `padding` count as well, layer by layer."],
        [[lengths.at(-1) - 1], "Check each layer: the first window counts too."],
      ];
    },
    working: (v) => ({
      steps: downSteps(v.length, v.layers),
      note: "Each layer rounds down before the next one starts.",
    }),
  },
  "next-valid-length": {
    draw: (random) => until(() => {
      const layer = pick(random, encoderLayers);
      const depth = between(random, 2, 3);
      return { length: between(random, 100, 900), layers: Array.from({ length: depth }, () => layer) };
    }, (v) => (
      v.length % 10 === 0 && accepts(v.length, v.layers) && !comesBack(v.length, v.layers)
    )),
    code: (v) => sequential(stackLines(v.layers), "encoder"),
    ask: (v) => "The decoder mirrors this encoder, without any `output_padding`. A signal of "
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
        [[Math.ceil(v.length / strides) * strides], `That is a multiple of the strides' product, `
          + `${strides}. With this \`kernel_size\` and \`padding\` the lengths that come back are `
          + "others."],
        [[back], `That is what comes back from ${v.length}. Round up in each layer, not down.`],
        [[nextValidLength(v.length, v.layers.slice(0, 1))], "With that length the first layer "
          + "comes back. The layers after it have to as well."],
        [[nextValidLength(v.length, v.layers) + strides], "That one comes back, but a shorter one "
          + "does, too."],
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
        note: "Through the encoder with each layer rounding up, then back through the decoder: "
          + "Demucs' `valid_length` does the same.",
      };
    },
  },
  "mirror-output-padding": {
    draw: (random) => until(() => {
      const layers = Array.from({ length: 3 }, () => pick(random, encoderLayers));
      return { length: between(random, 100, 900), layers, at: between(random, 1, 2) };
    }, (v) => {
      if (!accepts(v.length, v.layers)) return false;
      const lengths = stackLengths(v.length, v.layers);
      return lengths[2] > 2 && v.layers[v.at].stride > 2
        && (requiredOutputPadding(lengths[v.at - 1], v.layers[v.at]) > 0 || random() < 0.1);
    }),
    code: (v) => sequential(stackLines(v.layers), "encoder"),
    ask: (v) => `A decoder mirrors this encoder for signals of ${samples(v.length)}. Which `
      + `\`output_padding\` must the layer have that undoes \`encoder[${v.at}]\`?`,
    fields: ["output_padding"],
    answer: (v) => [requiredOutputPadding(stackLengths(v.length, v.layers)[v.at - 1], v.layers[v.at])],
    says: (v, [needed]) => `\`output_padding=${needed}\`.`,
    slips: (v) => {
      const lengths = [v.length, ...stackLengths(v.length, v.layers)];
      const layer = v.layers[v.at];
      const needed = requiredOutputPadding(lengths[v.at], layer);
      const whole = `That would be right if ${samples(v.length)} went into \`encoder[${v.at}]\`. `
        + "What goes in is what the layer before returned.";
      return [
        [[requiredOutputPadding(v.length, layer)], whole],
        [[layer.stride - needed], "That is how far it is up to the next length that needs none. "
          + "The `output_padding` is the remainder itself."],
        [[requiredOutputPadding(lengths[v.at - 1], v.layers[v.at - 1])], "That belongs to the layer "
          + `that undoes \`encoder[${v.at - 1}]\`.`],
        [[lengths[v.at] % layer.stride], "That is the length mod `stride`. `padding` and "
          + "`kernel_size` shift the remainder."],
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

  // Chapter 12: sizes in real models.
  "upsampling-rates": {
    draw: (random) => until(() => ({
      length: between(random, 20, 90),
      rates: pick(random, [[8, 5, 5], [5, 5, 4, 3], [8, 8, 2, 2], [5, 4, 4, 2], [7, 7, 4], [8, 5, 4],
        [10, 6, 5], [4, 5, 3], [5, 4, 2, 2], [8, 3, 5], [9, 5, 5]]),
      wider: random() < 0.25,
    }), (v) => v.rates.some((rate) => rate % 2) || (!v.wider && random() < 0.3)),
    code: (v) => sequential(vocoder(v).map((layer, at) => (
      transposed(layer, "", [512 / 2 ** at, 256 / 2 ** at])
    ))),
    ask: (v) => `These rates should give ${v.rates.join("·")} = ${product(v.rates)} samples for each `
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
        [[wanted], "That is what was wanted. Where kernel_size − stride is odd, the same "
          + "`padding` on both sides can't crop it all."],
        [[wanted + odd], "Each layer with an odd kernel_size − stride makes one sample too many, "
          + "and the layers after it multiply that."],
        [[upsampledLengths(v.length, vocoder(v)).at(-2)], "One more layer to go."],
        [[upsampledLengths(v.length, vocoder(v).map((layer) => ({ ...layer, padding: 0 }))).at(-1)],
          "`padding` crops each layer's output at both ends."],
      ];
    },
    working: (v) => {
      const lengths = [v.length, ...upsampledLengths(v.length, vocoder(v))];
      const wanted = v.length * product(v.rates);
      return {
        steps: vocoder(v).map((layer, at) => (
          `layer ${at}: ${upStep({ ...layer, length: lengths[at] })} = ${lengths[at + 1]}`
        )),
        note: lengths.at(-1) === wanted
          ? "Each kernel_size − stride is even, so each layer multiplies exactly."
          : `${count(wanted)} were wanted. Where kernel_size − stride is odd, padding = `
            + "⌊(kernel_size − stride) / 2⌋ leaves one sample too many.",
      };
    },
  },
  "odd-stride-loss": {
    draw: (random) => {
      const strides = pick(random, [[2, 4, 5, 8], [2, 3, 4], [3, 5], [2, 5, 5], [4, 5, 6], [3, 4, 5],
        [2, 4, 8, 8], [5, 8], [2, 4, 7], [3, 3, 4], [2, 2, 3, 5]]);
      return { strides, length: product(strides) * between(random, 10, 60) };
    },
    code: (v) => {
      const loop = (strides, layer) => `for s in (${strides.join(", ")}):\n    `
        + `nn.${layer}(1, 1, kernel_size=2 * s, stride=s, padding=math.ceil(s / 2))`;
      return `${loop(v.strides, "Conv1d")}\n${loop([...v.strides].reverse(), "ConvTranspose1d")}`;
    },
    ask: (v) => `A codec's encoder and decoder are built by these loops. ${samples(v.length)} go in, `
      + `a multiple of ${product(v.strides)}. How many samples are missing in what comes back?`,
    fields: ["Samples missing"],
    answer: (v) => {
      const down = v.strides.map(codecLayer);
      const code = stackLengths(v.length, down).at(-1);
      return [v.length - upsampledLengths(code, down.reverse()).at(-1)];
    },
    says: (v, [missing]) => (missing
      ? `${samples(v.length - missing)} come back, ${missing} too few.`
      : "none, because all strides are even."),
    slips: (v) => {
      const odd = v.strides.map((stride, at) => [stride, at]).filter(([stride]) => stride % 2);
      const encoderOrder = odd.reduce((sum, [, at]) => sum + product(v.strides.slice(at + 1)), 0);
      return [
        [[0], "With an odd stride s, ⌈s / 2⌉ crops s + 1 samples from s + s·L: one too many."],
        [[odd.length], "Each odd stride costs one sample where it stands in the decoder, and the "
          + "layers after it multiply that."],
        [[encoderOrder], "The decoder goes through the strides in reverse: its later layers have "
          + "the smaller of them."],
        [[product(v.strides)], "The encoder loses nothing here: its input is a multiple of all "
          + "strides."],
        [[1], "Which layers of the decoder come up short, and what do the layers after them make "
          + "of that?"],
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
          ...decoder.map((layer, at) => (
            `stride ${layer.stride}: ${upStep({ ...layer, length: given[at] })} = ${decoded[at]}`
          )),
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
    draw: (random) => (random() < 0.7
      ? { model: "wav2vec 2.0", length: 800 * between(random, 5, 200) }
      : { model: "Whisper", length: between(random, 81, 2999) }),
    code: (v) => (v.model === "Whisper"
      ? sequential(frontEnds[v.model].map((layer, at) => conv(layer, "", [at ? 384 : 80, 384])))
      : "kernel_sizes = (10, 3, 3, 3, 3, 2, 2)\nstrides = (5, 2, 2, 2, 2, 2, 2)"),
    ask: (v) => (v.model === "Whisper"
      ? `Whisper's front end gets ${samples(v.length, "mel frame")}. How many positions does its `
        + "encoder see?"
      : "wav2vec 2.0 begins with seven unpadded `nn.Conv1d`, which together act as one window of "
        + `400 samples with a stride of 320. How many frames do ${count(v.length)} samples `
        + `(${v.length / 16000} s) give?`),
    fields: ["How many"],
    answer: (v) => [stackLengths(v.length, frontEnds[v.model]).at(-1)],
    says: (v, [frames]) => `${samples(frames, v.model === "Whisper" ? "position" : "frame")}.`,
    slips: (v) => (v.model === "Whisper"
      ? [
        [[Math.floor(v.length / 2)], "The last of an odd number of frames still gets a window, "
          + "thanks to the padding: `n // 2` is one too few."],
        [[v.length], "The second layer has `stride=2`."],
        [[v.length - 2], "`padding=1` on both sides makes up for what the kernel takes."],
        [[Math.ceil(v.length / 2) - 1], "The first window counts too: add 1."],
      ]
      : [
        [[Math.floor(v.length / 320)], "That is the length over 320. The first window takes 400 "
          + "samples before any step is made."],
        [[Math.floor((v.length - 400) / 320)], "Those are the steps. The first window counts too: "
          + "add 1."],
        [[Math.ceil((v.length - 400) / 320) + 1], "A window that doesn't fit isn't counted: round "
          + "down."],
        [[Math.ceil(v.length / 320)], "There is no padding: the last frame needs 400 samples of "
          + "its own."],
      ]),
    working: (v) => (v.model === "Whisper"
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
        note: "Without padding, the floors of a stack make one floor, so layer by layer and all at "
          + "once agree.",
      }),
  },

  // PyTorch's errors.
  "does-it-raise": {
    draw: (random) => pick(random, callCases)(random),
    code: (v) => `layer = ${v.up ? transposed(v, "", [1, 1]) : conv(v, "", [1, 1])}\n`
      + `layer(torch.randn(1, 1, ${v.length}))`,
    ask: () => "What happens when these two lines run?",
    choices: () => [
      ["runs", "Both lines run"],
      ["build", "The first line raises: the layer isn't built"],
      ["call", "The second line raises: the layer is built, but the call fails"],
    ],
    answer: (v) => {
      if (v.up && v.padding === "same") return ["call"]; // Taken as a tuple of letters.
      const error = v.up ? convTranspose1dError : conv1dError;
      if (error(v.length, settings(v)) === null) return ["runs"];
      return [v.padding === "same" ? "build" : "call"];
    },
    says: (v, [what]) => {
      if (what === "runs") {
        const out = v.up ? upLength(v) : convLength(v);
        return `${samples(out)} ${out === 1 ? "comes" : "come"} out.`;
      }
      if (v.up && v.padding === "same") {
        return "`nn.ConvTranspose1d` takes no words for `padding`, but only the call finds that out.";
      }
      const error = v.up ? convTranspose1dError : conv1dError;
      return `“${error(v.length, settings(v))}”.`;
    },
    slips: (v) => {
      const late = "The layers check little when they are built, and no lengths at all. ";
      const { hint } = callRule(v);
      return [
        [["build"], late + hint],
        [["call"], v.padding === "same" && !v.up && v.stride > 1
          ? "This is one of the few things that are checked when a layer is built." : hint],
        [["runs"], hint],
      ];
    },
    working: (v) => {
      const { steps, note } = callRule(v);
      return { steps, note };
    },
  },
  "printed-kernel-size": {
    draw: (random) => until(() => ({
      length: between(random, 3, 16),
      kernel_size: between(random, 2, 9),
      padding: between(random, 0, 3),
      dilation: pick(random, [1, 2, 2, 3, 4, 5]),
    }), (v) => v.length + 2 * v.padding < span(v)
      && (v.dilation > 1 || random() < 0.2) && (v.padding > 0 || random() < 0.2)),
    code: (v) => `conv = ${conv(v, "", [1, 1])}\nconv(torch.randn(1, 1, ${v.length}))`,
    ask: () => "This raises “Calculated padded input size per channel: (…). Kernel size: (…). Kernel "
      + "size can't be greater than actual input size”. Which two numbers does it print?",
    fields: ["Padded input size", "Kernel size"],
    answer: (v) => {
      const [, padded, kernel] = /\((\d+)\)\. Kernel size: \((\d+)\)/
        .exec(conv1dError(v.length, settings(v)));
      return [Number(padded), Number(kernel)];
    },
    says: (v, [padded, kernel]) => `(${padded}) and (${kernel}).`,
    slips: (v) => {
      const padded = v.length + 2 * v.padding;
      return [
        [[padded, v.kernel_size], "The first is right. The kernel size printed is the dilated one."],
        [[padded, v.dilation * v.kernel_size], "The first is right. A dilated kernel spans "
          + "dilation·(kernel_size − 1) + 1."],
        [[v.length, span(v)], "The second is right. The first number has the padding in it."],
        [[v.length + v.padding, span(v)], "The second is right. `padding` is per side."],
        [[v.length, v.kernel_size], "Neither is printed as it was written: the input has its "
          + "padding on, and the kernel is dilated."],
        [[span(v), padded], "Right, but the other way round."],
      ];
    },
    working: (v) => ({
      steps: [
        `padded input size = L_in + 2·padding = ${v.length} + 2·${v.padding} = `
          + `${v.length + 2 * v.padding}`,
        "kernel size = dilation·(kernel_size − 1) + 1",
        `= ${v.dilation}·(${v.kernel_size} − 1) + 1 = ${span(v)}`,
      ],
      note: `The layer needs ${samples(span(v) - 2 * v.padding)} or more.`,
    }),
  },
  "output-size-error": {
    draw: (random) => until(() => {
      const v = drawConv(random, [4, 60]);
      return { ...v, wanted: upLength(v) + pick(random, [-3, -2, -1, 0, 1, 2, 3, 4]) + (
        random() < 0.5 ? v.stride : 0) };
    }, (v) => v.stride > 1 && outputSizeError(v.length, v.wanted, settings(v)) !== null),
    code: (v) => `ValueError: ${outputSizeError(v.length, v.wanted, settings(v))}`,
    ask: () => "A decoder's `nn.ConvTranspose1d` raises this. Which `stride` has the layer?",
    fields: ["stride"],
    answer: (v) => {
      const [, least, most] = /from \[(-?\d+)\] to \[(-?\d+)\]/
        .exec(outputSizeError(v.length, v.wanted, settings(v)));
      return [most - least + 1];
    },
    says: (v, [stride]) => `\`stride=${stride}\`.`,
    slips: (v) => [
      [[v.stride - 1], "Both ends of the range are allowed: count the sizes, not the steps between "
        + "them."],
      [[v.stride + 1], "Count the sizes from the first to the last: one fewer."],
      [[Math.abs(v.wanted - upLength(v))], "That is how far the size asked for lies from the "
        + "range's beginning. The stride is in how wide the range is."],
      [[Math.round(v.wanted / v.length)], "The ratio of the lengths is only near the stride. The "
        + "range gives it exactly."],
      [[Math.round(upLength(v) / v.length)], "The ratio of the lengths is only near the stride. The "
        + "range gives it exactly."],
    ],
    working: (v) => {
      const least = upLength(v);
      const most = least + v.stride - 1;
      return {
        steps: [
          "sizes allowed = stride, one for each output_padding from 0 to stride − 1",
          `stride = ${most} − ${least} + 1 = ${v.stride}`,
        ],
        note: v.wanted < least
          ? `To get ${v.wanted}, take ${least} and crop ${least - v.wanted} after the layer.`
          : `To get ${v.wanted}, take ${most} and pad ${v.wanted - most} after the layer.`,
      };
    },
  },

  // From Keras, TensorFlow, ONNX or JAX.
  "keras-same": {
    draw: (random) => until(() => ({
      length: between(random, 10, 120),
      kernel_size: between(random, 2, 9),
      stride: between(random, 2, 5),
    }), (v) => {
      const [begin, end] = kerasSame(v);
      return end > 0 && (begin !== end || random() < 0.4);
    }),
    code: (v) => `keras.layers.Conv1D(32, kernel_size=${v.kernel_size}, strides=${v.stride}, `
      + 'padding="same")',
    ask: (v) => `This Keras layer gets ${samples(v.length)}. How many zeros does it put before and `
      + "after them?",
    fields: ["Zeros before", "Zeros after"],
    answer: kerasSame,
    says: (v, [begin, end]) => `${begin} before, ${end} after.`,
    slips: (v) => {
      const [begin, end] = kerasSame(v);
      return [
        [[end, begin], "The other way round: the odd one goes after."],
        [pytorchSame(v), "That many keep the length at stride 1, as PyTorch's “same” does. With a "
          + "stride, Keras adds only what the last window still needs."],
        [kerasSame({ ...v, length: v.length + v.stride - (v.length % v.stride) }), "That would be "
          + `right if \`strides\` divided the length. ${v.length} leaves `
          + `${v.length % v.stride}.`],
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
    draw: (random) => until(() => ({
      kernel_size: between(random, 2, 9),
      stride: between(random, 2, 6),
      begin: between(random, 0, 5),
      end: between(random, 0, 5),
      added: pick(random, [0, 0, 0, 1]),
    }), (v) => {
      const needed = v.begin - v.end + v.added;
      return needed > 0 && needed < v.stride && v.stride <= v.kernel_size
        && v.begin < v.kernel_size && v.added <= v.end;
    }),
    code: (v) => `onnx.helper.make_node("ConvTranspose", ["x", "weight"], ["y"], `
      + `kernel_shape=[${v.kernel_size}], strides=[${v.stride}], pads=[${v.begin}, ${v.end}]`
      + `${v.added ? `, output_padding=[${v.added}]` : ""})`,
    ask: (v) => `This node crops ${v.begin} at the start and ${v.end} at the end`
      + `${v.added ? `, and adds ${v.added} at the end` : ""}. Which settings make `
      + "`nn.ConvTranspose1d` return the same samples?",
    fields: ["padding", "output_padding"],
    answer: (v) => [v.begin, v.begin - v.end + v.added],
    says: (v, [padding, added]) => `\`padding=${padding}, output_padding=${added}\`.`,
    slips: (v) => [
      [[v.begin, v.added], "`padding` is right. But PyTorch then crops as much at the end, unless "
        + "`output_padding` takes some of it back."],
      [[v.end, v.begin - v.end + v.added], "`padding` is what is cropped on the left: the first of `pads`."],
      [[v.end, v.added], "`padding` is what is cropped on the left: the first of `pads`."],
      [[v.begin, v.begin - v.end], "The node's own `output_padding` counts as well."],
      [[v.begin + v.end, v.added], "`pads` gives both ends apart. PyTorch's `padding` is per side."],
      [[v.begin, v.end], "`output_padding` is what PyTorch crops less at the end than on the left."],
      [[v.begin - v.end + v.added, v.begin], "Right, but the other way round."],
    ],
    working: (v) => ({
      steps: [
        `left: padding = ${v.begin}`,
        "right: padding − output_padding = end − the node's output_padding",
        `output_padding = ${v.begin} − ${v.end} + ${v.added} = ${v.begin - v.end + v.added}`,
      ],
      note: "It works as long as `output_padding` comes out from 0 to stride − 1. Otherwise crop "
        + "the row yourself.",
    }),
  },
  "tf-transposed-same": {
    draw: (random) => until(() => ({
      kernel_size: between(random, 3, 11),
      stride: between(random, 2, 5),
    }), (v) => v.kernel_size > v.stride),
    code: (v) => `keras.layers.Conv1DTranspose(16, kernel_size=${v.kernel_size}, `
      + `strides=${v.stride}, padding="same")`,
    ask: () => "This layer returns exactly `strides` times its input length. Which settings make "
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
      return begin === end ? `it crops ${begin} at each end, and so does \`padding=${begin}\`.`
        : `it crops ${begin} at the start and ${end} at the end: \`row[..., ${begin}:-${end}]\`.`;
    },
    slips: (v) => {
      const [begin, end] = kerasCrop(v);
      return [
        [["shifted"], begin === end
          ? `That crops ${begin + 1} on the left, where Keras crops ${begin}.`
          : "The right length, but shifted by one sample: PyTorch crops the odd one on the left, "
            + "Keras at the end."],
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
        note: begin === end
          ? "An even total is cut evenly, as `padding` does."
          : "PyTorch cuts `padding` on the left and padding − output_padding on the right: never "
            + "more on the right.",
      };
    },
  },
  "two-axes": {
    draw: (random) => until(() => ({ ...drawConv(random, [20, 90]), height: between(random, 20, 90) }),
      (v) => v.stride > 1 && v.height !== v.length),
    code: (v) => conv(v).replace("Conv1d", "Conv2d"),
    ask: (v) => `The input has a height of ${v.height} and a width of ${v.length}. Which height and `
      + "which width has the output?",
    fields: ["height", "width"],
    answer: (v) => axes(v).map(convLength),
    says: (v, [height, width]) => `${height} × ${width}.`,
    slips: (v) => {
      const [height, width] = axes(v).map(convLength);
      return [
        [[width, height], "A shape has the height first: (batch, channels, height, width)."],
        [[height, height], "The width is counted for itself, with the same settings."],
        [[width, width], "The height is counted for itself, with the same settings."],
        [[v.height, v.length].map((size) => Math.floor(size / v.stride)), "Those are the sizes over "
          + "`stride`. `kernel_size` and `padding` count as well."],
        [[height - 1, width - 1], "Those are the steps. On either axis the first window counts too."],
      ];
    },
    working: (v) => ({
      steps: axes(v).map((axis, at) => (
        `${at ? "width" : "height"}: ${convStep(axis)} = ${convLength(axis)}`
      )),
      note: "One number stands for both axes; a pair would be (height, width).",
    }),
  },
  "output-padding-pair": {
    draw: (random) => until(
      () => ({ ...drawConv(random, [20, 90]), height: between(random, 20, 90) }),
      (v) => v.stride > 1 && String(remainders(v)) !== "0,0"
        && (remainders(v)[0] !== remainders(v)[1] || random() < 0.2),
    ),
    code: (v) => `down = ${conv(v)}\nup = ${transposed(v, "output_padding=(…, …)")}`
      .replaceAll("1d", "2d"),
    ask: (v) => `Images of ${v.height} × ${v.length} go down and come back. Which pair makes \`up\` `
      + "return that size?",
    fields: ["for the height", "for the width"],
    answer: (v) => remainders(v),
    says: (v, pair) => `\`output_padding=(${pair.join(", ")})\`.`,
    slips: (v) => {
      const [height, width] = remainders(v);
      return [
        [[width, height], "The pair has the order of the shape: the height first."],
        [[0, 0], `Without it \`up\` returns ${v.height - height} × ${v.length - width}.`],
        [[height, height], "The width has a remainder of its own."],
        [[width, width], "The height has a remainder of its own."],
        [[v.height % v.stride, v.length % v.stride], "Those are the sizes mod `stride`. `padding` and "
          + "`kernel_size` shift the remainders."],
        [[1, 1], "1 and 1 is right where both divisions leave 1."],
      ];
    },
    working: (v) => ({
      steps: axes(v).map((axis, at) => (
        `${at ? "width" : "height"}: (${axis.length} + 2·${v.padding} − ${v.kernel_size}) mod `
          + `${v.stride} = ${remainders(v)[at]}`
      )),
      note: "Each axis asks for the remainder of its own division.",
    }),
  },
  "refused-axis": {
    draw: (random) => until(() => ({
      stride: [between(random, 1, 4), between(random, 1, 4)],
      output_padding: [between(random, 0, 4), between(random, 0, 4)],
    }), (v) => {
      const [refused] = refusedAxis(v);
      return v.output_padding.every((added) => added > 0) && refused !== "neither"
        && (refused !== "both" || random() < 0.6);
    }),
    code: (v) => `nn.ConvTranspose2d(16, 16, 3, stride=(${v.stride.join(", ")}), `
      + `output_padding=(${v.output_padding.join(", ")}))`,
    ask: () => "PyTorch refuses to run this layer. Because of which axis?",
    choices: () => [
      ["height", "The height"],
      ["width", "The width"],
      ["both", "Both"],
    ],
    answer: (v) => refusedAxis(v),
    says: (v, [axis]) => `${axis === "both" ? "Both are" : `The ${axis} is`} refused.`,
    slips: (v) => ["height", "width", "both"].map((axis) => [[axis], "On each axis compare "
      + "`output_padding` with the stride of that axis: it has to be smaller (at dilation 1). The "
      + `height has ${v.output_padding[0]} against ${v.stride[0]}.`]),
    working: (v) => ({
      steps: ["height", "width"].map((axis, at) => (
        `${axis}: output_padding ${v.output_padding[at]}, stride ${v.stride[at]}: `
          + `${v.output_padding[at] < v.stride[at] ? "fine" : "refused"}`
      )),
      note: "With a larger dilation on an axis, that axis could have more.",
    }),
  },
};

// What several of the questions share.

function drawStrided(random) {
  return until(() => drawConv(random, [8, 60]), (v) => (
    v.stride > 1 && (v.padding > 0 || random() < 0.2)
  ));
}

function layersOf(...rows) {
  return rows.map(([kernel_size, stride, padding]) => ({ kernel_size, stride, padding }));
}

const stackLayers = [
  ...layersOf([7, 2, 3], [5, 2, 2], [3, 2, 1], [4, 2, 1], [5, 3, 1], [8, 4, 2], [3, 1, 0]),
  ...layersOf([2, 2, 0], [3, 3, 0]).map((layer) => ({ ...layer, pool: true })),
];

const encoderLayers = layersOf(
  [3, 2, 1], [4, 2, 1], [5, 3, 1], [5, 3, 2], [6, 3, 0], [7, 3, 2], [8, 4, 0], [8, 4, 2],
);

const frontEnds = {
  "wav2vec 2.0": [[10, 5], [3, 2], [3, 2], [3, 2], [3, 2], [2, 2], [2, 2]]
    .map(([kernel_size, stride]) => ({ kernel_size, stride })),
  Whisper: layersOf([3, 1, 1], [3, 2, 1]),
};

// Sizes at the edge of what the layers accept, as often on this side of it as on that.
const callCases = [
  (random) => {
    const v = { kernel_size: between(random, 3, 7), padding: 1, dilation: between(random, 2, 4) };
    return { length: span(v) - 2 - between(random, 0, 1), ...v };
  },
  (random) => ({
    length: between(random, 8, 20),
    kernel_size: between(random, 3, 6),
    stride: 1,
    padding: "same",
    dilation: between(random, 4, 9),
  }),
  (random) => ({
    length: between(random, 20, 90),
    kernel_size: between(random, 3, 7),
    stride: between(random, 2, 4),
    padding: "same",
  }),
  (random) => ({
    length: between(random, 20, 90),
    kernel_size: between(random, 5, 9),
    padding: -between(random, 1, 2),
  }),
  (random) => {
    const stride = between(random, 1, 4);
    return {
      up: true,
      length: between(random, 8, 40),
      kernel_size: between(random, 3, 7),
      stride,
      padding: 1,
      output_padding: stride - between(random, 0, Math.min(1, stride - 1)),
    };
  },
  (random) => {
    const [stride, dilation] = [between(random, 1, 3), between(random, 3, 6)];
    return {
      up: true,
      length: between(random, 8, 40),
      kernel_size: between(random, 2, 5),
      stride,
      padding: 1,
      dilation,
      output_padding: between(random, stride, dilation),
    };
  },
  (random) => ({
    up: true,
    length: between(random, 8, 40),
    kernel_size: between(random, 3, 7),
    stride: between(random, 1, 2),
    padding: "same",
  }),
  (random) => {
    const v = { length: between(random, 2, 5), kernel_size: 3, stride: between(random, 1, 3) };
    const row = upLength(v);
    return { up: true, ...v, padding: Math.ceil(row / 2) - between(random, 0, 1) };
  },
];

// Which rule decides whether a call of callCases works.
function callRule(v) {
  if (v.padding === "same" && v.up) {
    return {
      hint: "Does `nn.ConvTranspose1d` take a word for `padding`?",
      steps: ['nn.ConvTranspose1d: padding="same" is taken for a tuple of letters'],
      note: "Only `nn.Conv1d` knows the word, and `nn.ConvTranspose1d` doesn't look before the call.",
    };
  }
  if (v.padding === "same" && v.stride > 1) {
    return {
      hint: "Can the length be kept by a layer that takes every second or third window?",
      steps: [`nn.Conv1d: padding="same" and stride=${v.stride}`],
      note: "The layer refuses as soon as it is built, before it has seen any length.",
    };
  }
  if (v.padding === "same") {
    return {
      hint: "How much does “same” pad?",
      steps: [
        `effective kernel = ${v.dilation}·(${v.kernel_size} − 1) + 1 = ${span(v)}`,
        `padded input = ${v.length} + ${span(v) - 1} = ${v.length + span(v) - 1} ≥ ${span(v)}`,
      ],
      note: "“Same” pads whatever the window needs, so even a short signal fits.",
    };
  }
  if (v.padding < 0) {
    return {
      hint: "Is there such a thing as a negative `padding`?",
      steps: [`padding = ${count(v.padding)} < 0`],
      note: "The module is built with any int; the call refuses a negative one. To crop, slice.",
    };
  }
  if (!v.up) {
    const padded = v.length + 2 * v.padding;
    return {
      hint: "Compare the padded input with the effective kernel.",
      steps: [
        `padded input = ${v.length} + 2·${v.padding} = ${padded}`,
        `effective kernel = ${v.dilation}·(${v.kernel_size} − 1) + 1 = ${span(v)}`,
        `${padded} ${padded < span(v) ? "<" : "≥"} ${span(v)}`,
      ],
      note: padded < span(v) ? "Not even one window fits." : "The window fits, just once.",
    };
  }
  if (v.output_padding !== undefined) {
    const { stride, dilation = 1, output_padding } = v;
    const larger = Math.max(stride, dilation);
    return {
      hint: "Compare `output_padding` with the larger of `stride` and `dilation`.",
      steps: [
        `max(stride, dilation) = max(${stride}, ${dilation}) = ${larger}`,
        `output_padding = ${output_padding} ${output_padding < larger ? "<" : "≥"} ${larger}`,
      ],
      note: output_padding < larger
        ? "Smaller than one of the two is enough." : "It has to be smaller than one of the two.",
    };
  }
  const out = (v.length - 1) * v.stride - 2 * v.padding + v.kernel_size;
  return {
    hint: "Count the samples that the crop leaves.",
    steps: [`L_out = ${upStep(v)} = ${count(out)}`],
    note: out < 1 ? "An output has at least one sample." : "One sample or more is left: that will do.",
  };
}

// The two axes of an image, each as the numbers of one row.
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

function channels(at) {
  return [at ? 8 * 2 ** at : 1, 16 * 2 ** at];
}

function stackLines(layers) {
  const widths = [1];
  return layers.map((layer) => {
    if (layer.pool) return `nn.MaxPool1d(${layer.kernel_size})`;
    widths.push(16 * 2 ** (widths.length - 1));
    return conv(layer, "", widths.slice(-2));
  });
}

function downSteps(length, layers) {
  const lengths = [length, ...stackLengths(length, layers)];
  return layers.map((layer, at) => (
    `layer ${at}: ${convStep({ ...layer, length: lengths[at] })} = ${lengths[at + 1]}`
  ));
}

function matrixShape(v) {
  return [v.up ? upLength(v) : convLength(v), v.length];
}

// How many input samples reach the output samples of one period, far from the edges.
function overlaps({ kernel_size, stride }) {
  const length = 4 * kernel_size;
  const middle = 2 * kernel_size * stride;
  return Array.from({ length: stride }, (_, at) => (
    contributors({ index: middle + at, length, kernel_size, stride }).length
  ));
}

function zeros(v) {
  const [before, after] = kerasSame(v);
  return before + after;
}

// Keras cuts from the transposed row what it would have padded before the convolution.
function kerasCrop({ kernel_size, stride }) {
  return kerasSame({ length: 100 * stride, kernel_size, stride });
}

function vocoder({ rates, wider }) {
  return rates.map((stride) => {
    const kernel_size = 2 * stride + (wider ? stride % 2 : 0);
    return { kernel_size, stride, padding: Math.floor((kernel_size - stride) / 2) };
  });
}

function codecLayer(stride) {
  return { kernel_size: 2 * stride, stride, padding: Math.ceil(stride / 2) };
}
