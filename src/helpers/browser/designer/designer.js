// The layer designer: from pasted PyTorch code to the length after each layer, the decoder that
// comes back, the lengths around, and from two lengths to the settings between them.
import { h, html } from "../ui/elements.js";
import { hourglass } from "./hourglass.js";
import { arrow, button, ending, numberField, radios } from "../ui/panel.js";
import { linkPairs, openPanel, parse, typed } from "../ui/panel.js";
import { Range } from "../rules/builtins.js";
import { OPTIONAL } from "../rules/sizes.js";
import { BOUNDS, MOST, conv1dSettings, convTranspose1dSettings } from "../rules/search.js";
import { around, comesBack, exchanged, inLine, isPicky, leftOver, mirror } from "../rules/stacks.js";
import { nearestThat, outcome, refusedBy, returning, run, shortest, sized } from "../rules/stacks.js";
import { through, trace } from "../rules/stacks.js";
import { LIMITS, cut, read } from "./torch/torch_code.js";
import { call } from "./torch/torch_layers.js";

const SHARED = ["kernel_size", "stride", "padding", "dilation"];
const RANGES = [...SHARED, "output_padding"];
const SEARCH = {
  layer: "Conv1d", from: 100, to: 50,
  ...Object.fromEntries(SHARED.map((name) => [name, [BOUNDS[name].start, BOUNDS[name].stop - 1]])),
  output_padding: [0, 3],
};
const DEFAULTS = { length: 100, code: "", presets: [], search: SEARCH };
const STILL = {
  live: false, width: 640, draft: null, searchDraft: null, note: null, shown: 50,
  sort: { by: "kernel_size", up: true },
};
const LINK_MOST = 8000;
const NEXT = Array.from({ length: 32 }, (_, i) => i + 1);

/** The HTML of a state, complete without a script; `ui` is what a reader has made of it since. */
export function markup(state, ui = {}) {
  const whole = { ...DEFAULTS, ...state };
  return html(view(whole, { ...STILL, opening: whole.code, ...ui }));
}

/** What a stack and a length come to: all that the page says, as data. */
export function answer(code, length) {
  const read = readAll(code);
  const { layers, route } = read;
  const traced = through(route, length);
  const found = { ...read, traced, decoder: null, back: null, near: null, least: null, own: null,
    working: null, mayDiffer: false, none: null };
  const tries = Math.min(1000, 20000 / route.length);
  const takes = (other) => works(found, other);
  found.least = traced.error && !traced.error.pytorch ? null : shortest(layers);
  const isForked = route.some(({ layer, isBeside }) => layer.joins || layer.follows || isBeside);
  if (traced.error && isForked) found.working = nearestThat(takes, length, tries);
  if (traced.error || layers.length === 0 || isStretched(traced)) return found;
  found.own = ownOf(found, length, tries);
  found.decoder = followerIn(route) || outcome(traced) === 0 ? null : mirror(traced);
  if (!found.decoder) {
    found.none = noDecoder(found);
    return found;
  }
  found.back = trace(found.decoder, outcome(traced));
  found.mayDiffer = isForked && !NEXT.every((more) => takes(length + more));
  const near = around(layers, traced);
  if (!near || !takes(length + near.period)) return found;
  const taken = (other) => (other !== null && takes(other) ? other : null);
  found.near = { period: near.period, down: taken(near.down), up: taken(near.up) };
  return found;
}

// Whether a length gets through all that runs, joins included.
function works({ route }, length) {
  return run(route, length).error === null;
}

// The code as it is read. Where something is missing, what comes together is not known.
function readAll(code) {
  const found = read(code);
  return found.incomplete ? { ...found, route: inLine(found.layers) } : found;
}

// Whether a single sample is stretched to the length of others.
function isStretched({ steps }) {
  return steps.some(({ layer }) => layer.joins);
}

// Why no decoder brings the length back, in words.
function noDecoder({ route, traced }) {
  const after = outcome(traced);
  const follower = followerIn(route);
  if (follower) return `No decoder is given: ${followWords(follower)}.`;
  if (after === 0) return "Nothing is left that a decoder could bring back.";
  const refused = refusedBy(traced);
  if (!refused) return `No decoder takes ${after} back.`;
  const cat = refused.words.includes("channels")
    && route.find(({ layer, isBeside }) => layer.joins === "cat" && !isBeside);
  const why = cat ? `in line ${cat.layer.line} channels of several signals are concatenated, which no `
    + "stack of layers takes apart again" : `its ${refused.layer.text} would be refused: ${refused.words}`;
  return `No decoder takes ${after} back: ${why}.`;
}

// The first layer on the way whose length hangs on signals, or on an output_size; or undefined.
function followerIn(route) {
  return route.find(({ layer, isBeside }) => layer.follows && !isBeside)?.layer;
}

