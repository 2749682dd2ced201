// What a pasted program and a length come to: all that the page says, as data.
import {
  around,
  comesBack,
  mirror,
  nearestThat,
  outcome,
  refusedBy,
  returning,
  trace,
} from "../rules/stacks.js";
import { shortest } from "../rules/stacks.js";
import { Program } from "./torch/torch_program.js";

const EFFORT = 12000; // Steps of evaluation for other lengths than the one that is asked for.
const MOST = 200; // Other lengths that are tried one by one.

// Of the code that was read last, what it makes and what has been answered.
let last = { code: null, program: null, answers: new Map() };

/**
 * The whole answer: { kind, models, chosen, input, way, … } with `kind` "nothing" without a model,
 * "stopped" with `stop` { line, text, why }, "refused" with `error` and `fixes`, or "complete" with
 * `after`, the length that comes out, `outputs`, and what leads back.
 */
export function answer(code, length, wanted = null) {
  if (last.code !== code) last = { code, program: new Program(code), answers: new Map() };
  const { program, answers } = last;
  const key = `${length} ${wanted}`;
  if (!answers.has(key)) answers.set(key, answered(program, length, wanted));
  return answers.get(key);
}

function answered(program, length, wanted) {
  const { models } = program;
  const chosen = Math.max(
    0,
    models.findIndex(({ name }) => name === wanted),
  );
  const found = {
    kind: "nothing",
    models: models.map(({ name }) => name),
    chosen,
    length,
    stop: program.stop,
    way: [],
    error: null,
    fixes: [],
    after: null,
    outputs: [],
    decoder: null,
    back: null,
    near: null,
    own: null,
    none: null,
    least: null,
    isOpen: false, // Whether of some length that was tried there is no certain answer.
  };
  if (program.stop) return { ...found, kind: "stopped" };
  if (models.length === 0) return found;
  try {
    return new Answering(program, models[chosen], found).whole();
  } catch (error) {
    // Of a fault of this page's own no answer is left, and not the one before it.
    console.error(error);
    const stop = program.stopOf({ why: "this is not evaluated here" });
    return { ...found, kind: "stopped", stop };
  }
}

class Answering {
  constructor(program, model, found) {
    this.program = program;
    this.model = model;
    this.found = found;
    this.runs = new Map();
    this.left = EFFORT;
  }

  // What comes out for another length, or null where there is no certain answer, or no time for it.
  run(length) {
    if (!this.runs.has(length)) {
      const found = this.left > 0 && length >= 0 ? this.program.run(this.model, length) : null;
      this.left -= found?.steps ?? 0;
      this.runs.set(length, found);
    }
    return this.runs.get(length);
  }

  whole() {
    const { found, program, model } = this;
    const { length } = found;
    const run = program.run(model, length);
    this.runs.set(length, run);
    const names = program.names(model);
    const named = (step) => ({ ...step, name: names.get(step.layer.module) ?? null });
    Object.assign(found, {
      way: run.way.map(named),
      input: run.input,
      others: run.others,
      isNumbered: run.isNumbered,
      isWhole: run.isWhole,
      layout: run.layout,
      stop: run.stop ?? null,
    });
    if (run.stop) return { ...found, kind: "stopped" };
    if (run.error) return this.refused(run, named, names);
    const [{ length: after }] = run.outputs;
    Object.assign(found, {
      kind: "complete",
      after,
      outputs: run.outputs,
      isStretched: run.isStretched,
    });
    const traced = this.tracedOf(run);
    this.layers = run.isStraight && !traced.broken ? traced.steps.map(({ layer }) => layer) : null;
    found.traced = traced;
    found.isStraight = this.layers !== null;
    if (!run.isStretched) this.wayBack(traced);
    return found;
  }

  refused(run, named, names) {
    const { found } = this;
    const failed = run.failed ? [named(run.failed)] : [];
    Object.assign(found, {
      kind: "refused",
      error: run.error,
      failed: run.failed && failed[0],
      way: [...found.way, ...failed],
    });
    for (const end of run.error.ends ?? []) end.name = names.get(end.layer?.module) ?? null;
    found.emptied =
      found.way.findLast(({ layer, after }) => layer.kind === "Cut" && after?.length === 0)?.layer
        .line ?? null;
    const near = nearestThat((other) => this.takes(other), found.length, MOST);
    found.fixes = [near.down, near.up].filter((value) => value !== null);
    return found;
  }

  // Whether a length gets through, and no single sample is stretched to the length of others.
  takes(length) {
    const run = this.run(length);
    this.found.isOpen ||= Boolean(run?.stop);
    return run !== null && run.outputs.length > 0 && !run.isStretched;
  }

