// Reads PyTorch code, or a model as PyTorch prints it, and finds the layers in it. Numbers, lists,
// loops, conditions, functions and classes that the code itself writes out are followed, as Python
// would; nothing else of it is run. What is not understood is named with its line, and the rest is
// read all the same.
import { FOLLOWED, Stop } from "../python/python_expressions.js";
import { Program } from "../python/python_program.js";
import { DEPTH, Problem, parse } from "../python/python_tree.js";
import { UNKNOWN, counted, int, isNumber, seq, truth } from "../python/python_values.js";
import { tokenize } from "../python/python_words.js";
import { cutting, outputSize, shaping, slicesOf } from "./signal_functions.js";
import { both, either, isLength, isPlaced, lengthOf, measuredBy } from "./signal_lengths.js";
import { opposite } from "./signal_lengths.js";
import { behind, entering, farthest, isMadeOf, joining, made } from "./torch_forward.js";
import { mayChangeChannels, together, turns, wayOf } from "./torch_forward.js";
import { isLayer, keepsLength, layerFrom, shorten } from "./torch_layers.js";

/** What is read of one text; lines with a remark are named up to `notes`. */
export const LIMITS = { characters: 20000, lines: 1000, layers: 400, notes: 40 };

/** As much of a text as is read. */
export function cut(text) {
  const start = text.slice(0, LIMITS.characters);
  let end = -1;
  for (let line = 0; line < LIMITS.lines; line += 1) {
    end = start.indexOf("\n", end + 1);
    if (end < 0) return start;
  }
  return start.slice(0, end);
}

/**
 * The layers of some code, in the order in which they are written:
 * { layers, route, notes: [{ line, words }], more, incomplete } with `more` the number of notes
 * that are left out, and `incomplete` whether something is missing that may change the length. The
 * route is all that runs, in its order: [{ layer, from, main, isBeside }], each a layer or a join,
 * with the places in the route that its signals come `from`, -1 for the input; `main` is which of
 * them lies on the way through the `layers`, and `isBeside` whether it does not lie there itself.
 * A layer that `follows` the length of signals, or is told its output_size, is among the `layers`
 * as it would be without that, if it would be one at all.
 */
export function read(code) {
  const notes = [];
  const seen = new Set();
  let more = 0;
  let incomplete = false;
  const note = (line, words, matters = false) => {
    incomplete ||= matters;
    if (seen.has(line)) return;
    seen.add(line);
    if (notes.length < LIMITS.notes) notes.push({ line, words });
    else more += 1;
  };
  const source = cut(code);
  const tokens = tokenize(source, note);
  const route = new Model(source, tokens, note).program();
  const last = tokens[tokens.length - 1].line;
  if (code.length > source.length) {
    seen.delete(last);
    note(last, `reading stops here, after ${source.length} of ${code.length} characters`, true);
  }
  if (route.length > LIMITS.layers) {
    const { line } = route[LIMITS.layers].layer;
    seen.delete(line);
    note(line, `reading stops here: this page takes ${LIMITS.layers} layers at a time`, true);
    route.length = LIMITS.layers;
  }
  const onWay = route.filter(({ layer, isBeside }) => !layer.joins && !isBeside);
  const layers = onWay.map(({ layer }) => (layer.follows ? layer.otherwise : layer)).filter(Boolean);
  notes.sort((a, b) => a.line - b.line);
  for (const one of notes) if (typeof one.words === "function") one.words = one.words();
  return { layers, route, notes, more, incomplete };
}

const MODULES = new Set(["Sequential", "ModuleList", "ModuleDict"]);
const LISTS = new Set(["OrderedDict", "list", "tuple", "dict"]);
const WRAPPERS = new Set(["weight_norm", "spectral_norm", "remove_weight_norm", "compile", "script",
  "DataParallel", "DistributedDataParallel"]);
const ADDERS = new Set(["append", "extend", "insert", "add_module", "register_module"]);
// What trains, measures and shows a model, and so is no part of it.
const QUIET = /^(super|print|len|open|set|sorted|isinstance|hasattr|summary|tqdm|display|time)$|^(torch|F|np|numpy|optim|plt|os|sys|random|time|json|logging|torchaudio|torchinfo)\.(?!nn\.)|\b(init|optim|functional|data)\.|\.(apply|register_buffer|save_hyperparameters|\w*(init|reset)\w*)$|(Loss|LR|Loader|Dataset|Scheduler|Adam\w*|SGD|RMSprop|Parameter|Path|ArgumentParser|SummaryWriter|seed)$/;
const CHANGES_LENGTH = /^(pad|interpolate|narrow|unfold|fold|\w+_pool1d|conv\w*1d)$/;

// A value that may hold layers is a "layer", "layers" (of `parts`, maybe with `keys`) or a list. With
// a name, or alone in a line, it has a `root`: its place among what the code builds.
class Model extends Program {
  constructor(source, tokens, note) {
    super(source, tokens);
    this.say = note;
    this.visited = 0; // How many values were looked through for layers.
    this.unfollowed = new Set(); // The forwards through which no signal could be followed.
    this.named = new Set(); // Those of them that have been named.
    this.following = null; // The forward that a signal is followed through.
    this.isLoose = false; // Whether channels may change between the layers.
    this.wider = new Map(); // The layers of more dimensions than one, by line.
  }

  program() {
    const { body, problems } = parse(this.tokens);
    this.survey();
    for (const problem of problems) this.note(problem.line, problem.words, this.holds(problem));
    this.stopping(() => {
      this.block(body);
      this.settle();
    });
    const route = [];
    let end = -1;
    this.stopping(() => {
      for (const root of this.roots) {
        if (root.used || root.waiting) continue;
        end = this.spelled(root.value, root.name ?? "", end, route);
      }
    });
    const main = new Set();
    for (let at = end; at >= 0; at = route[at].from[route[at].main]) main.add(at);
    for (const [i, passed] of route.entries()) {
      passed.isBeside = !main.has(i);
      passed.layer.isLoose = this.isLoose;
    }
    return route;
  }

