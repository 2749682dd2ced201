// The layer designer: from pasted PyTorch code to the length after each layer, the decoder that
// comes back, the lengths around, and from two lengths to the settings between them.
import { h, html } from "../ui/elements.js";
import { ending, linkPairs, openPanel, parse, typed } from "../ui/panel.js";
import { answer, decoderCode } from "./answer.js";
import { answered, editor } from "./designer_parts.js";
import { askingCode, verdict } from "./designer_words.js";
import {
  RANGES,
  SEARCH,
  SORT,
  between,
  isSearched,
  search,
  searchWords,
} from "./settings_panel.js";
import { cut } from "./torch/torch_program.js";

const NOTEBOOK = { words: "its page", url: "../notebooks/your_model.html" };
const DEFAULTS = {
  length: 100,
  code: "",
  model: "",
  presets: [],
  ways: [NOTEBOOK],
  search: SEARCH,
};
const STILL = {
  live: false,
  width: 640,
  draft: null,
  searchDraft: null,
  note: null,
  shown: 50,
  sort: SORT,
};
const LINK_MOST = 8000;

/** The HTML of a state, complete without a script; `ui` is what a reader has made of it since. */
export function markup(state, ui = {}) {
  const whole = { ...DEFAULTS, ...state };
  return html(view(whole, { ...STILL, opening: whole.code, ...ui }));
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
    else if (key === "model") state.model = text;
    else if (key === "layer" && isSearched(text)) state.search.layer = text;
    else if (key === "length" && number >= 0) state.length = number;
    else if ((key === "from" || key === "to") && number >= 0) state.search[key] = number;
    else if (RANGES.includes(key) && /^\d{1,15}-\d{1,15}$/.test(text)) {
      state.search[key] = text.split("-").map(Number);
    } else damaged = true;
  }
  return { state, damaged };
}

/** The hash that brings a state back, or null if the code is too long for a link. */
export function writeLink({ length, code, model, search: bounds }, anchor) {
  if (code.length > LINK_MOST) return null;
  const pairs = [`length=${length}`];
  if (model) pairs.push(`model=${encodeURIComponent(model)}`);
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

export default {
  render({ model, el }) {
    const state = { ...DEFAULTS };
    for (const name in DEFAULTS) state[name] = model.get(name) ?? DEFAULTS[name];
    const anchor = model.get("anchor") ?? null;
    const ui = { ...STILL, live: true, opening: state.code, sort: { ...STILL.sort } };
    const panel = openPanel(el, ui, () => view(state, ui));
    const { page, draw, drawSoon, say, copy } = panel;
    let nextLink = 0;

    const answerOf = () => answer(state.code, state.length, state.model);
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
      queueMicrotask(() => {
        // What a reader has chosen in a list no longer follows what is drawn.
        const { models, chosen } = answerOf();
        if (part("model")) part("model").value = models[chosen];
      });
      say(() => verdict(answerOf(), state, ui));
    };
    // What is far too long is shortened, before the browser has to lay it out.
    const setCode = (code) => {
      state.code = cut(code);
      if (part("code").value !== state.code) part("code").value = state.code;
      return code === state.code
        ? null
        : { words: `Of the ${code.length} characters the first ${state.code.length} are taken.` };
    };
    const setLength = (length) => {
      state.length = length;
      ui.draft = null;
      changed();
    };
    const write = (code) => {
      const shortened = setCode(code);
      part("preset").value = "";
      state.model = "";
      changed();
      ui.note = shortened;
    };
    const actions = {
      length: ({ value }) => setLength(Number(value)),
      less: () => setLength(Math.max(0, state.length - 1)),
      more: () => setLength(Math.min(Number.MAX_SAFE_INTEGER, state.length + 1)),
      decoder: () => copy(decoderCode(answerOf().decoder), "The decoder is copied."),
      ask: () => copy(askingCode(answerOf()), "The lines are copied."),
      own() {
        const { own } = answerOf();
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
        ui.note = {
          words:
            `A link holds ${LINK_MOST} characters of code, and this is longer: `
            + "share the code itself.",
        };
        drawSoon();
      },
    };
    const fields = {
      code: ({ value }) => write(value),
      preset(target) {
        const chosen = state.presets.find(({ key }) => key === target.value);
        if (!chosen) return;
        setCode(chosen.code);
        state.model = "";
        setLength(chosen.length);
      },
      model({ value }) {
        state.model = value;
        changed();
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
        if (event.target.name !== "code" || cut(text) === text) return;
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
        ? { words: "The link is damaged: what could be read of it is shown." }
        : null;
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

function view(state, ui) {
  const found = answer(state.code, state.length, state.model);
  return h(
    "fieldset",
    { class: "pg ds", disabled: !ui.live },
    h("legend", { class: "pg-unseen" }, "Layer designer"),
    editor(state, ui),
    h("p", { class: "pg-still" }, "A worked example: it takes your own code where scripts run."),
    h(
      "section",
      { class: "ds-answer", "aria-label": "What the layers make of it" },
      answered(found, state, ui),
    ),
    h(
      "section",
      { class: "ds-search", "aria-label": "Settings between two lengths" },
      between(state.search, ui),
    ),
    ending(ui),
  );
}
