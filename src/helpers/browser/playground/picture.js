// The picture of a playground: rows of samples over one axis. Position q of the padded input is
// position q of what the transposed layer scatters before it crops, and window i covers the
// positions from i * stride on, so that everything that belongs together stands in one column.
//
// However long the signal, only as many columns are drawn as fit: the start, the neighbourhood
// of the chosen window and the end.
import { h } from "../ui/elements.js";
import { numeral, tenths } from "./numerals.js";

const CELL = 24;
const TOP = 22;
const GAP = 58;
const STRUCK = new Set(["unread", "spare", "cropped"]);
// What is struck or not there has no number: a line would go through it.
const UNNUMBERED = new Set(["padding", "missing", ...STRUCK]);

/** Where everything lies: columns, pixels and the roles of samples, for accepted sizes. */
export function geometry(state, sizes, { width, chosen, frozen = null }) {
  const { stride, padding, dilation, kernel_size, output_padding } = state;
  const { mode, length } = state;
  const span = dilation * (kernel_size - 1) + 1;
  const windows = mode === "transposed" ? length : sizes.conv;
  const scattered = (windows - 1) * stride + span;
  const padded = mode === "transposed" ? 0 : length + 2 * padding;
  const back = mode === "conv" ? 0 : padding + sizes.transposed;
  const axis = Math.max(scattered, padded, back);
  const digits = `${axis - padding}`.length;
  const pitch = [20, 20, 20, 23, width < 420 ? 25 : 27][digits] ?? 20;
  const budget = Math.max(9, Math.floor(width / pitch));
  const first = chosen * stride;
  const tail = Math.max(axis - scattered + padding, padding) + 2;
  const segments = frozen ?? segmentsOf(axis, budget, first, span, stride, padding + 2, tail);
  const slots = segments.reduce((sum, [from, to]) => sum + to - from + 1, -1);
  const step = Math.min(34, width / Math.max(slots, 9));
  const margin = (width - slots * step) / 2;

  // The middle of a column in pixels; between two segments, the middle of the gap.
  const x = (position) => {
    let slot = 0;
    for (const [from, to] of segments) {
      if (position < from) return margin + (slot - 0.5) * step;
      if (position <= to - 1) return margin + (slot + position - from + 0.5) * step;
      slot += to - from + 1;
    }
    return margin + (slot - 1.5) * step;
  };
  const middle = (window) => window * stride + (span - 1) / 2;
  // The window whose middle is nearest to a pixel.
  const at = (pixel) => {
    let slot = (pixel - margin) / step - 0.5;
    let position = segments.at(-1)[1] - 1;
    for (const [from, to] of segments) {
      if (slot < to - from) {
        position = from + Math.max(0, slot);
        break;
      }
      slot -= to - from + 1;
    }
    const window = Math.round((position - (span - 1) / 2) / stride);
    return Math.max(0, Math.min(window, windows - 1));
  };
  const inWindow = (position) => {
    const offset = position - first;
    return offset >= 0 && offset < span && offset % dilation === 0;
  };
  const reached = (position) => isReached(position, windows, kernel_size, stride, dilation);
  const inputRole = (position) => {
    const index = position - padding;
    if (position < 0 || position >= padded) return null;
    if (index < 0) return "padding";
    // What no window reads behind the signal is what the floor of the formula drops.
    if (index >= length) return reached(position) ? "padding" : "spare";
    return reached(position) ? "input" : "unread";
  };
  const outputRole = (position) => {
    if (mode === "conv") return null;
    const index = position - padding;
    if (index < 0 || index >= sizes.transposed) {
      if (position < scattered) return "cropped";
      return mode === "round-trip" && index < length ? "missing" : null;
    }
    const added = index >= sizes.transposed - output_padding;
    if (reached(position)) return added ? "output-padding" : "output";
    return added ? "added-bias" : "bias";
  };
  // The visible columns: where they stand, and the roles of the two samples in them.
  const columns = [];
  const roles = new Set();
  for (const [from, to] of segments) {
    for (let position = from; position < to; position += 1) {
      const [input, output] = [inputRole(position), outputRole(position)];
      columns.push({ position, x: x(position), input, output, chosen: inWindow(position) });
      roles.add(input).add(output);
    }
  }
  return { segments, columns, roles, step, x, at, middle, span, windows, first, digits };
}

