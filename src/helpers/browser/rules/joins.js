// Where signals come together, as the two ends of a skip connection do: which length comes out, or
// how PyTorch refuses it. A join is { joins, dimension, isInPlace }: how it puts them together,
// which of their dimensions are the samples, and whether the first of them keeps its place.
import { SizeError, replace } from "./builtins.js";

/** What comes out of a join of signals; `main` is the one whose channels are taken. */
export function joined(join, signals, main) {
  return replace(main, { length: JOINED[join.joins](join, signals) });
}

const JOINED = {
  cat({ dimension }, signals) {
    const [{ length }] = signals;
    const other = oddOneOf(signals);
    if (other < 0) return length;
    const words = `Sizes of tensors must match except in dimension ${3 - dimension}. `
      + `Expected size ${length} but got size ${signals[other].length} for tensor number ${other} `
      + "in the list.";
    throw new SizeError(words, words);
  },
  stack({ dimension }, signals) {
    const [{ length }] = signals;
    const other = oddOneOf(signals);
    if (other < 0) return length;
    const [one, odd] = [signals[0], signals[other]].map((signal) => shape(signal, dimension));
    return refuse(signals, `stack expects each tensor to be equal size, but got ${one} at entry 0 `
      + `and ${odd} at entry ${other}`);
  },
  // Sample by sample; a single one is stretched.
  sum({ dimension, isInPlace }, [a, b]) {
    if (a.length === b.length || b.length === 1) return a.length;
    if (a.length !== 1) {
      const words = `The size of tensor a (${a.length}) must match the size of tensor b `
        + `(${b.length}) at non-singleton dimension ${dimension}`;
      throw new SizeError(words, words);
    }
    if (!isInPlace) return b.length;
    const [own, whole] = [a, b].map(({ length }) => shape({ ...a, length }, dimension));
    return refuse([a, b], `output with shape ${own} doesn't match the broadcast shape ${whole}`);
  },
};

// The first place at which a length is not that of the first, or -1.
function oddOneOf(signals) {
  return signals.findIndex(({ length }) => length !== signals[0].length);
}

function shape({ channels, length }, dimension) {
  const sizes = [channels ?? "…", length];
  return `[1, ${(dimension === 2 ? sizes : sizes.reverse()).join(", ")}]`;
}

// These are PyTorch's words where the channels are known that it names.
function refuse(signals, words) {
  throw new SizeError(words, signals.some(({ channels }) => channels === null) ? null : words);
}

/**
 * The two signals that do not fit where the last step along a route is refused, or null if that is
 * no join: [{ length, layer }] with the layer that each comes out of, null for the input.
 */
export function ends(route, { start, steps }) {
  const { layer, from } = route[steps.length - 1];
  if (!layer.joins) return null;
  const all = from.map((place) => ({ length: (steps[place]?.after ?? start).length,
    layer: sourceOf(route, place) }));
  return [all[0], all[oddOneOf(all)]];
}

function sourceOf(route, place) {
  let at = place;
  while (route[at]?.layer.joins) at = route[at].from[route[at].main];
  return route[at]?.layer ?? null;
}
