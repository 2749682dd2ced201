// What each kind of expression evaluates to, and what each kind of statement does.
import { ClassOf, DOTS, Dict, Float, Func, Instance, List, Property } from "./python_values.js";
import { Raised, Slice, Super, Tuple, Unknown, arithmetic, bornSoFar } from "./python_values.js";
import { compare, identity, isInt, isNumber, isPlain, plainly, spelled } from "./python_values.js";
import { truth, unknownOf, whole } from "./python_values.js";

const CONSTANTS = { __proto__: null, True: true, False: false, None: null };
const LONGEST = 20000;

export const expressions = {
  number: (python, { text }) => numberOf(python, text),
  dots: () => DOTS,
  lambda: (python, node) => functionOf(python, node),
  star: (python, { value }) => python.value(value),
  name: (python, { name }) => (name in CONSTANTS ? CONSTANTS[name] : python.lookup(name)),
  tuple: (python, { items }) => listed(python, items, Tuple),
  list: (python, { items }) => listed(python, items, List),
  attribute: (python, { value, name }) => python.attribute(python.value(value), name),
  not: (python, { value }) => !python.met(python.value(value)),
  and: (python, { first, rest }) => chosen(python, first, rest, false),
  or: (python, { first, rest }) => chosen(python, first, rest, true),
  choice: (python, { test, yes, no }) => python.value(python.met(python.value(test)) ? yes : no),

  text(python, { parts }) {
    const found = parts.map((part) => (typeof part === "string" ? part : formatted(python, part)));
    return found.find((part) => part instanceof Unknown) ?? found.join("");
  },

  dict(python, { items }) {
    const pairs = [];
    for (const { key, value: source, spread } of items) {
      const given = key && python.value(key);
      const value = python.value(source);
      pairs.push(...(spread ? python.pairs(value) : [[python.needs(given), value]]));
    }
    return new Dict(pairs);
  },

  comprehension(python, { close, key, value, loops }) {
    const { frame } = python;
    const found = [];
    python.frame = { ...frame, scope: { names: new Map(), parent: frame.scope } };
    looped(python, loops, () => {
      const own = key && python.value(key);
      found.push(key ? [own, python.value(value)] : python.value(value));
      limited(python, found);
    });
    python.frame = frame;
    if (close === "}") return key ? new Dict(found) : python.stop("a set is not evaluated here");
    return close === "]" ? new List(found) : python.iterate(new List(found));
  },

  compare(python, { first, rest }) {
    let left = python.value(first);
    let found = true;
    for (const [i, { sign, value }] of rest.entries()) {
      const right = python.value(value);
      found = compare(python, sign, left, right);
      if (i + 1 < rest.length && !python.met(found)) return found;
      left = right;
    }
    return found;
  },

  binary: (python, { first, rest }) =>
    rest.reduce(
      (left, { sign, value }) => binary(python, sign, left, python.value(value)),
      python.value(first),
    ),

  unary(python, { sign, value: source }) {
    const value = python.value(source);
    if (value instanceof Unknown) return value;
    if (value?.unary) return value.unary(sign, python);
    if (!isNumber(value) || sign === "~") return python.unknown(`${sign} is not evaluated here`);
    return arithmetic("*", value, sign === "-" ? -1 : 1, python);
  },

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
    const { args, named } = argumentsOf(python, items);
    python.node = node;
    return python.call(callee, args, named);
  },
};

// The arguments of a call: { args, named }.
function argumentsOf(python, items) {
  const args = [];
  const named = new Map();
  for (const { name, spread, value: source } of items) {
    const value = python.value(source);
    if (spread === "*") args.push(...python.all(value));
    else if (spread === "**") for (const [key, one] of python.pairs(value)) named.set(key, one);
    else if (name) named.set(name, value);
    else args.push(value);
  }
  return { args, named };
}

/** The function that a definition makes. */
function functionOf(python, node) {
  const defaults = node.parameters.map(({ byDefault }) => byDefault && python.value(byDefault));
  return new Func(node, python.frame.scope, defaults, null);
}

