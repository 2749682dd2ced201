// What the questions count beyond lengths.js, each proven against real layers. A layer is
// { kernel_size, stride, padding, dilation }, as the settings of lengths.js.
import {
  conv1dOutputLength,
  convTranspose1dOutputLength,
  requiredOutputPadding,
} from "../rules/lengths.js";
import { conv1dError } from "../rules/pytorch_errors.js";

/** The effective kernel: how many samples a window spans, from its first to its last. */
export function span({ kernel_size, dilation = 1 }) {
  return convTranspose1dOutputLength(1, { kernel_size, dilation });
}

/** How many steps of one sample the first window can still move: L + 2p − d(k − 1) − 1. */
export function room({ length, kernel_size, padding = 0, dilation = 1 }) {
  return conv1dOutputLength(length, { kernel_size, padding, dilation }) - 1;
}

/**
 * How many entries of Conv1d's matrix can differ from zero: weights on padding have no column.
 *
 * @param {any} v
 */
export function matrixNonzeros({ length, ...layer }) {
  const [left, right] = weightsOnPadding({ length, ...layer });
  return conv1dOutputLength(length, layer) * layer.kernel_size - left - right;
}

/**
 * How many weights of Conv1d's windows meet padding, on the left and on the right.
 *
 * @param {any} v
 */
export function weightsOnPadding({ length, ...layer }) {
  const { kernel_size, stride = 1, padding = 0, dilation = 1 } = layer;
  const outputs = conv1dOutputLength(length, layer);
  const met = [0, 0];
  for (let row = 0; row < outputs; row += 1) {
    for (let tap = 0; tap < kernel_size; tap += 1) {
      const column = row * stride - padding + tap * dilation;
      if (column < 0) met[0] += 1;
      if (column >= length) met[1] += 1;
    }
  }
  return met;
}

/** Which input samples of ConvTranspose1d reach the output sample `index`, in order. */
export function contributors({ index, length, kernel_size, stride = 1, padding = 0 }) {
  const place = index + padding;
  const inputs = Array.from({ length }, (_, at) => at);
  return inputs.filter((at) => at * stride <= place && place < at * stride + kernel_size);
}

/** How many input samples one output sample of a stack depends on. */
export function receptiveField(layers) {
  // Seen from the output, a layer spreads what it is given as its transpose does.
  return layers.reduceRight(
    (seen, { kernel_size, stride, dilation }) =>
      convTranspose1dOutputLength(seen, { kernel_size, stride, dilation }),
    1,
  );
}

/** The length after each layer of a stack of Conv1d or pooling layers. */
export function stackLengths(length, layers) {
  const lengths = [];
  for (const layer of layers) lengths.push(conv1dOutputLength(lengths.at(-1) ?? length, layer));
  return lengths;
}

/** Whether every layer of a stack accepts what the layers before it return. */
export function accepts(length, layers) {
  let reached = length;
  return layers.every((layer) => {
    if (conv1dError(reached, layer) !== null) return false;
    reached = conv1dOutputLength(reached, layer);
    return true;
  });
}

/** The length after each of a stack of ConvTranspose1d layers. */
export function upsampledLengths(length, layers) {
  const lengths = [];
  for (const layer of layers) {
    lengths.push(convTranspose1dOutputLength(lengths.at(-1) ?? length, layer));
  }
  return lengths;
}

/** Whether a stack and its mirror without output_padding bring `length` back. */
export function comesBack(length, layers) {
  const lengths = [length, ...stackLengths(length, layers)];
  return layers.every((layer, at) => requiredOutputPadding(lengths[at], layer) === 0);
}

/** The shortest length from `length` up that a stack and its bare mirror bring back. */
export function nextValidLength(length, layers) {
  let valid = length;
  while (!comesBack(valid, layers)) valid += 1; // The strides' product apart, at the most.
  return valid;
}

/** The zeros that nn.Conv1d puts on the left and on the right for padding="same". */
export function pytorchSame(settings) {
  const total = span(settings) - 1;
  return [Math.floor(total / 2), Math.ceil(total / 2)];
}

/** The zeros that Keras and TensorFlow put before and after the signal for padding="same". */
export function kerasSame({ length, kernel_size, stride = 1, dilation = 1 }) {
  const outputs = Math.ceil(length / stride);
  const read = convTranspose1dOutputLength(outputs, { kernel_size, stride, dilation });
  const total = Math.max(0, read - length);
  return [Math.floor(total / 2), Math.ceil(total / 2)];
}

/** The product of a list of numbers. */
export function product(numbers) {
  return numbers.reduce((result, number) => result * number, 1);
}
