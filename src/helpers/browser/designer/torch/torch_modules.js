// The layers and containers of torch.nn as Python's classes.
import { builtins, native, natives } from "../python/python_builtins.js";
import { indexed, sliceOf } from "../python/python_expressions.js";
import { ClassOf, Dict, Instance, List, Native, Property } from "../python/python_values.js";
import { Raised, Slice, Tuple, Unknown, isInt, unknownOf } from "../python/python_values.js";
import { SIGNATURES, settingsOf, written } from "./torch_layers.js";
import { applied, recorded, wants } from "./torch_run.js";
import { flattened, linear } from "./torch_functions.js";
import { Layout, Tensor, over, sameSize, shapeWords, sizeOf, times } from "./torch_tensors.js";

// Layers that keep each size, whatever they are given.
const KEEPERS =
  "AlphaDropout Dropout Dropout1d FeatureAlphaDropout LocalResponseNorm Identity CELU ELU GELU "
  + "Hardshrink Hardsigmoid Hardswish Hardtanh LeakyReLU LogSigmoid Mish RReLU ReLU ReLU6 SELU SiLU "
  + "Sigmoid Softplus Softshrink Softsign Tanh Tanhshrink Threshold";
const PLANAR = ["Conv", "ConvTranspose", "BatchNorm", "InstanceNorm", "MaxPool", "AvgPool"].flatMap(
  (kind) => [`${kind}2d`, `${kind}3d`],
);
const TRAINING =
  "this differs between training and evaluating; a line such as model.eval() says which it is";

export function isModule(value) {
  return value instanceof Instance && value.cls.mro.includes(Module);
}

/** The layers and containers in a module, by their names. */
export function childrenOf(module) {
  return [...module.attrs].filter(([, value]) => isModule(value));
}

/** All modules in one, itself first: a Set. */
export function allIn(module, found = new Set()) {
  if (found.has(module)) return found;
  found.add(module);
  for (const [, child] of childrenOf(module)) allIn(child, found);
  return found;
}

/** A class of modules: what it makes of its arguments, its methods, and those that take any names. */
function moduleClass(name, bases, methods, others = {}) {
  const cls = new ClassOf(name, bases, natives(methods, true));
  for (const [own, run] of Object.entries(others)) cls.attrs.set(own, new Native(own, run));
  return cls;
}

const within = (self) => [...allIn(self)];
const itself = ({ args: [self] }) => self;
const moded = (python, self, mode = true) => {
  python.needs(mode);
  for (const module of within(self)) python.write(module.attrs, "training", mode);
  return self;
};
const put = (python, self, name, value) => python.setAttribute(self, name, value);
const ownOf = (self) =>
  childrenOf(self).filter(([, value], i, all) => all.findIndex((one) => one[1] === value) === i);
const isAlike = (a, b) => a instanceof Tensor && shapeWords(a.dims) === shapeWords(b.dims);
const ready = (self, more = {}) => Object.assign(self, { isReady: true, ...more });
const always = (names, run) => Object.fromEntries(names.split(" ").map((name) => [name, run]));