  // What is where in the text: names that are mentioned, and how many layers stand before each word.
  survey() {
    const before = (i) => this.tokens[i - 1]?.text;
    const names = [...this.tokens.entries()].filter(([, { type }]) => type === "name");
    const classes = new Set(names.filter(([i]) => before(i) === "class").map(([, { text }]) => text));
    this.mentions = new Map();
    for (const [i, { text }] of names) {
      if (before(i) === "def" || before(i) === "class") continue;
      if (!this.mentions.has(text)) this.mentions.set(text, []);
      this.mentions.get(text).push(i);
    }
    this.layersUpTo = [0];
    for (const [i, { type, text }] of this.tokens.entries()) {
      const makes = type === "name" && (isLayer(text) || classes.has(text)) && before(i) !== "class";
      const found = makes && this.tokens[i + 1].text === "(";
      this.layersUpTo.push(this.layersUpTo[i] + (found ? 1 : 0));
    }
  }

  stopping(work) {
    try {
      work();
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      this.note(problem.line, problem.words, true);
    }
  }

  // Adds the layers of a value to a route, behind the place `from` in it, each with its name as
  // PyTorch calls it: "encoder.0.conv". Returns the place of what comes out.
  spelled(value, path, from, route, depth = 0) {
    this.look(value, depth);
    if (route.length > LIMITS.layers) return from;
    const inner = (one, label, at) => {
      const name = path === "" || label === "" ? `${path}${label}` : `${path}.${label}`;
      return this.spelled(one, label === undefined ? "" : name, at, route, depth + 1);
    };
    if (value.steps) {
      const places = new Map([[null, from]]);
      for (const step of value.steps) {
        const given = step.given.map((one) => places.get(one));
        const { main, join: layer } = step;
        const label = value.places.get(step.value);
        if (layer) places.set(step, route.push({ layer, from: given, main }) - 1);
        else if (step.settings) {
          // A function has the name of the block around it.
          const named = [label || depth > 0 ? path : "", label].filter(Boolean).join(".");
          places.set(step, this.told(step, named, given, route));
        } else places.set(step, inner(step.value, label, given[main]));
      }
      return places.get(value.end);
    }
    if (value.forward) this.notFollowed(value.forward.node, value.parts, value.keys);
    for (const part of value.waitingParts ?? []) this.leftOut(part, part.line, false);
    if (value.type === "layer") {
      const name = /^\d*$/.test(path) ? null : path;
      return route.push({ layer: { ...value.layer, name }, from: [from], main: 0 }) - 1;
    }
    let at = from;
    for (const [i, one] of (this.itemsOf(value) ?? []).entries()) {
      at = inner(one, value.keys?.[i] ?? value.pairs?.[i].name ?? i, at);
    }
    return at;
  }

  // Adds a layer whose settings are those of one step.
  told({ value: { layer, isFunction }, settings, main }, path, given, route) {
    const name = path || null;
    const follows = isPlaced(settings) || settings.printed !== undefined;
    const otherwise = isFunction ? null : { ...layer, name };
    return route.push({ layer: { ...layer, name, settings, follows, otherwise }, from: given, main }) - 1;
  }

  note(line, words, matters) {
    if (!this.following) this.say(line, words, matters);
    else if (matters) this.following.isLost = true;
  }

  holds({ from, to }) {
    return this.layersUpTo[to] > this.layersUpTo[from];
  }

  // --- What the code builds ---

  // Whether a value is or may come to hold layers.
  built(value) {
    return value.type === "layer" || value.type === "layers" || (value.type === "seq" && !value.view);
  }

  // Has a place of its own among what the code builds.
  root(value, name, line) {
    if (value.inside || value.view) return;
    if (value.root) {
      // A layer that is handed to an object moves into it.
      if (value.root.list === this.roots || !name?.startsWith("self.")) return;
      value.root.used = true;
    }
    value.root = { value, name, line, list: this.roots, used: false, called: false };
    this.hold(value);
    this.roots.push(value.root);
  }

  // A name that is given to something else takes its first layers along, as in Python.
  replaced(root, text, value, line) {
    if (!root || root.used || root.called || root.name !== text || root.value === value) return;
    root.used = true;
    if (root.line === line || this.leaves(root.value).length === 0) return;
    this.note(root.line, `line ${line} gives ${shorten(text)} anew, so what it was before is left out`);
  }

  // The layers of a value, which from now on has the values in it for its own.
  hold(value) {
    return this.leaves(value, true);
  }

  leaves(value, held = false, depth = 0, found = []) {
    if (value.type === "layer") {
      found.push(value);
      return found;
    }
    const inner = value.type === "layers" ? value.parts : value.type === "seq" ? value.items : [];
    for (const one of inner) {
      this.look(value, depth);
      if (held) {
        one.inside = true;
        for (const root of [one.root, one.view?.root]) if (root) root.used = true;
      }
      if (one.type !== "layer" && one.type !== "layers" && one.type !== "seq") continue;
      this.leaves(one, held, depth + 1, found);
      if (found.length > LIMITS.layers && !held) break;
    }
    return found;
  }

  // Counts how much was looked through of what the code builds.
  look({ line = 1 }, depth) {
    this.visited += 1;
    if (depth <= DEPTH && this.visited <= 4 * FOLLOWED.steps) return;
    throw new Stop(line, "lists are nested too deep to follow, so reading stops here");
  }

  // Values that have come into another one.
  joined(value, items) {
    for (const item of items) {
      item.inside = true;
      this.hold(seq([item]));
    }
  }

  laysIn(items) {
    return items.some(({ value }) => this.leaves(value).length > 0);
  }

  kept(value) {
    this.hold(value);
    return value;
  }

  // --- What is left out ---

  expressionStatement(node) {
    const value = this.value(node);
    if (this.built(value)) this.root(value, null, node.line);
    this.leftOut(value, node.line, false);
  }

