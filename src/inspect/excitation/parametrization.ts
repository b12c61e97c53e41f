/**
 * What gradient ascent changes: a picture's pixels, or their amplitudes in a Fourier basis, in which a step is large for the
 * coarse and small for the fine; for RGB also in colors that are decorrelated over photographs.
 *
 *   plane = C_h (s ∘ z) C_w / 4,   C_N[j, k] = (cos 2πjk/N + sin 2πjk/N) / √N,   s[k, l] = 1 / max(f, 1 / max(h, w))
 *
 * with f = √(f_k² + f_l²), f_k = min(k, N − k) / N. C is the Hartley transform: the real form of Fourier's, and its own
 * inverse. The colors are those of github.com/tensorflow/lucid: the root of the covariance of ImageNet's colors. Source: Olah,
 * Mordvintsev, Schubert, "Feature Visualization", Distill 2017.
 */
import { NdArray, Random, type Shape } from "../../array/index.ts";
import { constant, type Tensor } from "../../graph/index.ts";
import { matmul, mul, reshape, sigmoid } from "../../ops/index.ts";

/** The form of a picture under ascent. */
export interface Form {
  readonly space: "fourier" | "pixels";
  readonly decorrelate: boolean;
  /** Whether values end up between 0 and 1, by the logistic function. */
  readonly bounded: boolean;
}

/** Batch, channels, height and width; other inputs than pictures are rows of one height. */
export type Planes = readonly [n: number, channels: number, height: number, width: number];

/** Of an input without the batch axis: [channels, height, width], [channels, length] or [features]. */
export const planesOf = (n: number, input: Shape): Planes => {
  const [width = 1, height = 1, channels = 1] = input.length === 2 ? [input[1], 1, input[0]] : [...input].reverse();
  return [n, channels, height, width];
};

/** The deviation of what ascent begins with, nearly gray. */
const INITIAL = 0.01;
/** Lucid's divisor of Fourier's planes. */
const DAMPING = 4;

/** What ascent begins with, of the shape of the parameters: Gaussian numbers. */
export function initialParameters(planes: Planes, seed: number): NdArray {
  const values = new Float64Array(planes.reduce((a, b) => a * b));
  new Random(seed, "ascent start").fillNormal(values, 0, INITIAL);
  return new NdArray(Float32Array.from(values), planes, "f32");
}

/** The pictures of parameters [n, channels, height, width], in the same shape. */
export function pictured(parameters: Tensor, { space, decorrelate, bounded }: Form): Tensor {
  const planes = space === "fourier" ? fromFrequencies(parameters) : parameters;
  const colored = decorrelate ? mixColors(planes) : planes;
  return bounded ? sigmoid(colored) : colored;
}

function fromFrequencies(spectrum: Tensor): Tensor {
  const [, , height, width] = spectrum.shape;
  const rows = matmul(spectrumMatrix(height), mul(spectrum, amplitudes(height, width)));
  return matmul(rows, spectrumMatrix(width));
}

/** C_N, which is symmetric and its own inverse. */
function spectrumMatrix(length: number): Tensor {
  const values = new Float32Array(length * length);
  for (let j = 0; j < length; j++) {
    for (let k = 0; k < length; k++) {
      const angle = (2 * Math.PI * ((j * k) % length)) / length;
      values[j * length + k] = (Math.cos(angle) + Math.sin(angle)) / Math.sqrt(length);
    }
  }
  return constant(new NdArray(values, [length, length], "f32"));
}

const frequency = (k: number, length: number): number => Math.min(k, length - k) / length;

/** s / 4. */
function amplitudes(height: number, width: number): Tensor {
  const least = 1 / Math.max(height, width);
  return frequencyTable(height, width, (f) => 1 / Math.max(f, least) / DAMPING);
}

/** A function of the frequency, [height, width]. */
function frequencyTable(height: number, width: number, of: (frequency: number) => number): Tensor {
  const values = new Float32Array(height * width);
  for (let k = 0; k < height; k++)
    for (let l = 0; l < width; l++) values[k * width + l] = of(Math.hypot(frequency(k, height), frequency(l, width)));
  return constant(new NdArray(values, [height, width], "f32"));
}

/** Lucid's root of the covariance of colors; a row gives red, green or blue. */
const COLOR_ROOT = [
  [0.26, 0.09, 0.02],
  [0.27, 0.0, -0.05],
  [0.27, -0.09, 0.03],
];

/** Red, green and blue of decorrelated colors, along axis 1. */
function mixColors(x: Tensor): Tensor {
  const [n, channels, height, width] = x.shape;
  const longest = Math.max(...[0, 1, 2].map((column) => Math.hypot(...COLOR_ROOT.map((row) => row[column]))));
  const values = Float32Array.from(COLOR_ROOT.flat(), (value) => value / longest);
  const mixed = matmul(constant(new NdArray(values, [3, 3], "f32")), reshape(x, [n, channels, height * width]));
  return reshape(mixed, [n, channels, height, width]);
}

/**
 * Parameters whose planes are blurred by a Gaussian of the given deviation in pixels: exp(−2π²σ²f²) at each frequency, for
 * pixels through the transform and back.
 */
export function blurred(parameters: Tensor, deviation: number, { space }: Form): Tensor {
  const [, , height, width] = parameters.shape;
  const fade = frequencyTable(height, width, (f) => Math.exp(-2 * (Math.PI * deviation * f) ** 2));
  if (space === "fourier") return mul(parameters, fade);
  const [down, across] = [spectrumMatrix(height), spectrumMatrix(width)];
  const transformed = (x: Tensor): Tensor => matmul(matmul(down, x), across);
  return transformed(mul(transformed(parameters), fade));
}
