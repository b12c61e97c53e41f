import { describe, expect, it } from "vitest";
import { type NdArray, Random, type Shape, zeros } from "../array/index.ts";
import { compile } from "../engines/index.ts";
import { constant, defineOp, none, type OpRecord, type Tensor } from "../graph/index.ts";
import { lenet5 } from "../models/index.ts";
import * as nn from "../nn/index.ts";
import {
  add,
  concat,
  flatten,
  gradient,
  max,
  mean,
  mul,
  pad,
  pick,
  relu,
  reshape,
  sigmoid,
  slice,
  softmax,
  sub,
  sum,
  transpose,
  upsampleNearest,
} from "../ops/index.ts";
import { summarize } from "./index.ts";

const summaryOf = (layer: nn.Layer, input: Shape) => summarize(nn.Model.build(layer, { input }));
const fieldsOf = (layer: nn.Layer, input: Shape) =>
  summaryOf(layer, input).layers.map(({ receptiveField }) => receptiveField);

describe("the summary of LeNet-5", () => {
  const summary = summaryOf(lenet5(), [1, 28, 28]);
  const column = <K extends keyof (typeof summary.layers)[number]>(key: K) => summary.layers.map((layer) => layer[key]);

  it("counts what the lecture counts", () => {
    expect(summary.input).toEqual([1, 28, 28]);
    expect(column("output").slice(0, 7)).toEqual([
      [6, 28, 28],
      [6, 28, 28],
      [6, 14, 14],
      [16, 10, 10],
      [16, 10, 10],
      [16, 5, 5],
      [400],
    ]);
    expect(column("parameters").filter((n) => n > 0)).toEqual([156, 2416, 48_120, 10_164, 850]);
    expect(column("multiplyAdds").filter((n) => n > 0)).toEqual([117_600, 240_000, 48_000, 10_080, 840]);
    expect(summary.parameters).toBe(61_706);
    expect(summary.multiplyAdds).toBe(416_520);
    expect(column("units").filter((n) => n > 0)).toEqual([4704, 1600, 120, 84, 10]);
    expect(summary.units).toBe(6518);
    expect(column("bytes")[0]).toBe(6 * 28 * 28 * 4);
    expect(summary.bytes).toBe(column("bytes").reduce((a, b) => a + b));
  });

  it("names layers by path and type", () => {
    expect(column("path")).toEqual(Array.from({ length: 12 }, (_, i) => String(i)));
    expect(column("type").slice(0, 4)).toEqual(["conv2d", "tanh", "maxPool2d", "conv2d"]);
  });

  it("says what a unit sees, up to where it sees everything", () => {
    const square = (side: number) => [side, side];
    expect(column("receptiveField")).toEqual([
      ...[5, 5, 6, 14, 14, 16, 16].map(square),
      ...[undefined, undefined, undefined, undefined, undefined],
    ]);
  });
});

/** What a unit in the middle depends on in practice: where its derivative by the input is not zero. */
async function seenBy(model: nn.Model, layer: string): Promise<number[]> {
  // Maxima pass on only what wins, so the derivative is taken for many pictures and added up.
  const pictures = zeros([48, ...model.input]);
  const random = new Random(3, "pictures");
  for (let i = 0; i < pictures.size; i++) pictures.data[i] = random.uniform(-1, 1);
  const run = compile(
    (x) => {
      let output: Tensor | undefined;
      model(x, {
        onLayer: (path, _, tensor) => {
          if (path === layer) output = tensor;
        },
      });
      const middle = zeros([1, 1, ...output!.shape.slice(2)]);
      middle.data[indexOfMiddle(middle.shape.slice(2))] = 1;
      return { dx: gradient(sum(mul(output!, constant(middle))), [x])[0] };
    },
    [pictures],
  );
  return boxOf((await run(pictures)).dx);
}

/** A layer of one function. */
const own = (body: (x: Tensor) => Tensor): nn.Layer =>
  nn.defineLayer({ type: "own", options: {}, forward: (_, x) => body(x) })();

/** As plain JavaScript may define an op. */
type NoOptions = Record<never, never>;
const unsaidRecord: Omit<OpRecord<NoOptions>, "sees"> = {
  name: "unsaid",
  inputs: ["x"],
  attributes: {},
  shape: (_, x) => x,
  gradient: none("it is for a test"),
  reference: (_, [x], [y]) => y.data.fill(x.data[0]),
  samples: [],
};
const unsaid = defineOp(unsaidRecord as OpRecord<NoOptions>);

const indexOfMiddle = (spatial: Shape): number => spatial.reduce((index, n) => index * n + Math.floor(n / 2), 0);

/** The extent, along each spatial axis, of what is not zero in [n, c, …spatial]. */
function boxOf({ data, shape }: NdArray): number[] {
  const spatial = shape.slice(2);
  const places: Set<number>[] = spatial.map(() => new Set());
  data.forEach((value: number, i: number) => {
    if (value === 0) return;
    for (let axis = spatial.length - 1, rest = i; axis >= 0; axis--) {
      places[axis].add(rest % spatial[axis]);
      rest = Math.floor(rest / spatial[axis]);
    }
  });
  return places.map((seen) => Math.max(...seen) - Math.min(...seen) + 1);
}