  // Say what of a value is no layer and no number.
  leftOut(value, line, assigned, depth = 0) {
    this.look(value, depth);
    if (value.type === "seq") {
      for (const item of value.items) this.leftOut(item, item.line ?? line, assigned, depth + 1);
    } else if (value.called && !assigned) {
      if (isBlock(value.called)) this.notKnown(value, line);
      else if (depth > 0 || !value.called.includes(".")) {
        const words = `${shorten(value.called)}(…) is not a layer, so it is left out`;
        this.note(value.line ?? line, words);
      }
    } else if (value.type === "unknown" && !value.quiet && !assigned) {
      this.note(value.line ?? line, `${shorten(value.text || "this")} is not a layer`);
    } else if (["int", "float", "huge"].includes(value.type) && !assigned) {
      this.note(value.line ?? line, "a number alone is not a layer");
    }
  }

  // What cannot be read in a forward may be what happens to its signal.
  missed(problem, statement) {
    if (this.following) this.lost();
    super.missed(problem, statement);
  }

  // What a forward may return earlier may have come another way.
  matters(jump) {
    return super.matters(jump) || (this.following !== null && jump.op === "return");
  }

  notKnown({ called, line }, otherwise) {
    this.note(line ?? otherwise, `${shorten(called)} is not a layer that is known here, so it is `
      + "left out, as if it kept the length", true);
  }

  // A part of an object that is no layer is of account where its forward takes a signal through it.
  partLeftOut(value, line) {
    if (!isBlock(value.called)) return;
    if (this.waitingParts) this.waitingParts.push(value);
    else this.leftOut(value, line, false);
  }

  // What is done on conditions of lengths is done where they are met: as long as each case makes of
  // signals and numbers others, and else passes them on.
  whenever(test, cases) {
    if (!this.following || !cases.every(isFollowable)) {
      this.lost();
      return;
    }
    const { names } = this.frame;
    const ends = []; // The numbers that each case makes.
    let rest = null; // The condition that no case before is met.
    for (const [i, one] of cases.entries()) {
      const own = i === 0 ? test : rest && this.under(rest, one, () => this.asked(one.test));
      const when = own && both(rest, own);
      if (!when || own.doubt) {
        this.lost();
        return;
      }
      const outer = this.following.when;
      if (isRaise(one)) this.raised(both(outer, when), RAISE, one.body[0]);
      else ends.push({ when, made: this.numbersOf(when, one) });
      rest = both(rest, opposite(own));
    }
    // Behind an else, the last case is all that is left.
    const last = cases.at(-1).test === null ? ends.pop() : null;
    for (const name of new Set([...ends, last].flatMap((end) => [...end?.made.keys() ?? []]))) {
      const before = names.get(name);
      const numberOf = (end) => end?.made.get(name) ?? before;
      const value = ends.reduceRight((other, end) => either(end.when, numberOf(end), other),
        numberOf(last));
      names.set(name, value ?? { ...UNKNOWN, quiet: true });
    }
  }

  // Runs one case on its condition: the numbers that it makes, by their names, which are again what
  // they were before.
  numbersOf(when, { body, ...node }) {
    const { names } = this.frame;
    const before = new Map(names);
    const made = new Map();
    this.under(when, node, () => this.block(body));
    for (const [name, value] of [...names]) {
      const old = before.get(name);
      if (value === old) continue;
      const kinds = [value.type, old?.type];
      if (!kinds.includes("signal")) {
        made.set(name, value);
        if (old) names.set(name, old);
        else names.delete(name);
      } else if (kinds[0] !== kinds[1] || !isMadeOf(value, old, when)) this.lost();
    }
    return made;
  }

  // What a case asks for: a condition of lengths, 1 or 0, or null where that is not known.
  asked(test) {
    const value = test ? this.value(test) : int(1);
    const met = truth(value);
    return met !== null ? int(Number(met)) : isLength(value) ? value : null;
  }

  // One of two by a condition of lengths: numbers, or a signal and what is made of it.
  oneOf(test, { yes, no }) {
    const other = opposite(test);
    if (!other || test.doubt) return this.lost();
    const [a, b] = [[test, yes], [other, no]].map(([when, node]) => this.under(when, node,
      () => this.value(node)));
    if (a.type !== "signal" && b.type !== "signal") {
      return either(test, a, b) ?? { ...UNKNOWN, quiet: true };
    }
    if (a.type !== b.type) return this.lost();
    return isMadeOf(a, b, test) ? a : isMadeOf(b, a, other) ? b : this.lost();
  }

  // Runs what runs on a condition of lengths only.
  under(condition, { from, to }, run) {
    const { following } = this;
    if (!following) return run();
    const { when, conditions } = following;
    if (this.tokens.slice(from, to).some(({ text }) => CHANGES_LISTS.has(text))) this.lost();
    following.when = both(when, condition) ?? this.lost();
    following.conditions = [...conditions, condition];
    try {
      return run();
    } finally {
      Object.assign(following, { when, conditions });
    }
  }

  // Where the code itself refuses a length; without a condition that is counted, nobody knows.
  raised(when, { words, ...named }, { line }) {
    if (!when) {
      this.lost();
      return;
    }
    const [step] = measuredBy({ when });
    const layer = { kind: "Raise", settings: {}, ...named, line, name: null };
    const value = { type: "layer", layer, isFunction: true };
    this.stepped(behind({ step, depth: 0 }, value, false, { when, words }));
  }

  // Where the code asserts something of lengths; all else that it asserts is taken as met.
  do_assert(node) {
    if (!this.following) return;
    const { test, message } = node;
    for (const one of test.op === "and" ? test.all : [test]) {
      const met = this.looking(one);
      const failed = met && isLength(met) && !met.doubt && opposite(met);
      const when = failed && both(this.following.when, failed);
      if (!when) continue;
      const text = shorten(this.written(node), 60) || "assert …";
      const words = ["AssertionError", message && this.said(message)].filter(Boolean).join(": ");
      this.raised(when, { text, called: "the assertion", words }, node);
    }
  }