/** torch.nn.Module. */
export const Module = moduleClass(
  "Module",
  [builtins.object],
  {
    __init__: (_python, self) => void ready(self),
    __setattr__(python, self, name, value) {
      if (isModule(value) && !self.isReady)
        python.stop("cannot assign module before Module.__init__() call");
      const was = self.text && /^(?:weight|kernel_size)$/.test(name) && self.attrs.get(name);
      if (was && !(was instanceof Tensor && isAlike(value, was)))
        python.stop(`the ${name} of a layer is changed, which is not evaluated here`);
      python.write(self.attrs, name, value);
    },
    "train self mode": moded,
    eval: (python, self) => moded(python, self, false),
    children: (_python, self) => new List(ownOf(self).map(([, child]) => child)),
    named_children: (_python, self) => new List(ownOf(self).map((pair) => new Tuple(pair))),
    modules: (_python, self) => new List(within(self)),
    "add_module self name module": put,
    "register_buffer self name tensor persistent": put,
    apply(python, self, act) {
      for (const module of within(self).reverse()) python.call(act, [module]);
      return self;
    },
  },
  {
    ...always("to cuda cpu half float double requires_grad_", itself),
    ...always("zero_grad load_state_dict", () => null),
    // What parameters are is not said: whatever runs through them finds one that is not known.
    ...always(
      "parameters named_parameters state_dict",
      ({ python }) => new List([python.unknown("parameters are not listed here")]),
    ),
    __call__({ args: [self, ...args], named, python }) {
      const forward = python.found(self, "forward");
      if (forward !== undefined) return python.call(forward, args, named);
      const words = `Module [${self.cls.name}] is missing the required "forward" function`;
      throw new Raised("NotImplementedError", words);
    },
  },
);
const training = (python) => !python.ways || python.way(python.unknown(TRAINING), TRAINING);
Module.attrs.set("training", new Property(native("training", training)));

// --- Containers ---

// Its modules, and what may be one; other attributes are no part of it.
const isPart = ([name, value]) =>
  isModule(value) || value instanceof Unknown || (value === null && /^\d/.test(name));
const entriesIn = ({ attrs }) => [...attrs].filter(isPart);
const valuesIn = (self) => entriesIn(self).map(([, value]) => value);
const namesIn = (self) => entriesIn(self).map(([name]) => name);

function extended(python, self, values) {
  for (const value of values) {
    if (!isPart(["0", value])) python.stop("a container takes modules, each for itself");
    python.write(self.attrs, `${namesIn(self).length}`, value);
  }
  return ready(self);
}

const containerOf = ({ cls }) =>
  new Instance(cls.mro.find((one) => one === ModuleList || one === Sequential));

const listing = {
  __iter__: (_python, self) => new List(valuesIn(self)),
  __len__: (_python, self) => namesIn(self).length,
  __getitem__(python, self, key) {
    if (!(key instanceof Slice)) return indexed(python, new List(valuesIn(self)), key);
    if (self.cls.get("__init__").node)
      python.stop("a part of a container with an __init__ of its own is not evaluated here");
    const made = ready(containerOf(self));
    for (const [i, [name, value]] of sliceOf(python, key, entriesIn(self)).entries())
      made.attrs.set(made.cls === ModuleList ? `${i}` : name, value);
    return made;
  },
  __setitem__: (python, self, key, value) =>
    python.write(self.attrs, namesIn(self).at(Number(python.needs(key))), value),
  append: (python, self, value) => extended(python, self, [value]),
  extend: (python, self, values) => extended(python, self, python.all(values)),
  __iadd__: (python, self, values) => extended(python, self, python.all(values)),
  __add__: (python, self, values) =>
    extended(python, ready(containerOf(self)), [...valuesIn(self), ...python.all(values)]),
  insert(python, self, at, value) {
    const values = valuesIn(self).toSpliced(Number(python.needs(at)), 0, value);
    for (const name of namesIn(self)) python.remove(self.attrs, name);
    extended(python, self, values);
  },
};
const ModuleList = moduleClass("ModuleList", [Module], {
  ...listing,
  "__init__ self modules": (python, self, values = new List([])) =>
    void extended(python, self, python.all(values)),
});
const Sequential = moduleClass("Sequential", [Module], {
  ...listing,
  __init__(python, self, ...given) {
    ready(self);
    const [first] = given;
    if (given.length === 1 && first instanceof Dict)
      for (const [name, value] of python.pairs(first)) put(python, self, name, value);
    else extended(python, self, given);
  },
  forward: (python, self, input) =>
    valuesIn(self).reduce((signal, layer) => python.call(layer, [signal]), input),
});

