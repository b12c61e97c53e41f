/**
 * Random configurations of what networks are made of: convolutions with their gradients, transposed ones, pooling, matrix
 * products and small networks, with sizes around those at which vectors, register tiles and blocks end. A configuration is
 * plain data and a pure function of seed and number, so that a line of JSON repeats it.
 */
import { Random, sizeOf } from "../../src/array/index.ts";

export interface Windowed {
  readonly samples: number;
  readonly channels: number;
  readonly size: readonly number[];
  readonly kernel: readonly number[];
  readonly stride: readonly number[];
  /** All befores, then all afters. */
  readonly padding: readonly number[];
  readonly dilation: readonly number[];
}

export interface Convolution extends Windowed {
  readonly kind: "conv" | "convTranspose";
  readonly filters: number;
  readonly groups: number;
  /** What is computed: the result, and gradients. */
  readonly results: readonly ("y" | "dx" | "dw")[];
  /** Whether bias and activation follow. */
  readonly goesOn: boolean;
}

export interface Pooling extends Windowed {
  readonly kind: "maxPool" | "avgPool";
  readonly ceil: boolean;
  readonly includePadding: boolean;
}

export interface Product {
  readonly kind: "matmul";
  readonly batch: readonly number[];
  /** Rows, columns, and terms of a sum. */
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly transposeA: boolean;
  readonly transposeB: boolean;
  readonly goesOn: boolean;
}

/** Convolution, activation, pooling, convolution, a matrix product: a training step, all gradients. */
export interface Network {
  readonly kind: "network";
  readonly samples: number;
  readonly channels: number;
  readonly size: readonly number[];
  readonly filters: readonly number[];
  readonly kernel: number;
  readonly stride: number;
  readonly padding: number;
  readonly pool: "max" | "mean";
  readonly units: number;
}

export type Configuration = { readonly special: boolean } & (Convolution | Pooling | Product | Network);

/** Around the widths of vectors (4, 8, 16), multiples of register tiles, and Winograd's fewest maps (32). */
const few = [1, 1, 2, 3, 4, 5, 6, 7, 8, 9];
const medium = [10, 12, 13, 15, 16, 17, 20, 23, 24, 25, 28, 31, 32, 33];
const many = [34, 36, 40, 42, 44, 47, 48, 49, 50, 56, 63, 64, 65, 72, 80, 96, 97, 128];

/** More elements would take memory and time, and meet the same kernels. */
const MOST_ELEMENTS = 2 ** 20;

class Draw {
  readonly random: Random;

  constructor(random: Random) {
    this.random = random;
  }

  readonly of = <T>(list: readonly T[]): T => list[this.random.integer(list.length)];
  readonly chance = (probability: number): boolean => this.random.chance(probability);
  readonly below = (count: number): number => this.random.integer(count);
  readonly maps = (): number => this.of(this.of([few, few, medium, many]));
  readonly samples = (): number => this.of([1, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 20, 31, 32, 33, 40, 64]);
}

type Kind = (draw: Draw) => Configuration | undefined;

/** Lists of one number for each of `rank` axes. */
const axes = (rank: number, draw: () => number): number[] => Array.from({ length: rank }, draw);

const reachOf = (kernel: number, dilation: number): number => (kernel - 1) * dilation + 1;

/** A window, and sizes that it fits into: some of them just so, with one output. */
function drawWindow(draw: Draw, { isPool = false, isDilated = true } = {}): Windowed {
  const rank = draw.of([1, 1, 2, 2, 2, 2, 3]);
  const kernel = axes(rank, () => draw.of([1, 2, 3, 3, 3, 3, 4, 5, 7]));
  const dilation = axes(rank, () => (isDilated && draw.chance(0.2) ? draw.of([2, 3]) : 1));
  const stride = axes(rank, () => (draw.chance(0.4) ? draw.of([2, 2, 3, 4, 5]) : 1));
  const padding = axes(2 * rank, () => (draw.chance(0.5) ? draw.of([1, 1, 1, 2, 3]) : 0));
  const most = [40, 14, 6][rank - 1];
  const limited = padding.map((n, i) => (isPool ? Math.min(n, reachOf(kernel[i % rank], dilation[i % rank]) - 1) : n));
  const size = kernel.map((k, i) => {
    const least = Math.max(1, reachOf(k, dilation[i]) - limited[i] - limited[rank + i]);
    // Windows of pooling may hang over.
    const shorter = isPool && draw.chance(0.2) ? draw.below(stride[i]) : 0;
    return Math.max(1, least - shorter + (draw.chance(0.25) ? draw.below(2) : draw.below(most)));
  });
  return { samples: draw.samples(), channels: draw.maps(), size, kernel, stride, padding: limited, dilation };
}

const someResults = (draw: Draw): Convolution["results"] =>
  draw.of([["y"], ["dx"], ["dw"], ["y", "dx", "dw"], ["y", "dx", "dw"]]);

const drawConvolution: Kind = (draw) => {
  const window = drawWindow(draw);
  const groups = draw.chance(0.2) ? draw.of([2, 3, 4, 8]) : 1;
  return {
    ...{ kind: draw.chance(0.2) ? "convTranspose" : "conv", special: draw.chance(0.2), ...window, groups },
    channels: groups * Math.ceil(window.channels / groups),
    filters: groups * Math.ceil(draw.maps() / groups),
    ...{ results: someResults(draw), goesOn: draw.chance(0.5) },
  };
};

