// Lengths that a forward takes from its signals, as x.shape[-1] does: not known before an input
// length is, so they are kept as the code counts with them, and counted out where a length runs.
//
// A length is { type: "length", step, parts, sign, isFloat, weight }: that of the signal behind a
// step, or what the `sign`, an operator or a function of Python's, makes of its `parts`, which may
// be numbers. In a layer's settings that is { at } for the length of the signal at this place among
// those that the layer is given, or { sign, parts }.
import { exact } from "./lengths.js";

// How many terms a length may have. One that doubles itself in a loop would never be counted out.
const HEAVIEST = 40;

const floorOf = (a, b) => Math.floor(a / nonzero(b));
const COUNTED = {
  "+": (a, b) => a + b,
  "-": (a, b) => a - b,
  "*": (a, b) => a * b,
  "/": (a, b) => a / nonzero(b),
  "//": floorOf,
  "%": (a, b) => a - b * floorOf(a, b),
  min: Math.min,
  max: Math.max,
  abs: Math.abs,
  int: Math.trunc,
  ceil: Math.ceil,
  floor: Math.floor,
  "==": (a, b) => Number(a === b),
  "!=": (a, b) => Number(a !== b),
  "<": (a, b) => Number(a < b),
  ">": (a, b) => Number(a > b),
  "<=": (a, b) => Number(a <= b),
  ">=": (a, b) => Number(a >= b),
};
const WHOLE = new Set(["int", "ceil", "floor"]);
const COMPARES = new Set(["==", "!=", "<", ">", "<=", ">="]);

/** The length of the signal that comes out of a step. */
export function lengthOf({ step }) {
  return { type: "length", step, isFloat: false, weight: 1 };
}

export function isLength({ type }) {
  return type === "length";
}

/** Whether something is a length in whole samples. */
export function isWhole(value) {
  return isLength(value) && !value.isFloat;
}

/** What an operator or a function makes of numbers and lengths, or null where that is not counted. */
export function reckoned(sign, parts) {
  const isKnown = parts.every(({ type }) => ["length", "int", "float"].includes(type));
  const weight = parts.reduce((sum, part) => sum + (part.weight ?? 1), 1);
  if (!isKnown || !Object.hasOwn(COUNTED, sign) || weight > HEAVIEST) return null;
  const isFloat = sign === "/" || (!WHOLE.has(sign)
    && parts.some((part) => part.isFloat || part.type === "float"));
  return { type: "length", sign, parts, isFloat, weight };
}

/** What a comparison of lengths gives, alone or in lists of one: 1 or 0, as Python counts; or null. */
export function matched(sign, left, right) {
  const [one, other] = [left, right].map((value) => (value.items?.length === 1 ? value.items[0] : value));
  const isLike = (one === left) === (other === right);
  const isOrdered = isLength(one) || isLength(other);
  return COMPARES.has(sign) && isLike && isOrdered ? reckoned(sign, [one, other]) : null;
}

/** The steps whose signals a layer's settings measure. */
export function measuredBy(settings) {
  const steps = new Set();
  const gather = (value) => {
    if (Array.isArray(value)) value.forEach(gather);
    else if (value?.parts) gather(value.parts);
    else if (value?.type === "length") steps.add(value.step);
  };
  gather(Object.values(settings));
  return [...steps];
}

/** The same settings, whose lengths are those of the signals at some places among `given`. */
export function placed(settings, given) {
  const place = (value) => {
    if (Array.isArray(value)) return value.map(place);
    if (value?.parts) return { sign: value.sign, parts: value.parts.map(place) };
    if (value?.type === "length") return { at: given.indexOf(value.step) };
    return typeof value?.type === "string" ? value.value : value;
  };
  return mapped(settings, place);
}

/** Whether some of these settings are lengths of signals. */
export function isPlaced(settings) {
  return Object.values(settings).flat().some((value) => value?.parts || typeof value?.at === "number");
}

/** The same settings in numbers, for signals of these lengths. */
export function countedOut(settings, lengths) {
  const count = (value) => {
    if (Array.isArray(value)) return value.map(count);
    if (value?.parts) return carriedOut(value.sign, value.parts.map(count));
    return typeof value?.at === "number" ? lengths[value.at] : value;
  };
  return mapped(settings, count);
}

function carriedOut(sign, numbers) {
  const value = COUNTED[sign](...numbers);
  return Number.isInteger(value) ? exact(value) : value;
}

function mapped(settings, change) {
  return Object.fromEntries(Object.entries(settings).map(([name, value]) => [name, change(value)]));
}

function nonzero(number) {
  if (number === 0) throw new RangeError("The code divides a length by zero here.");
  return number;
}
