// What the playground and the layer designer have in common: both are panels, which stay drawn as
// their state changes, and are made of some of the same parts.
import { KEYS, create, h, patch } from "./elements.js";
import { COPIED_LINK, NOT_COPIED, numberProblem } from "../rules/playground_words.js";

// Milliseconds without an input after which a hand rests, and after which a screen reader is told.
const REST = 50;
const SILENCE = 700;

/**
 * Keeps in `el` what `view` returns, and in `ui` the note below it and the width of its stage.
 * The panel is alive from `start` on, which returns the cleanup.
 */
export function openPanel(el, ui, view) {
  const page = el.ownerDocument.defaultView;
  const closing = new page.AbortController();
  let isDrawn = false;
  const rested = pause(page, REST);
  const silent = pause(page, SILENCE);
  let waiting = false;

  const draw = () => {
    waiting = false;
    const next = view();
    // The answer is painted first. What is late follows once the hand rests.
    if (isDrawn) rested.after(patch(el.firstChild, next));
    else el.replaceChildren(create(el.ownerDocument, next));
    isDrawn = true;
  };
  const drawSoon = () => {
    if (!waiting) queueMicrotask(() => waiting && draw());
    waiting = true;
  };
  // One sentence for screen readers, and only once things have come to rest.
  const say = (words) =>
    silent.after(() => {
      el.querySelector(".pg-status").textContent = words();
    });
  const copy = async (text, done) => {
    try {
      await page.navigator.clipboard.writeText(text);
      ui.note = { words: done };
    } catch {
      ui.note = { words: NOT_COPIED, text };
    }
    draw();
    el.querySelector(".pg-note input")?.select();
    say(() => ui.note?.words ?? "");
  };
  const showLink = (hash) => {
    try {
      page.history.replaceState(null, "", hash);
    } catch {
      // Refused in some frames; the link can be copied all the same.
    }
  };
  const copyLink = (hash) => {
    showLink(hash);
    return copy(page.location.href.split("#")[0] + hash, COPIED_LINK);
  };

  // `actions` are what the buttons do; `follow` is given the address's hash, now and whenever it
  // changes.
  const start = ({ listeners, actions, follow }) => {
    const { signal } = closing;
    const followed = () => follow(page.location.hash);
    const resized = new page.ResizeObserver(() => {
      const width = el.querySelector(".pg-stage").clientWidth;
      if (width > 0 && width !== ui.width) {
        ui.width = width;
        draw();
      }
    });
    const click = ({ target }) => {
      const pressed = target.closest("button[data-do]");
      if (pressed) actions[pressed.dataset.do](pressed.dataset);
    };
    for (const [type, listener] of Object.entries({ click, ...listeners })) {
      // Scrolling is told to nobody but those who ask on its way down.
      el.addEventListener(type, listener, { signal, capture: type === "scroll" });
    }
    page.addEventListener("hashchange", followed, { signal });
    followed();
    draw();
    resized.observe(el);
    return () => {
      closing.abort();
      resized.disconnect();
      rested.stop();
      silent.stop();
      waiting = false;
    };
  };
  return { page, draw, drawSoon, isDrawn: () => isDrawn, say, copy, showLink, copyLink, start };
}

// What is to be done once so many milliseconds have passed without more to do: the last of it.
// A timer costs more than a glance at the clock, so there is one for all that comes meanwhile.
function pause(page, milliseconds) {
  let timer = 0;
  let due = 0;
  let last = null;
  const look = () => {
    const left = due - page.performance.now();
    timer = left > 0 ? page.setTimeout(look, left) : 0;
    if (!timer) last();
  };
  return {
    after(act) {
      last = act;
      due = page.performance.now() + milliseconds;
      timer ||= page.setTimeout(look, milliseconds);
    },
    stop() {
      page.clearTimeout(timer);
    },
  };
}

/** The pairs in a shared link's hash for this anchor, as [name, text or null], or null. */
export function linkPairs(hash, anchor) {
  const [name, ...pairs] = hash.replace(/^#/, "").split("&");
  if (!anchor || name !== anchor || pairs.length === 0) return null;
  return pairs.map((pair) => {
    const [key, ...rest] = pair.split("=");
    return [key, rest.length > 0 ? rest.join("=") : null];
  });
}

/** What was typed into a number's field: { value } or { problem }, in words. */
export function typed(name, { value, validity }) {
  return parse(name, validity.badInput ? "this text" : value);
}

/** The integer that a text names: { value } or { problem }, in words. */
export function parse(name, text) {
  const value = Number(text);
  const problem =
    text.trim() === ""
      ? "empty"
      : !Number.isInteger(value)
        ? "other"
        : !Number.isSafeInteger(value)
          ? "large"
          : null;
  return problem ? { problem: numberProblem(name, text, problem) } : { value };
}

/**
 * A button that does what `actions` has for it.
 *
 * @param {string} action
 * @param {any} words
 * @param {Record<string, any>} attributes
 */
export function button(action, words, { class: kind, ...attributes } = {}) {
  return h(
    "button",
    { ...KEYS, type: "button", class: kind, "data-do": action, ...attributes },
    words,
  );
}

/** A number's field, which keeps what is typed there as long as that is a problem. */
export function numberField(name, value, problem = null, attributes = {}) {
  return h("input", {
    ...KEYS,
    type: "number",
    name,
    step: "1",
    inputmode: "numeric",
    value: problem ? null : value,
    "aria-invalid": problem ? "true" : null,
    ...attributes,
  });
}

/** The choices, given as [[value, words], …], of which one is chosen. */
export function radios(label, name, choices, chosen) {
  return h(
    "div",
    { class: "pg-modes", role: "radiogroup", "aria-label": label },
    choices.map(([value, words]) =>
      h(
        "label",
        {},
        h("input", { ...KEYS, type: "radio", name, value, checked: value === chosen }),
        h("span", {}, words),
      ),
    ),
  );
}

/** What leads from one length to the next. */
export function arrow(words) {
  return h("span", { class: "pg-arrow" }, h("span", {}, words), " → ");
}

/** The end of a panel: the note, if there is one, and what only screen readers get. */
export function ending({ note }) {
  return [
    h(
      "div",
      { class: "pg-note" },
      note
        ? [
            h("span", {}, note.words),
            note.text === undefined
              ? null
              : h("input", {
                  type: "text",
                  readonly: true,
                  value: note.text,
                  "aria-label": "to copy",
                }),
          ]
        : null,
    ),
    h("p", { class: "pg-status pg-unseen", role: "status", "aria-live": "polite" }),
  ];
}
