// What Python makes of numbers, lists and comparisons that the code itself says; all else is
// unknown. A value is { type } with "int", "float", "bool", "str" (`value`), "none", "seq"
// (`items`, and of a dictionary `pairs`), "huge" (beyond what a browser counts exactly), "length"
// (of a signal), "fields" (of a namedtuple), "unknown", which as a tensor may have its `sizes`, or
// what the code builds of layers.
import { COMPARED, ROUNDED, isLength, reckoned } from "../torch/signal_lengths.js";
import { shorten } from "../torch/torch_layers.js";

/** The longest list that is followed. */
export const LONGEST = 1000;

const CONSTANTS = { True: ["bool", true], False: ["bool", false], None: ["none", null] };
const OBJECTS = new Set(["SimpleNamespace", "Namespace", "AttrDict", "AttributeDict", "EasyDict",
  "DotDict", "Munch", "Box"]);

export const UNKNOWN = Object.freeze({ type: "unknown" });

export function int(value) {
  return Number.isSafeInteger(value) ? { type: "int", value: value || 0 } : { type: "huge" };
}

export function bool(value) {
  return { type: "bool", value };
}

export function seq(items, pairs) {
  return { type: "seq", items, pairs };
}

/** True, False or None, or undefined. */
export function constant(name) {
  if (!Object.hasOwn(CONSTANTS, name)) return undefined;
  const [type, value] = CONSTANTS[name];
  return { type, value };
}

/** The value of a number as it is written. */
export function numeric(text) {
  const plain = text.replace(/_/g, "");
  const whole = /^(\d+|0[xXoObB].*)$/.test(plain);
  const value = Number(plain);
  if (!whole && Number.isFinite(value)) return { type: "float", value, text: plain };
  if (!whole) return { type: "huge", text };
  // Python refuses 010, which was an octal number once.
  if (Number.isNaN(value) || /^0+[1-9]/.test(plain)) return { type: "unknown", text };
  return Number.isSafeInteger(value) ? { type: "int", value } : { type: "huge", text: shorten(text) };
}

export function isNumber({ type }) {
  return type === "int" || type === "float" || type === "bool";
}

/** Two numbers with a sign between them. */
export function combined(sign, left, right) {
  if (left.type === "huge" || right.type === "huge") return { type: "huge" };
  if (isLength(left) || isLength(right)) return reckoned(sign, [left, right]) ?? { ...UNKNOWN };
  if (left.type === "str" && right.type === "str" && sign === "+") {
    return { type: "str", value: (left.value + right.value).slice(0, LONGEST) };
  }
  if (!isNumber(left) || !isNumber(right)) return { ...UNKNOWN };
  const [a, b] = [Number(left.value), Number(right.value)];
  const whole = left.type !== "float" && right.type !== "float";
  if (["/", "//", "%"].includes(sign) && b === 0) return { ...UNKNOWN };
  const work = {
    "+": () => a + b,
    "-": () => a - b,
    "*": () => a * b,
    "/": () => a / b,
    "//": () => Math.floor(a / b),
    "%": () => a - b * Math.floor(a / b),
    "**": () => a ** b,
    "<<": () => (whole && b >= 0 ? a * 2 ** b : NaN),
    ">>": () => (whole && b >= 0 ? Math.floor(a / 2 ** b) : NaN),
  }[sign];
  const value = work ? work() : NaN;
  if (Number.isNaN(value)) return { ...UNKNOWN };
  if (whole && sign !== "/" && !(sign === "**" && b < 0)) return int(value);
  return Number.isFinite(value) ? { type: "float", value, text: `${value}` } : { type: "huge" };
}

/** Whether Python takes a value for true: true, false, or null where the code does not say it. */
export function truth(value) {
  if (isNumber(value) || value.type === "str") return Boolean(value.value);
  if (value.type === "none") return false;
  if (value.type === "seq") return value.items.length > 0;
  return value.type === "unknown" || isLength(value) ? null : true;
}