const keysIn = (_python, self) => new List(namesIn(self));
const ModuleDict = moduleClass("ModuleDict", [Module], {
  "__init__ self modules"(python, self, pairs = new Dict()) {
    ready(self);
    for (const [name, value] of python.pairs(pairs)) python.write(self.attrs, name, value);
  },
  __getitem__: (python, self, key) => self.attrs.get(key) ?? unknownOf(python, key),
  __setitem__: (python, self, key, value) => python.write(self.attrs, key, value),
  __contains__: (_python, self, key) => self.attrs.has(key),
  __iter__: keysIn,
  keys: keysIn,
  values: listing.__iter__,
  items: (_python, self) => new List(entriesIn(self).map((pair) => new Tuple(pair))),
});

// --- Layers ---

// A class of layers: what it makes of a tensor, and what it does when it is made.
function layerClass(kind, run, init = (..._given) => {}) {
  return moduleClass(
    kind,
    [Module],
    {},
    {
      __init__({ args: [self, ...args], named, python }) {
        ready(self, { text: written(kind, args, named), line: python.node.line });
        init(python, self, args, named);
        return null;
      },
      forward({ args: [self, input, ...more], named, python }) {
        if (!(input instanceof Tensor)) return unknownOf(python, input);
        const size = more[0] ?? named.get("output_size") ?? null;
        const layer = { kind, settings: {}, text: self.text, line: self.line, module: self };
        return run({ python, self, input, size, layer });
      },
    },
  );
}

const keeperClass = (kind) =>
  layerClass(kind, ({ python, layer, input }) =>
    recorded(python, layer, input, input.like(input.dims)),
  );

// A layer of more dimensions, which is told from others and not followed.
const planarClass = (kind) =>
  layerClass(kind, ({ python }) => python.unknown(`nn.${kind} is not evaluated here`));

// A layer whose settings are its attributes, as PyTorch names them.
function settledClass(name) {
  const kind = name.replace("Lazy", "");
  const init = (python, self, args, named) => {
    const values = python.argumentsOf(SIGNATURES[name], args, named);
    settingsOf(python, name, values); // Stops at what is no setting.
    for (const [own, value] of values) python.write(self.attrs, own, asAttribute(kind, own, value));
    const weights = name === kind ? weightsOf(python, kind, values) : {}; // A lazy one has none yet.
    for (const [own, dims] of Object.entries(weights))
      python.write(self.attrs, own, dims && new Tensor(dims));
  };
  const run = ({ python, self, input, size, layer }) => {
    const settings = settingsNow(python, self, kind, input);
    Object.assign(layer, { kind, settings });
    if (kind === "ConvTranspose1d" && size !== null) sizeAsked(python, settings, size);
    const made = (FORWARDS[kind] ?? applied)(python, layer, input);
    return settings.return_indices ? new Tuple([made, made.like(made.dims)]) : made;
  };
  return layerClass(name, run, init);
}

function asAttribute(kind, name, value) {
  const isSingle = /^(?:kernel_size|stride|padding|dilation|output_padding)$/.test(name);
  return isSingle && /^Conv|^Avg/.test(kind) && isInt(value) ? new Tuple([Number(value)]) : value;
}

// The sizes of a layer's weight and bias, which code may ask for.
function weightsOf(python, kind, values) {
  const of = (name) => sizeOf(values.get(name), python);
  const isNorm = values.has("num_features") || values.has("num_channels");
  const names = ["out_channels", "out_features", "num_features", "num_channels"];
  const outward = names.find((name) => values.has(name));
  if (!outward) return {};
  const bias = values.get("bias") === false ? null : [of(outward)];
  if (isNorm) return values.get("affine") === false ? {} : { weight: [of(outward)], bias };
  if (kind === "Linear") return { weight: [of(outward), of("in_features")], bias };
  const sides = kind === "Conv1d" ? [outward, "in_channels"] : ["in_channels", outward];
  const inEach = over(of(sides[1]), of("groups"));
  const kernel = values.get("kernel_size");
  const dims = [of(sides[0]), inEach, sizeOf(kernel?.items?.[0] ?? kernel, python)];
  return inEach === null ? { bias } : { weight: dims, bias };
}