/** Every filter has one map of its own. */
const drawDepthwise: Kind = (draw) => {
  const window = drawWindow(draw);
  const maps = { channels: Math.max(2, window.channels), filters: Math.max(2, window.channels) };
  return {
    ...{ kind: "conv", special: draw.chance(0.2), ...window, ...maps, groups: maps.channels },
    ...{ results: draw.chance(0.7) ? ["y"] : someResults(draw), goesOn: draw.chance(0.5) },
  };
};

/** As Winograd's algorithm takes them, and nearly so. */
const drawWinograd: Kind = (draw) => ({
  ...{ kind: draw.chance(0.2) ? "convTranspose" : "conv", special: false, samples: draw.samples() },
  ...{ channels: draw.of([31, 32, 32, 33, ...many]), filters: draw.of([31, 32, 32, 33, ...many]), groups: 1 },
  ...{ size: axes(2, () => 1 + draw.below(16)), kernel: [3, 3], stride: [1, 1], dilation: [1, 1] },
  ...{ padding: axes(4, () => draw.of([0, 1, 1, 1, 2])), results: someResults(draw), goesOn: draw.chance(0.5) },
});

const drawPooling: Kind = (draw) => {
  const kind = draw.of(["maxPool", "avgPool"] as const);
  const window = drawWindow(draw, { isPool: true, isDilated: kind === "maxPool" });
  const tiles = draw.chance(0.3);
  return {
    ...{ kind, special: draw.chance(0.3), ...window, ceil: draw.chance(0.4), includePadding: draw.chance(0.5) },
    stride: tiles ? window.kernel : window.stride,
  };
};

const drawProduct: Kind = (draw) => ({
  ...{ kind: "matmul", special: draw.chance(0.2), batch: axes(draw.of([0, 0, 0, 1, 2]), () => draw.of([1, 2, 3, 5])) },
  ...{ m: draw.maps(), n: draw.maps(), k: draw.chance(0.1) ? draw.of([256, 500, 1024, 4100]) : draw.maps() },
  ...{ transposeA: draw.chance(0.3), transposeB: draw.chance(0.5), goesOn: draw.chance(0.5) },
});

const drawNetwork: Kind = (draw) => {
  const rank = draw.of([1, 2, 2]);
  return {
    ...{ kind: "network", special: false, samples: draw.samples(), channels: draw.of(few) },
    ...{ size: axes(rank, () => 6 + draw.below(rank === 1 ? 30 : 12)), filters: axes(2, draw.maps) },
    ...{ kernel: draw.of([1, 2, 3, 3, 3, 5]), stride: draw.of([1, 1, 2]), padding: draw.of([0, 1, 2]) },
    ...{ pool: draw.of(["max", "mean"] as const), units: draw.maps() },
  };
};

/** How often each kind is drawn. */
const kinds: readonly (readonly [Kind, number])[] = [
  [drawConvolution, 10],
  [drawWinograd, 4],
  [drawDepthwise, 2],
  [drawPooling, 3],
  [drawProduct, 2],
  [drawNetwork, 1],
];
const drawn = kinds.flatMap(([kind, weight]) => Array.from({ length: weight }, () => kind));

/** How many elements the largest tensor has, about. */
function elementsOf(configuration: Configuration): number {
  if (configuration.kind === "matmul") {
    const { batch, m, n, k } = configuration;
    return sizeOf(batch) * Math.max(m * n, m * k, n * k);
  }
  const { kind, samples, channels, size, padding } = configuration;
  const maps = "filters" in configuration ? Math.max(channels, ...[configuration.filters].flat()) : channels;
  // Transposed convolutions lay their windows a stride apart.
  const longer =
    kind === "convTranspose"
      ? size.map((n, i) => n * configuration.stride[i] + reachOf(configuration.kernel[i], configuration.dilation[i]))
      : size.map((n) => n + 2 * Math.max(...[padding].flat()));
  return samples * maps * sizeOf(longer);
}

/** The lengths of a network's last maps. */
export function lastMaps({ size, kernel, stride, padding }: Network): number[] {
  const along = (n: number, step: number): number => Math.floor((n + 2 * padding - kernel) / step) + 1;
  return size.map((n) => along(Math.floor(along(n, stride) / 2), 1));
}

/** Whether there is a result: shape rules refuse what is left. */
function exists(configuration: Configuration): boolean {
  if (configuration.kind === "matmul") return true;
  if (configuration.kind === "network") return lastMaps(configuration).every((n) => n >= 1);
  const { kind, size, kernel, stride, padding, dilation } = configuration;
  return size.every((n, i) => {
    const [around, reach] = [padding[i] + padding[size.length + i], reachOf(kernel[i], dilation[i])];
    if (kind === "convTranspose") return (n - 1) * stride[i] + reach > around;
    return n + around - reach > ("ceil" in configuration && configuration.ceil ? -stride[i] : -1);
  });
}

/** The configuration with this number. */
export function drawConfiguration(seed: number, number: number): Configuration {
  const draw = new Draw(new Random(seed, "shapes", number));
  for (;;) {
    const configuration = draw.of(drawn)(draw);
    if (configuration !== undefined && exists(configuration) && elementsOf(configuration) <= MOST_ELEMENTS)
      return configuration;
  }
}
