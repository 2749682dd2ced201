// The parts of the designer's page that show an answer.
import { h } from "../ui/elements.js";
import { arrow, button, numberField } from "../ui/panel.js";
import { leftOver } from "../rules/stacks.js";
import { decoderCode } from "./answer.js";
import {
  askingCode,
  backLength,
  comingWords,
  inputWords,
  ownWords,
  pictureWords,
  plainWords,
} from "./designer_words.js";
import { otherChannels, reaches, speaker, verdict } from "./designer_words.js";
import { hourglass } from "./hourglass.js";

/** Where the code and the length are typed. */
export function editor(state, ui) {
  const lines = state.code.split("\n").length;
  const chosen = state.presets.find(({ code }) => code === state.code);
  return h(
    "div",
    { class: "ds-editor" },
    h(
      "div",
      { class: "ds-top" },
      h(
        "label",
        { class: "ds-field ds-preset" },
        h("span", {}, "a real model, or your own code"),
        h(
          "select",
          { name: "preset" },
          h("option", { value: "" }, "my own code"),
          state.presets.map(({ key, name, code }) =>
            h("option", { value: key, selected: code === ui.opening }, name),
          ),
        ),
      ),
      h(
        "div",
        { class: "pg-field ds-count" },
        h(
          "label",
          {},
          h("span", {}, "input length"),
          numberField("length", state.length, ui.draft, { min: 0 }),
        ),
        button("less", "−", { "aria-label": "one sample less" }),
        button("more", "+", { "aria-label": "one sample more" }),
      ),
    ),
    h(
      "label",
      { class: "ds-code" },
      h("span", {}, "PyTorch code, or a model as PyTorch prints it"),
      h(
        "span",
        { class: "ds-box" },
        h(
          "span",
          { class: "ds-lines", "aria-hidden": "true" },
          Array.from({ length: lines }, (_, i) => i + 1).join("\n"),
        ),
        h(
          "textarea",
          {
            name: "code",
            rows: 10,
            wrap: "off",
            spellcheck: "false",
            autocapitalize: "off",
            autocomplete: "off",
          },
          ui.opening,
        ),
      ),
    ),
    h(
      "div",
      { class: "ds-under" },
      h(
        "p",
        { class: "ds-source" },
        chosen
          ? [
              "Read from ",
              h("a", { href: chosen.url }, "the model’s own source"),
              chosen.half ? `, the ${chosen.half}` : "",
              ", channels written as 1: the book keeps sizes only.",
            ]
          : null,
      ),
      ui.live ? button("link", "Copy link") : null,
    ),
  );
}

/** All that is said of the code. */
export function answered(found, state, ui) {
  const { kind } = found;
  const isWhole = kind === "complete" && !ui.draft;
  return [
    which(found),
    hero(found, isWhole),
    h(
      "p",
      { class: "ds-verdict" },
      verdict(found, state, ui),
      ui.draft
        ? null
        : found.fixes.map((value) => [
            " ",
            button("length", `Use ${value}`, { "data-value": value }),
          ]),
    ),
    kind === "refused" && !ui.draft
      ? [
          h(
            "div",
            { class: "ds-refusal", role: "alert" },
            h("b", {}, speaker(found.error)),
            h("span", {}, found.error.words),
          ),
          otherChannels(found.failed)
            ? null
            : wayOn(found, state, "PyTorch can look for the change that takes every length:"),
        ]
      : null,
    ui.draft ? h("div", { class: "ds-refusal", role: "alert" }, h("span", {}, ui.draft)) : null,
    kind === "stopped" && !ui.draft ? stop(found, state) : null,
    h("div", { class: "pg-stage" }, ui.draft || found.way.length === 0 ? null : picture(found, ui)),
    ui.draft || found.way.length === 0
      ? null
      : [
          h("h2", {}, kind === "stopped" ? "What is certain up to there" : "Layer by layer"),
          layerTable(found.way),
        ],
    isWhole
      ? [
          severalOutputs(found),
          ownWay(found),
          found.own && found.decoder
            ? h(
                "details",
                { class: "ds-whole" },
                h("summary", {}, "The way back of all of it"),
                ways(found),
              )
            : ways(found),
        ]
      : null,
  ];
}

