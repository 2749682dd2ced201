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
import { until } from "./question_words.js";
import { basicDiscrepancy } from "./questions/01_basic_discrepancy.js";
import { outputPadding } from "./questions/02_output_padding.js";
import { dilations } from "./questions/03_dilation.js";
import { oneMatrix } from "./questions/04_one_matrix.js";
import { inTheSamples } from "./questions/05_samples.js";
import { paddings } from "./questions/06_padding.js";
import { streaming } from "./questions/07_streaming.js";
import { alignment } from "./questions/08_alignment.js";
import { stacksThatComeBack } from "./questions/09_stacks.js";
import { batches } from "./questions/10_batches.js";
import { exporting } from "./questions/11_export.js";
import { realModels } from "./questions/12_real_models.js";
import { errors } from "./questions/errors.js";
import { otherFrameworks } from "./questions/other_frameworks.js";
import { twoDimensions } from "./questions/two_dimensions.js";

/** The names of all questions, in the order of the chapters. */
export function kinds() {
  return Object.keys(questions);
}

/** New numbers for a question, other than those in `recent`. */
export function draw(kind, random, recent = []) {
  const seen = recent.map((v) => JSON.stringify(v));
  return until(
    () => questions[kind].draw(random),
    (v) => !seen.includes(JSON.stringify(v)),
  );
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
  if (fields.length === 1)
    return given[0] < right[0] ? "The answer is larger." : "The answer is smaller.";
  const wrong = fields.filter((_, at) => given[at] !== right[at]);
  if (wrong.length === 2) return "Neither of the two is right yet.";
  const at = fields.indexOf(wrong[0]);
  const way = given[at] < right[at] ? "larger" : "smaller";
  return `“${fields[1 - at]}” is right; “${wrong[0]}” should be ${way}.`;
}

const questions = {
  ...basicDiscrepancy,
  ...outputPadding,
  ...dilations,
  ...oneMatrix,
  ...inTheSamples,
  ...paddings,
  ...streaming,
  ...alignment,
  ...stacksThatComeBack,
  ...batches,
  ...exporting,
  ...realModels,
  ...errors,
  ...otherFrameworks,
  ...twoDimensions,
};