/** The drawing: an svg element whose height does not depend on its width. */
export function picture(state, sizes, place, { width, chosen, label }) {
  const { mode, padding, length } = state;
  const trip = mode === "round-trip";
  const { segments, columns, x, step, middle, digits } = place;
  const numbered = digits <= 4;
  // In a crowd every fifth sample is numbered, as on a ruler, and all of the chosen window.
  const every = columns.length > 24 || segments.length > 1 ? 5 : 1;
  const size = Math.min(step - 3, CELL);
  const rows = { top: TOP, next: TOP + CELL + GAP, last: TOP + 2 * (CELL + GAP) };
  const height = (trip ? rows.last : rows.next) + CELL + 4;
  const cells = {};
  let numbers = "";
  // One box and its strike, from wherever the pen is put down.
  const box = `h${tenths(size)}v${tenths(size)}h${tenths(-size)}z`;
  const strike = `m0 ${tenths(size)}l${tenths(size)} ${tenths(-size)}`;
  const inset = (CELL - size) / 2;
  const put = (kind, at, top) => {
    const from = `M${tenths(at - size / 2)} ${tenths(top + inset)}`;
    cells[kind] = (cells[kind] ?? "") + from + box + (STRUCK.has(kind) ? strike : "");
  };
  const number = (index, at, top, must) => {
    if (!numbered || (!must && index % every)) return;
    numbers += numeral(index, at, top + CELL / 2);
  };
  const samples = (top, row) => {
    for (const { position, x: at, chosen: inWindow, [row]: role } of columns) {
      if (!role) continue;
      put(role, at, top);
      if (inWindow) put("in-window", at, top);
      if (!UNNUMBERED.has(role)) number(position - padding, at, top, inWindow);
    }
  };
  const one = (window, top, role) => {
    const at = x(middle(window));
    put(role, at, top);
    if (window === chosen) put("in-window", at, top);
    number(window, at, top, window === chosen);
  };
  const row = (top, role) => {
    const seen = new Set([chosen, ...visible(place, state.stride)]);
    for (const window of [...seen].sort((a, b) => a - b)) one(window, top, role);
  };
  const fans = [];
  const fan = (hub, top, bottom) => {
    for (const { x: at, chosen: inWindow } of columns) {
      if (inWindow) fans.push(`M${tenths(at)} ${top}L${tenths(hub)} ${bottom}`);
    }
  };
  const hub = x(middle(chosen));
  // Down to the last row from where the input ends: that far the output should reach.
  const end = trip ? tenths(x(padding + length - 1) + step / 2) : null;
  // On the left, unless the fans are there.
  const isLeft = hub > Math.min(170, width / 2);
  const caption = (top, words) =>
    h(
      "text",
      {
        class: "pg-caption",
        x: isLeft ? 0 : (end ?? width) - 8,
        y: top - 9,
        "text-anchor": isLeft ? null : "end",
      },
      words,
    );
  if (mode === "transposed") {
    row(rows.top, "input");
    fan(hub, rows.next, rows.top + CELL);
    samples(rows.next, "output");
  } else {
    samples(rows.top, "input");
    fan(hub, rows.top + CELL, rows.next);
    row(rows.next, trip ? "between" : "output");
    if (trip) {
      fan(hub, rows.last, rows.next + CELL);
      samples(rows.last, "output");
    }
  }
  // Where indices are too long for the cells, the captions tell how far they go.
  const upTo = (words, count) => (numbered ? words : `${words}, 0 to ${count - 1}`);
  const captions = [
    caption(rows.top, upTo("input", length)),
    caption(
      rows.next,
      trip
        ? upTo("Conv1d’s output", sizes.conv)
        : upTo("output", mode === "conv" ? sizes.conv : sizes.transposed),
    ),
    trip ? caption(rows.last, upTo("ConvTranspose1d’s output", sizes.transposed)) : null,
  ];

  const goal = trip ? `M${end} ${rows.top - 6}V${rows.last + CELL + 6}` : null;
  const gaps = segments.slice(1).map(([from]) => x(from) - step);
  const dots = [rows.top, rows.next, rows.last]
    .slice(0, trip ? 3 : 2)
    .flatMap((top) =>
      gaps
        .filter((at) => Math.abs(at - hub) > size || top !== middleRow(mode, rows))
        .map((at) => `M${tenths(at - 4)} ${top + CELL / 2}h0m4 0h0m4 0h0`),
    );
  const kinds = [
    "padding",
    "spare",
    "input",
    "unread",
    "between",
    "output",
    "bias",
    "output-padding",
    "added-bias",
    "cropped",
    "missing",
    "in-window",
  ];
  return h(
    "svg",
    {
      viewBox: `0 0 ${width} ${height}`,
      width: "100%",
      height,
      role: "img",
      "aria-label": label,
      preserveAspectRatio: "xMidYMid meet",
    },
    h("path", { class: "pg-goal", d: goal }),
    h("path", { class: "pg-fan", d: fans.join("") }),
    kinds.map((kind) => h("path", { class: `pg-${kind}`, d: cells[kind] ?? null })),
    h("path", { class: "pg-numbers", d: numbers }),
    h("path", { class: "pg-dots", d: dots.join("") }),
    captions,
  );
}

