/** The graph of a configuration, and values for its inputs. */
import { type NdArray, Random, type Shape, sizeOf, zeros } from "../../src/array/index.ts";
import { type Graph, type Tensor, type TensorType, trace } from "../../src/graph/index.ts";
import {
  add,
  avgPool,
  conv,
  convTranspose,
  gradient,
  matmul,
  maxPool,
  relu,
  reshape,
  square,
  sum,
} from "../../src/ops/index.ts";
import {
  type Configuration,
  type Convolution,
  lastMaps,
  type Network,
  type Pooling,
  type Product,
} from "./configuration.ts";

interface Body {
  readonly shapes: readonly Shape[];
  readonly body: (...inputs: Tensor[]) => readonly Tensor[];
}

const windowOf = ({ stride, padding, dilation }: Convolution | Pooling) => ({
  stride: [...stride],
  padding: [...padding],
  dilation: [...dilation],
});

function convolution(given: Convolution): Body {
  const { kind, samples, channels, filters, groups, size, kernel, results, goesOn } = given;
  const isTransposed = kind === "convTranspose";
  const options = { ...windowOf(given), groups };
  const x = [samples, channels, ...size];
  const w = isTransposed ? [channels, filters / groups, ...kernel] : [filters, channels / groups, ...kernel];
  const bias = [filters, ...size.map(() => 1)];
  const apply = (x: Tensor, w: Tensor, bias: Tensor): Tensor => {
    const y = isTransposed ? convTranspose(x, w, options) : conv(x, w, options);
    return goesOn ? relu(add(y, bias)) : y;
  };
  return {
    shapes: [x, w, bias],
    body: (...inputs) => {
      const y = apply(...(inputs as [Tensor, Tensor, Tensor]));
      const [dx, dw] = gradient(sum(square(y)), inputs.slice(0, 2));
      const all = { y, dx, dw };
      return results.map((name) => all[name]);
    },
  };
}

function pooling(given: Pooling): Body {
  const { kind, samples, channels, size, kernel, ceil, includePadding } = given;
  const { dilation, ...window } = { ...windowOf(given), kernel: [...kernel], ceil };
  return {
    shapes: [[samples, channels, ...size]],
    body: (x) => {
      const y = kind === "maxPool" ? maxPool(x, { ...window, dilation }) : avgPool(x, { ...window, includePadding });
      return [y, ...gradient(sum(square(y)), [x])];
    },
  };
}

function product({ batch, m, n, k, transposeA, transposeB, goesOn }: Product): Body {
  const a = [...batch, ...(transposeA ? [k, m] : [m, k])];
  const b = [...batch, ...(transposeB ? [n, k] : [k, n])];
  return {
    shapes: [a, b, [n]],
    body: (a, b, bias) => {
      const y = matmul(a, b, { transposeA, transposeB });
      const result = goesOn ? relu(add(y, bias)) : y;
      return [result, ...gradient(sum(square(result)), [a, b])];
    },
  };
}

function network(given: Network): Body {
  const { samples, channels, size, filters, kernel, stride, padding, pool, units } = given;
  const [first, second] = filters;
  const taps = size.map(() => kernel);
  const features = second * sizeOf(lastMaps(given));
  const pooled = pool === "max" ? maxPool : avgPool;
  return {
    shapes: [
      [samples, channels, ...size],
      [first, channels, ...taps],
      [second, first, ...taps],
      [features, units],
      [units],
    ],
    body: (x, inner, outer, weight, bias) => {
      const hidden = pooled(relu(conv(x, inner, { stride, padding })), { kernel: 2 });
      const maps = relu(conv(hidden, outer, { padding }));
      const y = add(matmul(reshape(maps, [samples, features]), weight), bias);
      return [y, ...gradient(sum(square(y)), [inner, outer, weight])];
    },
  };
}

function bodyOf(configuration: Configuration): Body {
  switch (configuration.kind) {
    case "conv":
    case "convTranspose":
      return convolution(configuration);
    case "maxPool":
    case "avgPool":
      return pooling(configuration);
    case "matmul":
      return product(configuration);
    case "network":
      return network(configuration);
  }
}

export function graphOf(configuration: Configuration): Graph {
  const { shapes, body } = bodyOf(configuration);
  return trace(
    (...inputs) => body(...inputs),
    shapes.map((shape): TensorType => ({ shape, dtype: "f32" })),
  ).graph;
}

/** A prime number of whole ones, so that no stride between elements meets the same ones again. */
const NUMBERS = 4093;
const random = new Random(1, "numbers");
const numbers = Float32Array.from({ length: NUMBERS }, () => random.integer(7) - 3);
const specials = [Number.NaN, Infinity, -Infinity];

/**
 * Values for a graph's inputs, with some that are not finite in one of them if it is `special`. They are small whole numbers:
 * most sums are exact, so ties and signs are the same on every engine.
 */
export function valuesFor(graph: Graph, isSpecial: boolean): NdArray[] {
  const draw = new Random(2, "places");
  const arrays = graph.inputs.map(({ shape }) => {
    const array = zeros(shape);
    const start = draw.integer(NUMBERS);
    for (let i = 0; i < array.size; i++) array.data[i] = numbers[(start + i) % NUMBERS];
    return array;
  });
  if (!isSpecial) return arrays;
  const chosen = arrays[draw.integer(Math.min(2, arrays.length))];
  for (const value of specials) if (draw.chance(0.6)) chosen.data[draw.integer(chosen.size)] = value;
  return arrays;
}