describe("the receptive field by the formula is the one that back-propagation finds", () => {
  const { conv2d, maxPool2d, avgPool2d, tanh } = nn;
  it.each<[string, nn.Layer, Shape]>([
    [
      "of LeNet-5's filters",
      nn.sequential(conv2d(6, { kernel: 5 }), tanh(), maxPool2d(2), conv2d(16, { kernel: 5 }), tanh(), maxPool2d(2)),
      [1, 36, 36],
    ],
    [
      "through strides and padding",
      nn.sequential(
        conv2d(3, { kernel: 3, stride: 2, padding: 1 }),
        tanh(),
        conv2d(2, { kernel: 5, stride: 2, padding: 2 }),
        conv2d(2, { kernel: 3, padding: 1 }),
      ),
      [2, 48, 48],
    ],
    [
      "through dilated filters",
      nn.sequential(
        conv2d(2, { kernel: 3, dilation: 1 }),
        conv2d(2, { kernel: 3, dilation: 2 }),
        conv2d(2, { kernel: 3, dilation: 4 }),
      ),
      [1, 32, 32],
    ],
    [
      "through overlapping pooling",
      nn.sequential(avgPool2d(3, { stride: 2 }), conv2d(2, { kernel: 3 }), maxPool2d(3, { stride: 1 })),
      [1, 32, 32],
    ],
    [
      "that is not square",
      nn.sequential(
        conv2d(2, { kernel: [1, 5], stride: [1, 2] }),
        avgPool2d([3, 1]),
        conv2d(2, { kernel: [2, 3], dilation: [3, 1] }),
      ),
      [1, 40, 40],
    ],
    [
      "of dilated pooling with groups",
      nn.sequential(
        conv2d(4, { kernel: 3, groups: 2 }),
        maxPool2d(2, { stride: 3, dilation: 4 }),
        conv2d(2, { kernel: 2 }),
      ),
      [2, 40, 40],
    ],
  ])("%s", async (_, layer, input) => {
    const model = nn.Model.build(layer, { input, seed: 1 });
    for (const { path, receptiveField } of summarize(model).layers) {
      expect(await seenBy(model, path), `layer ${path}`).toEqual(receptiveField);
    }
  });

  it("of transposed convolutions that do not spread their input, and of filters under transforms", async () => {
    const layer = nn.sequential(
      nn.transformConv2d(2, { kernel: 3 }),
      nn.convTranspose2d(2, { kernel: [3, 2], dilation: 2 }),
      conv2d(1, { kernel: 3, padding: "same" }),
    );
    const model = nn.Model.build(layer, { input: [1, 24, 24], seed: 1 });
    const { layers } = summarize(model);
    expect(layers.map(({ receptiveField }) => receptiveField)).toEqual([[3, 3], [7, 5], [9, 7]]); // biome-ignore format: sizes
    for (const { path, receptiveField } of layers) expect(await seenBy(model, path)).toEqual(receptiveField);
    // Every element of the second layer's input [2, 22, 22] meets its filter [2, 3, 2].
    expect(layers[1].multiplyAdds).toBe(2 * 22 * 22 * (2 * 3 * 2));
  });

  it.each<[string, nn.Layer]>([
    ["strided transposed convolution", nn.convTranspose2d(2, { kernel: 3, stride: 2 })],
    ["interpolation", nn.upsampleBilinear({ scale: 2 })],
    ["unpooling", nn.sequential(maxPool2d(2, { remember: "a" }), nn.maxUnpool2d("a"))],
    ["global pooling", nn.globalAvgPool()],
    ["softmax along a spatial axis", nn.softmax({ axis: 3 })],
    ["softmax along the last axis", nn.softmax({ axis: -1 })],
    ["group normalization", nn.groupNorm(1)],
    ["layer normalization", nn.layerNorm()],
    ["x times its mean", own((x) => mul(x, mean(x)))],
    ["x times its mean along an axis", own((x) => mul(x, mean(x, 2, { keep: true })))],
    ["x times its largest value", own((x) => mul(x, max(x)))],
    ["x and its transpose", own((x) => add(x, transpose(x, [0, 1, 3, 2])))],
    ["x and its transpose as rows", own((x) => add(flatten(x), flatten(transpose(x, [0, 1, 3, 2]))))],
    [
      "x in another order",
      own((x) =>
        add(
          x,
          reshape(
            pick(
              flatten(x),
              Array.from({ length: 36 }, (_, i) => 35 - i),
              1,
            ),
            x.shape,
          ),
        ),
      ),
    ],
    ["an op that does not say how far it looks", own((x) => unsaid([x]))],
  ])("is not told behind %s, where units see different amounts or everything", (_, layer) => {
    expect(fieldsOf(nn.sequential(conv2d(1, { kernel: 3 }), layer), [1, 8, 8]).at(-1)).toBeUndefined();
  });

  it("along one axis", async () => {
    const layer = nn.sequential(nn.conv1d(2, { kernel: 3, dilation: 2 }), nn.maxPool1d(2), nn.conv1d(2, { kernel: 3 }));
    const model = nn.Model.build(layer, { input: [1, 40], seed: 1 });
    expect(fieldsOf(layer, [1, 40])).toEqual([[5], [6], [10]]);
    expect(await seenBy(model, "2")).toEqual([10]);
  });
});

