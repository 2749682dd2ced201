// The questions at the end of a chapter, with new numbers on each try. An anywidget front-end
// module, which also runs on a static page. `markup` gives the questions with their first numbers
// and the answers folded away, for pages that run no script; `render` brings them to life.
import { KEYS, create, h, html, patch } from "../ui/elements.js";
import { count, seeded } from "./question_words.js";
import { draw, judge, pose, saying } from "./questions.js";

const UNANSWERED = { given: [], invalid: [], verdict: "", words: "" };

/**
 * The HTML of the questions with their first numbers, complete without a script; or that of the
 * live ones, each given as { v, ui }: its numbers, and what a reader has made of it since.
 */
export function markup({ kinds: asked, seed = null }, live = null) {
  return html(
    h(
      "ol",
      { class: "sc-questions" },
      asked.map((kind, at) => {
        if (live) return asForm(kind, live[at].v, live[at].ui);
        const v = firstNumbers(kind, at, seed);
        return h("li", marks(kind, v), still(kind, v));
      }),
    ),
  );
}

/** The whole number that a reader typed, with or without separators; null if it is none. */
export function wholeNumber(text) {
  const plain = text
    .trim()
    .replace(/^[−–]\s*/, "-")
    .replace(/(?<=\d)[,_\s](?=\d{3}(?!\d))/g, "");
  return /^[-+]?\d{1,15}$/.test(plain) ? Number(plain) + 0 : null;
}

export default {
  render({ model, el }) {
    const show = () =>
      el.replaceChildren(...live(el.ownerDocument, model.get("kinds"), model.get("seed") ?? null));
    el.classList.add("self-check");
    for (const name of ["kinds", "seed"]) model.on(`change:${name}`, show);
    show();
    return () => {
      for (const name of ["kinds", "seed"]) model.off(`change:${name}`, show);
    };
  },
};

// The list of live questions, and how many of them were answered right.
function live(page, asked, seed) {
  const right = new Set();
  const progress = create(page, h("p", { class: "sc-progress", hidden: true }));
  const list = create(page, h("ol", { class: "sc-questions" }));
  asked.forEach((kind, at) => {
    const random = seed === null ? chance : seeded(hash(`${seed}, ${at}`));
    list.append(
      question(page, kind, firstNumbers(kind, at, seed), random, (isRight) => {
        if (isRight) right.add(at);
        progress.textContent = `${right.size} of ${asked.length} right`;
        progress.hidden = false;
      }),
    );
  });
  return [list, progress];
}

// One question: it checks what is answered, and draws new numbers when asked to.
function question(page, kind, numbers, random, tell) {
  const recent = [numbers];
  const ui = { id: `sc-${Math.floor(chance() * 2 ** 32).toString(36)}`, ...UNANSWERED };
  let v = numbers;
  const item = create(page, asForm(kind, v, ui));

  const show = (changes) => {
    Object.assign(ui, changes);
    patch(item, asForm(kind, v, ui));
  };
  const another = () => {
    v = draw(kind, random, recent.slice(-12));
    recent.push(v);
    show(UNANSWERED);
    item.querySelector("details").open = false;
    item.querySelector("input").focus();
  };
  const check = () => {
    const inputs = [...item.querySelectorAll("input")];
    const isChoice = inputs[0].type === "radio";
    const read = isChoice ? inputs.filter((input) => input.checked) : inputs;
    const given = read.map(({ value }) => value);
    const answer = isChoice ? given : given.map(wholeNumber);
    const invalid = isChoice ? [] : answer.map((number) => number === null);
    if (answer.length === 0 || answer.includes(null)) {
      const words = isChoice ? "Choose one first." : "Type a whole number, such as 42.";
      show({ given, invalid, verdict: "unread", words });
      inputs[Math.max(0, answer.indexOf(null))].focus();
      return;
    }
    const { right, says } = judge(kind, v, answer);
    const echo = isChoice ? "Not that one." : `Not ${answer.map(count).join(" and ")}.`;
    show({
      given,
      invalid,
      verdict: right ? "right" : "wrong",
      words: right ? `Yes: ${says}` : `${echo} ${says}`,
    });
    if (right) item.querySelector("details").open = true;
    else if (!isChoice)
      (inputs.find((input) => input === page.activeElement) ?? inputs[0]).select();
    tell(right);
  };
  item.addEventListener("submit", (event) => {
    event.preventDefault();
    check();
  });
  item.addEventListener("click", ({ target }) => {
    if (target.closest(".sc-another")) another();
  });
  return item;
}