function followWords(layer) {
  const cause = layer.settings.printed ? "its output_size" : "the lengths of signals in the code";
  return `${titled(layer)} in line ${layer.line} goes by ${cause}`;
}

// How a layer is called in a sentence: a function or a cut by what the code calls.
function titled({ called, kind }) {
  return called ?? kind;
}

function capital(words) {
  return words.startsWith("the ") ? `T${words.slice(1)}` : words;
}

// What a stack lacks that goes down and up again by itself, and which lengths it returns unchanged.
function ownOf({ route, traced }, length, tries) {
  const own = returning(traced);
  if (!own) return null;
  const follower = followerIn(route);
  const fits = own.layers && !follower && run(exchanged(route, own.layers), length).error === null;
  const returns = (other) => {
    const found = through(route, other);
    return found.error === null && outcome(found) === other;
  };
  return { ...own, follower, layers: fits ? own.layers : null, near: nearestThat(returns, length, tries) };
}

/** The decoder as PyTorch code. */
export function decoderCode(decoder) {
  if (decoder.length === 0) return "decoder = nn.Identity()";
  const lines = decoder.map(({ text }) => `    ${text},`);
  return ["decoder = nn.Sequential(", ...lines, ")"].join("\n");
}

/** The settings of a search in order: { rows } or, where the bounds are too wide, { problem }. */
export function search(bounds, sort = STILL.sort) {
  const { layer, from, to } = bounds;
  const count = SHARED.reduce(
    (all, name) => all * Math.max(0, bounds[name][1] - bounds[name][0] + 1), 1,
  );
  if (count > MOST) {
    return { problem: `These bounds hold ${count} settings, and ${MOST} are looked through at a `
      + "time. Narrow one of them." };
  }
  let rows;
  try {
    const ranges = Object.fromEntries(
      settingsOf(layer).filter((name) => name in bounds)
        .map((name) => [name, new Range(bounds[name][0], bounds[name][1] + 1)]),
    );
    rows = [...(layer === "Conv1d" ? conv1dSettings : convTranspose1dSettings)(from, to, ranges)];
  } catch (error) {
    if (error instanceof RangeError) return { problem: error.message };
    throw error;
  }
  const order = [sort.by, ...RANGES];
  const turn = sort.up ? 1 : -1;
  rows.sort((a, b) => {
    for (const name of order) {
      if (a[name] !== b[name]) return (a[name] - b[name]) * (name === sort.by ? turn : 1);
    }
    return 0;
  });
  return { rows };
}

/** The state in a shared link's hash for this anchor, or null; `damaged` if a part is unreadable. */
export function readLink(hash, anchor) {
  const pairs = linkPairs(hash, anchor);
  if (!pairs) return null;
  const state = { search: { ...SEARCH } };
  let damaged = false;
  for (const [key, encoded] of pairs) {
    const text = encoded === null ? null : decoded(encoded);
    const number = parse(key, text ?? "").value;
    if (text === null) damaged = true;
    else if (key === "code") state.code = text;
    else if (key === "layer" && Object.hasOwn(LAYERS, text)) state.search.layer = text;
    else if (key === "length" && number >= 0) state.length = number;
    else if ((key === "from" || key === "to") && number >= 0) state.search[key] = number;
    else if (RANGES.includes(key) && /^\d{1,15}-\d{1,15}$/.test(text)) {
      state.search[key] = text.split("-").map(Number);
    } else damaged = true;
  }
  return { state, damaged };
}

/** The hash that brings a state back, or null if the code is too long for a link. */
export function writeLink({ length, code, search: bounds }, anchor) {
  if (code.length > LINK_MOST) return null;
  const pairs = [`length=${length}`];
  for (const name of ["layer", "from", "to"]) {
    if (bounds[name] !== SEARCH[name]) pairs.push(`${name}=${bounds[name]}`);
  }
  for (const name of RANGES) {
    const [first, last] = bounds[name];
    if (`${bounds[name]}` !== `${SEARCH[name]}`) pairs.push(`${name}=${first}-${last}`);
  }
  // A lone half of a surrogate pair has no place in an address.
  pairs.push(`code=${encodeURIComponent(code.replace(LONE, "\ufffd"))}`);
  return `#${[anchor, ...pairs].join("&")}`;
}

const LONE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;
const LAYERS = { Conv1d: "16, 32", ConvTranspose1d: "32, 16" };

