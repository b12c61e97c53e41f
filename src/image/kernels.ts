/**
 * Kernels by name, for `filter`. They are meant for correlation, that is, not flipped.
 *
 * Sources: CMU 10-301, "Background: Image Processing" (identity, blur) and "What's a convolution?" (edge); V. Powell,
 * "Image Kernels" (sharpen, emboss, outline); I. Sobel & G. Feldman 1968; J. Prewitt 1970, "Object Enhancement and
 * Extraction".
 */
import {
  defineFactory,
  type Factory,
  type Kind,
  optional,
  type Schema,
  type ValuesOf,
  withDefault,
  word,
} from "../options/index.ts";
import type { Kernel } from "./sliding.ts";

/** Makes kernels of one kind. */
export type KernelFactory<O extends object> = Factory<O, Kernel>;

const defineKernel = <S extends Schema>(type: string, options: S, make: (options: ValuesOf<S>) => Kernel) =>
  defineFactory({ type, where: `kernel ${type}`, options, make });

type Fixed = KernelFactory<Record<never, never>>;

/** A kernel without options. */
const fixed = (name: string, ...kernel: Kernel): Fixed => defineKernel(name, {}, () => kernel);

/** The maximum size, so that an option cannot exhaust memory. */
const MOST_TAPS = 1001;
/** The sigma whose Gaussian is that wide. */
const MOST_SIGMA = (MOST_TAPS - 1) / 6;
/** Sobel's weights grow as 4^size; up to this size their sums over bytes are exact in float32. */
const MOST_SOBEL = 7;

const taps = (most: number, step: 1 | 2): Kind<number> => ({
  expects: `an ${step === 2 ? "odd " : ""}integer from 1 to ${most}`,
  read: (value) =>
    typeof value === "number" && value >= 1 && value <= most && (value - 1) % step === 0 ? value : undefined,
});

/** Sides of a box. */
export const boxSize = taps(MOST_TAPS, 1);
/** Sizes of Sobel's kernels. */
export const sobelSize = taps(MOST_SOBEL, 2);

const sigmaKind: Kind<number> = {
  expects: `a number above 0, of at most ${Math.floor(MOST_SIGMA)}`,
  read: (value) => (typeof value === "number" && value > 0 && value <= MOST_SIGMA ? value : undefined),
};

const neighborsKind: Kind<4 | 8> = {
  expects: "4 or 8",
  read: (value) => (value === 4 || value === 8 ? value : undefined),
};

const outerProduct = (column: readonly number[], row: readonly number[]): Kernel =>
  column.map((c) => row.map((r) => c * r));

const transposedKernel = (kernel: Kernel): Kernel => kernel[0].map((_, x) => kernel.map((row) => row[x]));

const mirroredKernel = (kernel: Kernel): Kernel => kernel.map((row) => row.toReversed());

/** exp(−x² / 2σ²) at `size` places around 0, divided by their sum. */
function bell(sigma: number, size: number): number[] {
  const heights = Array.from({ length: size }, (_, i) => Math.exp(-((i - (size - 1) / 2) ** 2) / (2 * sigma ** 2)));
  const sum = heights.reduce((a, b) => a + b);
  return heights.map((height) => height / sum);
}

/** A row of Pascal's triangle: 1, 4, 6, 4, 1 for n = 4. */
function binomial(n: number): number[] {
  const row = [1];
  for (let i = 0; i < n; i++) row.push((row[i] * (n - i)) / (i + 1));
  return row;
}

/** Differences from left to right: −1, 0, 1 for size 3, smoothed by binomials down and, from size 5 on, across. */
function sobel(size: number): Kernel {
  if (size === 1) return [[-1, 0, 1]];
  const smooth = binomial(size - 3);
  const difference = Array.from({ length: size }, (_, i) => (smooth[i - 2] ?? 0) - (smooth[i] ?? 0));
  return outerProduct(binomial(size - 1), difference);
}

