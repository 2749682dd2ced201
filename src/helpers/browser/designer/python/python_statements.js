// What each kind of statement does. What ends a block early is returned: { kind, value }.
import { spoil } from "./python_effects.js";
import { assignTo, binary, doubtOf, functionOf, slicing, unknownOf } from "./python_expressions.js";
import { ClassOf, Dict, Func, Instance, List, Property, Raised, Slice } from "./python_values.js";
import { Unbound, Unknown, bornSoFar, fresh, identity, spelled } from "./python_values.js";
import { Flow, bothWays } from "./python_ways.js";

const BREAK = new Flow("break");
const CONTINUE = new Flow("continue");

/** @type {any} */
export const statements = {
  pass() {},
  break: () => BREAK,
  continue: () => CONTINUE,

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
    const { scope } = python.frame;
    if (scope.isClass && target.op === "name") {
      scope.fields ??= [];
      scope.fields.push(target.name);
    }
    if (value) assignTo(python, target, python.value(value));
  },

  augment(python, { target, sign, value: source }) {
    const before = python.value(target);
    const value = python.value(source);
    if (before instanceof List && sign === "+" && !before.tainted) {
      const all = python.all(value);
      if (all instanceof Unknown) python.taint(before, all);
      else {
        python.journal.touch(before);
        before.items = [...before.items, ...all];
      }
      return;
    }
    const isOwn = before?.binary && before.isChanged;
    assignTo(
      python,
      target,
      isOwn ? before.binary(`${sign}=`, value, false, python) : binary(python, sign, before, value),
    );
  },

  if(python, node, rest) {
    const { test, body, orelse } = node;
    const condition = python.value(test);
    const met = python.met(condition);
    if (met !== null) return python.block(met ? body : orelse);
    const doubt = doubtOf(python, condition);
    const ways = [body, orelse];
    // Where one of the ways leaves the block, what follows the condition belongs to the other.
    const run = ways.some(leaves)
      ? (way) => () => python.block(way) ?? rest() ?? OVER
      : (way) => () => python.block(way);
    return bothWays(python, ways.map(run), doubt);
  },

  for(python, node) {
    const { target, values, body, orelse } = node;
    const iter = python.iterate(python.value(values));
    if (iter instanceof Unknown) {
      spoil(python, node, iter);
      if (leaves(body)) python.needs(iter);
      return null;
    }
    for (let item = iter.next(); item !== undefined; item = iter.next()) {
      python.count();
      python.statement = node;
      assignTo(python, target, item);
      const flow = python.block(body);
      if (flow?.kind === "break") return null;
      if (flow && flow.kind !== "continue") return flow;
    }
    return python.block(orelse);
  },

  while(python, node) {
    for (;;) {
      python.statement = node;
      const condition = python.value(node.test);
      const met = python.met(condition);
      if (met === null) python.needs(unknownOf(python, condition));
      if (!met) return python.block(node.orelse);
      const flow = python.block(node.body);
      if (flow?.kind === "break") return null;
      if (flow && flow.kind !== "continue") return flow;
    }
  },

  try(python, { body, handlers, orelse, final }) {
    let flow = null;
    try {
      flow = python.block(body) ?? python.block(orelse);
    } catch (error) {
      const own = error instanceof Raised && handlers.find(({ types }) => catches(types, error));
      if (!own) throw error;
      python.hasAsked = true;
      if (own.name) python.assign(own.name, python.unknown("an error that was caught"));
      flow = python.block(own.body);
    }
    return python.block(final) ?? flow;
  },

  with(python, { items, body }) {
    for (const { value, target } of items) {
      const found = python.value(value);
      const own = found instanceof Instance && python.found(found, "__enter__");
      const entered = own ? python.call(own) : unknownOf(python, found);
      if (target) assignTo(python, target, entered);
    }
    return python.block(body);
  },

  return: (python, { value }) => new Flow("return", value ? python.value(value) : null),

  def(python, node) {
    node.isGenerator ??= yields(node.body);
    let made = functionOf(python, node);
    for (const decorator of [...(node.decorators ?? [])].reverse()) {
      made = python.call(python.value(decorator), [made]);
    }
    python.assign(node.name, made);
  },

  class(python, node) {
    const bases = node.bases.filter(({ name }) => !name).map(({ value }) => python.value(value));
    const odd = bases.find((base) => !(base instanceof ClassOf));
    if (odd !== undefined) {
      python.assign(node.name, unknownOf(python, odd));
      return;
    }
    const { frame } = python;
    const scope = { names: fresh(new Map()), parent: frame.scope, isClass: true };
    python.frame = { scope };
    python.block(node.body);
    python.frame = frame;
    let made = new ClassOf(
      node.name,
      bases.length > 0 ? bases : [python.library.object],
      scope.names,
    );
    made.fields = scope.fields ?? [];
    made.node = node;
    for (const own of scope.names.values()) {
      const callee =
        own instanceof Property ? own.getter : own instanceof Unbound ? own.callee : own;
      if (callee instanceof Func) callee.owner ??= made;
    }
    for (const decorator of [...(node.decorators ?? [])].reverse()) {
      made = python.call(python.value(decorator), [made]);
    }
    python.assign(node.name, made);
  },

  from(python, { module: name, names }) {
    const module = python.library.module(name, python);
    if (names === null) {
      if (module instanceof Unknown) python.stars ??= python.statement;
      else for (const [key, value] of python.library.everything(module)) python.assign(key, value);
      return;
    }
    for (const { name: own, as } of names) {
      const found = python.library.module(`${name}.${own}`, python);
      python.assign(
        as,
        module instanceof Unknown && !(found instanceof Unknown)
          ? found
          : module instanceof Unknown
            ? Object.assign(python.unknown(`${own} comes from ${name}, which is not seen here`), {
                isForeign: true,
              })
            : python.attribute(module, own),
      );
    }
  },

  global: (python, { names }) => outer(python, names, () => python.globals),

  nonlocal(python, { names }) {
    outer(python, names, (name) => {
      let scope = python.frame.scope.parent;
      while (scope && !scope.names.has(name)) scope = scope.parent;
      return scope ?? python.globals;
    });
  },

  del(python, { target }) {
    for (const one of target.op === "tuple" ? target.items : [target]) removed(python, one);
  },

  assert(python, { test, message }) {
    const condition = python.value(test);
    const met = python.met(condition);
    if (met) return;
    if (met === null)
      python.stop(`whether this holds is not known: ${unknownOf(python, condition).why}`);
    const words = message ? python.value(message) : "";
    throw new Raised("AssertionError", words instanceof Unknown ? "" : spelled(words));
  },

  raise(python, { value }) {
    const found = value ? python.value(value) : null;
    const { name, words } = python.library.error(found) ?? {};
    if (!name) python.stop("an error is raised here");
    throw Object.assign(new Raised(name, words), { isOwn: true });
  },

  yield: (python) => python.stop("yield is not evaluated here"),
};