export default {
  render({ model, el }) {
    const state = {};
    for (const name in DEFAULTS) state[name] = model.get(name) ?? DEFAULTS[name];
    const anchor = model.get("anchor") ?? null;
    const ui = { ...STILL, live: true, opening: state.code, sort: { ...STILL.sort } };
    const panel = openPanel(el, ui, () => view(state, ui));
    const { page, draw, drawSoon, say, copy } = panel;
    let nextLink = 0;

    const part = (name) => el.querySelector(`[name="${name}"]`);
    const remember = () => {
      page.clearTimeout(nextLink);
      nextLink = page.setTimeout(() => {
        // Of code that is too long for a link, the address says nothing, and nothing old either.
        if (anchor) panel.showLink(writeLink(state, anchor) ?? `#${anchor}`);
      }, 400);
    };
    const changed = () => {
      ui.note = null;
      drawSoon();
      remember();
      say(() => verdict(state, answer(state.code, state.length), ui).words);
    };
    // What is far too long is shortened, before the browser has to lay it out.
    const setCode = (code) => {
      state.code = cut(code);
      if (part("code").value !== state.code) part("code").value = state.code;
      return code === state.code ? null : {
        words: `Of the ${code.length} characters the first ${state.code.length} are taken.`,
      };
    };
    const setLength = (length) => {
      state.length = length;
      ui.draft = null;
      changed();
    };
    const write = (code) => {
      const shortened = setCode(code);
      part("preset").value = "";
      changed();
      ui.note = shortened;
    };
    const actions = {
      length: ({ value }) => setLength(Number(value)),
      less: () => setLength(Math.max(0, state.length - 1)),
      more: () => setLength(Math.min(Number.MAX_SAFE_INTEGER, state.length + 1)),
      decoder: () => copy(decoderCode(answer(state.code, state.length).decoder),
        "The decoder is copied."),
      own() {
        const { own } = answer(state.code, state.length);
        copy(own.own.map((at) => own.layers[at].text).join("\n"), "The layers are copied.");
      },
      row: ({ value }) => copy(value, "The line is copied."),
      all() {
        ui.shown = Infinity;
        drawSoon();
      },
      sort({ value }) {
        ui.sort = { by: value, up: ui.sort.by === value ? !ui.sort.up : true };
        drawSoon();
        say(() => `Sorted by ${value}, ${ui.sort.up ? "smallest" : "largest"} first.`);
      },
      line: ({ value }) => showLine(part("code"), Number(value)),
      link() {
        const hash = writeLink(state, anchor);
        if (hash) {
          panel.copyLink(hash);
          return;
        }
        ui.note = { words: `A link holds ${LINK_MOST} characters of code, and this is longer: `
          + "share the code itself." };
        drawSoon();
      },
    };
    const fields = {
      code: ({ value }) => write(value),
      preset(target) {
        const chosen = state.presets.find(({ key }) => key === target.value);
        if (!chosen) return;
        setCode(chosen.code);
        setLength(chosen.length);
      },
      length(target) {
        const { value, problem } = counted("length", target);
        ui.draft = problem ?? null;
        if (problem) {
          drawSoon();
          say(() => problem);
        } else {
          setLength(value);
        }
      },
    };
    const searchField = (target) => {
      const [, name, end] = /^search-(\w+?)(?:-(\d))?$/.exec(target.name);
      ui.searchDraft = null;
      ui.shown = STILL.shown;
      const bounds = { ...state.search };
      if (name === "layer") {
        bounds.layer = target.value;
      } else {
        const { value, problem } = counted(name, target);
        if (problem) ui.searchDraft = problem;
        else if (end === undefined) bounds[name] = value;
        else bounds[name] = bounds[name].with(Number(end), value);
      }
      state.search = bounds;
      drawSoon();
      remember();
      say(() => searchWords(state.search, search(state.search), ui));
    };
    const listeners = {
      input({ target }) {
        if (target.name?.startsWith("search-")) searchField(target);
        else fields[target.name]?.(target);
      },
      paste(event) {
        const text = (event.clipboardData ?? event.dataTransfer)?.getData("text/plain") ?? "";
        if (event.target.name !== "code" || text.length <= LIMITS.characters) return;
        event.preventDefault();
        write(text);
      },
      drop(event) {
        listeners.paste(event);
      },
      scroll({ target }) {
        if (target.name === "code") el.querySelector(".ds-lines").scrollTop = target.scrollTop;
      },
    };
    const follow = (hash) => {
      const link = readLink(hash, anchor);
      if (!link) return;
      Object.assign(state, link.state);
      state.code = cut(state.code);
      ui.draft = null;
      ui.searchDraft = null;
      ui.note = link.damaged
        ? { words: "The link is damaged: what could be read of it is shown." } : null;
      if (panel.isDrawn()) {
        setCode(state.code);
        draw();
      } else {
        ui.opening = state.code;
      }
    };

    el.classList.add("designer");
    const close = panel.start({ listeners, actions, follow });

    return () => {
      page.clearTimeout(nextLink);
      close();
    };
  },
};

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

