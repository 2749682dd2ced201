// The other way round: which settings of a layer lead from one length to another.
import { h } from "../ui/elements.js";
import { button, numberField, radios } from "../ui/panel.js";
import { Range } from "../rules/builtins.js";
import { BOUNDS, MOST, conv1dSettings, convTranspose1dSettings } from "../rules/search.js";
import { OPTIONAL } from "../rules/sizes.js";
import { call } from "../rules/stacks.js";
import { table } from "./designer_parts.js";

const SHARED = ["kernel_size", "stride", "padding", "dilation"];
const CHANNELS = { Conv1d: "16, 32", ConvTranspose1d: "32, 16" };

/** The settings that have bounds. */
export const RANGES = [...SHARED, "output_padding"];
export const SEARCH = {
  layer: "Conv1d",
  from: 100,
  to: 50,
  ...Object.fromEntries(SHARED.map((name) => [name, [BOUNDS[name].start, BOUNDS[name].stop - 1]])),
  output_padding: [0, 3],
};
export const SORT = { by: "kernel_size", up: true };

/** Whether there is a layer of this kind. */
export function isSearched(kind) {
  return Object.hasOwn(CHANNELS, kind);
}

/** The settings of a search in order: { rows } or, where the bounds are too wide, { problem }. */
export function search(bounds, sort = SORT) {
  const { layer, from, to } = bounds;
  const count = SHARED.reduce(
    (all, name) => all * Math.max(0, bounds[name][1] - bounds[name][0] + 1),
    1,
  );
  if (count > MOST) {
    return {
      problem: `These bounds hold ${count} settings, and ${MOST} are looked through at a time. Narrow one of them.`,
    };
  }
  let rows;
  try {
    const ranges = Object.fromEntries(
      settingsOf(layer)
        .filter((name) => name in bounds)
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

/** The bounds, and the settings within them. */
export function between(bounds, ui) {
  const found = ui.searchDraft ? { problem: ui.searchDraft } : search(bounds, ui.sort);
  return [
    h("h2", {}, "The other way round"),
    h("p", {}, "Which settings lead from one length to another?"),
    h(
      "div",
      { class: "ds-bounds" },
      radios(
        "layer",
        "search-layer",
        Object.keys(CHANNELS).map((layer) => [layer, layer]),
        bounds.layer,
      ),
      h(
        "div",
        { class: "ds-ends" },
        ["from", "to"].map((name) =>
          h(
            "label",
            { class: "ds-field" },
            h("span", {}, name === "from" ? "input length" : "output length"),
            searched(name, bounds[name]),
          ),
        ),
      ),
      h(
        "div",
        { class: "ds-ranges" },
        settingsOf(bounds.layer).map((name) =>
          h(
            "div",
            { class: "ds-field", role: "group", "aria-label": name },
            h("span", {}, name),
            h(
              "span",
              { class: "ds-range" },
              searched(`${name}-0`, bounds[name][0], { "aria-label": `${name} from` }),
              " to ",
              searched(`${name}-1`, bounds[name][1], { "aria-label": `${name} to` }),
            ),
          ),
        ),
      ),
    ),
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

/** How many settings are found, in a sentence. */
export function searchWords({ layer, from, to }, found, ui) {
  if (ui.searchDraft) return ui.searchDraft;
  if (found.problem) return found.problem;
  const { length } = found.rows;
  const settings =
    length === 0 ? "No settings" : length === 1 ? "One set of settings" : `${length} settings`;
  return `${settings} within these bounds ${length === 1 ? "takes" : "take"} ${from} to ${to} with ${layer}.`;
}

function results({ layer }, rows, ui) {
  const names = settingsOf(layer);
  const heads = names.map((name) => {
    const by = ui.sort.by === name;
    return h(
      "th",
      {
        scope: "col",
        class: "ds-num",
        "aria-sort": by ? (ui.sort.up ? "ascending" : "descending") : null,
      },
      button("sort", name, { "data-value": name }),
    );
  });
  const shown = rows.slice(0, Math.min(ui.shown, 1000));
  const lines = shown.map((settings) => {
    const pairs = Object.entries(OPTIONAL)
      .filter(([name, usual]) => name in settings && settings[name] !== usual)
      .map(([name]) => [name, settings[name]]);
    const code = call(layer, [[null, CHANNELS[layer]], [null, settings.kernel_size], ...pairs]);
    return h(
      "tr",
      {},
      names.map((name) => h("td", { class: "ds-num" }, settings[name])),
      h("td", {}, h("code", {}, code)),
      h("td", {}, button("row", "Copy", { "data-value": code, "aria-label": `copy ${code}` })),
    );
  });
  const left = rows.length - shown.length;
  return [
    table("Settings found", [...heads, "code", h("td", {})], lines),
    left > 0
      ? h(
          "p",
          {},
          `${left} more. `,
          shown.length < 1000
            ? button("all", `Show ${Math.min(1000, rows.length)}`)
            : "Narrow the bounds to see them.",
        )
      : null,
  ];
}
