// Evaluates Python as Python would: names, calls, attributes and loops. What a value cannot be told
// of is unknown, which does no harm until it matters; what cannot be evaluated ends in a Stop.
import { expressions, statements } from "./python_expressions.js";
import { Bound, ClassOf, Dict, Func, Instance, Iter, List, Namespace } from "./python_values.js";
import { Native, Property, Raised, Stop, Super, Tuple } from "./python_values.js";
import { Unknown, truth, typeName, unknownOf } from "./python_values.js";

/** How far code is evaluated: expressions in all, calls in each other, and ways of conditions. */
export const FOLLOWED = { steps: 250000, calls: 60, ways: 64 };

const unread = (python, { op }) => python.stop(`${op} is not evaluated here`);

export const Evaluator = class {
  /** `library` says what code may use without defining it, and how values of other kinds are taken. */
  constructor(source, library) {
    this.source = source;
    this.library = library;
    /** @type {{ names: Map<string, any>, parent: any, isClass?: boolean }} */
    this.globals = { names: new Map([["__name__", "__main__"]]), parent: null };
    /** @type {any} */
    this.frame = { scope: this.globals };
    this.statement = null;
    this.steps = 0;
    this.most = FOLLOWED.steps;
    this.depth = 0;
    /** @type {Map<any, any> | null} What has been changed since `trial` began, as it was before. */
    this.journal = null;
    /** @type {any} The ways that conditions take which are not known, while they are tried. */
    this.ways = null;
    /** @type {any} What the library keeps here: what has run, the call that runs, and the input. */
    this.marks = [];
    this.node = null;
    this.input = null;
    this.overrides = null;
    this.hasAsked = false;
    this.hasJoined = false;
    this.stars = null; // The statement of an import of everything from an unknown module.
  }

  unknown(why, statement = this.statement) {
    return new Unknown(statement, why);
  }

  // What is imported from elsewhere.
  foreign(why) {
    return Object.assign(this.unknown(why), { isForeign: true });
  }

  stop(why, statement = this.statement) {
    throw new Stop(statement, why);
  }

  // Ends where something unknown matters.
  needs(value) {
    const odd = value?.tainted ?? value;
    if (odd instanceof Unknown) throw new Stop(odd.statement, odd.why, odd.isInput);
    return value;
  }

  count() {
    this.steps += 1;
    if (this.steps > this.most) this.stop("this goes on for too long to be evaluated here");
  }

  // Whether a value is true. Where that is not known, each way is taken, in a run of its own.
  met(value) {
    return truth(value, this) ?? this.way(unknownOf(this, value));
  }

  // The way that a condition takes in this run: the same one for each of the same `key`.
  way({ why, isInput }, key = null) {
    const words = `its two ways differ, and which is taken is not known: ${why}`;
    if (!this.ways) this.stop(words);
    const { taken } = this.ways;
    const same = key && taken.slice(0, this.ways.at).find((one) => one.key === key);
    if (same) return same.isMet;
    if (taken.length >= FOLLOWED.ways) this.stop(words);
    taken[this.ways.at] ??= { isMet: true, key, stop: new Stop(this.statement, words, isInput) };
    this.ways.at += 1;
    return taken[this.ways.at - 1].isMet;
  }

  lookup(name) {
    const { scope: own } = this.frame;
    for (let scope = own; scope; scope = scope.parent) {
      const found = scope === own || !scope.isClass ? scope.names.get(name) : undefined;
      // What is imported from elsewhere matters where it is used.
      if (found?.isForeign) return Object.assign(this.foreign(found.why), { text: name });
      if (found !== undefined) return found;
    }
    if (this.library.names.has(name)) return this.library.names.get(name);
    const common = this.library.common(name);
    // What an import of everything may bring may be anything, but for the usual names of modules.
    if (common && (!this.stars || common instanceof Namespace)) return common;
    const why = this.stars
      ? `${name} may come from the import of everything in line ${this.stars.line}, which is not seen here`
      : this.library.others.includes(name)
        ? `${name} is not evaluated here`
        : `the code does not say what ${name} is`;
    return Object.assign(this.unknown(why), { text: name });
  }

  assign(name, value) {
    this.write(this.frame.scope.names, name, value);
  }

  // --- Changes ---

  // What `run` returns; what it changes is undone.
  trial(run) {
    this.journal = new Map();
    try {
      return run();
    } finally {
      for (const [target, { map, items, tainted }] of this.journal) {
        if (map) {
          target.clear();
          for (const [key, value] of map) target.set(key, value);
        } else Object.assign(target, { items, tainted });
      }
      this.journal = null;
    }
  }

  // Has to be told of each Map or object before it is changed.
  touch(target) {
    if (!this.journal || this.journal.has(target)) return;
    const { items, tainted } = target;
    this.journal.set(target, target instanceof Map ? { map: new Map(target) } : { items, tainted });
  }

  write(map, key, value) {
    this.touch(map);
    map.set(key, value);
  }

  remove(map, key) {
    this.touch(map);
    map.delete(key);
  }

  refill(list, items) {
    this.touch(list);
    list.items = items;
  }

  taint(value, doubt) {
    const isTaintable = [List, Dict, Instance].some((kind) => value instanceof kind);
    if (!isTaintable || value.tainted) return;
    this.touch(value);
    value.tainted = doubt;
  }

  value(node) {
    this.count();
    const found = (expressions[node.op] ?? unread)(this, node);
    return found?.tainted ?? found;
  }

  // Runs statements; what ends them early is { kind: "return", "break" or "continue", value }.
  block(body) {
    try {
      for (const node of body) {
        this.count();
        this.statement = node;
        const flow = (statements[node.op] ?? unread)(this, node);
        if (flow) return flow;
      }
      return null;
    } catch (error) {
      if (error instanceof Raised) error.statement ??= this.statement;
      throw error;
    }
  }

  attribute(value, name) {
    if (value instanceof Unknown) return value;
    const found = this.found(value, name);
    if (found !== undefined) return found;
    return this.stop(`${name} of ${typeName(value)} is not evaluated here`);
  }

  // The attribute, or undefined.
  found(value, name) {
    if (value instanceof Instance) return this.ofInstance(value, name);
    if (value instanceof ClassOf) return name === "__name__" ? value.name : value.get(name);
    if (value instanceof Namespace) {
      const own = value.attrs.get?.(name) ?? value.attrs.call?.(null, name);
      return own ?? this.unknown(`${value.name}.${name} is not evaluated here`);
    }
    if (value instanceof Super) return this.ofSuper(value, name);
    if (value instanceof Func || value instanceof Native)
      return this.unknown(`${name} of a function is not evaluated here`);
    if (name === "__class__") return this.library.typeOf(value);
    if (value?.attribute) return value.attribute(name, this);
    const method = this.library.method(value, name);
    return method && new Bound(value, method);
  }

  ofInstance(value, name) {
    if (value.attrs.has(name)) return value.attrs.get(name);
    if (name === "__class__") return value.cls;
    if (value.cls.get("__getattr__")) this.stop("__getattr__ is not evaluated here");
    return this.bound(value.cls.get(name), value);
  }

  ofSuper({ self, owner }, name) {
    const { mro } = self.cls;
    const next = mro.slice(mro.indexOf(owner) + 1).find(({ attrs }) => attrs.has(name));
    if (next) return this.bound(next.attrs.get(name), self);
    return name === "__init__" ? new Native("__init__", () => null) : undefined;
  }

  bound(own, self) {
    if (own instanceof Property) return this.call(own.getter, [self]);
    return own instanceof Func || own instanceof Native ? new Bound(self, own) : own;
  }

  setAttribute(value, name, given) {
    if (value instanceof Unknown || value?.tainted) return;
    const setter = value instanceof Instance && value.cls.get("__setattr__");
    if (setter) this.call(setter, [value, name, given]);
    else if (value instanceof Instance || value instanceof ClassOf)
      this.write(value.attrs, name, given);
    else this.stop("this is not evaluated here");
  }

  // --- Calls ---

  call(callee, args = [], named = new Map()) {
    this.count();
    const own = callee?.tainted ?? callee;
    if (own instanceof Bound) return this.call(own.callee, [own.self, ...args], named);
    if (own instanceof Native) return own.run({ args, named, python: this });
    if (own instanceof Func) return this.deeper(() => this.callFunction(own, args, named));
    if (own instanceof ClassOf) return this.deeper(() => this.made(own, args, named));
    if (own instanceof Unknown) {
      const doubt = this.unknown(`${own.why}, and it may change what it is given`);
      for (const value of [...args, ...named.values()]) this.taint(value, doubt);
      return own;
    }
    const inner = own instanceof Instance && own.cls.get("__call__");
    if (inner) return this.call(inner, [own, ...args], named);
    return this.stop(`a call of ${typeName(own)} is not evaluated here`);
  }

  deeper(run) {
    if (this.depth >= FOLLOWED.calls) this.stop("calls are nested too deep to be evaluated here");
    const { frame, statement } = this;
    this.depth += 1;
    try {
      return run();
    } finally {
      this.depth -= 1;
      this.frame = frame;
      this.statement = statement;
    }
  }

  made(cls, args, named) {
    const maker = cls.mro.find(({ construct }) => construct);
    if (maker) return maker.construct({ args, named, python: this, cls });
    const object = new Instance(cls);
    const init = cls.get("__init__");
    const made = init && this.call(init, [object, ...args], named);
    return made instanceof Unknown ? made : object;
  }

  callFunction(callee, args, named) {
    const names = this.argumentsOf(callee.node, args, named, callee.defaults);
    this.frame = { scope: { names, parent: callee.scope }, owner: callee.owner, self: args[0] };
    return this.block(callee.node.body)?.value ?? null;
  }

  // The arguments of a call by the names that a definition gives them.
  argumentsOf({ name, parameters }, args, named, defaults = []) {
    const names = new Map();
    const rest = new Map(named);
    const positional = [...args];
    const missing = [];
    for (const [i, { name: own, star, isKeyword, byDefault }] of parameters.entries()) {
      if (star === "*") names.set(own, new Tuple(positional.splice(0)));
      else if (star === "**") names.set(own, new Dict([...rest]));
      else if (!isKeyword && positional.length > 0) names.set(own, positional.shift());
      else if (rest.has(own)) names.set(own, rest.get(own));
      else if (byDefault) names.set(own, defaults.length > 0 ? defaults[i] : this.value(byDefault));
      else missing.push(own);
      if (star === "**") rest.clear();
      else if (names.get(own) === rest.get(own)) rest.delete(own);
    }
    if (missing.length > 0) {
      const words = `${name}() is given nothing for ${missing.join(", ")}`;
      throw Object.assign(new Raised("TypeError", words), { missing });
    }
    if (positional.length > 0) this.stop(`${name}() is given too many arguments`);
    for (const [own] of rest) this.stop(`${name}() has no argument ${own}, or is given it twice`);
    return names;
  }

  // What runs through a value.
  iterate(value) {
    this.needs(value);
    if (value instanceof Iter) return value;
    if (Array.isArray(value?.items)) {
      let at = -1;
      return new Iter(() => {
        at += 1;
        return value.items[at];
      });
    }
    const own = value instanceof Instance && this.ofInstance(value, "__iter__");
    if (own) return this.iterate(this.call(own));
    const items =
      typeof value === "string"
        ? [...value]
        : value instanceof Dict
          ? [...value.map.values()].map(([key]) => key)
          : value?.all?.(this);
    if (!items) this.stop(`what is in ${typeName(value)} is not evaluated here`);
    return this.iterate(items instanceof Unknown ? items : new List(items));
  }

  // All that a value runs through.
  all(value) {
    const iter = this.iterate(value);
    const found = [];
    for (let item = iter.next(); item !== undefined; item = iter.next()) {
      this.count();
      found.push(item);
    }
    return found;
  }

  // The keys and values of a dictionary, or of a list of pairs.
  pairs(value) {
    if (value instanceof Dict) return [...value.map.values()];
    return this.all(value).map((pair) => this.all(pair));
  }
};
