// Lengths that a forward takes from its signals, as x.shape[-1] does: not known before an input
// length is, so they are kept as the code counts with them, and counted out where a length runs.
//
// A length is { type: "length", step, parts, sign, isFloat, weight }: that of the signal behind a
// step, or what the `sign`, an operator or a function of Python's, makes of its `parts`, which may
// be numbers. In a layer's settings that is { at } for the length of the signal at this place among
// those that the layer is given, or { sign, parts }.
import { exact } from "../../rules/builtins.js";

const ZERO = { type: "int", value: 0 };
// How many terms a length may have. One that doubles itself in a loop would never be counted out.
const HEAVIEST = 40;

/** Python's functions that make a whole number of any other. */
export const ROUNDED = {
  ceil: Math.ceil,
  floor: Math.floor,
  int: Math.trunc,
  round: (value) => (Math.abs(value % 1) === 0.5 ? 2 * Math.round(value / 2) : Math.round(value)),
};
/** Python's comparisons of numbers: 1 or 0. */
export const COMPARED = {
  "==": (a, b) => Number(a === b),
  "!=": (a, b) => Number(a !== b),
  "<": (a, b) => Number(a < b),
  ">": (a, b) => Number(a > b),
  "<=": (a, b) => Number(a <= b),
  ">=": (a, b) => Number(a >= b),
};
// Of two whole shapes only the samples are known: those that have as many may differ or not.
const OF_SHAPES = {
  "all==": (a, b) => (a === b ? null : 0),
  "all!=": (a, b) => (a === b ? null : 1),
};
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
  ...ROUNDED,
  ...COMPARED,
  ...OF_SHAPES,
};

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
  const isKnown = parts.every(({ type, sign: own }) => ["length", "int", "float"].includes(type)
    && !Object.hasOwn(OF_SHAPES, own ?? ""));
  const weight = parts.reduce((sum, part) => sum + (part.weight ?? 1), 1);
  const isCounted = sign === "if" || Object.hasOwn(COUNTED, sign);
  if (!isKnown || !isCounted || weight > HEAVIEST) return null;
  const isRounded = Object.hasOwn(ROUNDED, sign);
  if (isRounded && parts.length > 1) return null; // round(length, digits)
  const isFloat = sign === "/" || (!isRounded && !Object.hasOwn(COMPARED, sign)
    && parts.some((part) => part.isFloat || part.type === "float"));
  const doubt = parts.find((part) => part.doubt)?.doubt;
  return { type: "length", sign, parts, isFloat, weight, doubt };
}

/** What a comparison of lengths gives, alone or in lists: 1 or 0, as Python counts; or null. */
export function matched(sign, left, right) {
  if (!Object.hasOwn(COMPARED, sign) || !left.items !== !right.items) return null;
  const of = (...pair) => (pair.some(isLength) ? reckoned(sign, pair) : null);
  if (!left.items) return of(left, right);
  const { length } = left.items;
  if (length !== right.items.length || length < 1 || length > 3) return null;
  const found = left.items.map((one, i) => of(one, right.items[i])).filter(Boolean);
  if (found.length !== 1 || length === 1) return found[0] ?? null;
  // A list is never equal to the tuple that a shape is.
  const isShape = Object.hasOwn(OF_SHAPES, `all${sign}`) && left.open !== "[" && right.open !== "[";
  return isShape ? { ...found[0], sign: `all${sign}` } : null;
}

/** The condition that is met where another one is not; or null where that is not counted. */
export function opposite(condition) {
  const turned = { "all==": "all!=", "all!=": "all==" }[condition.sign];
  return turned ? { ...condition, sign: turned } : reckoned("==", [condition, ZERO]);
}

/** The condition that is met where two are, of which the first may be none; or null. */
export function both(before, condition) {
  if (!before || condition?.value === 1) return before ?? condition;
  return condition && reckoned("if", [before, condition, ZERO]);
}

/** One of two numbers by a condition of lengths; or null. */
export function either(condition, one, other) {
  return one === other ? one : one && other && reckoned("if", [condition, one, other]);
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
    if (value?.sign === "if") return count(value.parts[count(value.parts[0]) ? 1 : 2]);
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
