// What each kind of statement does. What ends a block early is returned: { kind, value }.
import { assignTo, binary, functionOf } from "./python_expressions.js";
import { ClassOf, Func, Instance, List, Property, Raised } from "./python_values.js";
import { Unknown, bornSoFar, spelled, truth, unknownOf } from "./python_values.js";

const BREAK = { kind: "break" };
const CONTINUE = { kind: "continue" };

export const statements = {
  pass: () => null,
  break: () => BREAK,
  continue: () => CONTINUE,
  return: (python, { value }) => ({ kind: "return", value: value ? python.value(value) : null }),
  global: (python) => python.stop("global is not evaluated here"),
  nonlocal: (python) => python.stop("nonlocal is not evaluated here"),
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
      if (flow === BREAK) return null;
      if (flow && flow !== CONTINUE) return flow;
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
      if (flow === BREAK) return null;
      if (flow && flow !== CONTINUE) return flow;
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
