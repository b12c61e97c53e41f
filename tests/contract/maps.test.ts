/**
 * Functions over maps that are composed of other ops: engines agree with the interpreter in both layouts, values and
 * derivatives, and the interpreter's derivatives with central differences.
 */
import { describe, it } from "vitest";
import { NdArray, Random, sizeOf } from "../../src/array/index.ts";
import { checkKernel } from "../../src/engines/cpu/loops/index.ts";
import { lower } from "../../src/engines/cpu/lower/index.ts";
import { wasmTarget } from "../../src/engines/cpu/wasm/index.ts";
import { createInterpreter } from "../../src/engines/index.ts";
import { constant, type Graph, type Tensor, trace } from "../../src/graph/index.ts";
import * as ops from "../../src/ops/index.ts";
import { optimize } from "../../src/passes/index.ts";
import { checkGradient, compare, FLOAT32_TOLERANCE } from "../../src/testing/index.ts";
import { usable } from "../support/engines.ts";

/** Shapes of the inputs; an N stands for the batch. */
type Shape = readonly (number | "N")[];

interface Composed {
  readonly shapes: readonly Shape[];
  readonly body: (...inputs: Tensor[]) => Tensor;
}

const { convTranspose, maxPoolWithPositions, maxUnpool, transformFilters } = ops;

function poolAndUnpool(x: Tensor, options: ops.MaxPoolOptions): Tensor {
  const { values, positions } = maxPoolWithPositions(x, options);
  return maxUnpool(ops.mul(values, values), positions, x.shape.slice(2));
}

const transforms = [{}, { turn: 90, mirror: true }, { turn: 37, scale: 1.2 }];

const cases: Readonly<Record<string, Composed>> = {
  "transposed convolution, 1-D, dilated": {
    shapes: [["N", 3, 4], [3, 2, 3]], // biome-ignore format: shapes
    body: (x, w) => convTranspose(x, w, { stride: 2, dilation: 3, padding: 1, outputPadding: 1 }),
  },
  "transposed convolution in groups, beyond the reach of the filters": {
    shapes: [["N", 4, 3, 2], [4, 3, 2, 3]], // biome-ignore format: shapes
    body: (x, w) => convTranspose(x, w, { stride: [3, 1], padding: [0, 1], outputPadding: [2, 0], groups: 2 }),
  },
  "transposed convolution, 3-D": {
    shapes: [["N", 2, 2, 3, 2], [2, 3, 2, 1, 3]], // biome-ignore format: shapes
    body: (x, w) => convTranspose(x, w, { stride: [1, 2, 2] }),
  },
  "adaptive maxima of windows that tile": {
    shapes: [["N", 2, 4, 6]],
    body: (x) => ops.adaptiveMaxPool(x, [2, 3]),
  },
  "adaptive maxima of windows that differ": {
    shapes: [["N", 2, 5, 7]],
    body: (x) => ops.adaptiveMaxPool(x, [2, 3]),
  },
  "adaptive means of windows that differ": {
    shapes: [["N", 2, 5, 7]],
    body: (x) => ops.adaptiveAvgPool(x, [3, 4]),
  },
  "adaptive means, 3-D, more windows than positions": {
    shapes: [["N", 1, 2, 3, 2]],
    body: (x) => ops.adaptiveAvgPool(x, [3, 2, 2]),
  },
  "maxima of whole maps": { shapes: [["N", 2, 9, 8]], body: (x) => ops.globalMaxPool(x) },
  "means of whole maps": { shapes: [["N", 2, 9, 8]], body: (x) => ops.globalAvgPool(x) },
  "unpooling of windows that overlap": {
    shapes: [["N", 2, 5, 5]],
    body: (x) => poolAndUnpool(x, { kernel: 3, stride: 2 }),
  },
  "unpooling, 1-D": { shapes: [["N", 2, 7]], body: (x) => poolAndUnpool(x, { kernel: 2 }) },
  "the k largest": { shapes: [["N", 3, 7]], body: (x) => ops.kMaxPool(x, 3) },
  "the k largest along channels": { shapes: [["N", 5, 3]], body: (x) => ops.kMaxPool(x, 2, 1) },
  "the largest samples": { shapes: [[5, 2]], body: (x) => ops.kMaxPool(x, 2, 0) },
  "places of maxima": { shapes: [["N", 3, 4, 5]], body: (x) => ops.softArgMax(x, { stride: 2 }) },
  "maps of points": { shapes: [["N", 3, 2]], body: (x) => ops.heatMaps(x, { size: [4, 5], stride: 2 }) },
  folding: { shapes: [["N", 4, 3]], body: (x) => ops.fold(x) },
  "mirrored edges": { shapes: [["N", 2, 3, 4]], body: (x) => ops.padReflect(x, [[0, 0], [0, 0], [2, 1], [0, 3]]) }, // biome-ignore format: pairs
  "repeated edges": { shapes: [["N", 2, 3, 4]], body: (x) => ops.padReplicate(x, [[0, 0], [0, 0], [2, 0], [1, 5]]) }, // biome-ignore format: pairs
  "nearest, multiples": { shapes: [["N", 2, 3, 2]], body: (x) => ops.upsampleNearest(x, { scale: [2, 3] }) },
  "nearest, other sizes": { shapes: [["N", 2, 3, 5]], body: (x) => ops.upsampleNearest(x, { size: [7, 4] }) },
  bilinear: { shapes: [["N", 2, 3, 4]], body: (x) => ops.upsampleBilinear(x, { size: [7, 5] }) },
  "bilinear, corners aligned": {
    shapes: [["N", 2, 3, 4]],
    body: (x) => ops.upsampleBilinear(x, { scale: 2, alignCorners: true }),
  },
  "filters under transforms that permute": {
    shapes: [["N", 2, 3, 3]],
    body: (w) => transformFilters(w, transforms.slice(0, 2)),
  },
  "filters under transforms that interpolate": {
    shapes: [["N", 2, 3, 3]],
    body: (w) => transformFilters(w, transforms),
  },
  "maps side by side": {
    shapes: [["N", 2, 4, 5], [3, 2, 1, 1], [18, 2, 3, 3]], // biome-ignore format: shapes
    body: (x, narrow, wide) => {
      const maps = ops.concat([ops.relu(ops.conv(x, narrow)), ops.relu(ops.conv(x, wide, { padding: 1 }))], 1);
      return ops.maxPool(maps, { kernel: 3, stride: 1, padding: 1 });
    },
  },
  "a dense block": {
    shapes: [["N", 2, 3, 4], [3, 2, 3, 3], [4, 5, 1, 1]], // biome-ignore format: shapes
    body: (x, first, second) => {
      const a = ops.conv(x, first, { padding: 1 });
      const b = ops.conv(ops.concat([x, a], 1), second);
      return ops.relu(ops.concat([x, a, b], 1));
    },
  },
  "maps that are parts of several others, and twice of one": {
    shapes: [["N", 2, 3, 2]],
    body: (x) => {
      const [a, b] = [ops.relu(x), ops.sigmoid(x)];
      const inner = ops.concat([a, b, a], 1);
      const outer = ops.concat([b, inner, ops.mul(b, 2)], 1);
      return ops.add(ops.concat([outer, a], 1), ops.concat([ops.neg(outer), b], 1));
    },
  },
  "maps beside what is computed from them": {
    shapes: [["N", 3, 3, 2], [3, 1, 3, 3]], // biome-ignore format: shapes
    body: (x, w) => {
      const a = ops.relu(x);
      return ops.concat([a, ops.conv(a, w, { padding: 1, groups: 3 }), ops.mul(a, a)], 1);
    },
  },
  "maps padded in words": {
    shapes: [["N", 2, 5, 6], [3, 2, 3, 2]], // biome-ignore format: shapes
    body: (x, w) => ops.maxPool(ops.conv(x, w, { padding: "full", stride: 2 }), { kernel: 2, padding: "same" }),
  },
};