statements.import = (python, { modules }) => {
  for (const { module, as } of modules) {
    const [first] = module.split(".");
    python.assign(as ?? first, python.library.module(as ? module : first, python));
  }
};

const OVER = new Flow("over");

// Whether a block holds what may end it early.
function leaves(body) {
  return holds(body, new Set(["return", "break", "continue", "raise"]));
}

function yields(body) {
  return holds(body, new Set(["yield"]));
}

function holds(node, ops) {
  if (Array.isArray(node)) return node.some((one) => holds(one, ops));
  if (!node || typeof node !== "object") return false;
  if (ops.has(node.op)) return true;
  if (node.op === "def" || node.op === "lambda" || node.op === "class") return false;
  return Object.values(node).some((part) => typeof part === "object" && holds(part, ops));
}

function outer(python, names, scopeOf) {
  const { scope } = python.frame;
  scope.outer ??= new Map();
  for (const name of names) scope.outer.set(name, scopeOf(name));
}

function removed(python, target) {
  if (target.op === "name") {
    python.journal.touch(python.frame.scope.names);
    python.frame.scope.names.delete(target.name);
    return;
  }
  const value = python.value(target.value);
  if (target.op === "attribute" && value instanceof Instance) {
    python.journal.touch(value.attrs);
    value.attrs.delete(target.name);
    return;
  }
  const key = target.op === "index" ? python.value(target.index) : null;
  if (value instanceof Dict && !(key instanceof Unknown)) {
    python.journal.touch(value.map);
    value.map.delete(identity(key));
  } else if (value instanceof Instance && typeof key !== "object") {
    python.call(python.attribute(value, "__delitem__"), [key]);
  } else if (value instanceof List && (typeof key === "number" || key instanceof Slice)) {
    const gone = new Set(
      typeof key === "number"
        ? [key < 0 ? key + value.items.length : key]
        : slicing(python, key, value.items.length),
    );
    python.journal.touch(value);
    value.items = value.items.filter((_, i) => !gone.has(i));
  } else python.stop("this is not evaluated here");
}

// Whether a handler takes an error, as its types name it.
function catches(types, { kind }) {
  if (types === null) return true;
  const named = types.op === "tuple" ? types.items : [types];
  return named.some(
    ({ name, op }) =>
      op === "attribute" || name === kind || name === "Exception" || name === "BaseException",
  );
}