/** What a comparison gives: true, false, or null where the code does not say it. */
export function compared(sign, left, right) {
  const opposite = { "!=": "==", "is not": "is", "not in": "in" }[sign];
  if (opposite) {
    const found = compared(opposite, left, right);
    return found === null ? null : !found;
  }
  if (left.type === "unknown" || right.type === "unknown") return null;
  if (sign === "in") {
    if (right.type === "str" && left.type === "str") return right.value.includes(left.value);
    if (right.type !== "seq" || right.vague) return null;
    if (right.pairs && left.type !== "str") return null;
    if (right.pairs) return right.pairs.some(({ name }) => name === left.value);
    const each = right.items.slice(0, LONGEST).map((item) => compared("==", left, item));
    return each.includes(true) ? true : each.includes(null) ? null : false;
  }
  const plain = (value) => isNumber(value) || value.type === "str" || value.type === "none";
  if (sign === "==" || sign === "is") {
    if (left.type === "none" || right.type === "none") return left.type === right.type;
    if (!plain(left) || !plain(right)) return left === right ? true : null;
    if (isNumber(left) !== isNumber(right)) return false;
    return isNumber(left) ? Number(left.value) === Number(right.value) : left.value === right.value;
  }
  if (!isNumber(left) || !isNumber(right)) return null;
  return Boolean(COMPARED[sign](Number(left.value), Number(right.value)));
}

/** The named values of a dictionary, of those with the same name the last; undefined if unnamed. */
export function pairsOf(items) {
  if (items.some(({ name }) => name === null || name === undefined)) return undefined;
  return [...new Map(items.map(({ name, value }) => [name, { name, value }])).values()];
}

/** What a list or a dictionary runs through, or null where the code does not say it. */
export function known(value) {
  if (value?.type !== "seq" || value.vague || value.items.length > LONGEST) return null;
  return value.pairs ? value.pairs.map(({ name }) => ({ type: "str", value: name })) : value.items;
}

/** A part of a list as Python slices it, or null; `parts` are start, stop and step, or null each. */
export function sliced(items, parts) {
  if (parts.some((part) => part && part.type !== "int" && part.type !== "none")) return null;
  const [start, stop, step = 1] = parts.map((part) => (part?.type === "int" ? part.value : undefined));
  if (step === 0) return null;
  const { length } = items;
  const clip = (at, byDefault) => {
    if (at === undefined) return byDefault;
    const [low, high] = step > 0 ? [0, length] : [-1, length - 1];
    return Math.min(high, Math.max(low, at < 0 ? at + length : at));
  };
  const found = [];
  const end = clip(stop, step > 0 ? length : -1);
  const first = clip(start, step > 0 ? 0 : length - 1);
  for (let i = first; step > 0 ? i < end : i > end; i += step) found.push(items[i]);
  return found;
}

/** What Python's own functions give for values that the code says, or null. */
export function counted(name, given) {
  if (OBJECTS.has(name)) return object(given);
  if (name === "namedtuple") return fieldsOf(given);
  if (name === "ArgumentParser") return { ...object([]), isParser: true };
  const list = given.map(({ value }) => value);
  const [first] = list;
  if (list.some(isLength) && given.every((one) => one.name === null)) {
    const found = reckoned(name, list);
    if (found) return found;
  }
  if (Object.hasOwn(ROUNDED, name)) {
    return list.length === 1 && isNumber(first) ? int(ROUNDED[name](Number(first.value))) : null;
  }
  if (name === "dict") return dictionary(given);
  if (given.some((one) => one.name !== null)) return null;
  if (name === "range") return ranged(list);
  if (name === "str" && list.length === 1 && (isNumber(first) || first.type === "str")) {
    return first.type === "bool" ? null : { type: "str", value: `${first.value}` };
  }
  if (name === "float" && list.length === 1 && isNumber(first)) {
    return { type: "float", value: Number(first.value), text: `${Number(first.value)}` };
  }
  if (name === "isinstance") return list.length === 2 ? instanceOf(first, list[1]) : null;
  if (name === "abs") {
    if (list.length !== 1 || !isNumber(first)) return null;
    return first.value < 0 ? combined("-", int(0), first) : combined("+", int(0), first);
  }
  if (name === "log2" && list.length === 1 && isNumber(first) && Number(first.value) > 0) {
    const value = Math.log2(Number(first.value));
    return { type: "float", value, text: `${value}` };
  }
  if (name === "max" || name === "min") {
    const all = list.length === 1 ? known(first) : list;
    if (!all || all.length === 0 || !all.every(isNumber)) return null;
    const sign = name === "max" ? ">" : "<";
    return all.reduce((best, one) => (compared(sign, one, best) ? one : best));
  }
  if (name === "sum" || name === "prod") {
    const all = list.length === 1 ? known(first) : null;
    if (!all || !all.every(isNumber)) return null;
    const [sign, start] = name === "sum" ? ["+", 0] : ["*", 1];
    return all.reduce((total, one) => combined(sign, total, one), int(start));
  }
  const lists = list.map(known);
  if (lists.length === 0 || lists.includes(null)) return null;
  if (name === "zip") {
    const least = Math.min(...lists.map(({ length }) => length));
    return seq(lists[0].slice(0, least).map((_, i) => seq(lists.map((values) => values[i]))));
  }
  const [values] = lists;
  if (name === "enumerate" && (list.length === 1 || (list.length === 2 && list[1].type === "int"))) {
    const from = list[1]?.value ?? 0;
    return seq(values.map((value, i) => seq([int(from + i), value])));
  }
  if (lists.length > 1) return null;
  if (name === "len") return int(values.length);
  if (name === "reversed") return seq([...values].reverse());
  if (name === "list") return { ...seq([...values]), open: "[" };
  return name === "tuple" ? { ...seq([...values]), open: "(" } : null;
}

