// What each kind of expression evaluates to.
import {
  DOTS,
  Dict,
  Float,
  Func,
  Instance,
  List,
  Raised,
  SetOf,
  Slice,
  Stop,
} from "./python_values.js";
import {
  Super,
  Tuple,
  Unknown,
  arithmetic,
  compared,
  fresh,
  identity,
  isInt,
} from "./python_values.js";
import { isNumber, isPlain, spelled, truth, typeName, whole } from "./python_values.js";
import { bothWays } from "./python_ways.js";

const CONSTANTS = { True: true, False: false, None: null };
const TURNED = { "<": ">", ">": "<", "<=": ">=", ">=": "<=", "==": "==", "!=": "!=" };
const LONGEST = 20000;
const METHODS = {
  "+": "add",
  "-": "sub",
  "*": "mul",
  "/": "truediv",
  "//": "floordiv",
  "%": "mod",
  "**": "pow",
  "@": "matmul",
  "|": "or",
  "&": "and",
  "<": "lt",
  ">": "gt",
  "<=": "le",
  ">=": "ge",
  "==": "eq",
  "!=": "ne",
};

export const expressions = {
  number: (python, { text }) => numberOf(python, text),

  text(python, { parts }) {
    const found = parts.map((part) => (typeof part === "string" ? part : formatted(python, part)));
    return found.find((part) => part instanceof Unknown) ?? found.join("");
  },

  name(python, { name }) {
    return Object.hasOwn(CONSTANTS, name) ? CONSTANTS[name] : python.lookup(name);
  },

  dots: () => DOTS,

  lambda: (python, node) => functionOf(python, node),

  star: (python, { value }) => python.value(value),

  yield: (python) => python.unknown("yield is not evaluated here"),

  walrus(python, { target, value: source }) {
    const value = python.value(source);
    assignTo(python, target, value);
    return value;
  },

  tuple: (python, { items }) => listed(python, items, Tuple),
  list: (python, { items }) => listed(python, items, List),
  set: (python, { items }) =>
    listed(
      python,
      items.map(({ value }) => value),
      SetOf,
    ),

  dict(python, { items }) {
    const pairs = [];
    for (const { key, value, spread } of items) {
      if (!spread) {
        pairs.push([python.value(key), python.value(value)]);
        continue;
      }
      const other = python.value(value);
      if (!(other instanceof Dict) || other.tainted) return unknownOf(python, other);
      pairs.push(...other.map.values());
    }
    return pairs.map(([key]) => key).find((key) => key instanceof Unknown) ?? new Dict(pairs);
  },

  comprehension: (python, node) => comprehended(python, node, (items) => new List(items)),
  setOf: (python, node) => comprehended(python, node, (items) => new SetOf(items)),
  generator: (python, node) =>
    comprehended(python, node, (items) => python.iterate(new List(items))),
  dictOf: (python, node) => comprehended(python, node, (pairs) => new Dict(pairs)),

  choice(python, { test, yes, no }) {
    return either(
      python,
      python.value(test),
      () => python.value(yes),
      () => python.value(no),
    );
  },

  and: (python, { all }) => chosen(python, all, false),
  or: (python, { all }) => chosen(python, all, true),

  not(python, { value: source }) {
    const value = python.value(source);
    const met = python.met(value);
    return met === null ? unknownOf(python, value) : !met;
  },

  compare(python, { first, rest }) {
    let left = python.value(first);
    let found = true;
    for (const { sign, value } of rest) {
      const right = python.value(value);
      found = compare(python, sign, left, right);
      if (rest.length === 1) return found;
      const met = truth(found, python);
      if (met === null) return unknownOf(python, found);
      if (!met) return found;
      left = right;
    }
    return found;
  },

  binary(python, { sign, left, right }) {
    return binary(python, sign, python.value(left), python.value(right));
  },

  unary(python, { sign, value: source }) {
    const value = python.value(source);
    if (value instanceof Unknown) return value;
    if (value?.unary) return value.unary(sign, python);
    if (!isNumber(value))
      throw new Raised("TypeError", `bad operand type for unary ${sign}: '${typeName(value)}'`);
    if (sign === "~") return isInt(value) ? ~value : python.unknown("~ is not evaluated here");
    if (sign === "+") return isInt(value) ? Number(value) : value;
    return isInt(value) ? -value || 0 : new Float(-value.value);
  },

  attribute: (python, { value, name }) => python.attribute(python.value(value), name),

  index(python, node) {
    const [value, key] = [python.value(node.value), python.value(node.index)];
    python.node = node;
    return indexed(python, value, key);
  },

  slice(python, { parts }) {
    const [start, stop, step] = parts.map((part) => (part ? python.value(part) : null));
    return new Slice(start, stop, step ?? null);
  },

  call(python, node) {
    const { value, items } = node;
    if (value.op === "name" && value.name === "super" && items.length === 0) return superOf(python);
    const callee = python.value(value);
    const { args, named, doubt } = argumentsOf(python, items);
    python.node = node;
    if (!doubt) return python.call(callee, args, named);
    for (const one of [...args, ...named.values()]) python.taint(one, doubt);
    return doubt;
  },
};

