// What programs may use: Python's own functions and modules, torch, and a few packages beside it.
import { builtins, native } from "../python/python_builtins.js";
import { binary } from "../python/python_expressions.js";
import { moduleNamed } from "../python/python_modules.js";
import {
  ClassOf,
  Func,
  List,
  Namespace,
  Native,
  Slice,
  Unknown,
  compared,
} from "../python/python_values.js";
import { functionNamed, matmul, methodNamed } from "./torch_functions.js";
import {
  EINOPS,
  EINOPS_FUNCTIONS,
  MODULE_NAMES,
  Module,
  isModule,
  moduleClass,
} from "./torch_modules.js";
import { cutOut } from "./torch_run.js";
import { Layout } from "./torch_sizes.js";
import { TensorType } from "./torch_tensors.js";

const same = native("same", (_python, value) => value);
// What is a context, a decorator, or one after it is called.
const context = new Native("context", ({ args: [first] }) =>
  first instanceof Func ? first : same,
);
const nothing = native("nothing", () => null);
const place = (name, attrs) => new Namespace(name, new Map(Object.entries(attrs)));

const norms = Object.fromEntries(
  ["weight_norm", "spectral_norm", "remove_weight_norm", "remove_spectral_norm", "orthogonal"].map(
    (name) => [name, same],
  ),
);
const parametrize = place("torch.nn.utils.parametrize", { remove_parametrizations: same });
const utils = place("torch.nn.utils", {
  ...norms,
  parametrizations: place("torch.nn.utils.parametrizations", norms),
  parametrize,
  clip_grad_norm_: nothing,
});
const init = new Namespace("torch.nn.init", () =>
  native("init", (_python, tensor = null) => tensor),
);
const parameter = native("Parameter", (_python, value = null) => value);
const functional = new Namespace("torch.nn.functional", (name) => functionNamed(name));
const modules = new Namespace("torch.nn.modules", (name) =>
  name[0] === name[0].toLowerCase() ? modules : moduleClass(name),
);
const NN = {
  __proto__: null,
  functional,
  utils,
  init,
  modules,
  Parameter: parameter,
  ParameterList: moduleClass("ModuleList"),
  parameter: place("torch.nn.parameter", { Parameter: parameter }),
};
const nn = new Namespace("torch.nn", (name) => NN[name] ?? moduleClass(name));
const checkpoint = new Native("checkpoint", ({ args: [callee, ...args], named, python }) =>
  python.call(
    callee,
    args,
    new Map(
      [...named].filter(([name]) => name !== "use_reentrant" && name !== "preserve_rng_state"),
    ),
  ),
);
const TORCH = {
  nn,
  Tensor: TensorType,
  FloatTensor: TensorType,
  LongTensor: TensorType,
  no_grad: context,
  enable_grad: context,
  inference_mode: context,
  set_grad_enabled: context,
  autocast: context,
  compile: same,
  manual_seed: nothing,
  jit: place("torch.jit", {
    script: same,
    ignore: same,
    export: same,
    unused: same,
    script_method: same,
  }),
  fft: new Namespace("torch.fft", (name) => functionNamed(name)),
  utils: place("torch.utils", { checkpoint: place("torch.utils.checkpoint", { checkpoint }) }),
};
const torch = new Namespace("torch", (name) =>
  Object.hasOwn(TORCH, name) ? TORCH[name] : functionNamed(name),
);
const einops = place("einops", {
  ...EINOPS_FUNCTIONS,
  layers: place("einops.layers", { torch: place("einops.layers.torch", EINOPS) }),
});
const lightning = place("lightning", { LightningModule: Module });
const tools = place("torchinfo", { summary: nothing });