// Which of several models the answer is for, and for which input.
function which(found) {
  const { models, chosen, kind } = found;
  if (models.length === 0) return null;
  const said = kind === "stopped" ? null : inputWords(found);
  if (models.length === 1) return said && h("p", { class: "ds-for" }, `${models[0]}, ${said}`);
  return h(
    "p",
    { class: "ds-for" },
    h(
      "label",
      {},
      "This is the answer for ",
      h(
        "select",
        { name: "model" },
        models.map((name, i) => h("option", { value: name, selected: i === chosen }, name)),
      ),
    ),
    said && ` ${said}`,
  );
}

function hero(found, isWhole) {
  const { way, length } = isWhole ? back(found) : { way: null };
  const isShown = isWhole || found.kind === "refused";
  return h(
    "p",
    { class: "pg-hero" },
    isShown ? [h("span", { class: "pg-big pg-c-input" }, found.length), arrow("layers")] : null,
    h(
      "output",
      { name: "length_after", class: isShown ? "pg-big pg-c-kernel" : null },
      isWhole ? found.after : "–",
    ),
    way && [
      arrow(way),
      h(
        "output",
        { name: "length_back", class: `pg-big pg-c-output${length !== null ? " pg-same" : ""}` },
        length ?? "–",
      ),
    ],
  );
}

// How a model comes back, and to which length: by itself, mended, or with a decoder; if it does.
function back({ length, after, own, back: returned }) {
  if (!own) return { way: returned ? "decoder" : null, length: backLength(returned) };
  if (after === length) return { way: "unchanged", length };
  return own.layers ? { way: "mended", length } : { way: null };
}

// The statement that is not evaluated, and the way on.
function stop(found, state) {
  const { line, text, why } = found.stop;
  const isRead = found.models.length > 0;
  return h(
    "section",
    { class: "ds-stop stopped", "data-line": line, "aria-label": "Where the answer stops" },
    h("p", {}, button("line", `line ${line}`, { "data-value": line }), " ", h("code", {}, text)),
    h("p", { class: "ds-why-stopped" }, why),
    wayOn(
      found,
      state,
      isRead
        ? "PyTorch itself knows. Ask it where your model is:"
        : "If Python itself reads it, ask PyTorch where your model is:",
    ),
  );
}

// The lines that ask PyTorch, and the notebook that does.
function wayOn(found, { ways: places }, lead) {
  return [
    h("p", {}, lead),
    h(
      "div",
      { class: "ds-listing" },
      h("pre", { tabindex: 0, "aria-label": "ask PyTorch" }, h("code", {}, askingCode(found))),
      button("ask", "Copy lines"),
    ),
    h(
      "p",
      { class: "ds-on" },
      "Or paste it into the notebook “Your own model”: ",
      places.map(({ words, url }, i) => [i > 0 ? ", " : null, h("a", { href: url }, words)]),
      ".",
    ),
  ];
}

function ways(found) {
  if (!found.decoder) return null;
  return [found.decoder.length > 0 ? wayBack(found) : null, comings(found)];
}

function picture({ kind, way, length: from, traced, back: returned, own }, ui) {
  const stations = [{ length: from, role: "in", factor: "" }];
  const add = ({ layer, after }, role) => {
    const last = stations[stations.length - 1];
    if (!after) stations.push({ length: null, role: "failed", factor: "" });
    else if (after.length !== last.length && after.length !== null) {
      stations.push({ length: after.length, role, factor: factor(layer) });
    }
  };
  const steps = kind === "complete" && !traced.broken ? traced.steps : way;
  for (const step of steps) add(step, "in");
  if (own) {
    const least = Math.min(...stations.map(({ length }) => length));
    const neck = stations.findLastIndex(({ length }) => length === least);
    stations.forEach((station, i) => {
      if (i >= neck) station.role = i === neck ? "neck" : "back";
    });
  } else if (returned) {
    stations[stations.length - 1].role = "neck";
    for (const step of returned.steps) add(step, "back");
  }
  return hourglass(stations, ui.width, pictureWords(stations));
}