/** The arguments of a call: { args, named }, and `doubt` where they are not all known. */
export function argumentsOf(python, items) {
  const args = [];
  const named = new Map();
  let doubt = null;
  for (const { name, spread, value: source, loops } of items) {
    if (loops) {
      args.push(expressions.generator(python, { value: source, loops }));
      continue;
    }
    const value = python.value(source);
    if (spread === "*") {
      const all = python.all(value);
      if (all instanceof Unknown) doubt = all;
      else args.push(...all);
    } else if (spread === "**") {
      const isKnown = value instanceof Dict && !value.tainted;
      if (!isKnown) doubt = unknownOf(python, value);
      else for (const [key, one] of value.map.values()) named.set(key, one);
    } else if (name) named.set(name, value);
    else args.push(value);
  }
  return { args, named, doubt };
}

/** The function that a definition makes. */
export function functionOf(python, node) {
  const defaults = node.parameters.map(({ byDefault }) =>
    byDefault ? python.value(byDefault) : null,
  );
  return new Func(node, python.frame.scope, defaults, null);
}

/** What is unknown of a value: itself, or why it cannot be told. */
export function unknownOf(python, ...values) {
  const own = values.find((value) => value instanceof Unknown || value?.tainted);
  if (own) return own.tainted ?? own;
  const inner = values.find((value) => value?.item)?.item(python);
  return inner instanceof Unknown ? inner : python.unknown("this is not evaluated here");
}

/** Gives a value to what stands left of an equals sign. */
export function assignTo(python, target, value) {
  if (target.op === "name") python.assign(target.name, value);
  else if (target.op === "attribute") {
    python.setAttribute(python.value(target.value), target.name, value);
  } else if (target.op === "index") {
    setItem(python, python.value(target.value), python.value(target.index), value);
  } else unpack(python, target.items, value);
}

function unpack(python, targets, value) {
  const all = python.all(value);
  if (all instanceof Unknown) {
    for (const target of targets)
      assignTo(python, target.op === "star" ? target.value : target, all);
    return;
  }
  const star = targets.findIndex(({ op }) => op === "star");
  if (star < 0 ? all.length !== targets.length : all.length < targets.length - 1) {
    throw new Raised(
      "ValueError",
      `${all.length > targets.length ? "too many" : "not enough"} values to `
        + `unpack (expected ${targets.length}${all.length > targets.length ? "" : `, got ${all.length}`})`,
    );
  }
  const more = all.length - targets.length + 1;
  const given = star < 0 ? all : all.toSpliced(star, more, new List(all.slice(star, star + more)));
  for (const [i, target] of targets.entries()) {
    assignTo(python, i === star ? target.value : target, given[i]);
  }
}

function setItem(python, value, key, given) {
  if (value instanceof Unknown || value?.tainted) return;
  if (key instanceof Unknown) {
    python.taint(value, key);
    return;
  }
  if (value instanceof Dict) {
    python.write(value.map, identity(key), [key, given]);
  } else if (value instanceof List && isInt(key)) {
    const at = placeOf(key, value.items.length, "list assignment index out of range");
    python.journal.touch(value);
    value.items[at] = given;
  } else if (value instanceof Instance) {
    python.call(python.attribute(value, "__setitem__"), [key, given]);
  } else if (value?.setIndex) value.setIndex(key, given, python);
  else python.stop("an assignment of this kind is not evaluated here");
}

function placeOf(key, length, words) {
  const at = Number(key) < 0 ? Number(key) + length : Number(key);
  if (at < 0 || at >= length) throw new Raised("IndexError", words);
  return at;
}