  // What the code says, or how it writes that.
  said(message) {
    const { type, value } = this.looking(message) ?? UNKNOWN;
    const isSaid = message.op === "text" && type === "str";
    const isOpen = message.isFormat && /[{}]/.test(value);
    return shorten(isSaid && !isOpen ? value : this.written(message) || "…", 200);
  }

  // The value of something that a forward only looks at, or null: no signal comes that way.
  looking(node) {
    const { following, frame, depth } = this;
    const before = { ...following };
    const { steps, notes, met } = following;
    const lengths = [steps, notes, met].map((list) => [list, list.length]);
    this.frame = { names: new Map(), parent: frame, self: frame.self };
    let value = null;
    try {
      value = this.value(node);
    } catch (problem) {
      if (!(problem instanceof Problem) || problem instanceof Stop) throw problem;
    }
    // The length of a signal that is made here only is not followed.
    if (steps.length > lengths[0][1]) value = null;
    for (const [list, length] of lengths) list.length = length;
    Object.assign(following, before);
    Object.assign(this, { frame, depth });
    return value;
  }

  // What a forward gives its object is of no account for another one.
  bind(text, value) {
    if (this.following && text.startsWith("self.")) {
      this.following.bound.push([this.frame.self, text]);
      if (this.following.when) this.lost();
    }
    return super.bind(text, value);
  }

  do_skip(node) {
    this.leaveOut(node);
  }

  leaveOut(node) {
    if (!this.holds(node)) return;
    const { line } = this.tokens[node.from];
    const { line: last } = this.tokens[Math.max(node.from, node.to - 1)];
    const which = last > line ? `lines ${line} to ${last} are` : "this line is";
    this.note(line, `what stands above is taken as met, so ${which} left out`, true);
  }

  unclear(value, { line }) {
    if (value.type !== "layers" && value.type !== "seq") return;
    this.note(line, "which place of the list this changes is not said, so it is left out", true);
  }

  notFollowed(node, parts = [], keys = []) {
    if (this.named.has(node)) return;
    this.named.add(node);
    this.isLoose = true;
    const change = this.changeOf(node.body);
    const twice = keys.find((key, i) => key && this.callsOf(key, node) > 1
      && this.leaves(parts[i]).some(({ layer }) => !keepsLength(layer)));
    const without = change ? `, without ${change.words} in line ${change.line}` : "";
    const once = twice ? `, self.${twice} once only` : "";
    this.note(node.line, "forward is not followed: layers are taken in the order in which they are "
      + `written${without}${once}`, true);
  }

  // How often a forward calls a part of its own.
  callsOf(key, { from, to }) {
    let calls = 0;
    for (let i = from + 3; i < to; i += 1) {
      const [self, dot, name, open] = this.tokens.slice(i - 3, i + 1).map(({ text }) => text);
      if (self === "self" && dot === "." && name === key && open === "(") calls += 1;
    }
    return calls;
  }

  // What code does itself to the length of a signal: { words, line } of the first such place.
  changeOf(part) {
    if (part === null || typeof part !== "object") return null;
    if (part.op === "postfix") {
      const names = [part.base.name, ...part.links.map(({ attribute }) => attribute)];
      const { line } = part;
      for (const [i, { call, index }] of part.links.entries()) {
        if (call && CHANGES_LENGTH.test(names[i])) return { words: names[i], line };
        const cuts = index?.length > 1 && index.some(({ slice }) => slice?.some(Boolean));
        if (cuts) return { words: "the cut", line };
      }
    }
    for (const inner of Object.values(part)) {
      const found = this.changeOf(inner);
      if (found) return found;
    }
    return null;
  }

  // --- Functions and classes that wait to be called ---

  defined(value, name) {
    const before = this.frame.names.get(name);
    this.frame.names.set(name, value);
    if (this.frame.class) { // A method.
      if (before?.type === "function") value.above = before;
      return;
    }
    this.roots.push({ waiting: value, used: false });
  }

  // Where nothing else gives a layer, reads what waits to be called and never was: classes before
  // functions, and those that the code does not mention again before the others.
  settle() {
    const waiting = this.roots.filter((root) => root.waiting && !root.waiting.called);
    const groups = [[], [], [], []];
    for (const root of waiting) {
      const { type, node } = root.waiting;
      const mentioned = this.mentions.get(node.name)?.some((at) => at < node.from || at >= node.to);
      groups[(mentioned ? 2 : 0) + (type === "class" ? 0 : 1)].push(root);
    }
    for (const group of groups) {
      const found = this.roots.some(({ used, waiting: waits, value }) => !used && !waits
        && this.leaves(value).length > 0);
      for (const root of group) {
        if (found) this.unused(root.waiting);
        else this.settleOne(root);
      }
    }
  }

  unused({ node, called }) {
    if (node.name === "forward") this.notFollowed(node);
    if (called || !this.holds(node) || node.name === "forward") return;
    this.note(node.line, `${shorten(node.name)} is never called, so it is left out`);
  }

  settleOne(root) {
    const { waiting } = root;
    root.used = true;
    if (waiting.called) return;
    const { node } = waiting;
    if (node.name === "forward") {
      this.notFollowed(node);
      return;
    }
    if (!this.holds(node) && waiting.type !== "class") return;
    const { roots, frame, say } = this;
    this.roots = [];
    let made = [];
    const notes = [];
    this.say = (...note) => notes.push(note);
    try {
      const value = this.call(waiting, [], node);
      if (this.leaves(value).length > 0 && !value.root) this.root(value, null, node.line);
    } catch (problem) {
      if (!(problem instanceof Problem) || problem instanceof Stop) throw problem;
      this.note(problem.line, problem.words, true);
    } finally {
      made = this.roots;
      Object.assign(this, { roots, frame, say });
    }
    // What a class says that makes no layer is of no account.
    if (made.length > 0 || this.holds(node)) for (const note of notes) this.say(...note);
    roots.splice(roots.indexOf(root), 1, ...made);
  }

