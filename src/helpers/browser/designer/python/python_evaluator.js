// Evaluates Python as Python would: names, calls, attributes and loops. What a value cannot be told
// of is unknown, which does no harm until it matters; what cannot be evaluated ends in a Stop.
import { expressions } from "./python_expressions.js";
import { statements } from "./python_statements.js";
import { Bound, ClassOf, Dict, Func, Instance, Iter, List, Namespace } from "./python_values.js";
import { Native, Property, Raised, SetOf, Stop, Super, Tuple, Unbound } from "./python_values.js";
import { Unknown, fresh, truth, typeName } from "./python_values.js";
import { Journal } from "./python_ways.js";

/** How far code is evaluated: expressions in all, and calls in each other. */
export const FOLLOWED = { steps: 250000, calls: 60 };

export const Evaluator = class {
  /**
   * `library` says what code may use without defining it: { names: Map, modules(name), methods },
   * `marks` keeps what code leaves a mark of: { list }.
   */
  constructor(source, library) {
    this.source = source;
    this.library = library;
    this.journal = new Journal();
    /** @type {{ names: Map<string, any>, parent: any, isClass?: boolean, outer?: Map<string, any> }} */
    this.globals = { names: new Map([["__name__", "__main__"]]), parent: null };
    this.frame = { scope: this.globals };
    this.statement = null;
    this.steps = 0;
    this.most = FOLLOWED.steps;
    this.depth = 0;
    this.marks = []; // Texts of what has run, which both ways of a condition have to agree on.
    /** @type {any} What the library keeps here: the call that runs, the input, and what was asked. */
    this.node = null;
    this.input = null;
    this.overrides = null;
    this.hasAsked = false;
    this.hasJoined = false;
    this.serial = 0;
    this.stars = null; // The statement of an import of everything from an unknown module.
  }

  // --- What is not known ---

  unknown(why, statement = this.statement) {
    return new Unknown(statement, why);
  }

  stop(why, statement = this.statement) {
    throw new Stop(statement, why);
  }

  // Ends where something unknown matters.
  needs(value) {
    if (value instanceof Unknown) throw new Stop(value.statement, value.why);
    if (value?.tainted) throw new Stop(value.tainted.statement, value.tainted.why);
    return value;
  }

  count() {
    this.steps += 1;
    if (this.steps > this.most) this.stop("this goes on for too long to be evaluated here");
  }

  // --- Names ---

  lookup(name) {
    let { scope } = this.frame;
    for (let isFirst = true; scope; scope = scope.parent) {
      if ((isFirst || !scope.isClass) && scope.names.has(name))
        return this.used(name, scope.names.get(name));
      isFirst = false;
    }
    if (this.library.names.has(name)) return this.library.names.get(name);
    const common = this.library.common(name);
    // What an import of everything may bring may be anything, but for the usual names of modules.
    if (common && (!this.stars || common instanceof Namespace)) return common;
    const why = this.stars
      ? `${name} may come from the import of everything in line ${this.stars.line}, which is not seen here`
      : `the code does not say what ${name} is`;
    return Object.assign(this.unknown(why), { text: name });
  }

  // What is imported from elsewhere matters where it is used.
  used(name, value) {
    return value instanceof Unknown && value.isForeign
      ? Object.assign(this.unknown(value.why), { text: name, isForeign: true })
      : value;
  }

  assign(name, value) {
    let { scope } = this.frame;
    if (scope.outer?.has(name)) scope = scope.outer.get(name);
    this.write(scope.names, name, value);
  }

  write(map, key, value) {
    this.journal.touch(map);
    map.set(key, value);
  }

  taint(value, doubt) {
    const isTaintable = [List, Dict, SetOf, Instance].some((kind) => value instanceof kind);
    if (!isTaintable || value.tainted) return;
    this.journal.touch(value);
    value.tainted = doubt;
  }

  // --- Running ---

  value(node) {
    this.count();
    return expressions[node.op](this, node);
  }

  // Runs statements; what ends them early is { kind: "return", "break" or "continue", value }.
  block(body, from = 0) {
    try {
      for (let i = from; i < body.length; i += 1) {
        const node = body[i];
        this.count();
        this.statement = node;
        const flow = statements[node.op](this, node, () => this.block(body, i + 1));
        if (flow) return flow.kind === "over" ? null : flow;
      }
      return null;
    } catch (error) {
      if (error instanceof Raised) error.statement ??= this.statement;
      throw error;
    }
  }

  // Whether a value is true: true, false or, where that is not known, null.
  met(value) {
    return truth(value, this);
  }

  // --- Attributes ---

  attribute(value, name) {
    if (value instanceof Unknown) return value;
    if (value?.tainted) return value.tainted;
    const found = this.found(value, name);
    if (found !== undefined) return found;
    throw new Raised("AttributeError", `'${typeName(value)}' object has no attribute '${name}'`);
  }

  // The attribute, or undefined.
  found(value, name) {
    if (value instanceof Instance) return this.ofInstance(value, name);
    if (value instanceof ClassOf) return this.ofClass(value, name);
    if (value instanceof Namespace) {
      const own =
        typeof value.attrs === "function" ? value.attrs(name, this) : value.attrs.get(name);
      return own ?? this.unknown(`${value.name}.${name} is not evaluated here`);
    }
    if (value instanceof Super) return this.ofSuper(value, name);
    if (value instanceof Func) {
      if (name === "__name__") return value.node.name;
      return value.attrs.get(name);
    }
    if (value instanceof Tuple && value.fields?.includes(name)) {
      return value.items[value.fields.indexOf(name)];
    }
    if (name === "__class__") return this.library.typeOf(value);
    if (value?.attribute) return value.attribute(name, this);
    const method = this.library.method(value, name);
    return method && new Bound(value, method);
  }

  ofInstance(value, name) {
    if (value.attrs.has(name)) return value.attrs.get(name);
    if (name === "__class__") return value.cls;
    if (name === "__dict__") return this.unknown("__dict__ is not evaluated here");
    for (const cls of value.cls.mro) {
      if (cls.attrs.has(name)) return this.bound(cls.attrs.get(name), value, value.cls);
    }
    for (const cls of value.cls.mro) {
      if (cls.attrs.has("__getattr__"))
        return this.call(cls.attrs.get("__getattr__"), [value, name]);
    }
    return undefined;
  }

  ofClass(value, name) {
    if (name === "__name__") return value.name;
    const owner = value.mro.find(({ attrs }) => attrs.has(name));
    if (!owner) return undefined;
    const own = owner.attrs.get(name);
    return own instanceof Unbound ? this.bound(own, null, value) : own;
  }

  ofSuper({ self, owner }, name) {
    const isClass = self instanceof ClassOf;
    const { mro } = isClass ? self : self.cls;
    const next = mro.slice(mro.indexOf(owner) + 1).find(({ attrs }) => attrs.has(name));
    if (!next && name === "__init__") return new Native("__init__", () => null);
    return (
      next && this.bound(next.attrs.get(name), isClass ? null : self, isClass ? self : self.cls)
    );
  }

  bound(own, self, cls) {
    if (own instanceof Property) return this.call(own.getter, [self]);
    if (own instanceof Unbound) return own.isOfClass ? new Bound(cls, own.callee) : own.callee;
    const isMethod = own instanceof Func || own instanceof Native;
    return isMethod && self ? new Bound(self, own) : own;
  }

  setAttribute(value, name, given) {
    if (value instanceof Unknown || value?.tainted) return;
    if (value instanceof Instance) {
      const setter = value.cls.mro.find(({ attrs }) => attrs.get("__setattr__"));
      if (setter) this.call(setter.attrs.get("__setattr__"), [value, name, given]);
      else this.write(value.attrs, name, given);
      return;
    }
    if (value instanceof ClassOf || value instanceof Func) this.write(value.attrs, name, given);
    else if (value === null || typeof value !== "object") {
      throw new Raised("AttributeError", `'${typeName(value)}' object has no attribute '${name}'`);
    } else if (!(value instanceof Namespace) && !value.attribute)
      this.stop("this is not evaluated here");
  }

  // --- Calls ---

  call(callee, args = [], named = new Map()) {
    this.count();
    if (callee instanceof Bound) return this.call(callee.callee, [callee.self, ...args], named);
    if (callee instanceof Native) return callee.run({ args, named, python: this });
    if (callee instanceof Func) return this.deeper(() => this.callFunction(callee, args, named));
    if (callee instanceof ClassOf) return this.deeper(() => this.made(callee, args, named));
    if (callee?.tainted) return callee.tainted;
    if (callee instanceof Instance) {
      const own = callee.cls.mro.find(({ attrs }) => attrs.has("__call__"));
      if (own) return this.call(own.attrs.get("__call__"), [callee, ...args], named);
    }
    if (callee instanceof Unknown) {
      const changed = this.unknown(`${callee.why}, and it may change what it is given`);
      for (const value of [...args, ...named.values()]) this.taint(value, changed);
      return callee;
    }
    if (callee?.call) return callee.call({ args, named, python: this });
    throw new Raised("TypeError", `'${typeName(callee)}' object is not callable`);
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
    const init = cls.mro.find(({ attrs }) => attrs.has("__init__"));
    const made = init && this.call(init.attrs.get("__init__"), [object, ...args], named);
    return made instanceof Unknown ? made : object;
  }

  callFunction(callee, args, named) {
    const { node, scope, owner } = callee;
    if (node.isGenerator) return this.unknown("a function that yields is not evaluated here");
    const names = this.parametersOf(callee, args, named);
    this.frame = { scope: { names, parent: scope }, owner, self: args[0] };
    // A function's end returns None.
    node.whole ??= [
      ...node.body,
      { op: "return", line: node.line, at: node.at, end: node.end, value: null },
    ];
    return this.block(node.whole)?.value ?? null;
  }

  // The names in a function's scope, as the arguments are given.
  parametersOf({ node: { name, parameters }, defaults }, args, named) {
    const names = fresh(new Map());
    const rest = new Map(named);
    const positional = [...args];
    const missing = [];
    for (const [i, one] of parameters.entries()) {
      if (one.star === "*") names.set(one.name, new Tuple(positional.splice(0)));
      else if (one.star === "**") names.set(one.name, new Dict([...rest]));
      else if (!one.isKeyword && positional.length > 0) {
        names.set(one.name, positional.shift());
        if (rest.has(one.name)) {
          throw new Raised("TypeError", `${name}() got multiple values for argument '${one.name}'`);
        }
      } else if (rest.has(one.name)) {
        names.set(one.name, rest.get(one.name));
        rest.delete(one.name);
      } else if (one.byDefault) names.set(one.name, defaults[i]);
      else missing.push(one.name);
    }
    if (missing.length > 0) {
      const error = new Raised("TypeError", `${name}() is given nothing for ${missing.join(", ")}`);
      error.missing = missing;
      throw error;
    }
    const isOpen = parameters.some(({ star }) => star === "**");
    if (positional.length > 0)
      throw new Raised("TypeError", `${name}() is given too many arguments`);
    if (!isOpen && rest.size > 0) {
      throw new Raised(
        "TypeError",
        `${name}() got an unexpected keyword argument '${[...rest.keys()][0]}'`,
      );
    }
    return names;
  }

  // --- Loops ---

  // What runs through a value, or an Unknown.
  iterate(value) {
    if (value instanceof Unknown) return value;
    if (value?.tainted) return value.tainted;
    if (value instanceof Iter) return value;
    if (value instanceof List || value instanceof Tuple) {
      let at = -1;
      return new Iter(() => {
        at += 1;
        return value.items[at];
      });
    }
    if (value instanceof Instance) {
      const own = this.ofInstance(value, "__iter__");
      if (own) return this.iterate(this.call(own));
    }
    const items =
      typeof value === "string"
        ? [...value]
        : value instanceof Dict || value instanceof SetOf
          ? [...value.map.values()].map(([key]) => key)
          : value?.items?.(this);
    if (items instanceof Unknown) return items;
    if (!items) throw new Raised("TypeError", `'${typeName(value)}' object is not iterable`);
    return this.iterate(new List(items));
  }

  // All that a value runs through, or an Unknown.
  all(value) {
    const iter = this.iterate(value);
    if (iter instanceof Unknown) return iter;
    const found = [];
    for (let item = iter.next(); item !== undefined; item = iter.next()) {
      this.count();
      found.push(item);
    }
    return found;
  }
};
