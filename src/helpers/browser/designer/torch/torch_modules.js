// The layers and containers of torch.nn as Python's classes.
import { builtins, native } from "../python/python_builtins.js";
import { indexed, slicing, unknownOf } from "../python/python_expressions.js";
import {
  ClassOf,
  Dict,
  Instance,
  List,
  Native,
  Property,
  Raised,
  Slice,
} from "../python/python_values.js";
import { Tuple, Unknown, isInt } from "../python/python_values.js";
import { einopsOf, shaped } from "./torch_einsum.js";
import { functionNamed, linear } from "./torch_functions.js";
import { KINDS, argumentsOf, realKind, setting, signature, written } from "./torch_layers.js";
import { applied, planar, recorded, settingsOf, wants } from "./torch_run.js";
import { over, sizeOf, times } from "./torch_sizes.js";
import { Tensor, mainOf } from "./torch_tensors.js";

const { object } = builtins;
// Layers that keep each size.
const KEEPERS = new Set(
  (
    "AlphaDropout Dropout Dropout1d Dropout2d FeatureAlphaDropout LocalResponseNorm CELU ELU GELU Hardshrink "
    + "Hardsigmoid Hardswish Hardtanh LeakyReLU LogSigmoid Mish RReLU ReLU ReLU6 SELU SiLU Sigmoid Softplus "
    + "Softshrink Softsign Tanh Tanhshrink Threshold"
  ).split(" "),
);
const NORMS_2D = new Set(["BatchNorm2d", "InstanceNorm2d"]);
const PLANAR = new Set([
  "Conv2d",
  "ConvTranspose2d",
  "MaxPool2d",
  "AvgPool2d",
  "AdaptiveAvgPool2d",
  "AdaptiveMaxPool2d",
  "ZeroPad2d",
  "ReflectionPad2d",
  "ReplicationPad2d",
  "ConstantPad2d",
]);
const TRAINING =
  "this differs between training and evaluating; a line such as model.eval() says which it is";

/** torch.nn.Module. */
export const Module = new ClassOf("Module", [object]);

export function isModule(value) {
  return value instanceof Instance && value.cls.mro.includes(Module);
}

/** The layers and containers in a module, by their names. */
export function childrenOf(module) {
  return [...module.attrs].filter(([, value]) => isModule(value));
}

// All modules in one, itself first.
function within(module, found = new Set()) {
  if (!found.has(module)) {
    found.add(module);
    for (const [, child] of childrenOf(module)) within(child, found);
  }
  return found;
}

function define(cls, methods) {
  for (const [name, run] of Object.entries(methods)) cls.attrs.set(name, native(name, run));
}

const itself = (_python, self) => self;
const unlisted = (python) => python.unknown("parameters are not listed here");
const hooked = (python, self) => {
  python.taint(self, python.unknown("what a hook does is not evaluated here"));
  return python.unknown("what a hook does is not evaluated here");
};
const moded = (python, self, mode) => {
  for (const module of within(self)) python.write(module.attrs, "training", mode);
  return self;
};