function factor({ kind, settings }) {
  const { stride, kernel_size, scale_factor } = settings;
  if (kind === "ConvTranspose1d") return stride > 1 ? `×${stride}` : "";
  if (scale_factor) return `×${scale_factor}`;
  const step = stride === null ? kernel_size : stride;
  return step > 1 ? `÷${step}` : "";
}

/** A table that scrolls by itself. */
export function table(label, heads, rows) {
  return h(
    "div",
    { class: "ds-scroll", role: "region", "aria-label": label, tabindex: 0 },
    h(
      "table",
      {},
      h(
        "thead",
        {},
        h(
          "tr",
          {},
          heads.map((head) =>
            head.tag
              ? head
              : h("th", { scope: "col", class: NUMERIC.has(head) ? "ds-num" : null }, head),
          ),
        ),
      ),
      h("tbody", {}, rows),
    ),
  );
}

const NUMERIC = new Set(["line", "length", "left over", "output_padding"]);

function layerTable(way) {
  const rows = way.map((step) => {
    const { layer, after, name } = step;
    const rest =
      after && after.length !== null && step.before.length !== null ? leftOver(step)?.rest : null;
    return h(
      "tr",
      { class: after ? null : "ds-failed" },
      h("td", { class: "ds-num" }, layer.line),
      h(
        "td",
        {},
        name ? [h("span", { class: "ds-name" }, name), " "] : null,
        h("code", {}, layer.text),
        hereWords(step),
      ),
      h(
        "td",
        { class: "ds-num ds-length" },
        after ? (after.shape ?? after.length ?? "–") : "refused",
      ),
      h("td", { class: `ds-num${rest ? " ds-rest" : ""}` }, rest ?? ""),
    );
  });
  return table("Lengths, layer by layer", ["line", "layer", "length", "left over"], rows);
}

// The numbers of a step at this length, where the code does not write them out.
function hereWords({ layer }) {
  if (!layer.called && !layer.followsSize) return null;
  const words = NUMBERS[layer.kind]?.(layer.settings);
  const isWritten = words?.match(/\d+/g)?.every((number) => layer.text.includes(number));
  return words && !isWritten
    ? h("span", { class: "ds-here" }, " here ", h("code", {}, words))
    : null;
}

const side = (number) => number ?? "";
const sides = ({ padding }) => `(${padding.join(", ")})`;
const NUMBERS = {
  Cut: ({ start, stop, step }) => `${side(start)}:${side(stop)}${step === 1 ? "" : `:${step}`}`,
  Narrow: ({ start, size }) => `${start}, ${size}`,
  Upsample: ({ size, scale_factor }) =>
    size === null ? `scale_factor=${scale_factor}` : `size=${size}`,
  ConstantPad1d: sides,
  ReflectionPad1d: sides,
  ReplicationPad1d: sides,
  CircularPad1d: sides,
  ConvTranspose1d: ({ output_padding }) => `output_padding=${output_padding}`,
};

// All lengths of a model with several outputs.
function severalOutputs({ outputs }) {
  if (outputs.length < 2) return null;
  const rows = outputs.map(({ path, length, shape }) =>
    h(
      "tr",
      {},
      h("td", {}, h("code", {}, `output${path}`)),
      h("td", { class: "ds-num ds-length" }, length ?? "not known"),
      h("td", {}, shape ?? ""),
    ),
  );
  return [h("h2", {}, "All outputs"), table("All outputs", ["output", "length", "shape"], rows)];
}