/** What stands at an index. */
export function indexed(python, value, key) {
  if (value instanceof Unknown || value?.tainted) return value.tainted ?? value;
  if (value?.index) return value.index(key, python);
  if (key instanceof Unknown) return key;
  if (value instanceof Dict) {
    const found = value.map.get(identity(key));
    if (found) return found[1];
    if (value.factory === null) throw new Raised("KeyError", spelled(key, true));
    const made = python.call(value.factory);
    setItem(python, value, key, made);
    return made;
  }
  if (value instanceof Instance) return python.call(python.attribute(value, "__getitem__"), [key]);
  const items = typeof value === "string" ? [...value] : value?.items;
  if (!Array.isArray(items)) return python.library.subscript(value, key, python);
  if (key instanceof Slice) {
    const found = slicing(python, key, items.length);
    if (found instanceof Unknown) return found;
    const kept = found.map((at) => items[at]);
    return typeof value === "string"
      ? kept.join("")
      : value instanceof Tuple
        ? new Tuple(kept)
        : new List(kept);
  }
  if (key?.item) return indexed(python, value, key.item(python));
  if (!isInt(key))
    throw new Raised(
      "TypeError",
      `${typeName(value)} indices must be integers or slices, not ${typeName(key)}`,
    );
  return items[placeOf(key, items.length, `${typeName(value)} index out of range`)];
}

/** The places that a slice takes of so many, or an Unknown. */
export function slicing(python, { start, stop, step }, length) {
  const parts = [start, stop, step].map((part) => (part?.item ? part.item(python) : part));
  const odd = parts.find((part) => part !== null && !isInt(part));
  if (odd !== undefined) return unknownOf(python, odd);
  const by = parts[2] ?? 1;
  if (by === 0) throw new Raised("ValueError", "slice step cannot be zero");
  const clip = (at, otherwise) => {
    if (at === null) return otherwise;
    const [low, high] = by > 0 ? [0, length] : [-1, length - 1];
    return Math.min(high, Math.max(low, at < 0 ? at + length : at));
  };
  const [first, end] = [
    clip(parts[0], by > 0 ? 0 : length - 1),
    clip(parts[1], by > 0 ? length : -1),
  ];
  const found = [];
  for (let at = first; by > 0 ? at < end : at > end; at += by) found.push(at);
  return found;
}

/** Two values with a sign between them. */
export function binary(python, sign, left, right) {
  if (left instanceof Unknown || right instanceof Unknown || left?.tainted || right?.tainted) {
    return unknownOf(python, left, right);
  }
  if (isNumber(left) && isNumber(right)) return arithmetic(sign, left, right, python);
  if (left?.binary) return left.binary(sign, right, false, python);
  if (right?.binary) return right.binary(sign, left, true, python);
  for (const [value, other, name] of [
    [left, right, METHODS[sign]],
    [right, left, `r${METHODS[sign]}`],
  ]) {
    const own = value instanceof Instance && python.found(value, `__${name}__`);
    if (own) return python.call(own, [other]);
  }
  if (sign === "%" && typeof left === "string") return python.library.percent(left, right, python);
  if (sign === "|" && left instanceof Dict && right instanceof Dict) {
    return new Dict([...left.map.values(), ...right.map.values()]);
  }
  const joined = joining(python, sign, left, right);
  if (joined !== undefined) return joined;
  throw new Raised(
    "TypeError",
    `unsupported operand type(s) for ${sign}: '${typeName(left)}' and '${typeName(right)}'`,
  );
}

function joining(python, sign, left, right) {
  if (sign === "+") {
    if (typeof left === "string" && typeof right === "string") return limited(python, left + right);
    const isList = left instanceof List && right instanceof List;
    if (!isList && !(left instanceof Tuple && right instanceof Tuple)) return undefined;
    const all = limited(python, [...left.items, ...right.items]);
    return isList ? new List(all) : new Tuple(all);
  }
  if (sign !== "*") return undefined;
  const [list, times] = isInt(right) ? [left, right] : [right, left];
  if (!isInt(times)) return undefined;
  const count = Math.max(0, Number(times));
  if (typeof list === "string")
    return limited(python, { length: count * list.length }) && list.repeat(count);
  if (!(list instanceof List || list instanceof Tuple)) return undefined;
  limited(python, { length: count * list.items.length });
  const items = Array(count).fill(list.items).flat();
  return list instanceof List ? new List(items) : new Tuple(items);
}