define(Module, {
  __init__(_python, self) {
    self.isReady = true;
    return null;
  },
  __setattr__(python, self, name, value) {
    if (isModule(value) && !self.isReady) {
      throw new Raised("AttributeError", "cannot assign module before Module.__init__() call");
    }
    python.write(self.attrs, name, value);
    return null;
  },
  train: (python, self, mode = true) =>
    typeof mode === "boolean" ? moded(python, self, mode) : self,
  eval: (python, self) => moded(python, self, false),
  to: itself,
  cuda: itself,
  cpu: itself,
  half: itself,
  float: itself,
  double: itself,
  requires_grad_: itself,
  bfloat16: itself,
  zero_grad: () => null,
  load_state_dict: () => null,
  state_dict: unlisted,
  parameters: unlisted,
  named_parameters: unlisted,
  buffers: unlisted,
  named_buffers: unlisted,
  register_forward_hook: hooked,
  register_forward_pre_hook: hooked,
  register_full_backward_hook: () => null,
  children: (_python, self) => new List(childrenOf(self).map(([, child]) => child)),
  named_children: (_python, self) => new List(childrenOf(self).map((pair) => new Tuple(pair))),
  modules: (_python, self) => new List([...within(self)]),
  add_module(python, self, name, module) {
    python.setAttribute(self, name, module);
    return null;
  },
  register_parameter: (python, self, name, value) => python.setAttribute(self, name, value) ?? null,
  register_buffer: (python, self, name, value) => python.setAttribute(self, name, value) ?? null,
  get_submodule: (python, self, path) =>
    path.split(".").reduce((at, name) => python.attribute(at, name), self),
  apply(python, self, act) {
    for (const module of [...within(self)].reverse()) python.call(act, [module]);
    return self;
  },
});
Module.attrs.set("register_module", Module.attrs.get("add_module"));
Module.attrs.set(
  "training",
  new Property(native("training", (python) => python.unknown(TRAINING))),
);
Module.attrs.set(
  "__call__",
  new Native("__call__", ({ args: [self, ...args], named, python }) => {
    python.needs(self);
    const forward = python.found(self, "forward");
    if (forward === undefined) {
      throw new Raised(
        "NotImplementedError",
        `Module [${self.cls.name}] is missing the required "forward" function`,
      );
    }
    return python.call(forward, args, named);
  }),
);

// --- Containers ---

const Sequential = new ClassOf("Sequential", [Module]);
const ModuleList = new ClassOf("ModuleList", [Module]);
const ModuleDict = new ClassOf("ModuleDict", [Module]);

const valuesIn = ({ attrs }) =>
  [...attrs].filter(([name]) => name !== "training").map(([, value]) => value);

function append(python, self, value) {
  python.write(self.attrs, `${valuesIn(self).length}`, value);
  return self;
}

function refill(python, self, values) {
  python.journal.touch(self.attrs);
  for (const name of [...self.attrs.keys()]) if (name !== "training") self.attrs.delete(name);
  for (const value of values) append(python, self, value);
  return self;
}

function filled(python, self, values) {
  self.isReady = true;
  const all = values === undefined ? [] : python.all(values);
  if (all instanceof Unknown) python.taint(self, all);
  else for (const value of all) append(python, self, value);
  return self;
}