describe("the receptive field", () => {
  const fieldOf = (body: (x: Tensor) => Tensor) =>
    fieldsOf(nn.sequential(nn.conv2d(2, { kernel: 3 }), own(body)), [1, 8, 8]).at(-1);

  it("spans what the inputs of an op see together", () => {
    expect(fieldOf((x) => add(slice(x, 2, 0, 4), slice(x, 2, 2, 6)))).toEqual([5, 3]);
    expect(fieldOf((x) => sub(slice(x, 3, 1), slice(x, 3, 0, -1)))).toEqual([3, 4]);
    expect(fieldOf((x) => mul(x, sigmoid(x)))).toEqual([3, 3]);
  });

  it("follows axes that move, split and join", () => {
    expect(fieldOf((x) => softmax(transpose(x, [0, 2, 3, 1]), 3))).toEqual([3, 3]);
    expect(fieldOf((x) => softmax(transpose(x, [0, 2, 3, 1]), 2))).toBeUndefined();
    expect(fieldOf((x) => reshape(softmax(reshape(x, [1, 1, 2, 6, 6]), 2), x.shape))).toEqual([3, 3]);
    expect(fieldOf((x) => relu(flatten(x)))).toEqual([3, 3]);
    expect(fieldOf((x) => softmax(flatten(x)))).toBeUndefined();
  });

  it("of padding, of steps, of repeated pixels and of channels side by side is that of one element", () => {
    expect(fieldOf((x) => upsampleNearest(x, { scale: 2 }))).toEqual([3, 3]);
    expect(fieldOf((x) => pad(x, [[0, 0], [0, 0], [2, 1], [0, 3]]))).toEqual([3, 3]); // biome-ignore format: axes
    expect(fieldOf((x) => slice(x, 2, 1, 6, 2))).toEqual([3, 3]);
    expect(fieldOf((x) => concat([x, relu(x)], 1))).toEqual([3, 3]);
  });
});

describe("a summary", () => {
  /** A layer with a parameter, and state, of its own around another one: y = x + scale · inner(x). */
  const residual = nn.defineLayer({
    type: "residual",
    options: { inner: nn.layers() },
    forward: ({ inner: [{ name, layer }] }, x, scope) => {
      scope.state("seen", [100], "zeros");
      return add(x, mul(scope.parameter("scale", [], "ones"), scope.apply(name, layer, x)));
    },
  });

  it("of a network that is a single layer has that layer", () => {
    const { layers, parameters, multiplyAdds } = summaryOf(nn.conv2d(2, { kernel: 3 }), [1, 5, 5]);
    expect(layers).toMatchObject([
      { path: "", type: "conv2d", output: [2, 3, 3], parameters: 20, receptiveField: [3, 3] },
    ]);
    expect({ parameters, multiplyAdds }).toEqual({ parameters: 20, multiplyAdds: 2 * 9 * 9 });
  });

  it("lists a layer that contains others where it has trained parameters of its own, and else does not", () => {
    const block = residual({ inner: [{ name: "body", layer: nn.conv2d(1, { kernel: 3, padding: 1 }) }] });
    const { layers, parameters } = summaryOf(nn.sequential({ block, tail: nn.sequential(nn.relu()) }), [1, 6, 6]);
    expect(layers.map(({ path, parameters }) => [path, parameters])).toEqual([
      ["block.body", 10],
      ["block", 1],
      ["tail.0", 0],
    ]);
    expect(parameters).toBe(11);
    // The sum of two paths sees what the wider one sees.
    expect(layers[1].receptiveField).toEqual([3, 3]);
  });

  it("counts what recurrent layers multiply at each step, and leaves their receptive field open", () => {
    const { layers } = summaryOf(nn.sequential(nn.lstm(5, { bidirectional: true })), [7, 3]);
    const rows = 4 * 5;
    expect(layers).toMatchObject([
      { output: [7, 10], parameters: 2 * rows * (3 + 5 + 2), multiplyAdds: 2 * 7 * rows * 8 },
    ]);
    expect(layers[0].receptiveField).toBeUndefined();
  });

  it("counts grouped filters once for each channel that they see", () => {
    const { layers } = summaryOf(nn.sequential(nn.conv2d(4, { kernel: 3, groups: 2, bias: false })), [2, 5, 5]);
    expect(layers[0]).toMatchObject({ parameters: 4 * 9, multiplyAdds: 4 * 9 * 9 });
  });

  it("does not depend on normalization, and leaves the model alone", async () => {
    const layer = lenet5();
    const model = nn.Model.build(layer, { input: [1, 28, 28], normalization: { mean: [0.1], std: [0.3] } });
    const before = await model.toBytes();
    expect(summarize(model)).toEqual(summaryOf(layer, [1, 28, 28]));
    expect(await model.toBytes()).toEqual(before);
  });
});