function draw(shape: Shape, batch: number, stream: string): NdArray {
  const sizes = shape.map((n) => (n === "N" ? batch : n));
  const random = new Random(7, stream);
  return new NdArray(
    Float64Array.from({ length: sizeOf(sizes) }, () => random.uniform(-1, 1)),
    sizes,
    "f64",
  );
}

const inputsOf = ({ shapes }: Composed, batch: number): NdArray[] =>
  shapes.map((shape, i) => draw(shape, batch, `input ${i}`));

/** Every output counts differently. */
const total = (y: Tensor): Tensor => ops.sum(ops.mul(y, constant(draw(y.shape, 1, "weights").cast(y.dtype))));

/** The same maps as a convolution leaves them: of a large batch with samples next to each other. */
function convolved(x: Tensor): Tensor {
  const [, channels, ...spatial] = x.shape;
  if (spatial.length === 0) return x;
  const same = Float64Array.from({ length: channels * channels }, (_, i) => +(i % (channels + 1) === 0));
  const filters = new NdArray(same, [channels, channels, ...spatial.map(() => 1)], "f64").cast(x.dtype);
  return ops.conv(x, constant(filters));
}

/** The values and the derivatives of their weighted sum. */
const graphOf = ({ body }: Composed, inputs: readonly NdArray[]): Graph =>
  trace((...tensors) => {
    const [x, ...rest] = tensors;
    const y = body(convolved(x), ...rest);
    return [y, ...ops.gradient(total(y), tensors)];
  }, inputs).graph;

const target = wasmTarget(false);
const interpreter = createInterpreter();
const others = usable.filter(({ name }) => name !== interpreter.name);

describe.each(Object.entries(cases))("%s", (name, composed) => {
  it.each([0, 1, 3, 21])("agrees between engines for a batch of %i", async (batch) => {
    const inputs = inputsOf(composed, batch).map((input) => input.cast("f32"));
    const graph = graphOf(composed, inputs);
    for (const { kernel } of lower(optimize(graph), target).steps) checkKernel(kernel, target);
    const expected = await interpreter.compile(graph).run(inputs);
    for (const { name: engineName, engine } of others) {
      const actual = await (await engine.compile(graph)).run(inputs);
      for (const [i, value] of expected.entries())
        compare(value, actual[i], FLOAT32_TOLERANCE, `${engineName}: result ${i}`);
    }
  });

  it("has the derivatives that differences show", () => {
    const { body } = composed;
    checkGradient((...inputs) => [body(...inputs)], inputsOf(composed, 2), name);
  });
});