// Whether a value is of a class or of one of several, or null where the code does not say it.
function instanceOf(value, classes) {
  const kind = { layer: "Module", layers: "Module", none: "NoneType",
    length: value.isFloat ? "float" : "int" }[value.type] ?? value.type;
  if (kind === "unknown" || kind === "function" || kind === "class") return null;
  const names = (known(classes) ?? [classes]).map(({ path }) => path?.at(-1));
  if (names.includes(undefined)) return null;
  const is = (name) => (kind === "seq" ? /^(list|tuple|Sequence|Iterable)$/.test(name) : name === kind
    || (kind === "bool" && name === "int"));
  if (kind === "Module" && !names.includes("Module")) return null;
  if (kind === "seq" && value.pairs) return bool(names.includes("dict"));
  return bool(names.some(is));
}

function dictionary(given) {
  const [first] = given;
  const before = first && first.name === null ? first.value.pairs : [];
  if (!before || given.slice(1).some(({ name }) => name === null)) return null;
  const pairs = pairsOf([...before, ...given.filter(({ name }) => name !== null)]);
  return pairs ? seq(pairs.map(({ value }) => value), pairs) : null;
}

// A dictionary whose values are also attributes.
function object(given) {
  const found = dictionary(given);
  return found && { ...found, names: new Map(found.pairs.map(({ name, value }) => [name, value])) };
}

// The fields of a namedtuple, as collections.namedtuple("Config", "kernel stride") names them.
function fieldsOf([, second, third]) {
  const text = second?.value.type === "str" ? second.value.value.split(/[\s,]+/).filter(Boolean)
    : known(second?.value)?.map(({ value }) => value);
  const defaults = third ? third.name === "defaults" && known(third.value) : [];
  return text && defaults ? { type: "fields", fields: text, defaults } : null;
}

/** The tuple that a namedtuple makes of some arguments. */
export function namedTuple({ fields, defaults }, given) {
  const positional = given.filter(({ name }) => name === null);
  const values = fields.map((field, i) => (positional[i] ?? given.find(({ name }) => name === field))?.value
    ?? defaults[i - fields.length + defaults.length] ?? { ...UNKNOWN });
  return { ...seq(values), open: "(", names: new Map(fields.map((field, i) => [field, values[i]])) };
}

function ranged(list) {
  if (list.length < 1 || list.length > 3 || list.some(({ type }) => type !== "int")) return null;
  const numbers = list.map(({ value }) => value);
  const [start, stop] = numbers.length === 1 ? [0, numbers[0]] : numbers;
  const step = numbers[2] ?? 1;
  if (step === 0) return null;
  const count = Math.max(0, Math.ceil((stop - start) / step));
  if (count > LONGEST) return null;
  return seq(Array.from({ length: count }, (_, i) => int(start + i * step)));
}