const listing = {
  __iter__: (_python, self) => new List(valuesIn(self)),
  __len__: (_python, self) => valuesIn(self).length,
  __getitem__(python, self, key) {
    const found = valuesIn(self);
    if (!(key instanceof Slice)) return indexed(python, new List(found), key);
    const places = slicing(python, key, found.length);
    if (places instanceof Unknown) return places;
    const made = Object.assign(
      new Instance(self.cls.mro.find((cls) => cls === Sequential || cls === ModuleList)),
      { isReady: true },
    );
    for (const at of places)
      made.attrs.set(
        self.cls.mro.includes(Sequential) ? [...self.attrs.keys()][at] : `${made.attrs.size}`,
        found[at],
      );
    return made;
  },
  __setitem__(python, self, key, value) {
    const names = [...self.attrs.keys()];
    if (isInt(key)) python.write(self.attrs, names.at(Number(key)), value);
    else python.taint(self, unknownOf(python, key));
    return null;
  },
  __delitem__(python, self, key) {
    return refill(python, self, valuesIn(self).toSpliced(Number(key), 1)) && null;
  },
  append,
  pop(python, self, key = -1) {
    const found = indexed(python, new List(valuesIn(self)), key);
    if (!(found instanceof Unknown))
      refill(
        python,
        self,
        valuesIn(self).filter((value) => value !== found),
      );
    return found;
  },
  extend(python, self, values) {
    return filled(python, self, values);
  },
  insert: (python, self, at, value) =>
    isInt(at)
      ? refill(python, self, valuesIn(self).toSpliced(Number(at), 0, value))
      : unknownOf(python, at),
};
define(Sequential, listing);
define(ModuleList, {
  ...listing,
  __init__: (python, self, values) => filled(python, self, values) && null,
  __add__: (python, self, other) =>
    filled(python, filled(python, new Instance(ModuleList), self), other),
});
Sequential.attrs.set(
  "__init__",
  new Native("__init__", ({ args: [self, ...given], python }) => {
    self.isReady = true;
    const [first] = given;
    if (given.length === 1 && first instanceof Dict) {
      if (first.tainted) python.taint(self, first.tainted);
      for (const [name, value] of first.map.values()) python.setAttribute(self, name, value);
    } else {
      for (const value of given) {
        if (!isModule(value) && !(value instanceof Unknown))
          throw new Raised("TypeError", "a Sequential takes modules, each for itself");
        append(python, self, value);
      }
    }
    return null;
  }),
);
define(Sequential, {
  forward: (python, self, input) =>
    valuesIn(self).reduce((signal, layer) => python.call(layer, [signal]), input),
});
define(ModuleDict, {
  __init__(python, self, pairs) {
    self.isReady = true;
    if (pairs instanceof Dict && !pairs.tainted)
      for (const [name, value] of pairs.map.values()) python.write(self.attrs, name, value);
    else if (pairs !== undefined) {
      const all = python.all(pairs);
      if (all instanceof Unknown) python.taint(self, all);
      else
        for (const {
          items: [name, value],
        } of all)
          python.write(self.attrs, name, value);
    }
    return null;
  },
  __getitem__: (python, self, key) =>
    self.attrs.has(key) ? self.attrs.get(key) : unknownOf(python, key),
  __setitem__: (python, self, key, value) => python.write(self.attrs, key, value) ?? null,
  __contains__: (_python, self, key) => self.attrs.has(key),
  __iter__: (_python, self) => new List([...self.attrs.keys()]),
  __len__: (_python, self) => self.attrs.size,
  keys: (_python, self) => new List([...self.attrs.keys()]),
  values: (_python, self) => new List([...self.attrs.values()]),
  items: (_python, self) => new List([...self.attrs].map((pair) => new Tuple(pair))),
  update(python, self, pairs) {
    for (const [name, value] of pairs.map.values()) python.write(self.attrs, name, value);
    return null;
  },
});

// --- Layers ---

// A layer whose settings are its attributes, as PyTorch names them.
function layerClass(kind) {
  const real = realKind(kind);
  const cls = new ClassOf(kind, [Module]);
  cls.attrs.set(
    "__init__",
    new Native("__init__", ({ args: [self, ...args], named, python }) => {
      const values = argumentsOf(kind, args, named);
      begin(python, self, written(kind, args, named));
      for (const { name, type } of signature(kind)) setting(name, type, values.get(name)); // Raises what is no setting.
      for (const [name, value] of values)
        python.write(self.attrs, name, asAttribute(real, name, value));
      weigh(python, self, real, values);
      return null;
    }),
  );
  // What is convolved with another weight is not counted by the layer's own settings.
  cls.attrs.set(
    "_conv_forward",
    native("_conv_forward", (python, self, input, weight) =>
      weight === self.attrs.get("weight")
        ? python.call(cls.attrs.get("forward"), [self, input])
        : python.unknown("another weight is not evaluated here"),
    ),
  );
  cls.attrs.set(
    "forward",
    new Native("forward", ({ args: [self, input, ...more], named, python }) => {
      if (!(input instanceof Tensor)) return unknownOf(python, input);
      const layer = layerOf(python, self, real, input);
      const size = more[0] ?? named.get("output_size") ?? null;
      if (real === "ConvTranspose1d" && size !== null) sizeAsked(python, layer, size, self);
      const made = applied(python, layer, input);
      return layer.settings.return_indices ? new Tuple([made, made.like(made.dims)]) : made;
    }),
  );
  return cls;
}

function begin(python, self, text) {
  python.serial = (python.serial ?? 0) + 1;
  const { node } = python;
  Object.assign(self, { isReady: true, text, line: node.line, serial: python.serial });
}

function asAttribute(kind, name, value) {
  const isSingle =
    ["kernel_size", "stride", "padding", "dilation", "output_padding"].includes(name)
    && /^Conv|^Avg/.test(kind);
  return isSingle && isInt(value) ? new Tuple([Number(value)]) : value;
}

