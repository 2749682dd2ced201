// The other way round: all settings that lead from one length to another, the twin of
// helpers.search.
import { conv1dError, conv1dOutputLength, convTranspose1dError } from "./lengths.js";
import { convTranspose1dOutputLength } from "./lengths.js";

/** How many settings are looked through at the most. */
export const MOST = 60000;

const SHARED = ["kernel_size", "stride", "padding", "dilation"];

/** How many settings some bounds hold: each [first, last], both included. */
export function countOf(bounds) {
  return SHARED.reduce((all, name) => all * Math.max(0, bounds[name][1] - bounds[name][0] + 1), 1);
}

/**
 * The settings of a layer, "Conv1d" or "ConvTranspose1d", in increasing order. Where no bounds are
 * given for output_padding, all that are legal.
 */
export function settingsBetween(layer, length, goal, bounds) {
  const found = [];
  const [k, s, p, d] = SHARED.map((name) => bounds[name]);
  const [least, most] = bounds.output_padding ?? [0, Infinity];
  for (let kernel_size = k[0]; kernel_size <= k[1]; kernel_size += 1) {
    for (let stride = s[0]; stride <= s[1]; stride += 1) {
      for (let padding = p[0]; padding <= p[1]; padding += 1) {
        for (let dilation = d[0]; dilation <= d[1]; dilation += 1) {
          const settings = { kernel_size, stride, padding, dilation };
          if (layer === "ConvTranspose1d") {
            settings.output_padding = goal
              - ((length - 1) * stride - 2 * padding + dilation * (kernel_size - 1) + 1);
            if (settings.output_padding < least || settings.output_padding > most) continue;
          }
          if (leads(layer, length, goal, settings)) found.push(settings);
        }
      }
    }
  }
  return found;
}

function leads(layer, length, goal, settings) {
  if (layer === "ConvTranspose1d") {
    const { output_padding, stride, dilation } = settings;
    if (output_padding < 0 || output_padding >= Math.max(stride, dilation)) return false;
    return convTranspose1dError(length, settings) === null
      && convTranspose1dOutputLength(length, settings) === goal;
  }
  return conv1dError(length, settings) === null && conv1dOutputLength(length, settings) === goal;
}