  // --- Layers ---

  // A call of what the code itself does not define.
  called(callee, name, items, node) {
    const { type, path } = callee;
    const quiet = { type: "unknown", quiet: true };
    if (["enumerate", "zip", "reversed", "len"].includes(name)) {
      const lists = items.map((item) => ({ ...item, list: this.values(item.value) }));
      if (lists.some(({ list }) => list === null)) return quiet;
      return counted(name, lists.map((item) => ({ ...item, value: seq(item.list) }))) ?? quiet;
    }
    if (signalsOf(items).length > 0) return this.passed(callee, name, items, node);
    if (type === "layer" || type === "layers") {
      // Where a layer runs: one without a name has its place here.
      if (!callee.root) this.root(callee, null, node.line);
      if (callee.root) callee.root.called = true;
      return quiet;
    }
    if (path?.length > 1 && ADDERS.has(name)) return this.added(path.slice(0, -1), name, items, node);
    if (name === "setattr" && items.length === 3) return this.attached(items, node);
    if (name === "deepcopy" && items.length > 0) return this.copied(items[0].value);
    if (MODULES.has(name)) return this.group(items, node);
    if (LISTS.has(name) && items.some(({ value }) => value.type === "unknown")) return quiet;
    if (LISTS.has(name)) return { ...this.group(items, node), isPython: true };
    if (name === "getattr" && items[1]?.value.type === "str") {
      return this.attribute(items[0].value, items[1].value.value);
    }
    if (WRAPPERS.has(name) && items.length > 0) return items[0].value;
    if (name === "Parameter" && items[0]?.value.sizes) return items[0].value;
    const sizes = path ? sizesOf(path.join("."), items) : null;
    if (sizes) return { ...quiet, sizes };
    if (REGISTERS.has(path?.join(".")) && items[1]?.value.sizes) {
      this.bind(`self.${items[0].value.value}`, this.doubted(items[1].value));
    }
    const kind = name.replace(/^Parametrized/, "");
    if (isLayer(kind)) return this.layer(kind, items, node);
    if (node.printed) return this.group(items, node);
    const text = path?.join(".") ?? callee.method ?? "";
    const found = this.unfamiliar(text, name, items, node);
    const beside = callee.quiet || QUIET.test(text) || (callee.method && /^[a-z_]/.test(name));
    return found.called && beside ? quiet : found;
  }

  // --- The way through a forward ---

  // What a signal passes on its way through the forward of an object, or null where that cannot be
  // said: all { steps, end } with the `places` of what they pass in the object, and what lies on
  // the longest way, { parts, keys }. PyTorch's forward of the class would run its `own` parts.
  followed(forward, parts, keys, own, node) {
    if (!forward || this.unfollowed.has(forward.node)) return null;
    const outer = { following: this.following, frame: this.frame, roots: this.roots };
    const following = { own, isLost: false, isLoose: false, isMeasured: false, isIndexed: false,
      steps: [], notes: [], met: [], bound: [], when: null, conditions: [] };
    this.following = following;
    let ends = [];
    try {
      const value = this.invoked(forward, [{ name: null, value: entering() }], node);
      ends = following.isLost ? [] : signalsIn(value);
    } catch (problem) {
      if (!(problem instanceof Problem) || problem instanceof Stop) throw problem;
    } finally {
      Object.assign(this, outer);
      for (const [self, text] of following.bound) self.names.set(text, { ...UNKNOWN, quiet: true });
    }
    if (ends.length === 0) {
      this.unfollowed.add(forward.node);
      return null;
    }
    const [first] = ends;
    const end = ends.reduce((one, other) => (other.depth > one.depth ? other : one));
    const way = wayOf(end).map(({ value }) => value);
    const places = this.placesOf(parts, keys);
    this.isLoose ||= following.isLoose;
    for (const note of following.notes) this.note(...note);
    for (const one of following.met) this.notKnown(one, node.line);
    this.beside(parts, places, way, forward.node);
    return { parts: way, keys: way.map((value) => places.get(value)), places,
      steps: following.steps, end: end.step, isVaried: !isPlain(end)
        || ends.some((one) => !this.isAlike(one, first)) };
  }

  // Whether two signals have come through the same layers that change a length.
  isAlike(one, other) {
    const [a, b] = [one, other].map((signal) => wayOf(signal)
      .flatMap(({ value }) => this.leaves(value)).filter(({ layer }) => !keepsLength(layer)));
    return a.length === b.length && a.every(({ layer }, i) => layer.text === b[i].layer.text);
  }

  // Names the layers that the longest way through a forward does not pass.
  beside(parts, places, way, { line }) {
    const passed = new Set(way.flatMap((value) => this.leaves(value)));
    const missed = (value) => this.leaves(value).filter((leaf) => !passed.has(leaf) && isOfWeight(leaf));
    const names = parts.flatMap((part) => {
      const left = missed(part);
      if (left.length === 0) return [];
      if (left.length === this.leaves(part).length) return [places.get(part)];
      return left.map((leaf) => places.get(leaf)).filter(Boolean);
    });
    if (names.length === 0) return;
    this.note(line, `the longest way through forward does not pass ${shorten(names.join(", "), 80)}, so `
      + "that is left out");
  }

  // By which name each value is found in the parts of an object.
  placesOf(parts, keys, path = "", depth = 0, found = new Map()) {
    for (const [i, part] of parts.entries()) {
      this.look(part, depth);
      const name = `${path}${keys?.[i] ?? i}`;
      if (!found.has(part)) found.set(part, name);
      const inner = part.own ?? { parts: this.itemsOf(part) ?? [], keys: part.keys };
      this.placesOf(inner.parts, inner.keys, `${name}.`, depth + 1, found);
    }
    return found;
  }