// The weight and bias of a layer, as far as code asks for their sizes.
function weigh(python, self, kind, values) {
  const of = (name) => sizeOf(values.get(name), python);
  const put = (name, value) => python.write(self.attrs, name, value);
  if (!kind.startsWith("Conv")) {
    const size = values.get("num_features") ?? values.get("num_channels");
    if (size !== undefined && values.get("affine") === true)
      put("weight", new Tensor([sizeOf(size, python)]));
    return;
  }
  if (!values.has("in_channels")) return; // A lazy one.
  const groups = values.get("groups");
  const kernel = setting("kernel_size", "size", values.get("kernel_size"));
  const [first, second] =
    kind === "Conv1d" ? ["out_channels", "in_channels"] : ["in_channels", "out_channels"];
  const inEach = isInt(groups) ? over(of(second), Number(groups)) : null;
  put(
    "weight",
    inEach === null
      ? python.unknown("this weight is not evaluated here")
      : new Tensor([of(first), inEach, sizeOf(kernel, python)]),
  );
  put("bias", values.get("bias") === false ? null : new Tensor([of("out_channels")]));
}

function layerOf(python, self, kind, input) {
  const values = new Map(self.attrs);
  if (kind.startsWith("Conv") && !values.has("in_channels"))
    values.set("in_channels", input.dims.at(-2));
  if (!values.has("num_features") && kind.includes("Norm1d"))
    values.set("num_features", input.dims[1]);
  if (/^Conv/.test(kind)) values.set("bias", values.get("bias") !== null);
  else if (values.get("bias") instanceof Tensor) values.set("bias", true);
  for (const { name, byDefault } of signature(kind))
    if (!values.has(name)) values.set(name, byDefault ?? null);
  const settings = settingsOf(kind, values);
  const own = python.overrides?.get(self.serial);
  if (own !== undefined) settings.output_padding = own;
  return { kind, settings, text: self.text, line: self.line, module: self };
}

// What output_size asks of a transposed convolution.
function sizeAsked(python, { settings }, size, self) {
  const items = size instanceof Tuple || size instanceof List ? size.items : null;
  const last = items?.at(-1);
  const own = last?.item ? last.item(python) : last;
  if (!items || !isInt(own)) {
    settings.output_padding = unknownOf(python, size, own);
    return;
  }
  const printed = size instanceof List ? "[N]" : size.isShape ? "torch.Size([N])" : "(N,)";
  const count = items.length === 3 || items.length === 1;
  if (!count)
    throw new Raised(
      "ValueError",
      "ConvTranspose1d: for 3D input, output_size must have 1 or 3 elements",
    );
  Object.assign(settings, { output_size: Number(own), printed, asked: self.serial });
}

/**
 * A layer that is not counted by the rules: what it takes, and what comes out of it.
 *
 * @param {string} name
 * @param {string[]} names
 * @param {(call: any) => any} forward
 * @param {(python: any, self: any, of: any) => void} init
 */
function special(name, names, forward, init = () => {}) {
  const cls = new ClassOf(name, [Module]);
  cls.attrs.set(
    "__init__",
    new Native("__init__", ({ args: [self, ...args], named, python }) => {
      begin(python, self, written(name, args, named));
      for (const [i, value] of args.entries())
        if (names[i]) python.write(self.attrs, names[i], value);
      for (const [key, value] of named) python.write(self.attrs, key, value);
      init(python, self, (key, otherwise = null) => self.attrs.get(key) ?? otherwise);
      return null;
    }),
  );
  cls.attrs.set(
    "forward",
    new Native("forward", ({ args: [self, ...args], named, python }) => {
      const inputs = [...args, ...named.values()];
      if (!(inputs[0] instanceof Tensor)) return unknownOf(python, inputs[0]);
      const of = (key, otherwise = null) => (self.attrs.has(key) ? self.attrs.get(key) : otherwise);
      const layer = { kind: name, settings: {}, text: self.text, line: self.line, module: self };
      return forward({
        python,
        self,
        of,
        input: inputs[0],
        inputs,
        layer,
        record: (made) => recorded(python, layer, inputs[0], made),
      });
    }),
  );
  return cls;
}