function limited(python, list) {
  if (list.length > LONGEST) python.stop(`a list of more than ${LONGEST} is not evaluated here`);
  return list;
}

function compare(python, sign, left, right) {
  if (left instanceof Unknown || right instanceof Unknown) return unknownOf(python, left, right);
  if (Object.hasOwn(TURNED, sign)) {
    if (left?.compare) return left.compare(sign, right, python);
    if (right?.compare) return right.compare(TURNED[sign], left, python);
    const own = left instanceof Instance && python.found(left, `__${METHODS[sign]}__`);
    if (own) return python.call(own, [right]);
  } else if (sign.endsWith("in") && right instanceof Instance) {
    const own = python.found(right, "__contains__");
    const found = own && python.call(own, [left]);
    if (own) return sign === "in" || found instanceof Unknown ? found : !found;
  }
  const met = compared(sign, left, right, python);
  return met === null ? unknownOf(python, left, right) : met;
}

/** One of two ways by a condition; where that is not known, what both agree on. */
export function either(python, condition, yes, no) {
  const met = python.met(condition);
  if (met !== null) return met ? yes() : no();
  return bothWays(python, [yes, no], doubtOf(python, condition));
}

/** What is said where the ways of a condition differ. */
export function doubtOf(python, condition) {
  const { statement } = python;
  const { why } = unknownOf(python, condition);
  const words = `its two ways differ, and which is taken is not known: ${why}`;
  return { value: () => new Unknown(statement, words), stop: () => new Stop(statement, words) };
}

function chosen(python, all, decides) {
  const [node, ...others] = all;
  const value = python.value(node);
  if (others.length === 0) return value;
  const next = () => chosen(python, others, decides);
  return either(python, value, decides ? () => value : next, decides ? next : () => value);
}

function superOf(python) {
  const { owner, self } = python.frame;
  return owner && self ? new Super(self, owner) : python.unknown("super() is not evaluated here");
}

function listed(python, items, Kind) {
  const found = [];
  for (const item of items) {
    if (item.op === "star") {
      const all = python.all(python.value(item.value));
      if (all instanceof Unknown) return all;
      found.push(...all);
    } else found.push(python.value(item));
  }
  return new Kind(found);
}

function comprehended(python, { key, value, loops }, make) {
  const { frame } = python;
  const found = [];
  python.frame = { ...frame, scope: { names: fresh(new Map()), parent: frame.scope } };
  try {
    const doubt = looped(python, loops, () => {
      const one = python.value(value);
      found.push(key ? [python.value(key), one] : one);
      if (found.length > LONGEST)
        python.stop(`a list of more than ${LONGEST} is not evaluated here`);
    });
    return doubt ?? make(found);
  } finally {
    python.frame = frame;
  }
}

/**
 * Runs through the loops of a comprehension; returned is what of them is unknown, or null.
 *
 * @param {any} python
 * @param {any[]} loops
 * @param {() => any} act
 */
function looped(python, [loop, ...others], act) {
  if (!loop) return act() ?? null;
  const iter = python.iterate(python.value(loop.values));
  if (iter instanceof Unknown) return iter;
  for (let item = iter.next(); item !== undefined; item = iter.next()) {
    python.count();
    assignTo(python, loop.target, item);
    const tests = loop.tests.map((test) => python.value(test));
    const doubt = tests.find((test) => python.met(test) === null);
    if (doubt !== undefined) return unknownOf(python, doubt);
    if (!tests.every((test) => python.met(test))) continue;
    const inner = looped(python, others, act);
    if (inner) return inner;
  }
  return null;
}

function numberOf(python, text) {
  const plain = text.replace(/_/g, "");
  const value = Number(plain);
  if (!/^(\d+|0[xXoObB].*)$/.test(plain)) return new Float(value);
  if (Number.isNaN(value) || /^0+[1-9]/.test(plain)) {
    throw new Raised("SyntaxError", `${text.slice(0, 40)} is no number of Python's`);
  }
  return whole(value, python);
}

function formatted(python, { value: source, format, convert }) {
  const value = python.value(source);
  if (value instanceof Unknown || !isPlain(value)) return unknownOf(python, value);
  if (format === "" || format === "d" || format === "s") return spelled(value, convert === "r");
  const [, zero, width] = /^(0?)(\d+)d?$/.exec(format) ?? [];
  if (width && isInt(value)) return spelled(value).padStart(Number(width), zero || " ");
  return python.unknown("this format is not evaluated here");
}