function superOf(python) {
  const { owner, self } = python.frame;
  return owner && self ? new Super(self, owner) : python.unknown("super() is not evaluated here");
}

function chosen(python, first, rest, decides) {
  let value = python.value(first);
  for (const { value: next } of rest) {
    if (python.met(value) === decides) return value;
    value = python.value(next);
  }
  return value;
}

function listed(python, items, Kind) {
  const values = items.flatMap((item) => {
    const value = python.value(item);
    return item.op === "star" ? python.all(value) : [value];
  });
  return new Kind(values);
}

// Runs through the loops of a comprehension.
function looped(python, loops, act) {
  const [loop, ...others] = loops;
  if (!loop) return act();
  const iter = python.iterate(python.value(loop.values));
  for (let item = iter.next(); item !== undefined; item = iter.next()) {
    python.count();
    assignTo(python, loop.target, item);
    if (loop.tests.every((test) => python.met(python.value(test)))) looped(python, others, act);
  }
  return null;
}

function numberOf(python, text) {
  const plain = text.replace(/_/g, "");
  const value = Number(plain);
  if (!/^(\d+|0[xXoObB].*)$/.test(plain)) return new Float(value);
  return /^0+[1-9]/.test(plain)
    ? python.stop("this is no number of Python's")
    : whole(value, python);
}

function formatted(python, { value: source, format }) {
  const value = python.value(source);
  return isPlain(value) && format === "" ? spelled(value) : unknownOf(python, value);
}

function limited(python, list) {
  if (list.length > LONGEST) python.stop(`a list of more than ${LONGEST} is not evaluated here`);
  return list;
}

/** Two values with a sign between them. */
export function binary(python, sign, left, right) {
  const isUnknown = [left, right].some((value) => value instanceof Unknown || value?.tainted);
  if (isUnknown) return unknownOf(python, left, right);
  if (isNumber(left) && isNumber(right)) return arithmetic(sign, left, right, python);
  if (left?.binary) return left.binary(sign, right, false, python);
  if (right?.binary) return right.binary(sign, left, true, python);
  const own = sign === "+" && left instanceof Instance && python.found(left, "__add__");
  if (own) return python.call(own, [right]);
  return joined(python, sign, left, right) ?? python.unknown(`this ${sign} is not evaluated here`);
}

// A text with a value put in for each %d and %s.
function filled(text, given) {
  const values = given instanceof Tuple ? [...given.items] : [given];
  const parts = text.split(/%([ds])/);
  const fits = parts.filter((_, i) => i % 2).every((kind, i) => kind === "s" || isInt(values[i]));
  const isWhole = parts.length === 2 * values.length + 1 && !parts.some((part) => /%/.test(part));
  if (!fits || !isWhole || !values.every(isPlain)) return undefined;
  return parts.map((part, i) => (i % 2 ? spelled(values.shift()) : part)).join("");
}

function joined(python, sign, left, right) {
  if (sign === "%" && typeof left === "string") return filled(left, right);
  if (sign === "+") {
    if (typeof left === "string" && typeof right === "string") return limited(python, left + right);
    const Kind = [List, Tuple].find((kind) => left instanceof kind && right instanceof kind);
    return Kind && new Kind(limited(python, [...left.items, ...right.items]));
  }
  if (sign !== "*") return undefined;
  const [list, times] = isInt(left) ? [right, left] : [left, plainly(right, python)];
  const Kind = [List, Tuple].find((kind) => list instanceof kind);
  if (!Kind || !isInt(times)) return undefined;
  const count = Math.max(0, Number(times));
  limited(python, { length: list.items.length * count });
  return new Kind(Array(count).fill(list.items).flat());
}

/** Gives a value to what stands left of an equals sign. */
function assignTo(python, target, value) {
  if (target.op === "name") python.assign(target.name, value);
  else if (target.op === "star") assignTo(python, target.value, value);
  else if (target.op === "attribute")
    python.setAttribute(python.value(target.value), target.name, value);
  else if (target.op === "index")
    setItem(python, python.value(target.value), python.value(target.index), value);
  else unpack(python, target.items, value);
}

