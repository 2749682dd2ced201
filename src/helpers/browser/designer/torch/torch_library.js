// What programs may use: Python's own functions and modules, and torch.
import { builtins, moduleNamed, natives } from "../python/python_builtins.js";
import { ClassOf, Func, Namespace, Native, Unknown } from "../python/python_values.js";
import { functionNamed, methodNamed } from "./torch_functions.js";
import { CLASSES, Module, isModule } from "./torch_modules.js";
import { cutOut } from "./torch_run.js";
import { matmul } from "./torch_functions.js";
import { TensorType } from "./torch_tensors.js";

const same = new Native("same", ({ args: [value] }) => value);
// What is a context, a decorator, or one after it is called.
const context = new Native("context", ({ args: [first] }) =>
  first instanceof Func ? first : same,
);
const given = new Native("given", ({ args: [value = null] }) => value);
const each = (names, value) => names.split(" ").map((name) => [name, value]);
// A module of these names: [[name, value], …].
const place = (...pairs) => new Namespace("this module", new Map(pairs));

const norms = each(
  "weight_norm spectral_norm remove_weight_norm remove_spectral_norm remove_parametrizations",
  same,
);
const checkpoint = new Native("checkpoint", ({ args: [callee, ...args], python }) =>
  python.call(callee, args),
);
const functional = new Namespace("torch.nn.functional", functionNamed);
const init = new Namespace("torch.nn.init", () => given);
const parametrizations = place(...norms);
const utils = place(
  ...norms,
  ["parametrizations", parametrizations],
  ["parametrize", parametrizations],
);
const NN = { __proto__: null, functional, init, utils, Parameter: given };
const nn = new Namespace("torch.nn", (name) => NN[name] ?? CLASSES[name]);
const TORCH = new Map([
  ["nn", nn],
  ["Tensor", TensorType],
  ["utils", place(["checkpoint", place(["checkpoint", checkpoint])])],
  ["jit", place(...each("script ignore export unused script_method", same))],
  ...each("no_grad enable_grad inference_mode set_grad_enabled autocast", context),
  ...each("compile manual_seed", given),
]);
const torch = new Namespace("torch", (name) => TORCH.get(name) ?? functionNamed(name));
const lightning = place(["LightningModule", Module]);
const tools = place(["summary", new Native("summary", () => null)]);
const PLACES = new Map([
  ["torch", torch],
  ...each("lightning pytorch_lightning", lightning),
  ...each("torchinfo torchsummary", tools),
]);
// What code is taken to mean that does not say where a name comes from.
const COMMON = new Map([
  ["torch", torch],
  ["nn", nn],
  ["Tensor", TensorType],
  ["F", functional],
  ["functional", functional],
  ["checkpoint", checkpoint],
  ["Parameter", given],
  ["init", init],
  ["np", moduleNamed("numpy")],
  ...norms,
  ...tools.attrs,
  ...["math", "numpy", "itertools", "functools", "copy"].map((name) => [name, moduleNamed(name)]),
  ...["collections", "functools", "copy", "itertools"].flatMap((name) => [
    ...moduleNamed(name).attrs,
  ]),
]);

// A module as PyTorch prints it says which layers it holds, not in which order its forward takes them.
const PRINTED = natives({
  __init__(python, self, name, pairs) {
    Object.assign(self, { isReady: true, name });
    for (const [key, value] of pairs.map.values()) python.setAttribute(self, key, value);
  },
  forward: (python, self) =>
    python.stop(
      `what is printed of ${self.name} says which layers it holds, not how its forward takes `
        + "them; paste its code, or one Sequential of it",
    ),
});

/** The library of a program; `stated` is told of what statements of a single expression come to. */
export function libraryFor(stated) {
  return {
    ...builtins,
    names: new Map([...builtins.names, ["Printed", new ClassOf("Printed", [Module], PRINTED)]]),
    stated,
    matmul,
    cut: cutOut,
    ofTensor(tensor, name) {
      const own = methodNamed(name);
      const run = ({ args, named, python }) => own.run({ args: [tensor, ...args], named, python });
      return own && new Native(name, run);
    },
    common: (name) => COMMON.get(name) ?? CLASSES[name],
    module: moduleOf,
    everything: ({ attrs }) => (attrs instanceof Map ? [...attrs] : Object.entries(CLASSES)),
  };
}

function moduleOf(name, python) {
  const [first, ...others] = name.split(".");
  const found = others.reduce(
    (place, part) => place instanceof Namespace && python.found(place, part),
    PLACES.get(first) ?? moduleNamed(first),
  );
  return found || python.foreign(`${name} is not seen here`);
}

/** Whether a value is a stack that a statement of its own says: modules, or what is not known of them. */
export function isStack(value) {
  if (Array.isArray(value?.items)) return value.items.length > 0 && value.items.every(isStack);
  return isModule(value) || value instanceof Unknown;
}
