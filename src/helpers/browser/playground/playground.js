// The playground: the lengths of a Conv1d, of a ConvTranspose1d, or of one after the other, drawn
// for chosen settings. An anywidget front-end module, which also runs on a static page with any
// model that has get, set, on, off and save_changes.
import { KEYS, h, html, late } from "../ui/elements.js";
import {
  conv1dOutputLength,
  convTranspose1dOutputLength,
  unreadSamples,
} from "../rules/lengths.js";
import {
  COPIED_CODE,
  HEADINGS,
  STANDS_STILL,
  headline,
  hint,
  legend,
  required,
  story,
  verdict,
} from "../rules/playground_words.js";
import { OPENING } from "../rules/opening.js";
import { OPTIONAL } from "../rules/sizes.js";
import { arrow, button, ending, numberField, radios } from "../ui/panel.js";
import { linkPairs, openPanel, parse, typed } from "../ui/panel.js";
import { geometry, picture } from "./picture.js";

const NAMES = Object.keys(OPENING);
const SETTINGS = NAMES.filter((name) => name !== "mode");
const STILL = {
  live: false,
  width: 640,
  note: null,
  chosen: null,
  drafts: {},
  playing: false,
  frozen: null,
};

/** The HTML of a state, complete without a script; `ui` is what a reader has made of it since. */
export function markup(state, ui = {}) {
  return html(view({ ...OPENING, ...state }, { ...STILL, ...ui }));
}

/** The state in a shared link's hash for this anchor, or null: { settings, chosen }. */
export function readLink(hash, anchor) {
  const pairs = linkPairs(hash, anchor);
  if (!pairs) return null;
  const settings = {};
  let chosen = null;
  for (const [key, text] of pairs) {
    if (key === "mode" && Object.hasOwn(HEADINGS, text)) settings.mode = text;
    const { value } = parse(key, text ?? "");
    if (value === undefined) continue;
    if (SETTINGS.includes(key)) settings[key] = value;
    if (key === "window") chosen = value;
  }
  return { settings, chosen };
}

/** The hash that brings a state back. */
export function writeLink(state, chosen, anchor) {
  const pairs = ["mode", ...SETTINGS].map((name) => `${name}=${state[name]}`);
  if (chosen !== null) pairs.push(`window=${chosen}`);
  return `#${[anchor, ...pairs].join("&")}`;
}