  // What a layer or a function makes of signals.
  passed(callee, name, items, node) {
    const { type } = callee;
    const signals = signalsOf(items);
    if (type === "layer" || type === "layers") return this.through(callee, signals, items, node);
    if (name === "checkpoint" && items[0].value.type?.startsWith("layer")) {
      return this.passed(items[0].value, "", items.slice(1), node);
    }
    if (name === "dim" || name === "ndimension") return int(3);
    if (name === "size") return this.sizeOf(signals[0], items);
    // A layer that is not known was named where it is made, and keeps the length as far as is known.
    if (callee.called && !callee.method) {
      const signal = farthest(signals);
      if (!signal.ended) this.following.met.push(callee);
      return signal;
    }
    if (callee.isSuper && name === "forward" && this.following.own.length > 0) {
      return this.following.own.reduce((signal, part) => (signal.type === "signal"
        ? this.through(part, [signal], [], node) : signal), signals[0]);
    }
    const isTorchs = !callee.path || FUNCTIONAL.test(callee.path.join("."));
    const shape = isTorchs && !signals[0].isStacked ? shaping(name, items, signals[0]) : null;
    if (shape && items.some(({ value }) => isDoubtful(value))) return this.lost();
    if (shape) return this.shaped(signals[0], shape, shorten(callee.path?.join(".") ?? name), node);
    const { following } = this;
    const isTurned = following.isMeasured && (following.isIndexed || name !== "unsqueeze");
    const turnsInput = turns(name) && signals[0].depth === 0;
    if (turnsInput && isTurned) return this.lost();
    if (turnsInput && name !== "unsqueeze") {
      // What is asserted of the input before it is turned is not about its samples.
      following.steps = following.steps.filter(({ value, given }) => value?.layer?.kind !== "Raise"
        || !given.includes(null));
    }
    const how = joining(name);
    const found = made(name, how ? farthest(signals) : signals[0], items);
    if (found === undefined) return this.lost();
    if (found === null) return { type: "unknown", quiet: true };
    if (mayChangeChannels(name)) this.following.isLoose = true;
    return how && signals.length > 1 ? this.meet(how, signals, node, name.endsWith("_")) : found;
  }

  through(callee, signals, items, node) {
    const signal = farthest(signals);
    if (signals.some(({ isStacked }) => isStacked)) return this.lost();
    if (callee.forward && (items.length > 1 || callee.isVaried || !callee.steps)) {
      return this.calledAgain(callee, signal, items, node);
    }
    return this.behind(callee, signal, items, node);
  }

  // An object that is given more than a signal, or gives other than one like it, is followed anew.
  calledAgain(callee, signal, items, node) {
    const { following } = this;
    const { isLost, steps: { length } } = following;
    const value = this.invoked(callee.forward, items, node);
    if (isLost || !following.isLost || callee.steps) return value;
    Object.assign(following, { isLost });
    following.steps.length = length;
    return this.behind(callee, signal, items, node);
  }

  behind(callee, signal, items, { line }) {
    const leaves = this.leaves(callee);
    if (signal.ended || signal.isSwapped) return leaves.some(isOfWeight) ? this.lost() : signal;
    if (leaves.length === 0) return signal;
    const isSingle = leaves.some(({ layer }) => layer.settings.output_size === 1);
    const size = sizeAsked(callee, items);
    const own = size && !isDoubtful(size) ? outputSize(size) : null;
    if (size && (!own || callee.layer?.kind !== "ConvTranspose1d")) {
      const words = "output_size decides a length here, and it is not followed";
      this.following.notes.push([line, words, true]);
    } else if (size) {
      return this.stepped(behind(signal, callee, isSingle, { ...callee.layer.settings, ...own }));
    }
    return this.stepped(behind(signal, callee, isSingle));
  }

  // The signal behind a function that makes it longer or shorter, or a cut.
  shaped(signal, { kind, settings }, called, node) {
    if (signal.ended) return signal;
    if (signal.isSwapped && kind !== "Cut" && kind !== "Narrow") return this.lost();
    const { following } = this;
    if (signal.depth === 0) following.isMeasured = following.isIndexed = true;
    const text = shorten(node.text ?? this.written(node), 60) || called;
    const layer = { kind, settings, text, called, line: node.line, name: null };
    const isShaping = kind === "Cut" || kind === "Narrow" || kind.includes("Pad");
    const value = { type: "layer", layer, isFunction: true, isShaping };
    const { when } = following;
    const own = when ? { ...settings, when } : settings;
    return this.stepped(behind(signal, value, settings.output_size === 1, own));
  }

  // The sizes of a signal, of which only the number of samples is of account.
  shapeOf(signal) {
    if (signal.ended || signal.isStacked) return { ...UNKNOWN, quiet: true };
    if (signal.depth === 0) this.following.isMeasured = true;
    const sizes = [0, 1, 2].map(() => ({ ...UNKNOWN, quiet: true }));
    sizes[signal.isSwapped ? 1 : 2] = lengthOf(signal);
    return { ...seq(sizes), view: signal, open: "torch.Size" };
  }

  // x.size() or x.size(dim)
  sizeOf(signal, items) {
    const shape = this.shapeOf(signal);
    const place = items.length > 1 ? this.placeOf(shape, items[1].value.value) : null;
    return items.length === 1 ? shape : shape.items?.[place] ?? { ...UNKNOWN, quiet: true };
  }

  attribute(value, name) {
    if (value.type === "signal" && name === "shape") return this.shapeOf(value);
    if (value.type === "signal" && name === "ndim") return int(3);
    if (value.type === "signal" && name === "mT") {
      const items = [value, int(-2), int(-1)].map((one) => ({ name: null, value: one }));
      return this.passed({}, "transpose", items);
    }
    return settingOf(value, name) ?? super.attribute(value, name);
  }

