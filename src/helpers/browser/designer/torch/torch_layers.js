// The one-dimensional layers of torch.nn by name: which arguments they take, in which order and of
// which type, and how a layer is written in Python. What is read here is never run.
//
// A layer is { kind, settings, text, line, name }. Channels may be numbers or, where the code
// gives them a name, that text.
import { isLength, isWhole } from "./signal_lengths.js";

const CONV = "in_channels:channels out_channels:channels kernel_size:size stride:size=1";
const NORM = "eps:any momentum:any affine:flag=True track_running_stats:flag";
const PLACE = "device:any dtype:any";

// name:type, with what it is by default; ! if it must be given, * if it is taken by name only.
const SIGNATURES = {
  Conv1d: `${CONV} padding:padding=0 dilation:size=1 groups:size=1 bias:flag=True padding_mode:word=zeros ${PLACE}`,
  ConvTranspose1d: `${CONV} padding:padding=0 output_padding:size=0 groups:size=1 bias:flag=True dilation:size=1 padding_mode:word=zeros ${PLACE}`,
  MaxPool1d: "kernel_size:size stride:size?=None padding:size=0 dilation:size=1 return_indices:flag ceil_mode:flag",
  AvgPool1d: "kernel_size:size stride:size?=None padding:size=0 ceil_mode:flag count_include_pad:flag=True",
  LPPool1d: "norm_type:any! kernel_size:size stride:size?=None ceil_mode:flag",
  AdaptiveAvgPool1d: "output_size:size",
  AdaptiveMaxPool1d: "output_size:size return_indices:flag",
  Upsample: "size:size?=None scale_factor:scale=None mode:word=nearest align_corners:any recompute_scale_factor:any",
  ConstantPad1d: "padding:sides value:any!",
  ZeroPad1d: "padding:sides",
  ReflectionPad1d: "padding:sides",
  ReplicationPad1d: "padding:sides",
  CircularPad1d: "padding:sides",
  GLU: "dim:size=-1",
  LayerNorm: `normalized_shape:shape eps:any elementwise_affine:flag=True bias:flag=True ${PLACE}`,
  RMSNorm: `normalized_shape:shape eps:any elementwise_affine:flag=True ${PLACE}`,
  BatchNorm1d: `num_features:channels ${NORM}=True ${PLACE} *bias:flag=True`,
  SyncBatchNorm: `num_features:channels ${NORM}=True process_group:any ${PLACE}`,
  InstanceNorm1d: `num_features:channels ${NORM.replace("=True", "")} ${PLACE} *bias:flag=True`,
  GroupNorm: `num_groups:size num_channels:channels eps:any affine:flag=True ${PLACE} *bias:flag=True`,
  PReLU: `num_parameters:channels=1 init:any ${PLACE}`,
};
const LAZY = {
  LazyConv1d: "Conv1d",
  LazyConvTranspose1d: "ConvTranspose1d",
  LazyBatchNorm1d: "BatchNorm1d",
  LazyInstanceNorm1d: "InstanceNorm1d",
};
// Layers that keep length and channels, with what they take.
const KEEPERS = {
  AlphaDropout: "p inplace", ChannelShuffle: "groups", Dropout: "p inplace", Dropout1d: "p inplace",
  FeatureAlphaDropout: "p inplace", LocalResponseNorm: "size alpha beta k", CELU: "alpha inplace",
  ELU: "alpha inplace", GELU: "approximate", Hardshrink: "lambd", Hardsigmoid: "inplace",
  Hardswish: "inplace", Hardtanh: "min_val max_val inplace min_value max_value",
  LeakyReLU: "negative_slope inplace", LogSigmoid: "", LogSoftmax: "dim", Mish: "inplace",
  RReLU: "lower upper inplace", ReLU: "inplace", ReLU6: "inplace", SELU: "inplace",
  SiLU: "inplace", Sigmoid: "", Softmax: "dim", Softmin: "dim", Softplus: "beta threshold",
  Softshrink: "lambd", Softsign: "", Tanh: "", Tanhshrink: "",
  Threshold: "threshold value inplace",
};
const MODES = new Set(["zeros", "reflect", "replicate", "circular"]);
const CHANNELS = new Set(["in_channels", "out_channels", "num_features", "num_channels"]);
const WORDS = new Set(["padding", "padding_mode"]);
const PRINTED = new Set(["same", "valid", ...MODES]);
const PLACES = new Set(["device", "dtype"]);

/** Whether torch.nn has a layer of this name that is known here. */
export function isLayer(kind) {
  return [SIGNATURES, LAZY, KEEPERS].some((known) => Object.hasOwn(known, kind)) || kind === "Identity";
}

/** Whether a layer leaves each length as it is. */
export function keepsLength({ kind, settings }) {
  if (Object.hasOwn(KEEPERS, kind) || kind === "Identity" || kind === "PReLU") return true;
  if (kind.includes("Norm")) return true;
  const { kernel_size, stride, padding, dilation } = settings;
  if (kind !== "Conv1d" || stride !== 1) return false;
  return padding === "same" || 2 * padding === dilation * (kernel_size - 1);
}