export default {
  render({ model, el }) {
    const anchor = model.get("anchor") ?? null;
    const ui = { ...STILL, live: true, drafts: {}, anchor };
    let seen = null;
    let nextStep = 0;

    const state = () =>
      Object.fromEntries(NAMES.map((name) => [name, model.get(name) ?? OPENING[name]]));
    const panel = openPanel(el, ui, () => {
      const settings = state();
      seen = look(settings, ui);
      return view(settings, ui, seen);
    });
    const { page, say, copy } = panel;
    const calm = page.matchMedia("(prefers-reduced-motion: reduce)");
    const drawSoon = () => {
      seen = null;
      panel.drawSoon();
    };
    const drawn = () => seen ?? look(state(), ui);

    const change = (settings) => {
      for (const [name, value] of Object.entries(settings)) {
        delete ui.drafts[name];
        model.set(name, value);
      }
      model.save_changes();
      drawSoon();
    };
    const choose = (index) => {
      const { windows } = drawn();
      ui.chosen = Math.max(0, Math.min(index, windows - 1));
      drawSoon();
      if (!ui.playing) say(() => drawn().story);
    };
    const stop = () => {
      page.clearTimeout(nextStep);
      ui.playing = false;
      drawSoon();
    };
    const play = () => {
      const { windows, chosen } = drawn();
      const ended = chosen >= windows - 1;
      if (!el.isConnected || windows === 0 || (ui.playing && ended)) {
        stop();
        return;
      }
      ui.chosen = ended ? 0 : chosen + 1;
      ui.playing = true;
      drawSoon();
      const pace = Math.max(120, Math.min(450, 20000 / windows));
      nextStep = page.setTimeout(play, calm.matches ? 1200 : pace);
    };
    const actions = {
      less: ({ name }) => change({ [name]: Math.max(0, state()[name] - 1) }),
      more: ({ name }) => change({ [name]: state()[name] + 1 }),
      fix({ value }) {
        const byKeyboard = el.querySelector(".pg-fix").matches(":focus-visible");
        change({ output_padding: Number(value) });
        // The button goes away: a keyboard's focus moves on to what it has set.
        if (byKeyboard) el.querySelector("[name=output_padding]").focus();
      },
      back: () => choose(drawn().chosen - 1),
      on: () => choose(drawn().chosen + 1),
      play: () => (ui.playing ? stop() : play()),
      code: () => copy(code(state()), COPIED_CODE),
      link: () => panel.copyLink(writeLink(state(), ui.chosen, anchor)),
    };

    const point = (event) => {
      const { left, width } = el.querySelector("svg").getBoundingClientRect();
      const { place } = drawn();
      if (place) choose(place.at(((event.clientX - left) / width) * ui.width));
    };
    const listeners = {
      input({ target }) {
        const { name, value } = target;
        if (name === "mode") change({ mode: value });
        if (name === "window") choose(Number(value));
        if (!SETTINGS.includes(name)) return;
        const { value: number, problem } = typed(name, target);
        if (problem) {
          ui.drafts[name] = problem;
          drawSoon();
          say(() => problem);
        } else {
          change({ [name]: number });
        }
      },
      submit(event) {
        event.preventDefault();
      },
      pointerdown(event) {
        if (event.button !== 0 || !event.target.closest("svg")) return;
        stop();
        el.querySelector("svg").setPointerCapture(event.pointerId);
        // While the pointer is down the columns stay, so that they do not run away from it.
        ui.frozen = drawn().place?.segments ?? null;
        point(event);
      },
      pointermove(event) {
        if (!ui.frozen) return;
        if (event.buttons) point(event);
        else listeners.pointerup();
      },
      pointerup() {
        if (ui.frozen) drawSoon();
        ui.frozen = null;
      },
      pointercancel() {
        listeners.pointerup();
      },
    };
    const changed = NAMES.map((name) => [
      `change:${name}`,
      () => {
        delete ui.drafts[name];
        ui.frozen = null;
        ui.note = null;
        drawSoon();
        say(() => drawn().verdict);
      },
    ]);
    const follow = (hash) => {
      const link = readLink(hash, anchor);
      if (!link) return;
      ui.chosen = link.chosen;
      change(link.settings);
      el.scrollIntoView({ block: "nearest" });
    };

    el.classList.add("playground");
    for (const [type, listener] of changed) model.on(type, listener);
    const close = panel.start({ listeners, actions, follow });

    return () => {
      page.clearTimeout(nextStep);
      for (const [type, listener] of changed) model.off(type, listener);
      close();
    };
  },
};

// The lengths for a state, or why there are none: { conv, transposed, error, code, kind }.
function sizesOf(state) {
  const { mode, length } = state;
  const sizes = { conv: null, transposed: null, error: null, code: null, kind: "RuntimeError" };
  try {
    if (mode !== "transposed") sizes.conv = conv1dOutputLength(length, state);
    if (mode !== "conv")
      sizes.transposed = convTranspose1dOutputLength(sizes.conv ?? length, state);
  } catch (error) {
    sizes.error = error.message;
    if (error.code) sizes.code = error.code;
    else sizes.kind = error.name;
  }
  return sizes;
}

// All that is shown of a state.
function look(state, ui) {
  const sizes = sizesOf(state);
  const problem = Object.values(ui.drafts)[0];
  if (problem) {
    Object.assign(sizes, { error: problem, code: null, kind: "", conv: null, transposed: null });
  }
  if (!sizes.error) {
    try {
      return { sizes, ...lookCloser(state, sizes, ui) };
    } catch (error) {
      Object.assign(sizes, { error: error.message, kind: error.name });
    }
  }
  return {
    sizes,
    windows: 0,
    chosen: 0,
    place: null,
    unread: null,
    story: "",
    verdict: sizes.error,
  };
}

function lookCloser(state, sizes, { chosen: wanted, width, frozen }) {
  const { mode, length } = state;
  const windows = mode === "transposed" ? length : sizes.conv;
  const chosen = Math.max(0, Math.min(wanted ?? windows - 1, windows - 1));
  const place = geometry(state, sizes, { width, chosen, frozen });
  const unread = mode === "transposed" ? 0 : counted(() => unreadSamples(length, state));
  return {
    windows,
    chosen,
    place,
    unread,
    story: story(chosen, sizes.transposed, state),
    verdict: verdict(sizes.conv, sizes.transposed, unread, state),
  };
}