  // The signal behind a place where others come together: all at once or one by one.
  meet(joins, signals, node, isInPlace) {
    const most = farthest(signals);
    const many = signals.filter(({ ended }) => !ended);
    if (most.ended) return most;
    const isOther = ({ isSwapped, isStacked }) => isSwapped !== most.isSwapped || isStacked;
    if (many.some(isOther)) return this.lost();
    const text = shorten(this.written(node), 60) || "…";
    const how = { joins, isInPlace, line: node.line, text };
    const isOne = (some) => joins !== "stack" && some.every(({ step }) => step === some[0].step);
    const meeting = (some) => (isOne(some) ? farthest(some) : this.stepped(together(some, how)));
    return joins === "sum" ? many.reduce((one, other) => meeting([one, other])) : meeting(many);
  }

  stepped(signal) {
    const { following } = this;
    const { step } = signal;
    step.way = following;
    step.conditions = following.conditions;
    const isOdd = step.given.some((one) => one !== null && one.way !== following);
    if (isOdd || (following.when && !step.settings?.when)) return this.lost();
    following.steps.push(step);
    return signal;
  }

  mixed(sign, values, node) {
    const signals = values.filter(({ type }) => type === "signal");
    if (signals.length === 0) {
      const sized = values.find(({ sizes }) => sizes);
      return sized && sign !== "@" && values.some(isNumber) ? { ...sized } : null;
    }
    return sign === "@" ? this.lost() : this.meet("sum", signals, node, node.op === "assign");
  }

  // x[0] is the first of what a layer returns; slices cut samples, channels or the batch.
  part(signal, index, node) {
    if (signal.isStacked) return this.lost();
    if (index.length === 1 && index[0].value?.op === "number") return signal;
    const slices = slicesOf(index);
    if (!slices) return this.lost();
    const samples = signal.isSwapped ? 1 : 2;
    const isBeside = slices.some((slice, i) => slice && i !== samples);
    this.following.isLoose ||= isBeside;
    if (signal.depth === 0 && isBeside) this.following.isMeasured = this.following.isIndexed = true;
    if (!slices[samples]) return signal;
    const bounds = slices[samples].map((part) => part && this.value(part));
    const cut = bounds.some((bound) => bound && isDoubtful(bound)) ? null : cutting(bounds);
    if (!cut) return this.lost();
    const text = node.links.length === 1 ? this.written(node) : `…${this.written(node.links.at(-1))}`;
    return this.shaped(signal, cut, "the cut", { ...node, text });
  }

  lost() {
    if (this.following) this.following.isLost = true;
    return { type: "unknown", quiet: true };
  }

  doubting(line, run) {
    if (this.following) this.following.isLost = true;
    return super.doubting(line, run);
  }

  method(callee, items, node) {
    if (callee.of.type !== "signal") return super.method(callee, items, node);
    return this.passed({}, callee.name, [{ name: null, value: callee.of }, ...items], node);
  }

  unfamiliar(text, name, items, { line }) {
    const holding = items.map(({ value }) => value).filter((value) => this.leaves(value).length > 0);
    if (holding.some((value) => !value.root && !value.inside)) {
      this.note(line, `${shorten(text || "this call")} is not known here, so the layers in it are `
        + "taken one after the other", true);
      return this.kept({ type: "layers", parts: holding });
    }
    if (/^[A-Z]\w*[23]d$/.test(name)) {
      this.widerIn(line).push(shorten(name));
      return { type: "unknown", quiet: true };
    }
    return { type: "unknown", called: text || "this", holding };
  }

  // The names of the layers of more dimensions in a line, which its remark names in the end.
  widerIn(line) {
    const names = this.wider.get(line) ?? [];
    this.wider.set(line, names);
    this.note(line, () => {
      const [last, ...others] = [...new Set(names)].reverse();
      const all = others.length > 0 ? `${others.reverse().join(", ")} and ${last} have` : `${last} has`;
      const dimensions = [...new Set(names.map((name) => name.at(-2)))].sort().join(" or ");
      return `${shorten(all, 200)} ${dimensions} dimensions and this page counts one, so `
        + `${others.length > 0 ? "they are" : "it is"} left out`;
    }, true);
    return names;
  }

  // What a list or dictionary of Python's holds, with names, or null for anything else.
  listed(value) {
    if (value.pairs) return value.pairs;
    if (value.type !== "seq" && !value.isPython) return null;
    return this.itemsOf(value).map((one, i) => ({ name: value.keys?.[i] ?? null, value: one }));
  }

  // A container of layers: nn.Sequential and its like, from arguments, a list or a dictionary.
  group(items, node) {
    const [first] = items;
    const list = items.length === 1 && first.name === null ? this.listed(first.value) : null;
    if (list && first.value.root) first.value.root.used = true;
    const given = list ?? items;
    const parts = [];
    const keys = [];
    for (const item of given) {
      let { name, value } = item;
      if (value.type === "seq" && value.items.length === 2 && value.items[0].type === "str") {
        name = value.items[0].value;
        value = value.items[1];
      }
      if (this.built(value)) {
        parts.push(value);
        keys.push(name ?? value.label ?? null);
      } else if (value.type !== "str" && value.type !== "int" && value.type !== "none") {
        this.leftOut(value, value.line ?? node.line, false);
      }
    }
    return this.kept({ type: "layers", parts, keys });
  }

  layer(kind, items, node) {
    const unknown = items.find(({ name }) => name === "**");
    const given = items.filter(({ name }) => name !== "**").map(unmeasured);
    const { layer, problem, remarks = [] } = layerFrom(kind, given);
    const what = unknown && `**${shorten(unknown.value.text || "…")} is not understood`;
    if (unknown && !problem) this.note(node.line, `${what}, so this ${kind} is counted without it`, true);
    if (problem) {
      this.note(node.line, `${unknown ? `${what} and ` : ""}${problem}, so this ${kind} is left out`, true);
      return { type: "unknown", quiet: true };
    }
    const doubt = given.find(({ value }) => value.doubt)?.value.doubt;
    if (doubt) this.note(doubt, "what is read here without being followed counts in a layer", true);
    for (const remark of remarks) this.note(node.line, remark);
    return { type: "layer", layer: { ...layer, line: node.line } };
  }