// The settings of a layer as its attributes say them by now.
function settingsNow(python, self, kind, { dims }) {
  const [{ name }] = SIGNATURES[kind].parameters;
  const values = new Map([[name, dims.at(kind === "Linear" ? -1 : -2)], ...self.attrs]);
  if (values.get("bias") === null || values.get("bias") instanceof Tensor)
    values.set("bias", values.get("bias") !== null);
  const settings = settingsOf(python, kind, values);
  const own = python.overrides?.get(self.born);
  return own === undefined ? settings : { ...settings, output_padding: own };
}

// What output_size asks of a transposed convolution.
function sizeAsked(python, settings, size) {
  const items = size instanceof Tuple || size instanceof List ? size.items : [size];
  const own = sizeOf(items.at(-1), python);
  if (!isInt(own)) settings.output_padding = unknownOf(python, size, own);
  else if (items.length !== 3 && items.length !== 1) {
    const words = "ConvTranspose1d: for 3D input, output_size must have 1 or 3 elements";
    throw new Raised("ValueError", words);
  } else {
    const printed = size instanceof List ? "[N]" : size.isShape ? "torch.Size([N])" : "(N,)";
    Object.assign(settings, { output_size: own, printed });
  }
}

// An LSTM, a GRU or an RNN.
function recurrent(python, layer, input) {
  const of = layer.settings;
  for (const value of Object.values(of)) python.needs(value);
  wants(python, input, 2, of.input_size);
  if (input.rank !== 3 || sameSize(of.input_size, input.dims[2]) === false)
    python.stop("PyTorch refuses this: the last size of what reaches it is not its input_size");
  const ways = of.bidirectional ? 2 : 1;
  const width = of.proj_size || of.hidden_size;
  const broken = "comes a recurrent layer";
  const roles = input.roles.with(2, undefined);
  const output = input.like(input.dims.with(2, times(width, ways)), { roles, broken });
  const state = python.unknown("the state of a recurrent layer is not evaluated here");
  return new Tuple([recorded(python, layer, input, output), state]);
}

const FORWARDS = {
  __proto__: null,
  LSTM: recurrent,
  GRU: recurrent,
  RNN: recurrent,
  Flatten: (python, layer, input) =>
    recorded(
      python,
      layer,
      input,
      flattened(python, input, layer.settings.start_dim, layer.settings.end_dim),
    ),
  Linear(python, layer, input) {
    const { in_features, out_features } = layer.settings;
    const [inward, outward] = [in_features, out_features].map((own) => sizeOf(own, python));
    wants(python, input, input.rank - 1, inward);
    return recorded(python, layer, input, linear(python, input, inward, outward));
  },
  Embedding(python, layer, input) {
    if (input.roles.includes("channels") && input.roles.includes("raw")) throw new Layout("flat");
    if (input.isSignal && !input.step) python.input.isWhole = true;
    const dims = [...input.dims, sizeOf(layer.settings.embedding_dim, python)];
    return recorded(python, layer, input, input.like(dims, { roles: input.roles }));
  },
};

/** What torch.nn has here, by its name. @type {Record<string, any>} */
export const CLASSES = {
  __proto__: null,
  Module,
  Sequential,
  ModuleList,
  ModuleDict,
  ...Object.fromEntries(Object.keys(SIGNATURES).map((kind) => [kind, settledClass(kind)])),
  ...Object.fromEntries(PLANAR.map((kind) => [kind, planarClass(kind)])),
  ...Object.fromEntries(KEEPERS.split(" ").map((kind) => [kind, keeperClass(kind)])),
};
// What causal layers of the reader's own hand their padded signal to.
const { attrs: conv } = CLASSES.Conv1d;
const handed = ({ args: [self, input, weight], named, python }) =>
  weight === self.attrs.get("weight")
    ? conv.get("forward").run({ args: [self, input], named, python })
    : python.unknown("another weight is not evaluated here");
conv.set("_conv_forward", new Native("_conv_forward", handed));