// The count, or null where there is none.
function counted(count) {
  try {
    return count();
  } catch {
    return null;
  }
}

// The PyTorch lines for a state.
function code(state) {
  const layer = (name, channels, names) => {
    const given = names.filter((key) => state[key] !== OPTIONAL[key]);
    return `nn.${name}(${channels}, ${given.map((key) => `${key}=${state[key]}`).join(", ")})`;
  };
  const shared = ["kernel_size", "stride", "padding", "dilation"];
  const conv = layer("Conv1d", "16, 32", shared);
  const transposed = layer("ConvTranspose1d", "32, 16", [
    "kernel_size",
    "stride",
    "padding",
    "output_padding",
    "dilation",
  ]);
  if (state.mode === "conv") return conv;
  return state.mode === "transposed" ? transposed : `${conv}\n${transposed}`;
}

function view(state, ui, seen = look(state, ui)) {
  const { sizes } = seen;
  return h(
    "form",
    { class: "pg", autocomplete: "off" },
    h(
      "fieldset",
      { class: "pg-controls", disabled: !ui.live },
      h("legend", { class: "pg-unseen" }, "Settings of the playground"),
      radios("mode", "mode", Object.entries(HEADINGS), state.mode),
      h(
        "div",
        { class: "pg-fields" },
        SETTINGS.map((name) => field(state, ui, name)),
      ),
    ),
    h("p", { class: "pg-still" }, STANDS_STILL),
    hero(state, sizes),
    late("div", () =>
      h(
        "div",
        { class: "pg-verdict" },
        h("p", {}, sizes.error ? headline(sizes.code, sizes.conv) : seen.verdict),
        fix(state, seen, ui),
      ),
    ),
    h(
      "div",
      { class: "pg-stage" },
      sizes.error
        ? refusal(state, sizes)
        : [
            // Hidden where there is no stylesheet: cleaned of its shapes it would be bare numbers.
            h(
              "div",
              { class: "pg-drawing", hidden: idle(ui).hidden },
              picture(state, sizes, seen.place, {
                width: ui.width,
                chosen: seen.chosen,
                label: seen.story,
              }),
            ),
            late("div", () => player(seen, ui, state)),
            late("ul", () => looks(state, sizes, seen)),
          ],
    ),
    late("div", () => h("div", { class: "pg-notes" }, formulas(state, sizes), listing(state, ui))),
    ending(ui),
  );
}

function field(state, ui, name) {
  const hidden = name === "output_padding" && state.mode === "conv";
  const nudge = (action, sign, words) =>
    button(action, sign, {
      "data-name": name,
      tabindex: "-1",
      "aria-label": `${words} ${name}`,
      ...idle(ui),
    });
  return h(
    "div",
    { class: "pg-field", hidden },
    h("label", {}, h("span", {}, name), " ", numberField(name, state[name], ui.drafts[name])),
    nudge("less", "−", "decrease"),
    nudge("more", "+", "increase"),
  );
}

function hero(state, sizes) {
  const { mode, length } = state;
  const shown = (name, value, role, used) =>
    h("output", { name, class: `pg-big ${role}`, "aria-live": "off", hidden: !used }, value ?? "–");
  const same = sizes.transposed === length;
  const back = mode !== "round-trip" || sizes.error ? "" : same ? " pg-same" : " pg-off";
  const short = [length, sizes.conv ?? 0, sizes.transposed ?? 0].every((n) => n >= 0 && n < 1e4);
  const kind = `${short ? " pg-short" : ""}${mode === "round-trip" ? " pg-trip" : ""}`;
  return h(
    "p",
    { class: `pg-hero${kind}` },
    h("span", { class: "pg-big pg-c-input" }, length),
    " ",
    mode === "transposed" ? null : arrow("Conv1d"),
    shown("conv_length", sizes.conv, mode === "conv" ? "pg-c-output" : "", mode !== "transposed"),
    " ",
    mode === "conv" ? null : arrow("ConvTranspose1d"),
    shown("transposed_length", sizes.transposed, `pg-c-output${back}`, mode !== "conv"),
  );
}