/**
 * The layer that a call makes: { layer, remarks } or, where it cannot be known, { problem }.
 * A call has `given`, a list of { name, value }, the name being null for a positional argument.
 */
export function layerFrom(kind, given) {
  const remarks = [];
  if (kind === "Identity") return keeper(kind, given, remarks);
  if (Object.hasOwn(KEEPERS, kind)) {
    const names = KEEPERS[kind].split(" ").filter(Boolean);
    const taken = given.filter(({ name }, i) => (name === null ? i < names.length : names.includes(name)));
    for (const { name } of given.filter((one) => !taken.includes(one))) {
      remarks.push(name === null ? `${kind} ${atMost(names.length)}: PyTorch refuses more with a TypeError`
        : `${kind} has no argument ${shorten(name)}: PyTorch refuses it with a TypeError`);
    }
    return keeper(kind, taken, remarks, names);
  }
  const lazy = Object.hasOwn(LAZY, kind);
  const real = lazy ? LAZY[kind] : kind;
  const slots = signature(real).filter(({ name }) => !lazy || !isInward(name));
  const settings = lazy ? { [inward(real)]: null } : {};
  const positional = given.filter(({ name }) => name === null);
  const most = slots.filter(({ alone }) => !alone).length;
  if (positional.length > most) return { problem: `${kind} ${atMost(most)}` };
  const named = new Map(positional.map(({ value }, i) => [slots[i].name, value]));
  for (const { name, value } of given) {
    if (name === null) continue;
    if (named.has(name)) return { problem: `${kind} is given ${name} twice` };
    if (slots.some((slot) => slot.name === name)) named.set(name, value);
    else {
      remarks.push(`${kind} has no argument ${shorten(name)}: PyTorch refuses it with a TypeError, `
        + "and the lengths here go without it");
    }
  }
  for (const slot of slots) {
    const { name, type, byDefault, needed } = slot;
    if (!named.has(name)) {
      if (needed) return { problem: `${kind} needs ${name}` };
      settings[name] = byDefault;
      continue;
    }
    const { value, problem, remark } = READ[type](named.get(name), name, byDefault);
    if (problem) return { problem };
    if (remark) remarks.push(remark);
    settings[name] = value;
  }
  if (settings.return_indices) {
    remarks.push(`${kind} gives a pair with return_indices=True, so a next layer needs a forward of its own`);
  }
  const text = written(kind, told(given, slots), []);
  return { layer: { kind: real, settings, text }, remarks };
}

// The arguments that the layer has and the code says; those behind one that it does not say by name.
function told(given, slots) {
  let gap = false;
  let place = 0;
  return given.flatMap(({ name, value }) => {
    const slot = name === null ? slots[place] : slots.find((one) => one.name === name);
    if (name === null) place += 1;
    const said = slot && (value.type !== "unknown" || ["channels", "padding", "any"].includes(slot.type)
      || PRINTED.has(value.text));
    if (name === null && !said) gap = true;
    return said ? [{ name: gap ? slot.name : name, value }] : [];
  });
}

// Only whole numbers decide whether such a layer takes a signal; what else it takes may be unknown.
function keeper(kind, given, remarks, names = []) {
  const settings = Object.fromEntries(names.flatMap((name, i) => {
    const one = given.find((each, at) => each.name === name || (each.name === null && at === i));
    return one?.value.type === "int" ? [[name, one.value.value]] : [];
  }));
  return { layer: { kind, settings, text: written(kind, given, remarks) }, remarks };
}

function atMost(count) {
  return count === 0 ? "takes no argument" : `takes ${count} ${count === 1 ? "argument" : "arguments"} at the most`;
}

/** Python's spelling of a layer with these arguments: [[name or null, value], …]. */
export function call(kind, pairs) {
  const spelled = pairs.map(([name, value]) => (name ? `${name}=${python(value)}` : python(value)));
  return `nn.${kind}(${spelled.join(", ")})`;
}

/** A text short enough to be named in a sentence. */
export function shorten(text, most = 40) {
  if (text.length <= most && !/\s/.test(text)) return text;
  const plain = text.slice(0, 1000).replace(/\s+/g, " ").trim();
  return plain.length > most ? `${[...plain.slice(0, most - 1)].join("")}…` : plain;
}

const parsed = new Map();

function signature(kind) {
  if (!parsed.has(kind)) {
    parsed.set(kind, SIGNATURES[kind].split(" ").map((word) => {
      const [, star, name, type, must, byDefault] = /^(\*?)(\w+):(\w+\??)(!?)=?(.*)$/.exec(word);
      const needed = must === "!" || (byDefault === "" && type !== "any" && type !== "flag");
      return { name, type, needed, alone: star === "*", byDefault: constant(byDefault, type) };
    }));
  }
  return parsed.get(kind);
}

function constant(text, type) {
  if (type === "flag") return text === "True";
  if (text === "" || text === "None") return null;
  return /^-?\d+$/.test(text) ? Number(text) : text;
}

