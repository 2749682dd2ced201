// Whole numbers as strokes of a pen. Text in a picture is laid out anew wherever it moves, which was
// a third of all layout that an input takes; a path is only painted.

const [WIDTH, HEIGHT, ADVANCE] = [4, 7, 5.4];
// From the upper left corner of a box of this size.
const DIGITS = [
  "m2 0a2 2 0 0 0-2 2v3a2 2 0 0 0 4 0v-3a2 2 0 0 0-2-2z",
  "m.5 1.4l1.8-1.4v7",
  "m.1 1.9a1.85 1.9 0 0 1 3.7 0c0 1.5-1.9 2.6-3.7 5.1h3.9",
  "m.25 1.3a1.7 1.7 0 1 1 1.65 2.1a1.8 1.8 0 1 1-1.8 2.1",
  "m3 7v-7l-3 5h4.1",
  "m3.7 0h-3.1l-.4 3.2a2.2 2.2 0 1 1-.2 2.8",
  "m3.4.2c-2.1.6-3.4 2.4-3.4 4.7a2 2.1 0 1 0 .2-.9",
  "h4c-1.3 1.8-2.4 4.2-2.6 7",
  "m2 0a1.7 1.65 0 0 0 0 3.3a1.9 1.85 0 0 0 0 3.7a1.9 1.85 0 0 0 0-3.7a1.7 1.65 0 0 0 0-3.3z",
  "m.6 6.8c2.1-.6 3.4-2.4 3.4-4.7a2 2.1 0 1 0-.2.9",
];

/** The outline of a whole number, 0 or more, whose middle is at (x, y), as a path's data. */
export function numeral(number, x, y) {
  const digits = `${number}`;
  const left = x - ((digits.length - 1) * ADVANCE + WIDTH) / 2;
  return [...digits]
    .map((digit, i) => `M${tenths(left + i * ADVANCE)} ${tenths(y - HEIGHT / 2)}${DIGITS[digit]}`)
    .join("");
}

/** Pixels, to a tenth. */
export function tenths(pixels) {
  return Math.round(pixels * 10) / 10;
}
