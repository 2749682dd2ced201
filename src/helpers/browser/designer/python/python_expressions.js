// The value of Python expressions: of those whose numbers, lists and functions the code itself writes
// out. All else is unknown, and knows how the code writes it.
import { DEPTH, Problem } from "./python_tree.js";
import { LONGEST, UNKNOWN, bool, combined, compared, constant, known } from "./python_values.js";
import { int, isNumber, numeric, pairsOf, seq, sliced, truth } from "./python_values.js";
import { both, isLength, matched, opposite, reckoned } from "../torch/signal_lengths.js";

/** How far code is followed: calls and loops in each other, turns of a loop, dots in a name, steps. */
export const FOLLOWED = { calls: 12, turns: 100, dots: 20, steps: 30000 };

/** What is said of a loop whose values are not known. */
export const LOOP = "a loop is not followed, so what it holds is taken once";

const FIRST = "a condition is not followed, so its first case is taken";
const MET = "a condition is not followed, so it is taken as met";

/** Thrown where going on would take too long. */
export const Stop = class extends Problem {};

const SAME = new Set(["to", "cuda", "cpu", "eval", "train", "double", "float", "half",
  "requires_grad_", "apply"]);

/** The expressions of a program; what is built of layers is up to the class that extends this. */
export const Expressions = class {
  constructor(source, tokens) {
    this.source = source;
    this.tokens = tokens;
    this.frame = { names: new Map([["__name__", { type: "str", value: "__main__" }]]), parent: null };
    this.frame.self = this.frame;
    this.steps = 0;
    this.depth = 0;
    this.repeats = 0; // How many loops and calls are being followed.
    this.doubt = null; // The line of the branch or loop that is read without being followed.
  }

  fail(words, { line }) {
    throw new Problem(line, words);
  }

  count(node) {
    this.steps += 1;
    if (this.steps > FOLLOWED.steps) {
      throw new Stop(node.line, "this goes on for too long to follow, so reading stops here");
    }
  }

  // Goes one call or loop deeper, or says that this is too deep.
  within(node, run) {
    if (this.repeats >= FOLLOWED.calls) this.fail("loops and calls are nested too deep to follow", node);
    this.repeats += 1;
    try {
      return run();
    } finally {
      this.repeats -= 1;
    }
  }

  // --- Names ---

  lookup(text) {
    for (let frame = this.frame; frame; frame = frame.parent) {
      if (frame.names.has(text)) return frame.names.get(text);
    }
    return undefined;
  }

  find(path) {
    const text = path.join(".");
    const found = this.lookup(text);
    if (found || (path[0] !== "self" && path[0] !== "cls") || path.length !== 2) return found;
    return this.frame.self.names.get(path[1]); // What a class says for all its objects.
  }

  bind(text, value) {
    const frame = text.startsWith("self.") ? this.frame.self : this.frame;
    const before = frame.names.get(text);
    frame.names.set(text, value);
    return before;
  }

  assign(target, value, { line }) {
    const { op } = target;
    if (op === "tuple" || (op === "list" && target.open !== "{")) {
      const items = op === "tuple" ? target.items : target.items.map((item) => item.value);
      const given = value.type === "signal" ? items.map(() => value) : this.values(value);
      const rest = { ...UNKNOWN, quiet: true, holding: value.holding };
      items.forEach((item, i) => item && this.assign(item, given?.[i] ?? { ...rest }, { line }));
      return;
    }
    if (op === "star") return;
    const last = op === "postfix" ? target.links[target.links.length - 1] : null;
    if (last?.index) {
      this.replace(this.value(withoutLast(target)), this.indexOf(last), value, target);
      return;
    }
    const text = pathOf(target);
    if (text === null) return;
    // What an unknown call makes of a model and gives to the same name is taken for the model.
    const own = value.holding?.find((held) => held === this.lookup(text));
    if (own) return;
    const before = this.bind(text, this.doubted(value));
    if (this.built(value)) this.root(value, text, line);
    this.replaced(before?.root, text, value, line);
  }

  // A number or a tensor from a branch or loop that is not followed may be another one.
  doubted(value) {
    if (this.doubt === null || !(PLAINLY.has(value.type) || value.sizes)) return value;
    return { ...value, doubt: value.doubt ?? this.doubt };
  }

  // Runs what may or may not run.
  doubting(line, run) {
    const { doubt } = this;
    this.doubt ??= line;
    try {
      return run();
    } finally {
      this.doubt = doubt;
    }
  }

  // --- Expressions ---

  value(node) {
    this.count(node);
    this.depth += 1;
    if (this.depth > 8 * DEPTH) this.fail("this is nested too deep to follow", node);
    const value = this[`of_${node.op}`](node);
    this.depth -= 1;
    return this.described(value, node);
  }

  // An unknown value knows how the code writes it, on one line.
  described(value, node) {
    if (value === UNKNOWN || Object.isFrozen(value)) return this.described({ ...value }, node);
    value.line ??= node.line;
    if (value.type === "unknown" && value.text === undefined) {
      const text = this.written(node);
      value.text = /["'#]/.test(text) && !PLAIN.test(text) ? "" : text.replace(/\s+/g, " ");
    }
    return value;
  }

  // How the code writes something, if that is not long.
  written({ from, to }) {
    const [at, end] = [this.tokens[from].at, this.tokens[Math.max(from, to - 1)].end];
    return end - at <= 200 ? this.source.slice(at, end) : "";
  }

  of_number({ text }) {
    return numeric(text);
  }

  of_text({ value, isFormat }) {
    // Of what an f-string puts in, names that are known.
    const filled = !isFormat ? value : value.replace(/\{(\w+)\}/g, (all, name) => {
      const found = this.find([name]);
      return found?.type === "int" || found?.type === "str" ? `${found.value}` : all;
    });
    return { type: "str", value: filled };
  }

  of_name({ name }) {
    return constant(name) ?? this.find([name]) ?? { type: "unknown", path: [name], text: name };
  }

  of_dots() {
    return { type: "unknown", quiet: true };
  }

  of_lambda(node) {
    const defaults = this.defaults(node);
    return { type: "function", node: { ...node, name: "lambda" }, defaults, frame: this.frame };
  }

  defaults({ parameters }) {
    return parameters.map(({ byDefault }) => (byDefault ? this.value(byDefault) : null));
  }

  of_star({ value }) {
    return this.value(value);
  }

  of_walrus({ target, value: source, line }) {
    const value = this.value(source);
    this.assign(target, value, { line });
    return value;
  }

  of_keyed({ name, copies, value: source }) {
    const value = this.value(source);
    if (copies > 1) return this.repeated(value, copies);
    value.label ??= name;
    return value;
  }

  of_tuple({ items }) {
    return { ...seq(items.map((item) => this.value(item))), open: "(" };
  }

  of_list({ open, items }) {
    const given = this.given(items);
    const vague = given.some((one) => one.vague);
    const named = given.map(({ name, key, value }) => ({ name: key ?? name, value }));
    const pairs = open === "{" ? pairsOf(named) : undefined;
    const found = { ...seq((pairs ?? given).map(({ value }) => value), pairs), open };
    if (vague) found.vague = true;
    return found;
  }

  of_choice(node) {
    const { test, yes, no, line } = node;
    const found = this.value(test);
    const met = truth(found);
    if (met !== null) return this.value(met ? yes : no);
    if (isLength(found)) return this.oneOf(found, node);
    if (this.holds(node)) this.note(line, FIRST, true);
    return this.doubting(line, () => this.doubted(this.value(yes)));
  }

  of_and(node) {
    return this.chosen(node, false);
  }

  of_or(node) {
    return this.chosen(node, true);
  }

  chosen({ all }, decides) {
    const open = []; // What may decide, by the lengths.
    let until = null; // The condition that none of them does.
    for (const node of all) {
      const value = until ? this.under(until, node, () => this.value(node)) : this.value(node);
      const met = truth(value);
      if (met !== null && met !== decides && node !== all.at(-1)) continue;
      open.push(value);
      if (met !== null) break;
      until = isLength(value) && both(until, decides ? opposite(value) : value);
      if (!until) return { ...UNKNOWN };
    }
    return open.reduceRight((rest, value) => reckoned("if",
      decides ? [value, value, rest] : [value, rest, value]) ?? { ...UNKNOWN });
  }

  of_not({ value: source }) {
    const value = this.value(source);
    const met = truth(value);
    if (met !== null) return bool(!met);
    return (isLength(value) && opposite(value)) || { ...UNKNOWN };
  }

  of_compare({ first, rest }) {
    let left = this.value(first);
    let found = null; // What the lengths decide of it.
    for (const { sign, value } of rest) {
      const right = found ? this.under(found, value, () => this.value(value)) : this.value(value);
      const met = compared(sign, left, right);
      if (met === false) return bool(false);
      if (met === null) found = both(found, matched(sign, left, right));
      if (met === null && !found) return { ...UNKNOWN };
      left = right;
    }
    return found ?? bool(true);
  }

  of_chain(node) {
    let left = this.value(node.first);
    for (const { sign, value } of node.rest) left = this.joint(sign, left, this.value(value), node);
    return left;
  }

  joint(sign, left, right, node) {
    const mixed = this.mixed(sign, [left, right], node);
    if (mixed) return mixed;
    const [list, times] = right.type === "int" ? [left, right] : [right, left];
    if (sign === "*" && times.type === "int" && (list.type === "seq" || list.type === "layers")) {
      return this.repeated(list, times.value);
    }
    const items = [left, right].map((value) => (value.pairs ? null : this.values(value)));
    if (sign === "+" && !items.includes(null)) {
      this.fits(items[0].length + items[1].length, node);
      for (const { root } of [left, right]) if (root) root.used = true;
      return seq(items.flat());
    }
    const value = this.texted(sign, left, right) ?? combined(sign, left, right);
    value.doubt = left.doubt ?? right.doubt;
    if (value.type === "unknown" && this.repeats > 0) value.text = composed(sign, left, right);
    return value;
  }

  // "conv%d" % 3
  texted(sign, left, right) {
    if (sign !== "%" || left.type !== "str") return null;
    const given = [...known(right) ?? [right]];
    const value = left.value.replace(/%[ds]/g, (all) => given.shift()?.value ?? all);
    return { type: "str", value };
  }

  repeated(value, copies) {
    const items = value.type === "layer" ? [value] : this.itemsOf(value);
    if (!items) return value;
    if (value.root) value.root.used = true;
    const most = Math.ceil(LONGEST / Math.max(1, items.length));
    const all = Array(Math.max(0, Math.min(copies, most))).fill(items).flat();
    return value.type === "seq" ? { ...seq(all), vague: copies > most } : { type: "layers", parts: all };
  }

  of_sign({ sign, value: source }) {
    const value = this.value(source);
    if (sign === "+" || value.type === "huge" || value.type === "signal") return value;
    if (sign === "~" || !(isNumber(value) || isLength(value))) return { ...UNKNOWN };
    const turned = value.type === "float" ? { ...value, value: -value.value, text: `-${value.text}` }
      : combined("-", int(0), value);
    return { ...turned, doubt: value.doubt };
  }

  of_power(node) {
    const [left, right] = [this.value(node.base), this.value(node.exponent)];
    return this.mixed("**", [left, right], node) ?? combined("**", left, right);
  }

  of_postfix(node) {
    let value = this.value(node.base);
    let text = node.base.name; // As long as there are only dots.
    for (const [i, link] of node.links.entries()) {
      text = text && link.attribute && i < FOLLOWED.dots ? `${text}.${link.attribute}` : null;
      const set = text && this.lookup(text);
      if (set) value = set;
      else if (link.attribute) value = this.attribute(value, link.attribute);
      else if (link.call) {
        const { from } = node;
        value = this.call(value, this.given(link.call, true), { ...node, ...link, from });
      } else value = this.indexed(value, link.index, { ...node, links: node.links.slice(0, i + 1), to: link.to });
      value.line ??= node.line;
    }
    return value;
  }

  attribute(value, name) {
    if (value.path) {
      if (value.path.length > FOLLOWED.dots) return { ...UNKNOWN };
      const path = [...value.path, name];
      return this.find(path) ?? { type: "unknown", path, text: path.join(".") };
    }
    const own = value.names?.get(`self.${name}`) ?? value.names?.get(name);
    if (own) return own;
    if (value.type === "class") return this.ofClass(value, name);
    if (value.isParser && !PARSES.has(name)) return { ...UNKNOWN };
    if (value.type === "unknown") {
      return { type: "unknown", method: name, quiet: value.quiet, isSuper: value.isSuper };
    }
    return { type: "method", of: value, name };
  }

  // What a class says for all its objects.
  ofClass({ node }, name) {
    const said = node.body.findLast(({ op, targets }) => op === "assign" && targets.length === 1
      && targets[0].op === "name" && targets[0].name === name);
    return said ? this.value(said.value) : { ...UNKNOWN };
  }

  indexed(value, index, node) {
    if (value.type === "signal") return this.part(value, index, node);
    const [one] = index;
    if (index.length !== 1 || !one || one.broken) return { ...UNKNOWN };
    const items = value.pairs ? null : this.values(value);
    if (one.slice) {
      const parts = one.slice.map((part) => (part ? this.value(part) : null));
      const found = items && sliced(items, parts);
      if (!found) return { ...UNKNOWN };
      const list = value.type === "layers" ? { type: "layers", parts: found }
        : { ...seq(found), open: value.open };
      return { ...list, view: value };
    }
    const place = this.placeOf(value, this.indexOf({ index }));
    return place === null ? { ...UNKNOWN } : this.itemsOf(value)[place];
  }

  // --- Lists ---

  // What a loop runs through, or null.
  values(value) {
    return value.type === "layers" ? [...value.parts] : known(value);
  }

  itemsOf(value) {
    return value.type === "layers" ? value.parts : value.items;
  }

  fits(length, node) {
    if (length > LONGEST) this.fail(`a list of more than ${LONGEST} is not followed`, node);
  }

  grow(value, items, node) {
    const list = this.itemsOf(value);
    this.fits(list.length + items.length, node);
    if (this.doubt !== null) value.vague = true;
    list.push(...items);
    while (value.keys?.length < list.length) value.keys.push(null);
    this.joined(value, items);
  }

  // The place in a list or the key in a dictionary that an index means, or null.
  indexOf({ index }) {
    const [one] = index;
    if (index.length !== 1 || !one.value) return null;
    const value = this.value(one.value);
    return value.type === "int" || value.type === "str" ? value.value : null;
  }

  placeOf(value, index) {
    if (value.type !== "layers" && value.type !== "seq") return null;
    if (value.pairs && typeof index === "string") {
      const place = value.pairs.findIndex(({ name }) => name === index);
      return place < 0 ? null : place;
    }
    if (typeof index === "string" && value.keys?.includes(index)) return value.keys.indexOf(index);
    if (value.pairs || !Number.isInteger(index)) return null;
    const { length } = this.itemsOf(value);
    const place = index < 0 ? index + length : index;
    return place >= 0 && place < length ? place : null;
  }

  replace(value, index, item, node) {
    if (value.pairs && typeof index === "string") {
      const pairs = pairsOf([...value.pairs, { name: index, value: item }]);
      value.pairs = pairs;
      value.items = pairs.map((pair) => pair.value);
      this.joined(value, [item]);
      return;
    }
    const place = this.placeOf(value, index);
    if (place !== null) {
      this.itemsOf(value)[place] = item;
      this.joined(value, [item]);
    } else if (value.type === "layers" && !Number.isInteger(index) && value.keys?.every(Boolean)) {
      this.labelled(value, index, item, node);
    } else {
      this.unclear(value, node);
    }
  }

  remove(value, index, node) {
    const place = this.placeOf(value, index);
    if (place === null) {
      this.unclear(value, node);
      return { ...UNKNOWN, quiet: true };
    }
    value.pairs?.splice(place, 1);
    value.keys?.splice(place, 1);
    return this.itemsOf(value).splice(place, 1)[0];
  }

  // Into a container under a name of its own.
  labelled(value, name, item, node) {
    value.keys ??= Array(value.parts.length).fill(null);
    value.keys.push(name);
    this.grow(value, [item], node);
  }

  // An argument of a program, as it is where nothing is typed, or unknown.
  taken({ names }, items) {
    const given = new Map(items.map(({ name, value }) => [name, value]));
    const option = items.findLast(({ name, value }) => name === null && value.type === "str");
    const plain = option?.value.value.replace(/^-+/, "").replace(/-/g, "_");
    const flag = FLAGS.get(given.get("action")?.value);
    const byDefault = given.get("default") ?? (flag === undefined ? UNKNOWN : bool(flag));
    names.set(given.get("dest")?.value ?? plain, { ...byDefault });
  }

  method({ of: value, name }, items, node) {
    const [first, second] = items.map((item) => item.value);
    const list = this.itemsOf(value);
    const quiet = { type: "unknown", quiet: true };
    if (value.type === "str" && name === "format") {
      const given = items.map((item) => item.value);
      return { type: "str", value: value.value.replace(/\{\d*\}/g, (all) => given.shift()?.value ?? all) };
    }
    if (!list || value.type === "layer") {
      return SAME.has(name) ? value : quiet;
    }
    if (value.isParser && name === "add_argument") this.taken(value, items);
    else if (value.isParser && name === "parse_args") return value;
    else if (name === "append" && first) this.grow(value, [first], node);
    else if ((name === "add_module" || name === "register_module") && second) {
      this.labelled(value, first.type === "str" ? first.value : null, second, node);
    } else if (name === "extend" && first) {
      const more = this.values(first);
      if (more) this.grow(value, more, node);
      else this.unclear(value, node);
      if (more && first.root) first.root.used = true;
    } else if (name === "insert" && second) {
      const { length } = list;
      if (first.type !== "int") this.unclear(value, node);
      else {
        const place = first.value < 0 ? Math.max(0, first.value + length) : first.value;
        list.splice(place, 0, second);
        value.keys?.splice(place, 0, null);
        this.joined(value, [second]);
      }
    } else if (name === "pop") {
      return this.remove(value, first ? first.value : value.pairs ? null : -1, node);
    } else if (name === "update") {
      const more = first?.pairs ?? items.filter((item) => item.name !== null);
      for (const pair of more) this.replace(value, pair.name, pair.value, node);
    } else if (["items", "named_children"].includes(name) && (value.pairs || value.keys)) {
      const names = value.keys ?? value.pairs.map((pair) => pair.name);
      const labels = list.map((_, i) => ({ type: "str", value: names[i] ?? `${i}` }));
      return { ...seq(list.map((one, i) => seq([labels[i], one]))), view: value };
    } else if (name === "get" && value.pairs && first?.type === "str") {
      const place = this.placeOf(value, first.value);
      return place === null ? second ?? { type: "none" } : list[place];
    } else if (name === "keys" && value.pairs) {
      return seq(known(value));
    } else if (["values", "children", "copy", "modules"].includes(name)) {
      const pairs = name === "copy" && value.pairs ? [...value.pairs] : undefined;
      return { ...seq([...list], pairs), view: value };
    } else if (name === "reverse") {
      list.reverse();
      value.keys?.reverse();
    } else if (name === "forward") {
      return this.call(value, items, node);
    } else if (SAME.has(name)) {
      return value;
    } else if (!value.root && !value.inside && value.type === "layers") {
      return { type: "unknown", called: name };
    }
    return value.type === "layers" && ["append", "extend", "insert"].includes(name) ? value : quiet;
  }

  // --- Arguments ---

  // The arguments of a call or the items of a list: [{ name, key, value, vague }].
  given(items, isCall = false) {
    const found = [];
    for (const item of items) {
      if (item.broken) continue;
      if (item.loops && isCall) found.push(this.generated(item));
      else if (item.loops) this.comprehended(item, item.loops, found);
      else this.one(item, found);
      this.fits(found.length, item.value);
    }
    return found;
  }

  // A generator, as the argument of a call.
  generated(item) {
    const found = [];
    this.comprehended(item, item.loops, found);
    const list = seq(found.map(({ value }) => value));
    if (found.some(({ vague }) => vague)) list.vague = true;
    return { name: item.name, value: list };
  }

  one({ name, spread, key, value: source }, found) {
    const value = this.value(source);
    if (spread === "**") {
      if (value.pairs) found.push(...value.pairs);
      else found.push({ name: "**", value });
    } else if (spread === "*") {
      const values = this.values(value);
      if (values && value.root) value.root.used = true;
      if (values) found.push(...values.map((one) => ({ name: null, value: one })));
      else found.push({ name: null, value, vague: true });
    } else {
      const named = key && this.value(key);
      found.push({ name, key: named?.type === "str" ? named.value : null, value });
    }
  }

  // Reads an element once for each value of its loops.
  comprehended(item, [loop, ...inner], found) {
    const frame = { names: new Map(), parent: this.frame, self: this.frame.self };
    const outer = this.frame;
    let values = this.values(this.value(loop.values));
    const size = item.to - item.from;
    const vague = !values || values.length * size > FOLLOWED.steps - this.steps;
    if (vague) {
      if (this.holds(item)) this.note(loop.line, LOOP, true);
      values = [{ ...UNKNOWN, quiet: true }];
    }
    this.frame = frame;
    this.within(loop, () => {
      for (const value of values) {
        this.count(loop);
        this.assign(loop.target, value, loop);
        const met = loop.tests.map((test) => truth(this.value(test)));
        if (met.includes(null)) this.doubting(loop.line, () => this.note(loop.line, MET, this.holds(item)));
        if (met.includes(false)) continue;
        if (inner.length > 0) this.comprehended(item, inner, found);
        else this.one(item, found);
        if (vague && found.length > 0) found[found.length - 1].vague = true;
      }
    });
    this.frame = outer;
  }
};

// What of an argparse.ArgumentParser is followed, and what its flags are where nothing is typed.
const PARSES = new Set(["add_argument", "parse_args"]);
const FLAGS = new Map([["store_true", false], ["store_false", true]]);

// What a condition may have set.
const PLAINLY = new Set(["int", "float", "bool", "str", "none"]);
const PLAIN = /^[\w.]+(\[(\w+|'\w+'|"\w+")\])+$/;

/** A name with its dots as one text, or null. */
export function pathOf(node) {
  if (node.op === "name") return node.name;
  if (node.op !== "postfix" || node.base.op !== "name") return null;
  const names = node.links.map(({ attribute }) => attribute);
  return names.includes(undefined) ? null : [node.base.name, ...names].join(".");
}

/** An expression without its last index, call or attribute. */
export function withoutLast(node) {
  const links = node.links.slice(0, -1);
  return links.length > 0 ? { ...node, links } : node.base;
}

// How a sum of something unknown is written, with what its parts stand for.
function composed(sign, left, right) {
  const [a, b] = [left, right].map(({ type, value, text }) => {
    const words = type === "int" ? `${value}` : text;
    return words && /^[\w.]+$/.test(words) ? words : words && `(${words})`;
  });
  return a && b && a.length + b.length < 200 ? `${a} ${sign} ${b}` : undefined;
}