function marks(kind, v) {
  return { class: "sc-question", "data-kind": kind, "data-numbers": JSON.stringify(v) };
}

function still(kind, v) {
  const { choices } = pose(kind, v);
  const listed = choices.map(([, label]) => h("li", null, rich(label)));
  return [
    ...asking(kind, v),
    choices.length > 0 && h("ul", { class: "sc-choices" }, listed),
    working(kind, v),
  ];
}

function asForm(kind, v, { id, given, invalid, verdict, words }) {
  const { fields, choices } = pose(kind, v);
  const typed = fields.map((label, at) =>
    h(
      "label",
      { class: "sc-field" },
      h("span", null, rich(label)),
      h("input", {
        ...KEYS,
        type: "text",
        inputmode: "numeric",
        autocomplete: "off",
        "aria-describedby": id,
        "aria-invalid": invalid.length > 0 ? `${invalid[at]}` : null,
        value: given[at] ?? "",
      }),
    ),
  );
  const chosen = choices.map(([key, label]) =>
    h(
      "label",
      { class: "sc-choice" },
      h("input", { ...KEYS, type: "radio", name: id, value: key, checked: `${key}` === given[0] }),
      h("span", null, rich(label)),
    ),
  );
  const group =
    choices.length > 0
      ? h("div", { class: "sc-choices", role: "radiogroup", "aria-labelledby": id }, chosen)
      : h("div", { class: "sc-fields" }, typed);
  return h(
    "li",
    marks(kind, v),
    h(
      "form",
      { novalidate: true },
      h("div", { id }, asking(kind, v)),
      h(
        "div",
        { class: "sc-reply" },
        group,
        h(
          "div",
          { class: "sc-buttons" },
          h("button", { ...KEYS, type: "submit" }, "Check"),
          h("button", { ...KEYS, type: "button", class: "sc-another" }, "Another one"),
        ),
      ),
      h(
        "p",
        { class: verdict ? `sc-verdict sc-${verdict}` : "sc-verdict", role: "status" },
        rich(words),
      ),
    ),
    working(kind, v),
  );
}

function asking(kind, v) {
  const { ask, code } = pose(kind, v);
  const lines = code.split("\n").map((line) => h("span", { class: "sc-line" }, `${line}\n`));
  return [
    h("p", { class: "sc-ask" }, rich(ask)),
    h("pre", { class: "sc-code" }, h("code", null, lines)),
  ];
}

function working(kind, v) {
  const { steps, note } = pose(kind, v).working;
  return h(
    "details",
    { class: "sc-working" },
    h("summary", null, "Answer and working"),
    h("p", { class: "sc-answer" }, rich(`Answer: ${saying(kind, v)}`)),
    h(
      "p",
      { class: "sc-steps" },
      steps.map((step) =>
        h(
          "span",
          { class: step.startsWith("=") ? "sc-step sc-goes-on" : "sc-step" },
          rich(step),
          " ",
        ),
      ),
    ),
    h("p", { class: "sc-note" }, rich(note)),
  );
}

// `code` in backquotes, L_in and L_out as symbols; everything else as it is.
function rich(text) {
  return text
    .split(/(`[^`]*`|\bL_(?:in|out)\b)/)
    .filter(Boolean)
    .map((part) => {
      if (part.startsWith("`")) return h("code", null, part.slice(1, -1));
      if (!/^L_(in|out)$/.test(part)) return part;
      return h("span", { class: "sc-length" }, h("var", null, "L"), h("sub", null, part.slice(2)));
    });
}

function firstNumbers(kind, at, seed) {
  return draw(kind, seeded(hash(`${seed ?? "first"}, ${at}, ${kind}`)));
}

function chance() {
  return crypto.getRandomValues(new Uint32Array(1))[0] / 2 ** 32;
}

// FNV-1a.
function hash(text) {
  let state = 0x811c9dc5;
  for (const letter of text) state = Math.imul(state ^ letter.codePointAt(0), 0x01000193);
  return state >>> 0;
}