const PLACES = {
  __proto__: null,
  torch,
  einops,
  lightning,
  pytorch_lightning: lightning,
  torchinfo: tools,
  torchsummary: tools,
};
// What code is taken to mean that does not say where a name comes from.
const COMMON = {
  torch,
  nn,
  F: functional,
  functional,
  einops,
  Tensor: TensorType,
  Parameter: parameter,
  init,
  checkpoint,
  ...norms,
  ...EINOPS,
  rearrange: EINOPS_FUNCTIONS.rearrange,
  summary: nothing,
};
const PYTHON = {
  math: ["math"],
  np: ["numpy"],
  numpy: ["numpy"],
  itertools: ["itertools"],
  functools: ["functools"],
  copy: ["copy"],
  collections: ["collections"],
  typing: ["typing"],
  argparse: ["argparse"],
  OrderedDict: ["collections", "OrderedDict"],
  namedtuple: ["collections", "namedtuple"],
  defaultdict: ["collections", "defaultdict"],
  partial: ["functools", "partial"],
  reduce: ["functools", "reduce"],
  deepcopy: ["copy", "deepcopy"],
  chain: ["itertools", "chain"],
  cycle: ["itertools", "cycle"],
  dataclass: ["dataclasses", "dataclass"],
  field: ["dataclasses", "field"],
  SimpleNamespace: ["types", "SimpleNamespace"],
  Namespace: ["argparse", "Namespace"],
  ceil: ["math", "ceil"],
  floor: ["math", "floor"],
  sqrt: ["math", "sqrt"],
  log2: ["math", "log2"],
  EasyDict: ["easydict", "EasyDict"],
  ArgumentParser: ["argparse", "ArgumentParser"],
};
const TYPES = new Set([
  "List",
  "Tuple",
  "Dict",
  "Optional",
  "Union",
  "Any",
  "Callable",
  "Sequence",
  "Iterable",
  "Type",
  "Literal",
  "Set",
]);

// A module as PyTorch prints it says which layers it holds, not in which order its forward takes them.
const Printed = new ClassOf(
  "Printed",
  [Module],
  new Map([
    [
      "__init__",
      native("__init__", (python, self, name, pairs) => {
        self.isReady = true;
        self.name = name;
        for (const [key, value] of pairs.map.values()) python.setAttribute(self, key, value);
        return null;
      }),
    ],
    [
      "forward",
      native("forward", (python, self) =>
        python.stop(
          `what is printed of ${self.name} says which layers it holds, not how its forward takes `
            + "them; paste its code, or one Sequential of it",
        ),
      ),
    ],
  ]),
);

/** The library of a program; `stated` is told of what statements of a single expression come to. */
export function libraryFor(stated) {
  return {
    ...builtins,
    names: new Map([...builtins.names, ["Printed", Printed]]),
    stated,
    whole: new Slice(null, null, null),
    matmul,
    compared,
    cut: cutOut,
    counted: (sign, a, b, python) => binary(python, sign.replace(/=$/, ""), a, b),
    ofTensor: (tensor, name) => {
      const own = methodNamed(name);
      return (
        own
        && new Native(name, ({ args, named, python }) =>
          own.run({ args: [tensor, ...args], named, python }),
        )
      );
    },
    flat() {
      throw new Layout("flat");
    },
    common,
    module: moduleOf,
    everything: ({ attrs, name }) =>
      attrs instanceof Map
        ? [...attrs]
        : name === "torch.nn"
          ? MODULE_NAMES.map((own) => [own, moduleClass(own)])
          : [],
  };
}

function common(name) {
  if (Object.hasOwn(COMMON, name)) return COMMON[name];
  if (Object.hasOwn(PYTHON, name)) {
    const [module, own] = PYTHON[name];
    return own ? moduleNamed(module).attrs.get(own) : moduleNamed(module);
  }
  if (TYPES.has(name)) return moduleNamed("typing").attrs(name);
  return moduleClass(name);
}

function moduleOf(name, python) {
  const own = moduleNamed(name);
  if (own) return own;
  const [first, ...others] = name.split(".");
  let found = PLACES[first] ?? moduleNamed(first);
  for (const part of others)
    found = found instanceof Namespace ? python.found(found, part) : undefined;
  return found ?? Object.assign(python.unknown(`${name} is not seen here`), { isForeign: true });
}

/** Whether a value is a stack that a statement of its own says: modules, or what is not known of them. */
export function isStack(value) {
  if (value instanceof List || Array.isArray(value?.items))
    return value.items.length > 0 && value.items.every(isStack);
  return isModule(value) || value instanceof Unknown;
}