function unpack(python, targets, value) {
  if (value instanceof Unknown) {
    for (const target of targets) assignTo(python, target, value);
    return;
  }
  const all = python.all(value);
  if (all.length !== targets.length || targets.some(({ op }) => op === "star"))
    python.stop(`what ${targets.length} names take of ${all.length} values is not evaluated here`);
  for (const [i, target] of targets.entries()) assignTo(python, target, all[i]);
}

function setItem(python, value, key, given) {
  if (value instanceof Unknown) return;
  python.needs(key);
  if (value instanceof Dict) python.write(value.map, identity(key), [key, given]);
  else if (value instanceof List && isInt(key)) {
    python.refill(value, value.items.with(placeIn(python, value.items, key), given));
  } else if (value instanceof Instance)
    python.call(python.attribute(value, "__setitem__"), [key, given]);
  else python.stop("an assignment of this kind is not evaluated here");
}

function placeIn(python, { length }, key) {
  const at = Number(key) < 0 ? Number(key) + length : Number(key);
  return at >= 0 && at < length ? at : python.stop(`there is no item ${Number(key)}`);
}

/** What stands at an index. */
export function indexed(python, value, key) {
  if (value instanceof Unknown) return value;
  if (value?.index) return value.index(key, python);
  if (key instanceof Unknown) return key;
  if (value instanceof Dict) {
    const found = value.map.get(identity(key));
    return found ? found[1] : python.stop("this key is not there");
  }
  if (value instanceof Instance) return python.call(python.attribute(value, "__getitem__"), [key]);
  const isText = typeof value === "string";
  const items = isText ? [...value] : value?.items;
  if (!Array.isArray(items)) return python.unknown("this index is not evaluated here");
  if (key instanceof Slice) {
    const kept = sliceOf(python, key, items);
    return isText ? kept.join("") : new value.constructor(kept);
  }
  const at = plainly(key, python);
  if (!isInt(at)) return unknownOf(python, at);
  return items[placeIn(python, items, at)];
}

/** The places that a slice takes of so many: { first, by, count }, or an Unknown. */
export function slicing(python, { start, stop, step }, length) {
  const parts = [start, stop, step].map((part) => plainly(part, python));
  const odd = parts.find((part) => part !== null && !isInt(part));
  if (odd !== undefined) return unknownOf(python, odd);
  const by = parts[2] ?? 1;
  if (by === 0) python.stop("the step of a slice is not 0");
  const [low, high] = by > 0 ? [0, length] : [-1, length - 1];
  const clip = (at, otherwise) =>
    at === null ? otherwise : Math.min(high, Math.max(low, at < 0 ? at + length : at));
  const first = clip(parts[0], by > 0 ? low : high);
  const end = clip(parts[1], by > 0 ? high : low);
  return { first, by, count: Math.max(0, Math.ceil((end - first) / by)) };
}

/** The part of a list that a slice takes. */
export function sliceOf(python, key, items) {
  const { first, by, count } = python.needs(slicing(python, key, items.length));
  return Array.from({ length: count }, (_, i) => items[first + i * by]);
}

// --- Statements: what ends a block early is returned, { kind, value } ---

const BREAK = { kind: "break" };
const CONTINUE = { kind: "continue" };