// What was typed into the field of a number that counts: { value } or { problem }.
function counted(name, target) {
  const found = typed(name, target);
  if (found.value < 0) return { problem: `${name} counts samples or steps: 0 or more.` };
  return found;
}

function showLine(field, line) {
  const lines = field.value.split("\n");
  const start = lines.slice(0, line - 1).reduce((sum, text) => sum + text.length + 1, 0);
  field.focus();
  field.setSelectionRange(start, start + (lines[line - 1]?.length ?? 0));
  field.scrollTop = (line - 3) * (field.scrollHeight / lines.length);
}

// --- The page's parts ---

function view(state, ui) {
  const found = answer(state.code, state.length);
  return h("fieldset", { class: "pg ds", disabled: !ui.live },
    h("legend", { class: "pg-unseen" }, "Layer designer"),
    editor(state, ui),
    h("p", { class: "pg-still" }, "A worked example: it takes your own code where scripts run."),
    remarks(found),
    h("section", { class: "ds-answer", "aria-label": "What the layers make of it" },
      answered(state, found, ui)),
    h("section", { class: "ds-search", "aria-label": "Settings between two lengths" },
      between(state.search, ui)),
    ending(ui));
}

function editor(state, ui) {
  const lines = state.code.split("\n").length;
  const chosen = state.presets.find(({ code }) => code === state.code);
  return h("div", { class: "ds-editor" },
    h("div", { class: "ds-top" },
      h("label", { class: "ds-field ds-preset" }, h("span", {}, "a real model, or your own code"),
        h("select", { name: "preset" }, h("option", { value: "" }, "my own code"),
          state.presets.map(({ key, name, code }) => h("option", {
            value: key, selected: code === ui.opening,
          }, name)))),
      h("div", { class: "pg-field ds-count" },
        h("label", {}, h("span", {}, "input length"),
          numberField("length", state.length, ui.draft, { min: 0 })),
        button("less", "−", { "aria-label": "one sample less" }),
        button("more", "+", { "aria-label": "one sample more" }))),
    h("label", { class: "ds-code" },
      h("span", {}, "PyTorch code, or a model as PyTorch prints it"),
      h("span", { class: "ds-box" },
        h("span", { class: "ds-lines", "aria-hidden": "true" },
          Array.from({ length: lines }, (_, i) => i + 1).join("\n")),
        h("textarea", { name: "code", rows: 10, wrap: "off", spellcheck: "false",
          autocapitalize: "off", autocomplete: "off" }, ui.opening))),
    h("div", { class: "ds-under" }, h("p", { class: "ds-source" }, chosen ? ["Read from ",
      h("a", { href: chosen.url }, "the model’s own source"), chosen.half
        ? `, the ${chosen.half}` : "", ", channels written as 1: the book keeps sizes only."] : null),
    ui.live ? button("link", "Copy link") : null));
}

function remarks({ notes, more }) {
  if (notes.length === 0) return h("div", { class: "ds-remarks" });
  return h("div", { class: "ds-remarks" },
    h("p", {}, "Not everything was understood; the rest counts all the same:"),
    h("ul", {}, notes.map(({ line, words }) => h("li", {},
      button("line", `line ${line}`, { "data-value": line }), ": ", words)),
    more > 0 ? h("li", {}, `and ${more} more ${more === 1 ? "line" : "lines"}`) : null));
}