  // A class that is one of PyTorch's layers, with its arguments.
  inherited(callee, items, node) {
    const kind = namesOf(callee.node).find(isLayer);
    if (!kind) return false;
    const value = this.layer(kind, items, node);
    if (value.type !== "layer") return true;
    this.root(value, null, node.line);
    for (const name of OWN) {
      const setting = settingOf(value, name);
      if (setting) this.frame.self.names.set(`self.${name}`, setting);
    }
    return true;
  }

  // Whether a class is one of PyTorch's layers or an nn.Sequential, maybe by way of others.
  isPyTorchs(callee) {
    const above = this.above(callee);
    if (above) return this.isPyTorchs(above);
    return namesOf(callee.node).some((name) => isLayer(name) || name === "Sequential");
  }

  copied(value, depth = 0) {
    this.look(value, depth);
    // What has a plain name is of no use but as a pattern.
    if (depth === 0 && value.root && !value.root.name?.includes(".")) value.root.used = true;
    const each = (list) => list.map((one) => this.copied(one, depth + 1));
    if (value.type === "layer") return { ...value, root: undefined, inside: false };
    if (value.type === "layers") return { ...value, parts: each(value.parts), root: undefined };
    return value.type === "seq" && !value.pairs ? seq(each(value.items)) : value;
  }

  // setattr(module, name, layer) and module.add_module(name, layer).
  attached(items, node) {
    const [label, value] = items.slice(-2).map((item) => item.value);
    if (this.built(value)) this.root(value, label.type === "str" ? label.value : null, node.line);
    return { type: "unknown", quiet: true };
  }

  // Into a list that the code has not made before.
  added(path, name, items, node) {
    if (name === "add_module" || name === "register_module") {
      return items.length === 2 ? this.attached(items, node) : { type: "unknown", quiet: true };
    }
    if (!this.laysIn(items)) return { type: "unknown", quiet: true };
    const list = seq([]);
    this.bind(path.join("."), list);
    this.root(list, path.join("."), node.line);
    return this.method({ of: list, name }, items, node);
  }
}

// Whether a case only gives names to values, or refuses what comes.
function isFollowable(one) {
  const isName = ({ op, items }) => op === "name" || (op === "tuple" && items.every(isName));
  return isRaise(one) || one.body.every(({ op, targets }) => op === "assert"
    || (op === "assign" && targets.every(isName)));
}

const RAISE = { text: "raise", called: "raise" };

function isRaise({ body }) {
  return body.length === 1 && body[0].word === "raise";
}

// Whether a number, or one in a list, is from a branch that may not have been taken.
function isDoubtful({ doubt, items, sizes }) {
  return Boolean(doubt) || (items ?? sizes ?? []).some((one) => one.doubt);
}

// The sizes of a tensor that PyTorch makes, or null.
function sizesOf(path, items) {
  if (!/^torch\.(empty|rand|randn|zeros|ones|Tensor)$/.test(path)) return null;
  const given = items.filter(({ name }) => name === null || name === "size");
  const sizes = given.map(({ value }) => value);
  if (sizes[0]?.type !== "seq") return sizes;
  return path === "torch.Tensor" ? null : sizes[0].items; // Of a list, that is what a tensor holds.
}

// What gives an object a tensor of its own under a name.
const REGISTERS = new Set(["self.register_buffer", "self.register_parameter"]);

// Where the functions of PyTorch are; elsewhere the same name may mean anything.
const FUNCTIONAL = /^(F|functional|nn\.functional|torch(\.nn\.functional)?)\.\w+$/;
// What changes a list or gives a name to something, whether or not a signal is changed with it.
const CHANGES_LISTS = new Set([...ADDERS, "pop", "remove", "clear", "reverse", "update", "setattr",
  ":="]);

// What a convolution says of itself, in lists of one number.
const OWN = ["kernel_size", "stride", "padding", "dilation", "output_padding"];

function settingOf({ type, layer }, name) {
  if (type !== "layer" || !layer.kind.startsWith("Conv") || !OWN.includes(name)) return null;
  const value = layer.settings[name];
  return Number.isInteger(value) ? { ...seq([int(value)]), open: "(" } : null;
}

// Layers that are made by the length of a signal are not followed.
function unmeasured(item) {
  const isMeasured = isLength(item.value) || item.value.items?.some(isLength);
  return isMeasured ? { ...item, value: { ...UNKNOWN, text: "the length of a signal" } } : item;
}

// The output_size that a transposed convolution is called with, if it is.
function sizeAsked({ layer }, items) {
  const second = layer?.kind === "ConvTranspose1d" ? items.slice(1).find(({ name }) => name === null) : null;
  const size = (items.find(({ name }) => name === "output_size") ?? second)?.value;
  return size?.type === "none" ? null : size;
}

// Whether something is called as classes are: what it makes may be a layer.
function isBlock(called) {
  return /^[A-Z]|^this$/.test(called.split(".").pop());
}

// Whether a layer may change a length or looks at more than one sample.
function isOfWeight({ layer }) {
  return !keepsLength(layer) || layer.kind.startsWith("Conv");
}

// Whether a signal is as one that a forward is given.
function isPlain({ ended, isSwapped, isSingle, isStacked }) {
  return !ended && !isSwapped && !isSingle && !isStacked;
}

// The last names of the classes that a class extends.
function namesOf({ bases }) {
  return bases.map(({ value }) => value?.name ?? value?.links?.at(-1).attribute ?? "");
}

// The signals among the arguments of a call, alone or in lists.
function signalsOf(items) {
  return items.flatMap(({ value }) => (value.type === "seq" ? value.items : [value]))
    .filter(({ type }) => type === "signal");
}

// The signals that a forward returns, one alone or in lists and dictionaries.
function signalsIn(value, depth = 0) {
  if (value.type === "signal") return [value];
  return value.type === "seq" && depth < 3 ? value.items.flatMap((one) => signalsIn(one, depth + 1)) : [];
}
