// The lengths of nn.Conv1d and nn.ConvTranspose1d, and what PyTorch 2.13 says on the CPU when
// sizes do not work. The twin of helpers.lengths and helpers.pytorch_errors, proven equal to
// them over one generated table in a real browser.
//
// settings = { kernel_size, stride = 1, padding = 0, dilation = 1, output_padding = 0 }; all are
// integers in samples. Every count is exact up to 2**53; beyond that the functions refuse.

/** Raised where the real layer raises; its message is PyTorch's own. */
export const SizeError = class extends RangeError {
  constructor(message) {
    super(message);
    this.name = "SizeError";
  }
};

/** L_out of nn.Conv1d: floor((L_in + 2p − d(k − 1) − 1) / s) + 1. */
export function conv1dOutputLength(length, settings) {
  refuse(conv1dError(length, settings));
  const { stride } = complete(settings, true);
  return Math.floor(room(length, settings) / stride) + 1;
}

/** L_out of nn.ConvTranspose1d: (L_in − 1)s − 2p + d(k − 1) + output_padding + 1. */
export function convTranspose1dOutputLength(length, settings) {
  refuse(convTranspose1dError(length, settings));
  return transposedLength(length, complete(settings));
}

/** The output_padding with which the transposed layer returns to `length`. */
export function requiredOutputPadding(length, settings) {
  refuse(conv1dError(length, settings));
  return room(length, settings) % complete(settings, true).stride;
}

/** All Conv1d input lengths that give outputLength, as { start, stop } with stop left out. */
export function inputLengths(outputLength, settings) {
  const { stride } = complete(settings, true);
  integer("output_length", outputLength);
  const first = exact(exact((outputLength - 1) * stride) - room(0, settings));
  const start = Math.max(1, first);
  return { start, stop: Math.max(start, exact(first + stride)) };
}

/** How many real samples at the end no window reads. */
export function unreadSamples(length, settings) {
  const spare = requiredOutputPadding(length, settings);
  const { padding } = complete(settings, true);
  const padded = typeof padding === "number" ? padding : 0;
  return Math.min(length, Math.max(0, spare - padded));
}

/** What nn.Conv1d says of these sizes, or null if it accepts them. */
export function conv1dError(length, settings) {
  const { kernel_size, stride, padding, dilation } = complete(settings, true);
  integer("length", length);
  if (padding === "same" && stride !== 1) {
    return "padding='same' is not supported for strided convolutions";
  }
  if (kernel_size < 0) return negativeDimension(kernel_size);
  if (length < 0) return negativeDimension(length);
  if (padding === "valid") return paddedConv1dError(length, kernel_size, stride, 0, dilation);
  if (padding !== "same") return paddedConv1dError(length, kernel_size, stride, padding, dilation);
  // An odd total is evened out on the input first, and the rest padded by the layer.
  const total = exact(dilation * (kernel_size - 1));
  const evened = length + (total % 2);
  if (evened < 0) return "narrow(): length must be non-negative.";
  return paddedConv1dError(evened, kernel_size, 1, Math.trunc(total / 2), dilation);
}

/** What nn.ConvTranspose1d says of these sizes, or null if it accepts them. */
export function convTranspose1dError(length, settings) {
  const { kernel_size, stride, padding, dilation, output_padding } = complete(settings);
  integer("length", length);
  if (kernel_size < 0) return negativeDimension(kernel_size);
  if (length < 0) return negativeDimension(length);
  if (padding < 0) return "negative padding is not supported";
  if (output_padding < 0) return "negative output_padding is not supported";
  if (stride <= 0) return "non-positive stride is not supported";
  if (dilation < 0) return "dilation should be greater than zero";
  if (length === 0) return emptyInput;
  if (kernel_size === 0) return emptyKernel;
  if (dilation === 0) {
    return "dilation should be greater than zero, but got dilation_height: 1, dilation_width: 0";
  }
  if (output_padding >= Math.max(stride, dilation)) {
    return "output padding must be smaller than either stride or dilation, but got "
      + `output_padding_height: 0 output_padding_width: ${output_padding} `
      + `stride_height: 1 stride_width: ${stride} `
      + `dilation_height: 1 dilation_width: ${dilation}`;
  }
  const result = transposedLength(length, complete(settings));
  if (result < 1) {
    return `Given input size per channel: (1 x ${length}). `
      + `Calculated output size per channel: (1 x ${result}). Output size is too small`;
  }
  return null;
}