  // The main way through a model, from the input to what comes out first.
  tracedOf(run) {
    const steps = [];
    for (let step = run.first.step; step; step = step.from) steps.unshift(step);
    const start = { channels: steps[0]?.before.channels ?? null, length: this.lengthOf(run) };
    const isWhole = steps.every(
      ({ before }, i) => before.length === (i === 0 ? start : steps[i - 1].after).length,
    );
    const ends = steps.length === 0 ? start.length : steps.at(-1).after.length;
    const isTurned =
      run.layout.length !== 3
      || run.layout[2] !== "length"
      || !run.outputs[0].isTime
      || run.first.rank !== 3;
    // What comes out of the last layer that says how many channels there are.
    const saying = steps.findLast(
      ({ layer, before, after }) =>
        layer.settings.out_channels !== undefined || before.channels !== after.channels,
    );
    const count = (saying ?? steps.at(-1))?.after.channels ?? run.first.dims[1];
    const broken =
      run.first.broken
      ?? (isTurned
        ? "its dimensions are turned"
        : count !== run.first.dims[1]
          ? `its channels are ${count > run.first.dims[1] ? "parted" : "put together"}`
          : isWhole && ends === run.outputs[0].length
            ? null
            : "its samples are put in another order");
    const loose = steps.map((step, i) =>
      i + 1 < steps.length && steps[i + 1].before.channels !== step.after.channels
        ? { ...step, layer: { ...step.layer, isLoose: true } }
        : step,
    );
    return { start, steps: loose, error: null, broken };
  }

  lengthOf(run) {
    return [...this.runs].find(([, other]) => other === run)[0];
  }

  wayBack(traced) {
    const { found } = this;
    if (traced.broken) {
      found.none = `No decoder is given: on the way ${traced.broken}.`;
      return;
    }
    found.own = this.ownOf(traced);
    found.decoder = found.after === 0 ? null : mirror(traced);
    if (!found.decoder) {
      found.none = noDecoder(traced, found.after);
      return;
    }
    found.back = trace(found.decoder, found.after);
    const layers = traced.steps.map(({ layer }) => layer);
    found.least = found.isStraight ? shortest(layers) : null;
    this.comings(layers, traced);
  }

  // Which lengths come back: with this decoder, and with one without output_padding.
  comings(layers, traced) {
    const { found } = this;
    const near = around(layers, traced);
    const step = near?.period ?? 1;
    const others = [-2, -1, 0, 1, 2].map((times) => found.length + times * step);
    found.same = others.filter((other) => this.returns(other));
    if (!near) return;
    const plain = (other) => (other !== null && this.isPlain(other) ? other : null);
    found.near = { period: step, down: plain(near.down), up: plain(near.up) };
  }

  returns(other) {
    const { found, layers } = this;
    if (layers) return comesBack(layers, found.decoder, other);
    if (!this.takes(other)) return false;
    const back = trace(found.decoder, this.run(other).outputs[0].length);
    return back.error === null && outcome(back) === other;
  }

  // Whether the decoder for a length needs no output_padding.
  isPlain(other) {
    if (!(other >= 1) || !this.takes(other)) return false;
    const traced = this.tracedOf(this.run(other));
    const decoder = traced.broken ? null : mirror(traced);
    return decoder?.every(({ settings }) => !settings.output_padding);
  }

  // What a model lacks that goes down and up again by itself, and which lengths it returns unchanged.
  ownOf(traced) {
    const { length } = this.found;
    const own = returning(traced);
    if (!own) return null;
    const follower =
      own.own.map((at) => traced.steps[at].layer).find(({ followsSize }) => followsSize) ?? null;
    const layers = own.layers && !follower && this.mends(own) ? own.layers : null;
    const near = nearestThat(
      (other) => this.run(other)?.outputs[0]?.length === other && this.takes(other),
      length,
      MOST,
    );
    return { ...own, layers, follower, near, mended: layers && trace(layers, length) };
  }

  // Whether other output_paddings bring the length back in the model as it is.
  mends({ own, layers }) {
    const {
      program,
      model,
      found: { length },
    } = this;
    const serials = own.map((at) => layers[at].module?.born);
    if (serials.includes(undefined) || new Set(serials).size < serials.length) return false;
    const overrides = new Map(own.map((at, i) => [serials[i], layers[at].settings.output_padding]));
    return program.run(model, length, overrides).outputs[0]?.length === length;
  }
}

// Why no decoder brings the length back, in words.
function noDecoder(traced, after) {
  if (after === 0) return "Nothing is left that a decoder could bring back.";
  const refused = refusedBy(traced);
  if (!refused) return `No decoder takes ${after} back.`;
  const isJoined =
    refused.words.includes("channels") && traced.steps.some(({ layer }) => layer.isLoose);
  const why = isJoined
    ? "channels of several signals are put together on the way, which no stack of layers takes apart again"
    : `its ${refused.layer.text} would be refused: ${refused.words}`;
  return `No decoder takes ${after} back: ${why}.`;
}

/** The decoder as PyTorch code. */
export function decoderCode(decoder) {
  if (decoder.length === 0) return "decoder = nn.Identity()";
  const lines = decoder.map(({ text }) => `    ${text},`);
  return ["decoder = nn.Sequential(", ...lines, ")"].join("\n");
}
