// What a statement that is not evaluated may change: all that is unknown after it.
import { Bound, Func, Instance, Native, Unknown } from "./python_values.js";

const MUTATORS = new Set([
  "append",
  "extend",
  "insert",
  "pop",
  "remove",
  "clear",
  "update",
  "sort",
  "reverse",
  "setdefault",
  "popitem",
  "add",
  "add_module",
  "register_module",
  "register_forward_hook",
  "register_forward_pre_hook",
  "apply",
  "register_parameter",
  "register_buffer",
  "__setattr__",
]);

/** Makes unknown what a statement gives a value to, and what it may change. */
export function spoil(python, statement, doubt) {
  const seen = new Set();
  const assigned = (node) => {
    if (node.op === "name") python.assign(node.name, doubt);
    else if (node.op === "star") assigned(node.value);
    else if (node.items) node.items.forEach(assigned);
    else changed(node.value, (name) => namedIn(python, name));
  };
  const changed = (node, look) => {
    const value = node && reached(python, node, look);
    if (value) python.taint(value, doubt);
  };
  const visit = (node, look, isOuter) => {
    if (!node || typeof node !== "object") return;
    if (Array.isArray(node)) {
      for (const one of node) visit(one, look, isOuter);
      return;
    }
    const targets = node.targets ?? (node.target ? [node.target] : []);
    for (const target of targets) {
      if (isOuter) assigned(target);
      else if (target.op === "attribute" || target.op === "index") changed(target.value, look);
    }
    if (isOuter && (node.op === "def" || node.op === "class")) python.assign(node.name, doubt);
    if (node.op === "call") called(node, look);
    for (const [name, part] of Object.entries(node))
      if (!KEPT.has(name)) visit(part, look, isOuter);
  };
  const called = ({ value: callee, items }, look) => {
    const given = items.map(({ value }) => reached(python, value, look)).filter(Boolean);
    if (callee.op === "attribute") {
      const self = reached(python, callee.value, look);
      if (MUTATORS.has(callee.name)) changed(callee.value, look);
      const own = self instanceof Instance ? python.found(self, callee.name) : null;
      if (own instanceof Bound && own.callee instanceof Func) into(own.callee, [self, ...given]);
      return;
    }
    const own = callee.op === "name" ? look(callee.name) : null;
    if (own instanceof Func) into(own, given);
    else if (own instanceof Unknown) for (const value of given) python.taint(value, doubt);
    else if (own instanceof Native && own.name === "setattr") python.taint(given[0], doubt);
  };
  // What a function of the code's own may change of what it is given, whichever way it goes.
  const into = (callee, given) => {
    if (seen.has(callee)) return;
    seen.add(callee);
    const objects = given.filter((value) => typeof value === "object");
    const names = callee.node.parameters.map(({ name }) => name);
    // Which argument is which does not matter: each may be any.
    for (const object of objects) {
      visit(
        callee.node.body,
        (name) => (names.includes(name) ? object : namedIn(python, name)),
        false,
      );
    }
  };
  visit(statement, (name) => namedIn(python, name), true);
}

const KEPT = new Set(["whole", "line", "at", "end"]);

function namedIn(python, name) {
  for (let { scope } = python.frame; scope; scope = scope.parent) {
    if (scope.names.has(name)) return scope.names.get(name);
  }
  return python.library.names.get(name) ?? python.library.common(name) ?? null;
}

// The object that a name, or an attribute of one, leads to; or null.
function reached(python, node, look) {
  if (node.op === "name") return look(node.name);
  if (node.op !== "attribute") return null;
  const value = reached(python, node.value, look);
  return value instanceof Instance ? (value.attrs.get(node.name) ?? value) : null;
}