const recurrent =
  (gates) =>
  ({ python, of, input, record }) => {
    const [size, layers, both, first, projected] = [
      of("hidden_size"),
      of("num_layers", 1),
      of("bidirectional", false),
      of("batch_first", false),
      of("proj_size", 0),
    ];
    const odd = [size, layers, both, first, projected].find((value) => value instanceof Unknown);
    if (odd) return odd;
    if (input.rank !== 3)
      return python.unknown("a recurrent layer of one sequence is not evaluated here");
    wants(python, input, 2, of("input_size"));
    if (isInt(of("input_size")) && isInt(input.dims[2]) && of("input_size") !== input.dims[2]) {
      python.stop("PyTorch refuses this: the last size of what reaches it is not its input_size");
    }
    const ways = both ? 2 : 1;
    const width = sizeOf(projected || size, python);
    const made = record(
      input.like(input.dims.with(2, times(width, ways)), {
        roles: [...input.roles.slice(0, 2), undefined],
        broken: "a recurrent layer comes on the way",
      }),
    );
    const batch = input.dims[first ? 0 : 1];
    const state = (last) =>
      input.like([times(sizeOf(layers, python), ways), batch, last], {
        roles: [],
        broken: "it is a state",
      });
    return new Tuple([
      made,
      gates ? new Tuple([state(width), state(sizeOf(size, python))]) : state(width),
    ]);
  };

const attention = ({ python, of, input, inputs, record }) => {
  wants(python, input, 2, of("embed_dim") ?? of("d_model"));
  const made = record(mainOf([input]).like(input.dims, { broken: "attention comes on the way" }));
  return of("embed_dim") === null
    ? made
    : new Tuple([
        made,
        inputs.some((one) => one instanceof Unknown)
          ? inputs[0]
          : python.unknown("the weights of attention are not evaluated here"),
      ]);
};
const width = ["d_model", "nhead", "dim_feedforward", "dropout"];
/** @typedef {[string[], (call: any) => any, ((python: any, self: any, of: any) => void)?]} Special */
/** @type {Record<string, Special>} What `special` is given for each name. */
const SPECIAL = {
  Linear: [
    ["in_features", "out_features", "bias"],
    ({ python, of, input, record }) => {
      wants(python, input, input.rank - 1, of("in_features"));
      return record(
        linear(
          python,
          input,
          sizeOf(of("in_features"), python),
          sizeOf(of("out_features"), python),
        ),
      );
    },
    (python, self, of) => {
      const [outward, inward] = ["out_features", "in_features"].map((name) =>
        sizeOf(of(name), python),
      );
      python.write(self.attrs, "weight", new Tensor([outward, inward]));
      python.write(self.attrs, "bias", of("bias") === false ? null : new Tensor([outward]));
    },
  ],
  LazyLinear: [
    ["out_features", "bias"],
    ({ python, of, input, record }) =>
      record(linear(python, input, input.dims.at(-1), sizeOf(of("out_features"), python))),
  ],
  Flatten: [
    ["start_dim", "end_dim"],
    ({ python, of, input, record }) => {
      const made = python.call(functionNamed("flatten"), [
        input,
        of("start_dim", 1),
        of("end_dim", -1),
      ]);
      return made instanceof Tensor ? record(made) : made;
    },
  ],
  Unflatten: [
    ["dim", "unflattened_size"],
    ({ python, of, input, record }) => {
      const made = python.call(functionNamed("unflatten"), [
        input,
        of("dim"),
        of("unflattened_size"),
      ]);
      return made instanceof Tensor ? record(made) : made;
    },
  ],
  Identity: [[], ({ input, record }) => record(input.like(input.dims))],
  LSTM: [
    ["input_size", "hidden_size", "num_layers", "bias", "batch_first", "dropout", "bidirectional"],
    recurrent(true),
  ],
  GRU: [
    ["input_size", "hidden_size", "num_layers", "bias", "batch_first", "dropout", "bidirectional"],
    recurrent(false),
  ],
  RNN: [
    [
      "input_size",
      "hidden_size",
      "num_layers",
      "nonlinearity",
      "bias",
      "batch_first",
      "dropout",
      "bidirectional",
    ],
    recurrent(false),
  ],
  Embedding: [
    ["num_embeddings", "embedding_dim"],
    ({ python, of, input, record }) => {
      if (input.roles.includes("channels") && input.roles.includes("raw"))
        return python.library.flat();
      if (input.isSignal && !input.step) python.input.isWhole = true;
      return record(
        input.like([...input.dims, sizeOf(of("embedding_dim"), python)], {
          roles: [...input.dims.map((_, i) => input.roles[i]), undefined],
        }),
      );
    },
    (python, self, of) =>
      python.write(
        self.attrs,
        "weight",
        new Tensor([sizeOf(of("num_embeddings"), python), sizeOf(of("embedding_dim"), python)]),
      ),
  ],
  MultiheadAttention: [["embed_dim", "num_heads"], attention],
  TransformerEncoderLayer: [width, attention],
  TransformerDecoderLayer: [width, attention],
  TransformerEncoder: [
    ["encoder_layer", "num_layers"],
    ({ python, of, input, record }) => {
      const layer = of("encoder_layer");
      if (layer instanceof Instance) wants(python, input, 2, layer.attrs.get("d_model"));
      return record(input.like(input.dims, { broken: "attention comes on the way" }));
    },
  ],
};
SPECIAL.TransformerDecoder = [["decoder_layer", "num_layers"], SPECIAL.TransformerEncoder[1]];

