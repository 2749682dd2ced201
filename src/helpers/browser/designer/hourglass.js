// A stack as a picture: a bar for each length, tapering on the way in and widening on the way back.
import { h } from "../ui/elements.js";

const HEIGHT = 190;
const TOP = 22;
const MOST = 48;

/**
 * The picture of a list of { length, role, factor }: role "in", "neck", "back" or "failed", factor
 * what is written under the step that leads there, or "".
 */
export function hourglass(stations, width, label) {
  const shown = thinned(stations);
  const lengths = shown.map(({ length }) => Math.log(Math.max(1, length ?? 1)));
  const [least, most] = [Math.min(...lengths), Math.max(...lengths)];
  const range = Math.max(most - least, Math.log(2)); // A few samples more or fewer look alike.
  const margin = 30;
  const gap = shown.length > 1 ? (width - 2 * margin) / (shown.length - 1) : 0;
  const spots = shown.map((station, i) => {
    const share = 1 - (most - lengths[i]) / range;
    const tall = (HEIGHT * (0.14 + 0.86 * share)) / 2;
    return { ...station, tall, x: shown.length > 1 ? margin + i * gap : width / 2 };
  });
  const middle = TOP + HEIGHT / 2;
  return h(
    "svg",
    {
      role: "img",
      "aria-label": label,
      width,
      height: TOP + HEIGHT + 26,
      viewBox: `0 0 ${width} ${TOP + HEIGHT + 26}`,
    },
    slopes(spots, middle),
    bars(spots, middle, gap),
    numbers(spots, middle, width),
    factors(spots, gap),
  );
}

// Of many stations those where something changes, and not more than can be told apart.
function thinned(stations) {
  if (stations.length <= MOST) return stations;
  const last = stations.length - 1;
  const steps = stations.filter(
    ({ length, role }, i) =>
      i === 0
      || i === last
      || role === "neck"
      || role === "failed"
      || length !== stations[i - 1].length,
  );
  if (steps.length <= MOST) return steps;
  const keep = Math.ceil(steps.length / MOST);
  return steps.filter(
    ({ role }, i) => i % keep === 0 || i === steps.length - 1 || role === "failed",
  );
}

function slopes(spots, middle) {
  const path = (from, to) =>
    `M${at(from.x)} ${at(middle - from.tall)}`
    + `L${at(to.x)} ${at(middle - to.tall)}V${at(middle + to.tall)}`
    + `L${at(from.x)} ${at(middle + from.tall)}Z`;
  return ["in", "back"].map((role) => {
    const parts = spots.slice(1).map((to, i) => {
      const side = to.role === "back" ? "back" : "in";
      return side === role && to.role !== "failed" ? path(spots[i], to) : "";
    });
    return h("path", { class: `ds-slope ds-${role}`, d: parts.join("") || "M0 0" });
  });
}

function bars(spots, middle, gap) {
  const thick = Math.max(2, Math.min(7, gap / 4 || 7));
  return spots.map(({ x, tall, role }) =>
    h("path", {
      class: `ds-bar ds-${role}`,
      "stroke-width": thick,
      d:
        role === "failed"
          ? `M${at(x - 7)} ${at(middle - 7)}l14 14m0 -14l-14 14`
          : `M${at(x)} ${at(middle - tall)}V${at(middle + tall)}`,
    }),
  );
}

// Numbers above the bars: first the ends and the neck, then whichever still have room.
function numbers(spots, middle, width) {
  const taken = [];
  const placed = [];
  const place = (spot) => {
    if (placed.includes(spot) || spot.length === null) return;
    const half = `${spot.length}`.length * 3.6 + 3;
    const x = Math.max(half, Math.min(width - half, spot.x));
    if (taken.some(([from, to]) => x - half < to && x + half > from)) return;
    taken.push([x - half, x + half]);
    placed.push(spot);
    spot.labelX = x;
  };
  const last = spots[spots.length - 1];
  for (const spot of [spots[0], last, ...spots.filter(({ role }) => role === "neck"), ...spots]) {
    place(spot);
  }
  return placed.map(({ labelX, tall, length, role }) =>
    h("text", { class: `ds-number ds-${role}`, x: at(labelX), y: at(middle - tall - 7) }, length),
  );
}

function factors(spots, gap) {
  if (gap < 24) return [];
  return spots
    .slice(1)
    .map((spot, i) =>
      h(
        "text",
        { class: "ds-factor", x: at((spot.x + spots[i].x) / 2), y: TOP + HEIGHT + 20 },
        spot.factor ?? "",
      ),
    );
}

function at(number) {
  return Math.round(number * 10) / 10;
}