const prewitt = outerProduct([1, 1, 1], [-1, 0, 1]);

/** Differences to the upper right, as in the lecture. */
const edgeRight: Kernel = [
  [0, -1, -2],
  [0, 4, -1],
  [0, 0, 0],
];

const laplacians = {
  4: [
    [0, 1, 0],
    [1, -4, 1],
    [0, 1, 0],
  ],
  8: [
    [1, 1, 1],
    [1, -8, 1],
    [1, 1, 1],
  ],
} as const;

interface SobelOptions {
  /** 1 (−1, 0, 1 without smoothing), 3, 5 or 7; default 3. */
  readonly size?: number;
}
const sobelOptions = { size: withDefault(sobelSize, 3) };

/** The kernels by name: `kernels.gaussian({ sigma: 2 })`. */
export const kernels = {
  /** The identity. */
  identity: fixed("identity", [0, 0, 0], [0, 1, 0], [0, 0, 0]),
  /** The lecture's blur: .2 in the middle, .1 around. */
  blur: fixed("blur", [0.1, 0.1, 0.1], [0.1, 0.2, 0.1], [0.1, 0.1, 0.1]),
  /** The mean of a square of `size` × `size` pixels, default 3. */
  box: defineKernel("box", { size: withDefault(boxSize, 3) }, ({ size }) => {
    const row = Array<number>(size).fill(1 / size);
    return outerProduct(row, row);
  }) as KernelFactory<{ readonly size?: number }>,
  /** A bell of width `sigma` in pixels, default 1, on `size` × `size` pixels, odd; default 2 ⌈3 sigma⌉ + 1. Its sum is 1. */
  gaussian: defineKernel(
    "gaussian",
    { sigma: withDefault(sigmaKind, 1), size: optional(taps(MOST_TAPS, 2)) },
    ({ sigma, size = 2 * Math.ceil(3 * sigma) + 1 }) => outerProduct(bell(sigma, size), bell(sigma, size)),
  ) as KernelFactory<{ readonly sigma?: number; readonly size?: number }>,
  /** Sharpens: each pixel against its four neighbors. */
  sharpen: fixed("sharpen", [0, -1, 0], [-1, 5, -1], [0, -1, 0]),
  /** Light from the upper left, as on a relief. */
  emboss: fixed("emboss", [-2, -1, 0], [-1, 1, 1], [0, 1, 2]),
  /** Each pixel against its eight neighbors. */
  outline: fixed("outline", [-1, -1, -1], [-1, 8, -1], [-1, -1, -1]),
  /** The lecture's edges: each pixel against those to its upper right, or to its upper left. */
  edge: defineKernel("edge", { toward: withDefault(word("right", "left"), "right") }, ({ toward }) =>
    toward === "right" ? edgeRight : mirroredKernel(edgeRight),
  ) as KernelFactory<{ readonly toward?: "right" | "left" }>,
  /** Differences across, from left to right: positive where it is brighter on the right. */
  sobelX: defineKernel("sobelX", sobelOptions, ({ size }) => sobel(size)) as KernelFactory<SobelOptions>,
  /** Differences down: positive where it is brighter below. */
  sobelY: defineKernel("sobelY", sobelOptions, ({ size }) =>
    transposedKernel(sobel(size)),
  ) as KernelFactory<SobelOptions>,
  /** Differences across, smoothed evenly. */
  prewittX: fixed("prewittX", ...prewitt),
  /** Differences down, smoothed evenly. */
  prewittY: fixed("prewittY", ...transposedKernel(prewitt)),
  /** The sum of second differences, over `neighbors` 4 (the default) or 8. */
  laplacian: defineKernel(
    "laplacian",
    { neighbors: withDefault(neighborsKind, 4) },
    ({ neighbors }) => laplacians[neighbors],
  ) as KernelFactory<{ readonly neighbors?: 4 | 8 }>,
} as const;

/** The names of `kernels`. */
export const kernelNames: readonly string[] = Object.keys(kernels);
