// The lengths of nn.Conv1d and nn.ConvTranspose1d, and what PyTorch 2.13 says on the CPU when
// sizes do not work. The twin of helpers.lengths and helpers.pytorch_errors, proven equal to
// them over one generated table in a real browser.
//
// settings = { kernel_size, stride = 1, padding = 0, dilation = 1, output_padding = 0 }: integers,
// in samples; the padding of a Conv1d may also be "same" or "valid". Every count is exact up to
// 2**53; what is larger is refused with a RangeError, what is not an integer with a TypeError.

/** Thrown where the real layer raises; its message is PyTorch's own. */
export const SizeError = class extends RangeError {
  constructor(message) {
    super(message);
    this.name = "SizeError";
  }
};

/** L_out of nn.Conv1d: floor((L_in + 2p − d(k − 1) − 1) / s) + 1. */
export function conv1dOutputLength(length, settings) {
  refuse(conv1dError(length, settings));
  return outputLength(conv1dSizes(length, settings));
}

/** L_out of nn.ConvTranspose1d: (L_in − 1)s − 2p + d(k − 1) + output_padding + 1. */
export function convTranspose1dOutputLength(length, settings) {
  refuse(convTranspose1dError(length, settings));
  return transposedLength(transposedSizes(length, settings));
}

/** The output_padding with which the transposed layer returns to `length`. */
export function requiredOutputPadding(length, settings) {
  refuse(conv1dError(length, settings));
  const { room, stride, total } = conv1dSizes(length, settings);
  if (total % 2) {
    refuse(`padding='same' adds ${total} samples in all, an odd number, and ConvTranspose1d crops `
      + "padding samples on each side, which makes it even");
  }
  return room % stride;
}

/** All Conv1d input lengths that give so many samples: { start, stop }, stop left out. */
export function inputLengths(windows, settings) {
  integer("output_length", windows);
  const { span, stride, total } = conv1dSizes(1, settings);
  refuse(conv1dError(Math.max(1, span), settings));
  const shortest = exact(span - total);
  const first = exact(shortest + exact((windows - 1) * stride));
  const start = Math.max(1, shortest, first);
  return { start, stop: Math.max(start, exact(first + stride)) };
}

/** How many real samples at the end no window reads. */
export function unreadSamples(length, settings) {
  refuse(conv1dError(length, settings));
  const sizes = conv1dSizes(length, settings);
  const { kernel_size, stride, dilation, left } = sizes;
  const last = left + length - 1;
  const lastWindow = outputLength(sizes) - 1;
  // For each tap, the window that brings it nearest to the last sample. Of the taps, the last
  // `stride` are enough: earlier ones only come to the same places again, or stay further away.
  const lastTap = Math.min(kernel_size - 1, Math.floor(last / dilation));
  const firstTap = Math.max(0, lastTap - stride + 1);
  if (lastTap - firstTap > 1e6) throw new RangeError("too many taps to look through, one by one");
  let unread = length;
  for (let tap = lastTap; tap >= firstTap && unread > 0; tap -= 1) {
    const beyond = last - tap * dilation;
    const window = Math.min(Math.floor(beyond / stride), lastWindow);
    unread = Math.min(unread, beyond - window * stride);
  }
  return unread;
}

/** What nn.Conv1d says of these sizes, or null if it takes them. */
export function conv1dError(length, settings) {
  const sizes = conv1dSizes(length, settings);
  const { kernel_size, stride, padding, dilation, left, padded, span } = sizes;
  if (typeof padding === "string" && padding !== "same" && padding !== "valid") {
    return `Invalid padding string '${padding}', should be one of {'same', 'valid'}`;
  }
  if (padding === "same" && stride !== 1) {
    return "padding='same' is not supported for strided convolutions";
  }
  const noTensor = tensorError(kernel_size) ?? tensorError(length);
  if (noTensor) return noTensor;
  // An odd total cannot be split evenly: PyTorch first adds one sample at the end of the input.
  const evened = exact(padded - 2 * left);
  if (evened < 0) return "narrow(): length must be non-negative.";
  if (left < 0) return "negative padding is not supported";
  if (stride <= 0) return "non-positive stride is not supported";
  if (dilation < 0) return "dilation should be greater than zero";
  if (padded < span) {
    return `Calculated padded input size per channel: (${padded}). Kernel size: (${span}). `
      + "Kernel size can't be greater than actual input size";
  }
  if (evened === 0) return emptyInput;
  if (kernel_size === 0) {
    return noKernel(dilation === 1 ? "kernel_height: 1 kernel_width: 0" : "[1, 0]");
  }
  if (dilation === 0) return "dilation should be greater than zero, but got [1, 0]";
  return null;
}