const CLASSES = { Module, Sequential, ModuleList, ModuleDict };
for (const kind of KINDS) CLASSES[kind] = layerClass(kind);
for (const [name, [names, forward, init]] of Object.entries(SPECIAL))
  CLASSES[name] = special(name, names, forward, init);
for (const name of KEEPERS)
  CLASSES[name] = special(name, [], ({ input, record }) => record(input.like(input.dims)));
for (const name of NORMS_2D) {
  CLASSES[name] = special(name, ["num_features"], ({ python, of, input, record }) => {
    if (input.rank !== 4)
      python.stop(`${name} takes pictures, and a tensor of ${input.rank} dimensions reaches it`);
    wants(python, input, 1, of("num_features"));
    return record(input.like(input.dims));
  });
}
for (const name of PLANAR) {
  CLASSES[name] = special(name, [], ({ python, self, input }) =>
    planar(python, name, self.given[0], self.given[1], input, self.text),
  );
  const { run } = CLASSES[name].attrs.get("__init__");
  CLASSES[name].attrs.set(
    "__init__",
    new Native("__init__", (call) => {
      const [self, ...args] = call.args;
      self.given = [args, call.named];
      return run(call);
    }),
  );
}
const planarUpsample = CLASSES.Upsample.attrs.get("forward");
CLASSES.Upsample.attrs.set(
  "forward",
  new Native("forward", (call) => {
    const {
      args: [self, input],
      python,
    } = call;
    if (!(input instanceof Tensor) || input.rank !== 4) return planarUpsample.run(call);
    const given = new Map([...self.attrs].filter(([name]) => name !== "training"));
    return planar(python, "Upsample", [], given, input, self.text);
  }),
);

/** einops.layers.torch: patterns as modules. */
export const EINOPS = Object.fromEntries(
  ["Rearrange", "Reduce"].map((name) => [
    name,
    special(name, ["pattern"], ({ python, self, of, input, record }) => {
      const made = shaped(
        python,
        input,
        of("pattern"),
        new Map(
          [...self.attrs].filter(
            ([key]) => key !== "pattern" && key !== "reduction" && key !== "training",
          ),
        ),
        name.toLowerCase(),
      );
      return made instanceof Tensor ? record(made) : made;
    }),
  ]),
);
export const EINOPS_FUNCTIONS = Object.fromEntries(
  ["rearrange", "repeat", "reduce"].map((name) => [name, new Native(name, einopsOf(name))]),
);

/** A module of torch.nn by its name, or undefined. */
export function moduleClass(name) {
  return Object.hasOwn(CLASSES, name) ? CLASSES[name] : undefined;
}

/** The names that torch.nn has here. */
export const MODULE_NAMES = Object.keys(CLASSES);
