// Both ways of a condition that is not known: each is evaluated, and what they agree on is kept.
import {
  Bound,
  Dict,
  Instance,
  List,
  Raised,
  SetOf,
  Stop,
  Tuple,
  Unknown,
} from "./python_values.js";
import { bornSoFar, equal } from "./python_values.js";

/** What ends a block early: a "return" with its value, a "break" or a "continue". */
export const Flow = class {
  constructor(kind, value = null) {
    this.kind = kind;
    this.value = value;
  }
};

/** What a program changes, so that it can be undone. Each level of it undoes one way. */
export const Journal = class {
  constructor() {
    this.levels = [];
  }

  /** Has to be told of each Map, list or object before it is changed. */
  touch(target) {
    for (const level of this.levels) {
      const isOlder = !(target.born > level.born);
      if (isOlder && !level.has(target)) level.set(target, contentOf(target));
    }
  }

  /** What `run` returns or throws, and what it changes, all of which is undone. */
  trial(run) {
    // What is made from here on is seen by nobody else.
    const level = Object.assign(new Map(), { born: bornSoFar() });
    this.levels.push(level);
    /** @type {{ writes: Map<any, any>, value?: any, error?: any }} */
    const found = { writes: new Map() };
    try {
      found.value = run();
    } catch (error) {
      if (!(error instanceof Raised || error instanceof Stop)) throw error;
      found.error = error;
    } finally {
      this.levels.pop();
      for (const [target, before] of level) {
        found.writes.set(target, { after: contentOf(target), before });
        restore(target, before);
      }
    }
    return found;
  }
};

function contentOf(target) {
  if (target instanceof Map) return new Map(target);
  return { items: target.items && [...target.items], tainted: target.tainted };
}

function restore(target, content) {
  if (target instanceof Map) {
    target.clear();
    for (const [key, value] of content) target.set(key, value);
    return;
  }
  if (content.items) target.items = [...content.items];
  target.tainted = content.tainted;
}

/**
 * Evaluates both ways and keeps what they agree on: the value that both return. Where they differ
 * there is what `doubt(isKnown)` makes: an unknown value. Throws where one of them cannot go on.
 */
export function bothWays(python, ways, doubt) {
  const { length } = python.marks;
  const tried = ways.map((way) => {
    const found = python.journal.trial(way);
    return { ...found, marks: python.marks.splice(length) };
  });
  const errors = tried.map(({ error }) => error);
  if (errors.every(Boolean)) {
    if (errors.every((error) => error instanceof Raised && error.words === errors[0].words))
      throw errors[0];
    throw doubt.stop();
  }
  if (errors.some(Boolean)) throw doubt.stop();
  const [a, b] = tried;
  const merged = new Merging(python, doubt);
  for (const target of new Set([...a.writes.keys(), ...b.writes.keys()])) {
    const before = (a.writes.get(target) ?? b.writes.get(target)).before;
    const [one, other] = [a, b].map(({ writes }) => writes.get(target)?.after ?? before);
    python.journal.touch(target);
    merged.into(target, one, other);
  }
  // What has run is certain as far as it is the same either way.
  const differ = a.marks.findIndex(({ key }, i) => key !== b.marks[i]?.key);
  const isSame = differ < 0 && a.marks.length === b.marks.length;
  python.marks.push(
    ...(isSame ? a.marks : [...a.marks.slice(0, Math.max(differ, 0)), { doubt: merged.doubt }]),
  );
  return merged.value(a.value, b.value);
}

class Merging {
  constructor(python, doubt) {
    this.python = python;
    this.doubt = doubt.value();
    this.stop = doubt.stop;
  }

  into(target, one, other) {
    if (target instanceof Map) {
      target.clear();
      for (const key of new Set([...one.keys(), ...other.keys()])) {
        const [a, b] = [one, other].map((map) => (map.has(key) ? map.get(key) : undefined));
        // In a dictionary, each key leads to a pair of it and its value.
        const isPair = Array.isArray(a ?? b);
        if (isPair) target.set(key, [(a ?? b)[0], a && b ? this.value(a[1], b[1]) : this.doubt]);
        else target.set(key, a === undefined || b === undefined ? this.doubt : this.value(a, b));
      }
      return;
    }
    target.tainted = one.tainted ?? other.tainted;
    if (!one.items) return;
    if (one.items.length === other.items.length) {
      target.items = one.items.map((item, i) => this.value(item, other.items[i]));
    } else target.tainted = this.doubt;
  }

  value(a, b) {
    if (a === b) return a;
    if (a instanceof Flow || b instanceof Flow) {
      if (a?.kind !== b?.kind) throw this.stop();
      return new Flow(a.kind, this.value(a.value, b.value));
    }
    if (a?.agrees) return a.agrees(b) ? a : this.doubt;
    if (a instanceof Unknown && b instanceof Unknown) return a;
    const isList = a instanceof List && b instanceof List;
    if (isList || (a instanceof Tuple && b instanceof Tuple)) {
      if (a.items.length !== b.items.length || a.tainted || b.tainted) return this.doubt;
      const items = a.items.map((item, i) => this.value(item, b.items[i]));
      return a instanceof Tuple ? new Tuple(items, a.fields) : new List(items);
    }
    if (a instanceof Bound && b instanceof Bound && a.self === b.self && a.callee === b.callee)
      return a;
    const isOther = [Dict, SetOf, Instance].some((kind) => a instanceof kind);
    return !isOther && typeof a === typeof b && equal(a, b, this.python) === true ? a : this.doubt;
  }
}
