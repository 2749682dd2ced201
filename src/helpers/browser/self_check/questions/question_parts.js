// What the questions of several chapters have in common.
import { kerasSame, stackLengths } from "../question_arithmetic.js";
import {
  conv,
  convLength,
  convStep,
  convSteps,
  drawConv,
  leftOver,
  samples,
  until,
} from "../question_words.js";

// What the questions about a convolution's output length have in common.
export const comingOut = {
  code: (v) => conv(v),
  ask: (v) => `A signal of ${samples(v.length)} goes through this layer. How many come out?`,
  fields: ["Samples that come out"],
  answer: (v) => [convLength(v)],
  says: (_v, [out]) => `${samples(out)}.`,
  working: (v) => ({ steps: convSteps(v), note: leftOver(v) }),
};

export function drawStrided(random) {
  return until(
    () => drawConv(random, [8, 60]),
    (v) => v.stride > 1 && (v.padding > 0 || random() < 0.2),
  );
}

export function layersOf(...rows) {
  return rows.map(([kernel_size, stride, padding]) => ({ kernel_size, stride, padding }));
}

export function downSteps(length, layers) {
  const lengths = [length, ...stackLengths(length, layers)];
  return layers.map(
    (layer, at) =>
      `layer ${at}: ${convStep({ ...layer, length: lengths[at] })} = ${lengths[at + 1]}`,
  );
}

export function zeros(v) {
  const [before, after] = kerasSame(v);
  return before + after;
}
