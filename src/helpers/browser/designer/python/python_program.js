// The statements of a Python program, and the functions and classes that it defines.
import { Expressions, FOLLOWED, LOOP, Stop, pathOf, withoutLast } from "./python_expressions.js";
import { Problem } from "./python_tree.js";
import { isLength } from "../torch/signal_lengths.js";
import { UNKNOWN, combined, counted, namedTuple, pairsOf, seq, truth } from "./python_values.js";

// Modules whose functions are followed.
const BUILT_IN = ["math", "np", "torch", "argparse", "types", "collections"];
const CONDITION = "a condition is not followed, so what it holds is taken";

/** A program, run statement by statement as far as its values are known. */
export const Program = class extends Expressions {
  constructor(source, tokens) {
    super(source, tokens);
    this.roots = []; // What the code builds, in order, as long as nothing else holds it.
    this.returned = null; // By the function that runs.
    this.owner = null; // The class whose __init__ runs.
    this.waitingParts = null; // What is no layer among the parts of the object that is made.
  }

  // --- Statements ---

  // Runs some statements; says "break", "continue" or "return" if one of them jumps.
  block(body) {
    for (const statement of body) {
      this.count(statement);
      this.depth = 0;
      const { frame, roots } = this;
      try {
        const jump = this[`do_${statement.op}`](statement);
        if (jump) return jump;
      } catch (problem) {
        if (!(problem instanceof Problem) || problem instanceof Stop) throw problem;
        Object.assign(this, { frame, roots });
        this.steps += 100; // A problem takes longer than a step.
        this.missed(problem, statement);
      }
    }
    return null;
  }

  // A statement cannot be read.
  missed({ line, words }, statement) {
    this.note(line, words, this.holds(statement));
  }

  do_block({ body }) {
    return this.block(body);
  }

  do_annotation() {}

  do_assert() {}

  do_match(node) {
    this.note(node.line, "match is not followed, so it is left out", this.holds(node));
  }

  do_jump({ word }) {
    return word === "raise" ? "return" : word;
  }

  do_import({ names }) {
    for (const { name, as } of names) this.frame.names.set(as, { type: "unknown", path: [name], text: name });
  }

  do_yield(node) {
    if (node.value) this.expressionStatement(node.value);
  }

  do_return({ value }) {
    this.returned = value ? this.value(value) : { type: "none" };
    return "return";
  }

  do_del({ targets }) {
    for (const target of targets) {
      const last = target.op === "postfix" ? target.links[target.links.length - 1] : null;
      if (last?.index) this.remove(this.value(withoutLast(target)), this.indexOf(last), target);
      else if (target.op === "name") this.frame.names.delete(target.name);
    }
  }

  do_if(node) {
    for (const [i, one] of node.cases.entries()) {
      const test = one.test ? this.value(one.test) : null;
      const met = test ? truth(test) : true;
      if (met) return this.block(one.body);
      if (met === false) continue;
      if (isLength(test)) {
        this.whenever(test, node.cases.slice(i));
        return null;
      }
      const { line } = one.test;
      const last = one.body[one.body.length - 1];
      if (last && (last.op === "jump" || last.op === "return") && !this.holds(one)) {
        const words = "a condition is not followed, so it is taken as not met";
        this.note(line, words, this.matters(last));
        continue;
      }
      if (this.holds(node)) this.note(line, CONDITION, true);
      const jump = this.doubting(line, () => this.block(one.body));
      for (const other of node.cases.slice(i + 1)) this.leaveOut(other);
      return jump;
    }
    return null;
  }

  // Whether a statement that may jump and is left out may change what is built.
  matters({ word }) {
    return word === "break" || word === "continue";
  }

  do_while(node) {
    // An endless one is left by something that is not read.
    const endless = node.test.op === "name" && node.test.name === "True";
    for (let i = 0; i < FOLLOWED.turns && !endless; i += 1) {
      this.count(node);
      const met = truth(this.value(node.test));
      if (met === false) return null;
      if (met === null) break;
      const jump = this.block(node.body);
      if (jump === "break") return null;
      if (jump === "return") return jump;
    }
    return this.onceOnly(node);
  }

  // A loop of which the code does not say how often it runs.
  onceOnly(node) {
    if (this.holds(node)) this.note(node.line, LOOP, true);
    const jump = this.doubting(node.line, () => this.block(node.body));
    return jump === "return" ? jump : null;
  }

  do_for(node) {
    const values = this.values(this.value(node.values));
    const size = node.to - node.from;
    const long = values?.length > FOLLOWED.turns && !this.holds(node);
    if (!values || long || values.length * size > FOLLOWED.steps - this.steps || this.repeats >= FOLLOWED.calls) {
      this.assign(node.target, { ...UNKNOWN, quiet: true }, node);
      return this.onceOnly(node);
    }
    return this.within(node, () => {
      for (const value of values) {
        this.count(node);
        this.assign(node.target, value, node);
        const jump = this.block(node.body);
        if (jump === "break") break;
        if (jump === "return") return jump;
      }
      return null;
    });
  }

  do_assign(node) {
    const { targets, sign, value: source, line } = node;
    if (targets.length === 0) {
      this.expressionStatement(source);
      return;
    }
    const value = this.value(source);
    if (sign !== "=") {
      const [target] = targets;
      const before = this.value(target);
      const items = sign === "+=" && this.values(value);
      if (items && before.type === "layers") this.grow(before, items, source);
      else if (items && before.type === "seq" && !before.pairs) this.grow(before, items, source);
      else this.assign(target, this.joint(sign.slice(0, -1), before, value, node), { line });
      return;
    }
    for (const target of targets) this.assign(target, value, { line });
    const isPart = value.called && targets.some((target) => pathOf(target)?.startsWith("self."));
    if (isPart) this.partLeftOut(value, line);
    else this.leftOut(value, line, true);
  }

  // --- Calls ---

  call(callee, items, node) {
    const { type } = callee;
    if (type === "function") return this.invoked(callee, items, node);
    if (type === "class") return this.instance(callee, items, node);
    if (type === "partial") {
      const given = new Set(items.map(({ name }) => name ?? ""));
      const held = callee.items.filter(({ name }) => !given.has(name));
      return this.call(callee.callee, [...held, ...items], node);
    }
    if (type === "method") return this.method(callee, items, node);
    if (type === "fields") return namedTuple(callee, items);
    const name = callee.path?.[callee.path.length - 1] ?? callee.method ?? "";
    if (name === "__init__") return this.initialised(items, node);
    if (name === "super") return { type: "unknown", quiet: true, isSuper: true };
    const above = callee.isSuper ? this.methodAbove() : undefined;
    if (above) return this.invoked(above, items, node);
    if (name === "partial" && items.length > 0) {
      const [{ value }, ...held] = items;
      return { type: "partial", callee: value, items: held };
    }
    if (name === "field") {
      const given = new Map(items.map((item) => [item.name, item.value]));
      const factory = given.get("default_factory");
      return factory ? this.call(factory, [], node) : given.get("default") ?? { ...UNKNOWN };
    }
    const builtIn = callee.path?.length === 1 || BUILT_IN.includes(callee.path?.[0]);
    if (builtIn && name === "map" && items.length > 1) return this.mapped(items, node);
    const plain = builtIn && (name === "isinstance" || !this.laysIn(items));
    const found = plain ? counted(name, items) : null;
    if (found) found.doubt = items.find(({ value }) => value.doubt)?.value.doubt;
    return found ?? this.called(callee, name, items, node);
  }

  // map(function, list, …)
  mapped([{ value: callee }, ...lists], node) {
    const rows = counted("zip", lists);
    if (!rows) return { type: "unknown", called: "map" };
    return seq(rows.items.map(({ items }) => this.call(callee,
      items.map((value) => ({ name: null, value })), node)));
  }

  // --- Functions and classes of the code's own ---

  // A function or class of the code's own is read where it is called; one that never is, in its place.
  do_def(node) {
    const defaults = this.defaults(node);
    this.defined({ type: "function", node, defaults, frame: this.frame }, node.name);
  }

  // The method that the one that runs has taken the place of, in the class before.
  methodAbove() {
    for (let { frame } = this; frame; frame = frame.parent) if (frame.runs) return frame.runs.above;
    return undefined;
  }

  do_class(node) {
    this.defined({ type: "class", node, frame: this.frame }, node.name);
  }

  invoked(callee, items, node) {
    const outer = { frame: this.frame, roots: this.roots };
    const frame = { names: new Map(), parent: callee.frame, self: callee.frame.self, runs: callee };
    callee.called = true;
    this.within(node, () => {
      this.filled(callee, items, frame);
      this.frame = frame;
      this.roots = [];
      this.returned = null;
      this.block(callee.node.body);
      this.settle();
    });
    const made = this.roots;
    const value = this.returned ?? { type: "none" };
    this.returned = null;
    Object.assign(this, outer);
    const whole = this.leaves(value).length > 0;
    for (const root of made) {
      if (root.used || root.waiting) continue;
      // What a function keeps for itself is gone when it returns something else.
      if (root.value === value) value.root = undefined;
      else if (!whole || root.name?.startsWith("self.")) this.roots.push(root);
    }
    const none = value.type === "unknown" || value.type === "none";
    return none ? { ...value, text: undefined, quiet: true } : value;
  }

  filled({ node: { parameters }, defaults, frame: home }, items, frame) {
    const wanted = [...parameters.entries()];
    if (home.class && /^(self|cls|_)$/.test(parameters[0]?.name ?? "")) wanted.shift();
    const positional = items.filter(({ name }) => name === null);
    const named = new Map(items.filter(({ name }) => name !== null).map((item) => [item.name, item]));
    for (const [i, { name, star }] of wanted) {
      let value;
      if (star === "*") value = seq(positional.splice(0).map((item) => item.value));
      else if (star === "**") {
        const rest = [...named.values()];
        const pairs = pairsOf(rest.filter((item) => item.name !== "**"));
        value = named.has("**") ? named.get("**").value : seq(pairs.map((pair) => pair.value), pairs);
      } else if (named.has(name)) {
        ({ value } = named.get(name));
        named.delete(name);
      } else {
        value = positional.shift()?.value ?? defaults[i];
      }
      frame.names.set(name, value ?? { type: "unknown", path: [name], text: name });
    }
  }

  instance(callee, items, node) {
    const outer = { frame: this.frame, roots: this.roots, waitingParts: this.waitingParts };
    const frame = { names: new Map(), parent: callee.frame, class: callee };
    const waitingParts = [];
    frame.self = frame;
    callee.called = true;
    this.within(node, () => {
      Object.assign(this, { frame, waitingParts, roots: [] });
      this.bodies(callee, frame);
      this.started(callee, items, node);
      this.others(callee, frame);
    });
    const [parts, keys] = this.attributes(this.roots.filter((root) => !root.used && !root.waiting));
    Object.assign(this, outer);
    const found = frame.names.get("forward");
    const forward = found?.type === "function" ? found : undefined;
    const own = this.isPyTorchs(callee) ? parts : [];
    // A layer with something of its own around it is still that layer.
    if (parts.length === 1 && parts[0].type === "layer" && keys[0] === null) {
      const way = this.followed(forward, parts, [""], own, node);
      if (way) return { type: "layers", ...way, own: { parts, keys: [""] }, forward };
      return Object.assign(parts[0], { root: undefined, forward, waitingParts });
    }
    for (const part of parts) {
      part.inside = true;
      if (part.root) part.root.used = true;
    }
    const way = this.followed(forward, parts, keys, own, node) ?? { parts, keys, waitingParts };
    if (parts.length > 0 || found) {
      return { type: "layers", ...way, own: { parts, keys }, forward, names: frame.names };
    }
    for (const part of waitingParts) this.leftOut(part, part.line, false);
    return { type: "unknown", quiet: true, names: frame.names };
  }

  // What an object of a class holds, and under which names.
  attributes(roots) {
    const parts = [];
    const keys = [];
    for (const { value, name } of roots) {
      if (this.leaves(value).length === 0) continue;
      // An nn.Sequential has its layers for its own.
      const own = value.isWhole ? value.parts : [value];
      parts.push(...own);
      keys.push(...own.map((_, i) => (value.isWhole ? value.keys[i] : name?.replace(/^self\./, "")) ?? null));
    }
    return [parts, keys];
  }

  // What a class and those before it say in their bodies.
  bodies(callee, frame) {
    const above = this.above(callee);
    if (above) this.bodies(above, frame);
    this.block(callee.node.body);
  }

  above({ node, frame }) {
    for (const { value } of node.bases) {
      const found = value?.op === "name" ? frame.names.get(value.name) : null;
      if (found?.type !== "class" || found.node.from >= node.from) continue;
      found.called = true;
      return found;
    }
    return null;
  }

  started(callee, items, node) {
    if (this.begun(callee, items, node) || this.inherited(callee, items, node)) return;
    for (const { name, value } of items) if (name !== null) this.frame.names.set(`self.${name}`, value);
  }

  // Runs the __init__ of a class or of the nearest one before it that has one; false if none has.
  begun(callee, items, node) {
    const frame = this.frame.self;
    let owner = callee;
    const isInit = ({ op, name }) => op === "def" && name === "__init__";
    while (owner && !owner.node.body.some(isInit)) owner = this.above(owner);
    if (!owner) return false;
    const init = owner.node.body.find(isInit);
    const outer = { frame: this.frame, owner: this.owner };
    const inner = { names: new Map(), parent: frame, self: frame };
    this.frame = frame;
    const defaults = this.defaults(init);
    this.filled({ node: init, defaults, frame }, items, inner);
    try {
      Object.assign(this, { frame: inner, owner });
      this.within(node, () => this.block(init.body));
    } finally {
      Object.assign(this, outer);
    }
    return true;
  }

  // super().__init__(…), of a class of the code's own or with the layers of an nn.Sequential.
  initialised(items, node) {
    const above = this.owner && this.above(this.owner);
    const begun = above && this.begun(above, items, node);
    if (begun || (this.owner && this.inherited(this.owner, items, node))) {
      return { type: "unknown", quiet: true };
    }
    if (this.laysIn(items)) {
      this.root({ ...this.group(items, node), isWhole: true }, null, node.line);
    }
    return { type: "unknown", quiet: true };
  }

  // A class without __init__, as part of one is pasted: its methods are read in their order.
  others({ node }, frame) {
    if (frame.names.has("__init__")) return;
    for (const { op, name } of node.body) {
      const method = op === "def" && name !== "forward" ? frame.names.get(name) : null;
      if (method?.type !== "function" || method.called || !this.holds(method.node)) continue;
      this.call(method, [], method.node);
    }
  }
};