// Of a model that goes down and up again by itself: what it lacks, and what mends it.
function ownWay(found) {
  const { own, length, after } = found;
  if (!own) return null;
  const pick = (value) => button("length", value, { "data-value": value });
  const near = [...new Set([own.near.down, own.near.up])].filter(
    (value) => value !== null && value !== length,
  );
  const whole = after === length ? null : own.mended;
  const rows =
    whole
    && own.own.map((at) =>
      h(
        "tr",
        {},
        h("td", { class: "ds-num" }, own.layers[at].line),
        h("td", {}, h("code", {}, own.layers[at].text)),
        h("td", { class: "ds-num ds-op" }, own.layers[at].settings.output_padding),
        h("td", { class: "ds-num ds-length" }, whole.steps[at].after.length),
      ),
    );
  return [
    h("h2", {}, "Its own way back"),
    h("p", { class: "ds-own" }, `This model goes down and up again by itself: ${ownWords(found)}`),
    rows
      ? [
          table("What mends its own way back", ["line", "layer", "output_padding", "length"], rows),
          h("p", { class: "ds-mend" }, button("own", "Copy these layers")),
        ]
      : null,
    near.length > 0
      ? h(
          "p",
          { class: "ds-near" },
          "As it is, it returns unchanged, nearest to here: ",
          near.flatMap((value, i) => [i > 0 ? " " : null, pick(value)]),
        )
      : null,
    near.length > 0 && after !== length ? reach(length, own.near, found.layout) : null,
  ];
}

function wayBack({ decoder, back: returned, own }) {
  const rows = returned.steps
    .filter(({ layer }) => layer.why)
    .map(({ layer, after }) =>
      h(
        "tr",
        {},
        h("td", {}, h("code", {}, layer.text)),
        h(
          "td",
          { class: "ds-num ds-op" },
          layer.kind === "ConvTranspose1d" ? layer.settings.output_padding : "",
        ),
        h("td", { class: "ds-why" }, layer.why),
        h("td", { class: "ds-num ds-length" }, after.length),
      ),
    );
  return [
    own ? null : h("h2", {}, "The way back"),
    h(
      "div",
      { class: "ds-listing" },
      h("pre", { tabindex: 0, "aria-label": "the decoder" }, h("code", {}, decoderCode(decoder))),
      button("decoder", "Copy decoder"),
    ),
    table("Why the decoder returns", ["layer", "output_padding", "why", "length"], rows),
  ];
}

function comings(found) {
  const { length, near, own, same, layout } = found;
  const pick = (value) =>
    button("length", value, {
      "data-value": value,
      "aria-current": value === length ? "true" : null,
    });
  const listed = (values) => values.flatMap((value, i) => [i > 0 ? " " : null, pick(value)]);
  const plain = near ? [...new Set([near.down, near.up])].filter((value) => value !== null) : [];
  const words = comingWords(found, plain);
  const rows = [
    ["with this decoder", listed(same), words.every],
    [
      "with a decoder without output_padding",
      near?.period === 1 && found.isStraight ? null : listed(plain),
      words.without,
    ],
    ["with another decoder", null, words.others],
    ["never", null, words.never],
  ];
  return [
    h("h2", {}, "Which lengths come back"),
    h(
      "dl",
      { class: "ds-comings" },
      rows.map(([term, values, said]) => [
        h("dt", {}, term),
        h("dd", {}, values, values?.length ? " " : null, h("span", {}, said)),
      ]),
    ),
    plain.length > 0 && !own ? plainly(length, near, layout) : null,
  ];
}

// How to come to a length that needs no output_padding.
function plainly(length, near, layout) {
  if (near.down !== length) return reach(length, near, layout);
  return h("p", { class: "ds-reach" }, plainWords(length));
}

// How to pad or crop to the lengths that are nearest to this one, where there are any.
function reach(length, near, layout) {
  return h(
    "ul",
    { class: "ds-reach" },
    reaches(length, near, layout).map(({ words, code }) =>
      h("li", {}, words, " ", h("code", {}, code)),
    ),
  );
}