function middleRow(mode, rows) {
  return mode === "transposed" ? rows.top : rows.next;
}

// The windows with a visible middle.
function visible({ segments, span, windows }, stride) {
  const half = (span - 1) / 2;
  return segments.flatMap(([from, to]) => {
    const first = Math.max(0, Math.ceil((from - half) / stride));
    const last = Math.min(windows - 1, Math.floor((to - 1 - half) / stride));
    return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => first + i);
  });
}

// The columns to draw, as [from, to) pairs: at most `budget`, a gap counted as one.
function segmentsOf(axis, budget, start, span, stride, head, tail) {
  if (axis <= budget) return [[0, axis]];
  const roomy = [
    Math.min(head, Math.max(2, Math.floor(budget * 0.2))),
    Math.min(tail, Math.max(2, Math.floor(budget * 0.3))),
  ];
  for (const [first, last] of [roomy, [2, 2], [1, 1]]) {
    const ends = [
      [0, first],
      [axis - last, axis],
    ];
    const focus = budget - first - last - 2;
    // Pages, so that a step moves the window and not the picture.
    const page = (Math.floor((focus - span) / stride) + 1) * stride;
    const from = span <= focus ? Math.floor(start / page) * page : start;
    const fromStart = budget - last - 1;
    const toEnd = axis - (budget - first - 1);
    if (from <= first + 1 && start + span <= fromStart) return [[0, fromStart], ends[1]];
    if (from + Math.max(focus, span) >= axis - last - 1 && start >= toEnd) {
      return [ends[0], [toEnd, axis]];
    }
    if (span <= focus) return union([...ends, [from, from + focus]], axis);
  }
  // A window that does not fit shows its two ends and its middle.
  const part = Math.max(1, Math.floor((budget - 6) / 3));
  const centre = start + Math.floor((span - part) / 2);
  return union(
    [
      [0, 1],
      [start, start + part],
      [centre, centre + part],
      [start + span - part, start + span],
      [axis - 1, axis],
    ],
    axis,
  );
}

function union(intervals, axis) {
  const merged = [];
  const inside = intervals.map(([from, to]) => [Math.max(0, from), Math.min(axis, to)]);
  for (const [from, to] of inside.sort((a, b) => a[0] - b[0])) {
    const before = merged.at(-1);
    if (before && from <= before[1] + 1) before[1] = Math.max(before[1], to);
    else merged.push([from, to]);
  }
  return merged;
}

// Whether a tap of some window lies on this position.
function isReached(position, windows, kernel_size, stride, dilation) {
  const late = position - (windows - 1) * stride;
  const lowest = Math.max(0, Math.ceil(late / dilation));
  const highest = Math.min(kernel_size - 1, Math.floor(position / dilation));
  // Taps come back to the same place between windows after `stride` of them.
  const enough = Math.max(lowest, highest - Math.min(stride, 4096) + 1);
  for (let tap = highest; tap >= enough; tap -= 1) {
    if ((position - tap * dilation) % stride === 0) return true;
  }
  return false;
}