/** What nn.ConvTranspose1d says of forward(…, output_size=[outputSize]), or null. */
export function outputSizeError(length, outputSize, settings) {
  const { kernel_size, stride, padding, dilation } = complete(settings);
  integer("length", length);
  integer("output_size", outputSize);
  if (kernel_size < 0) return negativeDimension(kernel_size);
  if (length < 0) return negativeDimension(length);
  const least = transposedLength(length, { kernel_size, stride, padding, dilation });
  const most = exact(least + stride - 1);
  if (outputSize < least || outputSize > most) {
    return `requested an output size of [${outputSize}], but valid sizes range from [${least}] `
      + `to [${most}] (for an input of torch.Size([${length}]))`;
  }
  return convTranspose1dError(length, {
    kernel_size, stride, padding, dilation, output_padding: outputSize - least,
  });
}

const emptyInput = "Only zero batch or zero channel inputs are supported, "
  + "but got input shape: [1, 1, 1, 0]";
const emptyKernel = "kernel size should be greater than zero, "
  + "but got kernel_height: 1 kernel_width: 0";

function negativeDimension(size) {
  return `Trying to create tensor with negative dimension ${size}: [1, 1, ${size}]`;
}

// The checks of the CPU's layer, in the order in which they fire.
function paddedConv1dError(length, kernel_size, stride, padding, dilation) {
  if (padding < 0) return "negative padding is not supported";
  if (stride <= 0) return "non-positive stride is not supported";
  if (dilation < 0) return "dilation should be greater than zero";
  const padded = exact(length + 2 * padding);
  const dilated = dilatedSize(kernel_size, dilation);
  if (padded < dilated) {
    return `Calculated padded input size per channel: (${padded}). Kernel size: (${dilated}). `
      + "Kernel size can't be greater than actual input size";
  }
  if (length === 0) return emptyInput;
  if (kernel_size === 0) {
    return dilation === 1 ? emptyKernel : "kernel size should be greater than zero, but got [1, 0]";
  }
  if (dilation === 0) return "dilation should be greater than zero, but got [1, 0]";
  return null;
}

// How far the first window can still move, in samples.
function room(length, settings) {
  const { kernel_size, padding, dilation } = complete(settings, true);
  if (padding === "same") return length - 1;
  const both = padding === "valid" ? 0 : 2 * padding;
  return exact(length + both - dilatedSize(kernel_size, dilation));
}

function transposedLength(length, settings) {
  const { kernel_size, stride, padding, dilation, output_padding = 0 } = settings;
  return exact(exact((length - 1) * stride) - exact(2 * padding)
    + dilatedSize(kernel_size, dilation) + output_padding);
}

function dilatedSize(kernel_size, dilation) {
  return exact(exact(dilation * (kernel_size - 1)) + 1);
}

function complete(settings, words = false) {
  const { kernel_size, stride = 1, padding = 0, dilation = 1, output_padding = 0 } = settings;
  integer("kernel_size", kernel_size);
  integer("stride", stride);
  if (!(words && (padding === "same" || padding === "valid"))) integer("padding", padding);
  integer("dilation", dilation);
  integer("output_padding", output_padding);
  return { kernel_size, stride, padding, dilation, output_padding };
}

function integer(name, value) {
  if (typeof value === "number" && Number.isSafeInteger(value)) return;
  if (typeof value === "number" && Number.isInteger(value)) exact(value);
  throw new TypeError(`${name} must be an integer, got ${String(value)}`);
}

function exact(count) {
  if (Number.isSafeInteger(count)) return count === 0 ? 0 : count;
  throw new RangeError("a count beyond 2**53 is more than a browser counts exactly");
}

function refuse(message) {
  if (message !== null) throw new SizeError(message);
}