const KERAS = /\bConv1D(?:Transpose)?\s*\(/;

// What the stack comes to, in a sentence: { words, alert, pytorch, fixes }, lengths that mend it.
function verdict(state, found, ui) {
  const { layers, traced, decoder, near, least, incomplete } = found;
  if (ui.draft) return { words: "", alert: ui.draft };
  if (layers.length === 0) {
    const paste = KERAS.test(state.code)
      ? "This looks like Keras. The page of other frameworks says what its settings are in "
        + "PyTorch; then paste"
      : "Paste";
    return { words: `No layer yet. ${paste} an nn.Sequential, layers one a line, a class, or what `
      + "print(model) shows; or choose a real model." };
  }
  const { length } = traced.start;
  const doubt = incomplete ? "Incomplete: not everything that may change the length was understood. " : "";
  if (traced.error) {
    const { words, fixes } = refusal(found);
    const { words: alert, pytorch } = traced.error;
    return { words: `${doubt}${words}`, alert, pytorch, fixes };
  }
  const after = outcome(traced);
  const made = `${doubt}${taking(layers)} ${samples(length)} to ${after}.`;
  if (found.own) return { words: `${made} ${ownVerdict(found)}` };
  if (isStretched(traced)) return { words: `${made} A single sample is stretched on the way.` };
  if (!decoder) return { words: incomplete ? made : `${made} ${found.none}` };
  if (decoder.length === 0) return { words: `${made} Nothing is to be undone.` };
  const often = near && near.period > 1 ? `, and any other length that differs by a multiple of `
    + `${near.period}` : "";
  const but = incomplete ? "If nothing else changes the length, the" : "The";
  return { words: `${made} ${but} decoder below brings back ${length}${often}.` };
}

// What takes a length to another; functions and cuts are no layers.
function taking(layers) {
  const count = layers.filter(({ called }) => !called).length;
  if (count === 0) return "The forward takes";
  return count === 1 ? "One layer takes" : `${count} layers take`;
}

// What is refused and with which lengths it works: { words, fixes }.
function refusal({ traced, least, working }) {
  const { start: { length }, ends } = traced;
  const { layer, before } = traced.steps[traced.steps.length - 1];
  const met = least > length ? reaching(before) : "what reaches it";
  const refused = ends ? `In line ${layer.line}, ${meeting(ends)}.`
    : `${capital(titled(layer))} in line ${layer.line} refuses ${met}.`;
  const emptied = before.length === 0 ? emptiedBy(traced) : "";
  if (working) {
    const fixes = [working.down, working.up].filter((value) => value !== null);
    return { words: `${refused}${emptied} ${workingWords(fixes)}`, fixes };
  }
  if (!(least > length)) return { words: `${refused}${emptied}`, fixes: [] };
  const words = `${refused}${emptied} The shortest length that this stack takes is ${least}.`;
  return { words, fixes: [least] };
}

// Which cut has left nothing of a signal, as [..., :-0] does.
function emptiedBy({ steps }) {
  const cut = steps.findLast(({ layer, after }) => layer.kind === "Cut" && after?.length === 0);
  return cut ? ` The cut in line ${cut.layer.line} has left nothing of it.` : "";
}

function reaching({ length }) {
  return `the ${samples(length)} that ${length === 1 ? "reaches" : "reach"} it`;
}

function workingWords(lengths) {
  if (lengths.length === 0) return "No input length near this one works.";
  return lengths.length === 1 ? `The nearest input length that works is ${lengths[0]}.`
    : `The nearest input lengths that work are ${lengths.join(" and ")}.`;
}

// Which two signals come together, with the layers that they come from.
function meeting(ends) {
  const [one, other] = ends.map(({ layer }) => {
    if (!layer) return "the input";
    return layer.called ? `${layer.called} in line ${layer.line}`
      : `${layer.name ?? "a layer"} (${layer.kind}, line ${layer.line})`;
  });
  return `${samples(ends[0].length)} of ${one} meet ${ends[1].length} of ${other}`;
}

function samples(count) {
  return `${count} ${count === 1 ? "sample" : "samples"}`;
}

function answered(state, found, ui) {
  const { layers, traced, decoder, incomplete } = found;
  const said = verdict(state, found, ui);
  const after = ui.draft ? null : outcome(traced);
  const { way, length } = ui.draft ? { way: "decoder", length: null } : wayOf(found);
  const empty = layers.length === 0 || ui.draft;
  return [
    h("p", { class: "pg-hero" },
      h("span", { class: "pg-big pg-c-input" }, ui.draft ? "–" : state.length),
      arrow("layers"),
      h("output", { name: "length_after", class: "pg-big pg-c-kernel" }, empty ? "–" : after ?? "–"),
      way && [arrow(way),
        h("output", { name: "length_back",
          class: `pg-big pg-c-output${!empty && !incomplete && length !== null ? " pg-same" : ""}` },
        empty ? "–" : length ?? "–")]),
    h("p", { class: "ds-verdict" }, said.words,
      (said.fixes ?? []).map((value) => [" ",
        button("length", `Use ${value}`, { "data-value": value })])),
    said.alert ? h("div", { class: "ds-refusal", role: "alert" },
      said.pytorch ? h("b", {}, "PyTorch: ") : null, h("span", {}, said.alert)) : null,
    h("div", { class: "pg-stage" }, empty ? null : picture(found, ui)),
    empty ? null : [
      h("h2", {}, "Layer by layer"),
      layerTable(traced),
      ownWay(found),
      found.own && found.decoder ? h("details", { class: "ds-whole" },
        h("summary", {}, "The way back of all of it"), ways(found)) : ways(found),
    ],
  ];
}

function ways(found) {
  const { decoder } = found;
  if (!decoder) return null;
  return [decoder.length > 0 ? wayBack(found) : null, comings(found)];
}

// How a stack comes back, and to which length: by itself, mended, or with a decoder; if it does.
function wayOf({ traced, own, back }) {
  const { length } = traced.start;
  if (!own) return { way: "decoder", length: back && outcome(back) };
  if (outcome(traced) === length) return { way: "unchanged", length };
  return own.layers ? { way: "mended", length } : { way: null };
}

function picture({ traced, back, own }, ui) {
  const stations = [{ length: traced.start.length, role: "in", factor: "" }];
  const add = ({ layer, after }, role) => {
    const last = stations[stations.length - 1];
    if (!after) stations.push({ length: null, role: "failed", factor: "" });
    else if (after.length !== last.length) {
      stations.push({ length: after.length, role, factor: factor(layer) });
    }
  };
  for (const step of traced.steps) add(step, "in");
  if (own) {
    const least = Math.min(...stations.map(({ length }) => length));
    const neck = stations.findLastIndex(({ length }) => length === least);
    stations.forEach((station, i) => {
      if (i >= neck) station.role = i === neck ? "neck" : "back";
    });
  } else if (back) {
    stations[stations.length - 1].role = "neck";
    for (const step of back.steps) add(step, "back");
  }
  const lengths = stations.map(({ length }) => length ?? "refused").slice(0, 40).join(", ");
  return hourglass(stations, ui.width, `The lengths on the way: ${lengths}.`);
}

function factor({ kind, settings }) {
  const { stride, kernel_size, scale_factor } = settings;
  if (kind === "ConvTranspose1d") return stride > 1 ? `×${stride}` : "";
  if (scale_factor) return `×${scale_factor}`;
  const step = stride === null ? kernel_size : stride;
  return step > 1 ? `÷${step}` : "";
}

function table(label, heads, rows) {
  return h("div", { class: "ds-scroll", role: "region", "aria-label": label, tabindex: 0 },
    h("table", {}, h("thead", {}, h("tr", {}, heads.map((head) => (head.tag ? head
      : h("th", { scope: "col", class: NUMERIC.has(head) ? "ds-num" : null }, head))))),
    h("tbody", {}, rows)));
}

const NUMERIC = new Set(["line", "length", "left over", "output_padding"]);

function layerTable(traced) {
  const rows = traced.steps.map((step) => {
    const { layer, after } = step;
    const rest = after ? leftOver(step)?.rest : null;
    return h("tr", { class: after ? null : "ds-failed" },
      h("td", { class: "ds-num" }, layer.line),
      h("td", {}, layer.name ? [h("span", { class: "ds-name" }, layer.name), " "] : null,
        h("code", {}, layer.text), hereWords(step)),
      h("td", { class: "ds-num ds-length" }, after ? after.length : "refused"),
      h("td", { class: `ds-num${rest ? " ds-rest" : ""}` }, rest === null || rest === undefined ? "" : rest));
  });
  return table("Lengths, layer by layer", ["line", "layer", "length", "left over"], rows);
}

// The numbers of a layer at this length, where the code does not write them out.
function hereWords({ layer, before, after }) {
  if (!layer.called && !layer.follows) return null;
  const words = NUMBERS[layer.kind]?.(layer.settings, before, after);
  const isWritten = !layer.follows && words?.match(/\d+/g)?.every((number) => layer.text.includes(number));
  return words && !isWritten ? h("span", { class: "ds-here" }, " here ", h("code", {}, words)) : null;
}

const side = (number) => number ?? "";
const sides = ({ padding }) => `(${padding.join(", ")})`;
const NUMBERS = {
  Cut: ({ start, stop, step }) => `${side(start)}:${side(stop)}${step === 1 ? "" : `:${step}`}`,
  Narrow: ({ start, size }) => `${start}, ${size}`,
  Upsample: ({ size, scale_factor }) => (size === null ? `scale_factor=${scale_factor}` : `size=${size}`),
  ConstantPad1d: sides, ReflectionPad1d: sides, ReplicationPad1d: sides, CircularPad1d: sides,
  ConvTranspose1d: (settings, before, after) => (after
    ? `output_padding=${sized(settings, before).output_padding}` : `output_size=${settings.output_size}`),
};

// Of a stack that goes down and up again by itself: what it lacks, and what mends it.
function ownWay({ traced, own }) {
  if (!own) return null;
  const { length } = traced.start;
  const end = outcome(traced);
  const pick = (value) => button("length", value, { "data-value": value });
  const near = [...new Set([own.near.down, own.near.up])].filter((value) => value !== null && value !== length);
  const whole = end === length ? null : own.layers && trace(own.layers, length);
  const rows = whole && own.own.map((at) => h("tr", {},
    h("td", { class: "ds-num" }, own.layers[at].line),
    h("td", {}, h("code", {}, own.layers[at].text)),
    h("td", { class: "ds-num ds-op" }, own.layers[at].settings.output_padding),
    h("td", { class: "ds-num ds-length" }, whole.steps[at].after.length)));
  return [
    h("h2", {}, "Its own way back"),
    h("p", { class: "ds-own" }, `This stack goes down and up again by itself: ${ownWords(length, end, own)}`),
    rows ? [table("What mends its own way back", ["line", "layer", "output_padding", "length"], rows),
      h("p", { class: "ds-mend" }, button("own", "Copy these layers"))] : null,
    near.length > 0 ? h("p", { class: "ds-near" }, "As it is, it returns unchanged, nearest to here: ",
      near.flatMap((value, i) => [i > 0 ? " " : null, pick(value)])) : null,
    near.length > 0 && end !== length ? reach(length, own.near) : null,
  ];
}

function ownWords(length, end, { layers, follower }) {
  if (end === length) return `${samples(length)} come back as ${length}.`;
  const off = end < length ? `${length - end} too few` : `${end - length} too many`;
  const come = `${samples(length)} come back as ${end}, ${off}.`;
  if (layers) return `${come} With this output_padding they come back as ${length}.`;
  if (follower) return `${come} No output_padding is advised: ${followWords(follower)}.`;
  return end > length
    ? `${come} No output_padding makes that ${length}; cut it, x = x[..., :${length}], or give a `
      + "transposed layer more padding."
    : `${come} No output_padding makes that ${length}: pad the input and cut the output, or give a `
      + "transposed layer less padding.";
}

function ownVerdict({ traced, own }) {
  const { length } = traced.start;
  if (outcome(traced) === length) return "It comes back by itself.";
  if (own.follower) return "It does not come back to the length that goes in.";
  return own.layers ? `With the output_padding below its own decoder comes back to ${length}.`
    : `No output_padding of its own decoder comes back to ${length}.`;
}

function wayBack({ decoder, back, own }) {
  const rows = back.steps.filter(({ layer }) => layer.why).map(({ layer, after }) => h("tr", {},
    h("td", {}, h("code", {}, layer.text)),
    h("td", { class: "ds-num ds-op" }, layer.kind === "ConvTranspose1d" ? layer.settings.output_padding : ""),
    h("td", { class: "ds-why" }, layer.why),
    h("td", { class: "ds-num ds-length" }, after.length)));
  return [
    own ? null : h("h2", {}, "The way back"),
    h("div", { class: "ds-listing" }, h("pre", { tabindex: 0, "aria-label": "the decoder" },
      h("code", {}, decoderCode(decoder))), button("decoder", "Copy decoder")),
    table("Why the decoder returns", ["layer", "output_padding", "why", "length"], rows),
  ];
}

function comings(found) {
  const { layers, traced, decoder, near, own } = found;
  const { length } = traced.start;
  const same = [];
  const step = near?.period ?? 1;
  for (let times = -2; times <= 2; times += 1) {
    const other = length + times * step;
    if (comesBack(layers, decoder, other) && works(found, other)) same.push(other);
  }
  const pick = (value) => button("length", value, {
    "data-value": value, "aria-current": value === length ? "true" : null,
  });
  const listed = (values) => values.flatMap((value, i) => [i > 0 ? " " : null, pick(value)]);
  const plain = near ? [...new Set([near.down, near.up])].filter((value) => value !== null) : [];
  const { every, without, others } = spread(near, plain);
  const rows = [
    ["with this decoder", listed(same), every],
    ["with a decoder without output_padding", near?.period === 1 ? null : listed(plain), without],
    ["with another decoder", null, others],
    ["never", null, neverWords(found)],
  ];
  return [
    h("h2", {}, "Which lengths come back"),
    h("dl", { class: "ds-comings" }, rows.map(([term, values, words]) => [
      h("dt", {}, term), h("dd", {}, values, values?.length ? " " : null, h("span", {}, words))])),
    plain.length > 0 && !own ? plainly(length, near) : null,
  ];
}

function neverWords({ layers, route, least, mayDiffer }) {
  if (least === null) return "Not known for this stack.";
  const kinds = [...new Set(layers.filter(isPicky).map(({ kind }) => kind))].join(", ");
  const cuts = layers.some(({ kind }) => kind === "Cut") ? ", or a cut leaves nothing of it" : "";
  const short = least > 1 ? `What is shorter than ${samples(least)}: a layer refuses it${cuts}.`
    : "No length of 1 or more is refused for being too short.";
  const picky = kinds ? ` And any length that ${kinds} refuses.` : "";
  const isRaised = route.some(({ layer }) => layer.kind === "Raise");
  const cause = isRaised ? "that the code itself refuses" : "at which the ends of a skip differ";
  const others = mayDiffer ? ` And any length ${cause}.` : "";
  return `${short}${picky}${others}`;
}

// How the lengths lie that come back, in words: with this decoder, without output_padding, or else.
function spread(near, plain) {
  const others = "All others that the layers take: choose the length and the decoder follows.";
  if (!near) {
    return {
      every: "The other lengths do not step evenly through this stack.",
      without: "Not known for this stack.",
      others,
    };
  }
  if (near.period === 1) {
    return {
      every: "This decoder brings back every length that the layers take.",
      without: "All of them: no layer leaves samples over.",
      others: "None is left.",
    };
  }
  return {
    every: `From one to the next it is ${near.period} samples.`,
    without: plain.length > 0 ? "The nearest." : "No length near here.",
    others,
  };
}

// How to come to a length that needs no output_padding.
function plainly(length, near) {
  if (near.down !== length) return reach(length, near);
  return h("p", { class: "ds-reach" }, `${length} needs no output_padding, so there is nothing to `
    + "pad or to crop.");
}

// How to pad or crop to the lengths that are nearest to this one, where there are any.
function reach(length, { down, up }) {
  const way = (goal, words, code) => h("li", {}, words, " ", h("code", {}, code));
  return h("ul", { class: "ds-reach" },
    up === null ? null : way(up, `Pad ${samples(up - length)} to reach ${up}:`,
      `x = F.pad(x, (0, ${up - length}))`),
    down === null ? null : way(down, `Crop ${samples(length - down)} to reach ${down}:`,
      `x = x[..., :${down}]`));
}

// --- The other way round ---

function between(bounds, ui) {
  const found = ui.searchDraft ? { problem: ui.searchDraft } : search(bounds, ui.sort);
  return [
    h("h2", {}, "The other way round"),
    h("p", {}, "Which settings lead from one length to another?"),
    h("div", { class: "ds-bounds" },
      radios("layer", "search-layer", Object.keys(LAYERS).map((layer) => [layer, layer]), bounds.layer),
      h("div", { class: "ds-ends" }, ["from", "to"].map((name) => h("label", { class: "ds-field" },
        h("span", {}, name === "from" ? "input length" : "output length"),
        searched(name, bounds[name])))),
      h("div", { class: "ds-ranges" }, settingsOf(bounds.layer).map((name) => h("div", {
        class: "ds-field", role: "group", "aria-label": name,
      }, h("span", {}, name), h("span", { class: "ds-range" },
        searched(`${name}-0`, bounds[name][0], { "aria-label": `${name} from` }), " to ",
        searched(`${name}-1`, bounds[name][1], { "aria-label": `${name} to` })))))),
    h("p", { class: "ds-found" }, searchWords(bounds, found, ui)),
    found.rows?.length > 0 ? results(bounds, found.rows, ui) : null,
  ];
}

function settingsOf(layer) {
  return layer === "Conv1d" ? SHARED : RANGES;
}

function searched(name, value, attributes = {}) {
  return numberField(`search-${name}`, value, null, { min: 0, ...attributes });
}

function searchWords({ layer, from, to }, found, ui) {
  if (ui.searchDraft) return ui.searchDraft;
  if (found.problem) return found.problem;
  const { length } = found.rows;
  const settings = length === 0 ? "No settings" : length === 1 ? "One set of settings" : `${length} settings`;
  return `${settings} within these bounds ${length === 1 ? "takes" : "take"} ${from} to ${to} with `
    + `${layer}.`;
}

function results({ layer }, rows, ui) {
  const names = settingsOf(layer);
  const heads = names.map((name) => {
    const by = ui.sort.by === name;
    return h("th", { scope: "col", class: "ds-num",
      "aria-sort": by ? (ui.sort.up ? "ascending" : "descending") : null },
    button("sort", name, { "data-value": name }));
  });
  const shown = rows.slice(0, Math.min(ui.shown, 1000));
  const lines = shown.map((settings) => {
    const pairs = Object.entries(OPTIONAL).filter(([name, usual]) => name in settings && settings[name] !== usual)
      .map(([name]) => [name, settings[name]]);
    const code = call(layer, [[null, LAYERS[layer]], [null, settings.kernel_size], ...pairs]);
    return h("tr", {}, names.map((name) => h("td", { class: "ds-num" }, settings[name])),
      h("td", {}, h("code", {}, code)),
      h("td", {}, button("row", "Copy", { "data-value": code, "aria-label": `copy ${code}` })));
  });
  const left = rows.length - shown.length;
  return [
    table("Settings found", [...heads, "code", h("td", {})], lines),
    left > 0 ? h("p", {}, `${left} more. `, shown.length < 1000
      ? button("all", `Show ${Math.min(1000, rows.length)}`) : "Narrow the bounds to see them.") : null,
  ];
}