// The button keeps its place while there is nothing to set, so that nothing moves when there is.
function fix(state, seen, ui) {
  if (state.mode !== "round-trip") return null;
  const value = required(seen.sizes.transposed, seen.sizes.code, state);
  const away = value === null;
  return button("fix", `Set output_padding=${value ?? 0}`, {
    class: away ? "pg-fix pg-away" : "pg-fix",
    "data-value": away ? null : value,
    ...idle(ui),
  });
}

// What would do nothing without a script is not shown where there is none.
function idle(ui) {
  return { hidden: ui.live ? null : "hidden", disabled: !ui.live };
}

function refusal(state, sizes) {
  const words = hint(sizes.code, state);
  return h(
    "div",
    { class: "pg-refusal" },
    h(
      "div",
      { role: "alert" },
      sizes.kind ? h("b", {}, `${sizes.kind}: `) : null,
      h("span", {}, sizes.error),
    ),
    words ? h("p", {}, words) : null,
  );
}

function player(seen, ui, state) {
  const { windows, chosen, story } = seen;
  const what = state.mode === "transposed" ? "sample" : "window";
  const step = (action, sign, words) => button(action, sign, { "aria-label": words, ...idle(ui) });
  return h(
    "div",
    { class: "pg-player" },
    step("back", "‹", `previous ${what}`),
    h("input", {
      ...KEYS,
      type: "range",
      name: "window",
      min: 0,
      max: windows - 1,
      step: 1,
      value: chosen,
      "aria-label": what,
      "aria-valuetext": story,
      ...idle(ui),
    }),
    step("on", "›", `next ${what}`),
    button("play", ui.playing ? "Pause" : "Play", { class: "pg-play", ...idle(ui) }),
    h("p", { class: "pg-story" }, story),
  );
}

function looks(state, sizes, { place, unread }) {
  const seen = new Set([...place.roles, "in-window"]);
  if (seen.has("added-bias")) seen.add("output-padding").add("bias");
  if (state.mode === "round-trip") seen.add("goal");
  return h(
    "ul",
    { class: "pg-legend" },
    Object.entries(legend(unread, sizes.transposed, state))
      .filter(([role]) => seen.has(role))
      .map(([role, words]) => h("li", { class: `pg-key pg-key-${role}` }, words)),
  );
}

function formulas(state, sizes) {
  const { mode, length, kernel_size, stride, padding, dilation, output_padding } = state;
  const part = (role, value) => h("b", { class: `pg-c-${role}` }, value);
  const long = (side) => ["L", h("sub", {}, side)];
  const into = mode === "transposed" ? sizes.transposed : length;
  const from = mode === "transposed" ? length : sizes.conv;
  const takes = (value) => part("input", value ?? "…");
  const kernel = [part("kernel", dilation), "·(", part("kernel", kernel_size), " − 1)"];
  const [p, s] = [part("padding", padding), part("kernel", stride)];
  const conv = ["⌊(", takes(into), " + 2·", p, " − ", kernel, " − 1) / ", s, "⌋ + 1"];
  const added = part("output-padding", output_padding);
  const transposed = [
    "(",
    takes(from),
    " − 1)·",
    s,
    " − 2·",
    p,
    " + ",
    kernel,
    " + ",
    added,
    " + 1",
  ];
  const gives = (value, layer) =>
    value === null || !sizes.kind ? null : counted(() => layer(value, state));
  const row = (layer, symbols, numbers, result) => [
    h("dt", {}, layer),
    h(
      "dd",
      {},
      h("span", { class: "pg-symbols" }, symbols),
      h("br"),
      h("span", { class: "pg-put-in" }, numbers, " = ", part("output", result ?? "–")),
    ),
  ];
  const both = [
    row(
      "Conv1d",
      [long("out"), " = ⌊(", long("in"), " + 2p − d(k − 1) − 1) / s⌋ + 1"],
      conv,
      gives(into, conv1dOutputLength),
    ),
    row(
      "ConvTranspose1d",
      [long("out"), " = (", long("in"), " − 1)s − 2p + d(k − 1) + output_padding + 1"],
      transposed,
      gives(from, convTranspose1dOutputLength),
    ),
  ];
  return h("dl", { class: "pg-formulas" }, mode === "transposed" ? both.reverse() : both);
}

function listing(state, ui) {
  return h(
    "div",
    { class: "pg-code" },
    h("pre", {}, h("code", {}, code(state))),
    button("code", "Copy code", idle(ui)),
    ui.anchor ? button("link", "Copy link", idle(ui)) : null,
  );
}