export const statements = {
  pass: () => null,
  break: () => BREAK,
  continue: () => CONTINUE,
  return: (python, { value }) => ({ kind: "return", value: value ? python.value(value) : null }),
  if: (python, { test, body, orelse }) =>
    python.block(python.met(python.value(test)) ? body : orelse),

  expression(python, { value }) {
    if (value.op === "text") return; // What describes a function.
    const born = bornSoFar();
    python.library.stated(python, python.value(value), born);
  },

  assign(python, { targets, value: source }) {
    const value = python.value(source);
    for (const target of targets) assignTo(python, target, value);
  },

  annotated(python, { target, value }) {
    if (value) assignTo(python, target, python.value(value));
  },

  augment(python, { target, sign, value: source }) {
    const before = python.value(target);
    const value = python.value(source);
    if (before instanceof List && sign === "+")
      python.refill(before, [...before.items, ...python.all(value)]);
    else if (before instanceof Instance && sign === "+" && python.found(before, "__iadd__"))
      assignTo(python, target, python.call(python.found(before, "__iadd__"), [value]));
    else if (before?.isTensor && !(value instanceof Unknown))
      assignTo(python, target, before.binary(`${sign}=`, value, false, python));
    else assignTo(python, target, binary(python, sign, before, value));
  },

  for(python, node) {
    const iter = python.iterate(python.value(node.values));
    for (let item = iter.next(); item !== undefined; item = iter.next()) {
      python.count();
      python.statement = node;
      assignTo(python, node.target, item);
      const flow = python.block(node.body);
      if (flow && flow !== CONTINUE) return flow === BREAK ? null : flow;
    }
    return python.block(node.orelse);
  },

  while(python, node) {
    for (;;) {
      python.statement = node;
      const value = python.value(node.test);
      if (truth(value, python) === null) python.needs(unknownOf(python, value));
      if (!truth(value, python)) return python.block(node.orelse);
      const flow = python.block(node.body);
      if (flow && flow !== CONTINUE) return flow === BREAK ? null : flow;
    }
  },

  // What is caught is not evaluated.
  try(python, { body, handlers, orelse, final }) {
    try {
      const flow = python.block(body) ?? python.block(orelse);
      return python.block(final) ?? flow;
    } catch (error) {
      if (!(error instanceof Raised) || handlers.length === 0) throw error;
      return python.stop("an error is caught here, which is not evaluated");
    }
  },

  with(python, { items, body }) {
    for (const { value, target } of items) {
      const found = python.value(value);
      if (found instanceof Instance) python.stop("this context is not evaluated here");
      if (target) assignTo(python, target, unknownOf(python, found));
    }
    return python.block(body);
  },

  def(python, node) {
    python.assign(node.name, decorated(python, node, functionOf(python, node)));
  },

  class(python, node) {
    const bases = node.bases.filter(({ name }) => !name).map(({ value }) => python.value(value));
    const odd = bases.find((base) => !(base instanceof ClassOf));
    if (odd !== undefined) return python.assign(node.name, unknownOf(python, odd));
    const { frame } = python;
    const names = new Map();
    python.frame = { scope: { names, parent: frame.scope, isClass: true } };
    python.block(node.body);
    python.frame = frame;
    if (bases.length === 0) bases.push(python.library.object);
    const made = Object.assign(new ClassOf(node.name, bases, names), { node });
    for (const own of names.values()) {
      const callee = own instanceof Property ? own.getter : own;
      if (callee instanceof Func) callee.owner ??= made;
    }
    return python.assign(node.name, decorated(python, node, made));
  },

  import(python, { modules }) {
    for (const { name, as } of modules) {
      const [first] = name.split(".");
      python.assign(as ?? first, python.library.module(as ? name : first, python));
    }
  },

  from(python, { module: name, names }) {
    const module = python.library.module(name, python);
    if (names === null) {
      if (module instanceof Unknown) python.stars ??= python.statement;
      else for (const [key, value] of python.library.everything(module)) python.assign(key, value);
      return;
    }
    for (const { name: own, as } of names) {
      let found = python.library.module(`${name}.${own}`, python);
      if (!(module instanceof Unknown)) found = python.attribute(module, own);
      else if (found instanceof Unknown)
        found = python.foreign(`${own} comes from ${name}, which is not seen here`);
      python.assign(as ?? own, found);
    }
  },

  del(python, { target }) {
    if (target.op !== "name") python.stop("this is not evaluated here");
    python.remove(python.frame.scope.names, target.name);
  },

  assert(python, { test, message }) {
    const value = python.value(test);
    if (truth(value, python) === null)
      python.stop(`whether this holds is not known: ${unknownOf(python, value).why}`);
    if (truth(value, python)) return;
    const words = message ? python.value(message) : "";
    throw new Raised("AssertionError", words instanceof Unknown ? "" : spelled(words));
  },

  raise: (python) => python.stop("an error is raised here"),
};

function decorated(python, { decorators = [] }, made) {
  return decorators.reduce((own, one) => python.call(python.value(one), [own]), made);
}
