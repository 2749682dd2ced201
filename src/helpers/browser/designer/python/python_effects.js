// What a statement that is not evaluated may change: all that is unknown after it.
import { ClassOf, Func, Native, Unknown } from "./python_values.js";

const MUTATORS = new Set(
  (
    "append extend insert pop remove clear update sort reverse setdefault add add_module "
    + "register_module register_forward_hook register_forward_pre_hook apply register_parameter "
    + "register_buffer __setattr__"
  ).split(" "),
);

/** A node and all nodes in it. */
export function visited(node, found = []) {
  if (!node || typeof node !== "object") return found;
  if (node.op) found.push(node);
  for (const part of Object.values(node)) visited(part, found);
  return found;
}

/** Makes unknown what a statement gives a value to, and what it may change. */
export function spoil(python, statement, doubt) {
  for (const node of visited(statement)) {
    for (const { op, name } of targetsOf(node)) if (op === "name") python.assign(name, doubt);
    if (node.op === "def" || node.op === "class") python.assign(node.name, doubt);
  }
  for (const name of changedIn(python, statement)) python.taint(named(python, name), doubt);
}

/** @returns {any[]} What stands left of the equals sign of a statement. */
function targetsOf({ targets = [], target = null }) {
  const all = [...targets, target].filter(Boolean);
  return all.flatMap((one) =>
    one.items ? one.items.flatMap((item) => targetsOf({ target: item })) : one,
  );
}

// The names of the objects that code may change, whichever way it goes.
function changedIn(python, code, seen = new Set()) {
  const found = new Set();
  const add = (node) => {
    for (let part = node; part; part = part.value) if (part.op === "name") found.add(part.name);
  };
  for (const node of visited(code)) {
    for (const target of targetsOf(node)) if (target.op !== "name") add(target);
    if (node.op !== "call") continue;
    const { value: callee, items } = node;
    const isMethod = callee.op === "attribute";
    if (isMethod && MUTATORS.has(callee.name)) add(callee.value);
    for (const own of calleesOf(python, callee)) {
      const isOpen = own instanceof Unknown || (own instanceof Native && own.name === "setattr");
      if (isOpen) for (const { value } of items) add(value);
      if (!(own instanceof Func) || seen.has(own)) continue;
      seen.add(own);
      const inner = changedIn(python, own.node.body, seen);
      for (const [i, { name, star }] of own.node.parameters.entries()) {
        if (!inner.delete(name)) continue;
        if (isMethod && i === 0) add(callee.value);
        const isGiven = (item, at) => star || item.name === name || at === i - Number(isMethod);
        for (const { value } of items.filter(isGiven)) add(value);
      }
      for (const name of inner) found.add(name);
    }
  }
  return found;
}

// What a call may run: a method is that of any class.
function calleesOf(python, { op, name }) {
  if (op === "name") return [named(python, name)];
  const classes = [...python.globals.names.values()].filter((value) => value instanceof ClassOf);
  return op === "attribute" ? classes.map(({ attrs }) => attrs.get(name)) : [];
}

function named(python, name) {
  const { names } = python.globals;
  return names.get(name) ?? python.library.names.get(name) ?? python.library.common(name) ?? null;
}
