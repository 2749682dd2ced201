// Every sentence of an answer.
import { outcome } from "../rules/stacks.js";

const KERAS = /\bConv1D(?:Transpose)?\s*\(/;

export function samples(count) {
  return `${count} ${count === 1 ? "sample" : "samples"}`;
}

/** What the answer comes to, in a sentence or two. */
export function verdict(found, state, ui) {
  if (ui.draft) return ui.draft;
  return { nothing, stopped, refused, complete }[found.kind](found, state);
}

function nothing(_found, { code }) {
  const paste = KERAS.test(code)
    ? "This looks like Keras. The page on other frameworks says what its settings are in PyTorch; then paste"
    : "Paste";
  return `No model yet. ${paste} an nn.Sequential, layers one a line, a class, or what print(model) shows; or choose a real model.`;
}

function stopped({ stop }) {
  return stop ? `Stopped at line ${stop.line}: what comes out is not known.` : "";
}

function complete(found) {
  const { length, after, outputs, decoder, own, none, isStretched, near, isStraight } = found;
  const made = `${taking(found)} ${samples(length)} to ${after}.${shaped(outputs)}`;
  if (own) return `${made} ${ownVerdict(found)}`;
  if (isStretched) return `${made} A single sample is stretched on the way.`;
  if (!decoder) return `${made} ${none}`;
  if (decoder.length === 0) return `${made} Nothing is to be undone.`;
  const often =
    isStraight && near?.period > 1
      ? `, and any other length that differs by a multiple of ${near.period}`
      : "";
  return `${made} The decoder below brings back ${length}${often}.`;
}

// What takes a length to another; functions and cuts are no layers.
function taking({ way }) {
  const count = way.filter(({ layer }) => !layer.called).length;
  if (count === 0) return "The forward takes";
  return count === 1 ? "One layer takes" : `${count} layers take`;
}

// The shape of what comes out, where its last size is no count of samples or is not the only one.
function shaped([{ shape, isTime }, ...others]) {
  const words = isTime
    ? ""
    : ` What comes out has the shape ${shape}, of which this is the last size.`;
  return others.length > 0 ? `${words} That is the first of ${others.length + 1} outputs.` : words;
}

function ownVerdict({ length, after, own }) {
  if (after === length) return "It comes back by itself.";
  if (own.follower) return "It does not come back to the length that goes in.";
  return own.layers
    ? `With the output_padding below its own decoder comes back to ${length}.`
    : `No output_padding of its own decoder comes back to ${length}.`;
}

// What is refused, and with which lengths it works.
function refused({ error, failed, emptied, fixes, isOpen }) {
  const takes = otherChannels(failed);
  if (takes) {
    const layer = `${capital(titled(failed.layer))} in line ${failed.layer.line}`;
    return `${layer} refuses it: ${failed.before.channels} channels come in, and it takes ${takes}.`;
  }
  const where = error.ends
    ? `In line ${error.line}, ${meeting(error.ends)}.`
    : failed
      ? `${capital(titled(failed.layer))} in line ${failed.layer.line} refuses ${reaching(failed.before)}.`
      : `Line ${error.line} refuses it: ${error.text}`;
  const empty = emptied ? ` The cut in line ${emptied} has left nothing of it.` : "";
  return `${where}${empty} ${working(fixes, isOpen)}`;
}

/** How many channels a layer takes that refuses others, or null: then the length has no part in it. */
export function otherChannels(failed) {
  const { in_channels, num_features, num_channels } = failed?.layer.settings ?? {};
  const takes = in_channels ?? num_features ?? num_channels ?? null;
  const comes = failed?.before.channels ?? null;
  return takes === null || comes === null || takes === comes ? null : takes;
}

function reaching({ length, shape }) {
  if (shape || length === null) return "what reaches it";
  return `the ${samples(length)} that ${length === 1 ? "reaches" : "reach"} it`;
}

function working(lengths, isOpen) {
  if (lengths.length === 0)
    return isOpen
      ? "Which input lengths near this one work is not certain here."
      : "No input length near this one works.";
  return lengths.length === 1
    ? `The nearest input length that works is ${lengths[0]}.`
    : `The nearest input lengths that work are ${lengths.join(" and ")}.`;
}

// Which two signals come together, with the layers that they come from.
function meeting(ends) {
  const [one, other] = ends.map(({ layer, name }) => {
    if (!layer) return "the input";
    return layer.called
      ? `${layer.called} in line ${layer.line}`
      : `${name || "a layer"} (${layer.kind}, line ${layer.line})`;
  });
  return `${samples(ends[0].length)} of ${one} meet ${ends[1].length} of ${other}`;
}

// How a layer is called in a sentence: a function or a cut by what the code calls.
function titled({ called, kind }) {
  return called ?? kind;
}

function capital(words) {
  return words.startsWith("the ") ? `T${words.slice(1)}` : words;
}

/** Who says an error. */
export function speaker({ kind, pytorch }) {
  return pytorch ? "PyTorch: " : `${kind}: `;
}

/** What a stack that comes back by itself lacks. */
export function ownWords({ length, after, own: { layers, follower } }) {
  if (after === length) return `${samples(length)} come back as ${length}.`;
  const off = after < length ? `${length - after} too few` : `${after - length} too many`;
  const come = `${samples(length)} come back as ${after}, ${off}.`;
  if (layers) return `${come} With this output_padding they come back as ${length}.`;
  if (follower) {
    return `${come} No output_padding is advised: ${titled(follower)} in line ${follower.line} goes by its output_size.`;
  }
  return after > length
    ? `${come} No output_padding makes that ${length}; cut it, x = x[..., :${length}], or give a transposed layer more padding.`
    : `${come} No output_padding makes that ${length}: pad the input and cut the output, or give a transposed layer less padding.`;
}

/** How the lengths lie that come back with the same decoder, and with one without output_padding. */
export function comingWords({ near, isStraight, least }, plain) {
  const others = "Choose the length, and the decoder follows.";
  const never = isStraight ? neverWords(least) : "Any length that the model refuses.";
  if (!near) {
    return {
      every: "The other lengths do not step evenly through these layers.",
      without: "Not known for these layers.",
      others,
      never,
    };
  }
  const without = plain.length > 0 ? "The nearest." : "No length near here.";
  if (!isStraight) {
    return {
      every: `Tried one by one, ${near.period === 1 ? "neighbors" : `${near.period} samples apart`}.`,
      without,
      others,
      never,
    };
  }
  if (near.period === 1) {
    return {
      every:
        "No layer leaves samples over here, so it is the same decoder for every length that it takes.",
      without: "The same.",
      others,
      never,
    };
  }
  return { every: `From one to the next it is ${near.period} samples.`, without, others, never };
}

function neverWords(least) {
  if (least === null) return "Any length that a layer refuses.";
  return least > 1
    ? `What is shorter than ${samples(least)}: a layer refuses it. And any other length that a layer refuses.`
    : "Any length that a layer refuses; none is too short.";
}

/** That a length needs no output_padding. */
export function plainWords(length) {
  return `${length} is such a length: its decoder needs no output_padding.`;
}

/** How to come to the nearest lengths: [{ goal, words, code }]. */
export function reaches(length, { down, up }, layout) {
  const turned = layout.indexOf("length") === 1 && layout.length === 3;
  const found = [];
  if (up !== null) {
    const more = up - length;
    found.push({
      goal: up,
      words: `Pad ${samples(more)} to reach ${up}:`,
      code: turned ? `x = F.pad(x, (0, 0, 0, ${more}))` : `x = F.pad(x, (0, ${more}))`,
    });
  }
  if (down !== null) {
    found.push({
      goal: down,
      words: `Crop ${samples(length - down)} to reach ${down}:`,
      code: turned ? `x = x[:, :${down}]` : `x = x[..., :${down}]`,
    });
  }
  return found;
}

/** The input that an answer is for, in words. */
export function inputWords({ input, others, isNumbered, isWhole }) {
  const more = others
    .map((name) =>
      isNumbered ? `, and ${name} of shape (batch,)` : `, and a ${name} that it takes`,
    )
    .join("");
  return `for an input of shape ${input}${isWhole ? " of whole numbers" : ""}${more}`;
}

/** The lines of Python that ask PyTorch itself: for the lengths, or for what mends a refusal. */
export function askingCode({ kind, models, chosen, length }) {
  const asked = kind === "refused" ? "repairs" : "trace";
  const name = models[chosen] ?? "model";
  const isName = /^[^\d\W]\w*$/u.test(name);
  const first =
    isName && name !== "model"
      ? `model = ${name}`
      : /^\w+\(\)$/u.test(name)
        ? `model = ${name}`
        : "model = Net()  # your own model";
  const lines = [`from helpers.layers import ${asked}`, ...(name === "model" ? [] : [first])];
  return [...lines, `print(${asked}(model, ${`${length}`.replace(/\B(?=(\d{3})+$)/g, "_")}))`].join(
    "\n",
  );
}

/** The lengths on the way, for those who do not see the picture. */
export function pictureWords(stations) {
  return `The lengths on the way: ${stations
    .map(({ length }) => length ?? "refused")
    .slice(0, 40)
    .join(", ")}.`;
}

/** How long a decoder's output is. */
export function backLength(back) {
  return back && outcome(back);
}