function inward(kind) {
  return kind.includes("Norm") ? "num_features" : "in_channels";
}

function isInward(name) {
  return name === "num_features" || name === "in_channels";
}

const READ = {
  size(value, name) {
    const inner = value.type === "seq" && value.items.length === 1 ? value.items[0] : value;
    if (inner.type === "int") return { value: inner.value };
    if (isWhole(inner)) return { value: inner };
    if (inner.type === "seq") {
      return { problem: `${name} has ${inner.items.length} numbers, and there is one dimension` };
    }
    return { problem: notANumber(inner, name) };
  },
  "size?": (value, name) => (value.type === "none" ? { value: null } : READ.size(value, name)),
  padding(value, name) {
    if (value.type === "str") return { value: value.value };
    if (value.text === "same" || value.text === "valid") return { value: value.text };
    return READ.size(value, name);
  },
  sides(value, name) {
    if (value.type === "int") return { value: [value.value, value.value] };
    const whole = value.type === "seq" && value.items.length === 2
      && value.items.every((item) => item.type === "int" || isWhole(item));
    if (whole) return { value: value.items.map((item) => (isWhole(item) ? item : item.value)) };
    return { problem: `${name} has to be one whole number or two` };
  },
  shape(value, name) {
    const items = value.type === "seq" ? value.items : [value];
    const wrong = items.find(({ type }) => type !== "int");
    if (wrong || items.length === 0) return { problem: notANumber(wrong ?? value, name) };
    return { value: items.map((item) => item.value) };
  },
  scale(value, name) {
    const inner = value.type === "seq" && value.items.length === 1 ? value.items[0] : value;
    if (inner.type === "int" || inner.type === "float") return { value: inner.value };
    if (isLength(inner)) return { value: inner };
    if (inner.type === "none") return { value: null };
    return { problem: notANumber(inner, name) };
  },
  channels(value, name) {
    if (value.type === "int") {
      if (value.value > 0) return { value: value.value };
      return { problem: `${name}=${value.value} is not possible; it has to be at least 1` };
    }
    if (value.type === "unknown" && value.text) return { value: value.text };
    return { problem: notANumber(value, name) };
  },
  flag(value, name, byDefault) {
    if (value.type === "bool" || value.type === "int") return { value: Boolean(value.value) };
    const taken = byDefault ? "True" : "False";
    return { value: byDefault, remark: `${name} is not said, so ${taken} is taken` };
  },
  word(value, name, byDefault) {
    if (value.type === "str") return { value: value.value };
    // PyTorch prints padding_mode without quotes.
    if (value.type === "unknown" && MODES.has(value.text)) return { value: value.text };
    if (value.type !== "unknown") return { problem: `${name} has to be a text` };
    return { value: byDefault, remark: `${name} is not said, so '${byDefault}' is taken` };
  },
  any: (value) => ({ value: value.type === "bool" ? value.value : null }),
};

function notANumber(value, name) {
  if (value.type === "huge") {
    return `${name} is beyond 2**53, up to which a browser counts exactly`;
  }
  if (value.type === "unknown" && value.called) {
    return `${name} is ${shorten(value.called)}(…), which is not understood`;
  }
  if (value.type === "unknown" && value.text) {
    return `${name} is ${shorten(value.text)}, and the code does not say which number that is`;
  }
  return `${name} has to be a whole number`;
}

// The call as it was given, in one spelling, less what says where the numbers are kept.
function written(kind, given, remarks) {
  const pairs = [];
  // Those that functools.partial holds already may come before positional ones.
  const inOrder = [...given.filter(({ name }) => name === null), ...given.filter(({ name }) => name !== null)];
  for (const { name, value } of inOrder) {
    if (PLACES.has(name)) continue;
    const bare = WORDS.has(name) && value.type === "unknown" && PRINTED.has(value.text);
    const text = bare ? `'${value.text}'` : spelled(value, CHANNELS.has(name) || name === null);
    if (text === null) remarks.push(`an argument of ${kind} is no plain value, and is left out`);
    else pairs.push(name ? `${name}=${text}` : text);
  }
  return `nn.${kind}(${pairs.join(", ")})`;
}

function spelled(value, mayBeNamed) {
  if (value.type === "int" || value.type === "bool") return python(value.value);
  if (value.type === "float") return value.text;
  if (value.type === "none") return "None";
  if (isLength(value)) return "…";
  if (value.type === "str") return /^[\w .-]*$/.test(value.value) ? `'${value.value}'` : null;
  if (value.type === "unknown" && mayBeNamed) return value.text ? shorten(value.text, 60) : null;
  if (value.type !== "seq") return null;
  const items = value.items.map((item) => spelled(item, false));
  if (items.includes(null)) return null;
  return items.length === 1 ? `(${items[0]},)` : `(${items.join(", ")})`;
}

function python(value) {
  if (value === true) return "True";
  if (value === false) return "False";
  if (Array.isArray(value)) return `(${value.join(", ")})`;
  return `${value}`;
}