/** What nn.ConvTranspose1d says of these sizes, or null if it takes them. */
export function convTranspose1dError(length, settings) {
  if (typeof settings.padding === "string") {
    return "conv_transpose1d(): argument 'padding' (position 5) must be tuple of ints, "
      + "but found element of type str at pos 0";
  }
  const sizes = transposedSizes(length, settings);
  const { kernel_size, stride, padding, dilation, output_padding } = sizes;
  const noTensor = tensorError(kernel_size) ?? tensorError(length);
  if (noTensor) return noTensor;
  if (padding < 0) return "negative padding is not supported";
  if (output_padding < 0) return "negative output_padding is not supported";
  if (stride <= 0) return "non-positive stride is not supported";
  if (dilation < 0) return "dilation should be greater than zero";
  if (length === 0) return emptyInput;
  if (kernel_size === 0) return noKernel("kernel_height: 1 kernel_width: 0");
  // The CPU keeps these two in 32 bits.
  if (Number(BigInt.asIntN(32, BigInt(stride))) <= 0) {
    return "stride should be greater than zero, but got stride_height: 1 stride_width: "
      + BigInt.asIntN(32, BigInt(stride));
  }
  if (Number(BigInt.asIntN(32, BigInt(dilation))) <= 0) {
    return "dilation should be greater than zero, but got dilation_height: 1, dilation_width: "
      + BigInt.asIntN(32, BigInt(dilation));
  }
  if (output_padding >= Math.max(stride, dilation)) {
    return "output padding must be smaller than either stride or dilation, but got "
      + `output_padding_height: 0 output_padding_width: ${output_padding} `
      + `stride_height: 1 stride_width: ${stride} `
      + `dilation_height: 1 dilation_width: ${dilation}`;
  }
  const result = transposedLength(sizes);
  if (result < 1) {
    return `Given input size per channel: (1 x ${length}). `
      + `Calculated output size per channel: (1 x ${result}). Output size is too small`;
  }
  return null;
}

/** What nn.ConvTranspose1d says of forward(…, output_size=[outputSize]), or null. */
export function outputSizeError(length, outputSize, settings) {
  integer("output_size", outputSize);
  const sizes = transposedSizes(length, { ...settings, output_padding: 0 });
  const noTensor = tensorError(sizes.kernel_size) ?? tensorError(length);
  if (noTensor) return noTensor;
  const least = transposedLength(sizes);
  const most = exact(least + sizes.stride - 1);
  if (outputSize < least || outputSize > most) {
    return `requested an output size of [${outputSize}], but valid sizes range from [${least}] `
      + `to [${most}] (for an input of torch.Size([${length}]))`;
  }
  return convTranspose1dError(length, { ...sizes, output_padding: outputSize - least });
}

const emptyInput = "Only zero batch or zero channel inputs are supported, "
  + "but got input shape: [1, 1, 1, 0]";

function noKernel(printed) {
  return `kernel size should be greater than zero, but got ${printed}`;
}

function tensorError(size) {
  if (size >= 0) return null;
  return `Trying to create tensor with negative dimension ${size}: [1, 1, ${size}]`;
}

// span: samples from a window's first tap to its last; total: padding on both sides together;
// left: before the first sample; room: how far the first window can still move.
function conv1dSizes(length, settings) {
  const { kernel_size, stride = 1, padding = 0, dilation = 1 } = settings;
  integers({ length, kernel_size, stride, dilation });
  if (typeof padding !== "string") integer("padding", padding);
  const span = windowSpan(kernel_size, dilation);
  const total = typeof padding === "string" ? (padding === "same" ? span - 1 : 0) : 2 * padding;
  const padded = exact(length + exact(total));
  const left = Math.trunc(total / 2) || 0;
  const room = exact(padded - span);
  return { length, kernel_size, stride, padding, dilation, span, total, left, padded, room };
}

function transposedSizes(length, settings) {
  const { kernel_size, stride = 1, padding = 0, dilation = 1, output_padding = 0 } = settings;
  integers({ length, kernel_size, stride, padding, dilation, output_padding });
  return { length, kernel_size, stride, padding, dilation, output_padding };
}

function outputLength({ room, stride }) {
  return Math.floor(room / stride) + 1;
}

function transposedLength({ length, kernel_size, stride, padding, dilation, output_padding }) {
  const scattered = exact(exact((length - 1) * stride) + windowSpan(kernel_size, dilation));
  return exact(exact(scattered - exact(2 * padding)) + output_padding);
}

function windowSpan(kernel_size, dilation) {
  return exact(exact(dilation * (kernel_size - 1)) + 1);
}

function integers(named) {
  for (const name in named) integer(name, named[name]);
}

function integer(name, value) {
  if (Number.isSafeInteger(value)) return;
  if (Number.isInteger(value)) exact(value);
  throw new TypeError(`${name} has to be an integer, got ${JSON.stringify(value) ?? value}`);
}

export function exact(count) {
  if (Number.isSafeInteger(count)) return count || 0;
  throw new RangeError("A browser counts exactly up to 2**53 only, and this goes beyond.");
}

function refuse(message) {
  if (message !== null) throw new SizeError(message);
}
