/** A trained network scanned over larger inputs by hand, and the convolutional net made of it, give equal maps. */
import { describe, expect, it } from "vitest";
import { distance, random } from "../../tests/support/random.ts";
import { interpreted } from "../../tests/support/values.ts";
import { array, type NdArray, OptionError, ShapeError, zeros } from "../array/index.ts";
import { adam, minimize } from "../optim/index.ts";
import * as nn from "./index.ts";

/** Float32 sums of some ten products in one order or another. */
const ROUNDING = 2e-6;

/** Trains a network for some steps to tell whether its input slopes upwards. */
async function trained(layer: nn.Layer, input: readonly number[]): Promise<nn.Model> {
  const model = nn.Model.build(layer, { input, seed: 5 });
  const x = random([32, ...input], "training").cast("f32");
  const labels = array(
    Array.from({ length: 32 }, (_, i) => +(x.row(i).data[0] < x.row(i).data[x.row(i).size - 1])),
    "i32",
  );
  const optimizer = adam({ learningRate: 0.02 });
  const step = interpreted(
    (x, y) => {
      const loss = nn.negativeLogLikelihood(model(x), y);
      minimize(loss, optimizer);
      return { loss };
    },
    [x, labels],
  );
  const first = (await step(x, labels)).loss.item();
  for (let i = 0; i < 40; i++) await step(x, labels);
  expect((await step(x, labels)).loss.item()).toBeLessThan(first / 2);
  return model;
}

const classify = (model: nn.Model, x: NdArray): Promise<NdArray> =>
  interpreted((x) => ({ y: model(x) }), [x])(x).then(({ y }) => y);

/** The part of every sample that begins at a place. */
function cut(x: NdArray, place: readonly number[], size: readonly number[]): NdArray {
  const [n, channels, ...spatial] = x.shape;
  const part = zeros([n, channels, ...size]);
  for (let at = 0; at < part.size; at++) {
    let rest = at;
    let from = 0;
    let step = 1;
    for (let axis = size.length - 1; axis >= 0; axis--) {
      from += ((rest % size[axis]) + place[axis]) * step;
      rest = Math.floor(rest / size[axis]);
      step *= spatial[axis];
    }
    part.data[at] = x.data[rest * step + from];
  }
  return part;
}

describe("a trained network that is scanned", () => {
  it("in time is a time-delay network", async () => {
    const mlp = nn.sequential(nn.flatten(), nn.linear(7), nn.tanh(), nn.linear(2), nn.logSoftmax());
    const model = await trained(mlp, [3, 5]);
    const recording = random([2, 3, 16], "recording").cast("f32");
    const scanner = nn.toConvolutional(model, { input: [3, 16], stride: 2 });
    const maps = await classify(scanner, recording);
    expect(maps.shape).toEqual([2, 2, 6]);
    for (let place = 0; place < 6; place++) {
      const here = await classify(model, cut(recording, [2 * place], [5]));
      here.data.forEach((score, i) => {
        expect(Math.abs(score - maps.data[i * 6 + place])).toBeLessThan(ROUNDING);
      });
    }
  });

  it("over a picture is a convolutional net", async () => {
    const mlp = nn.sequential({
      flat: nn.flatten(),
      hidden: nn.sequential(nn.linear(6), nn.sigmoid(), nn.linear(5, { bias: false })),
      drop: nn.dropout(0.2),
      out: nn.linear(2),
      scores: nn.logSoftmax(),
    });
    const model = await trained(mlp, [2, 3, 4]);
    const picture = random([1, 2, 6, 7], "picture").cast("f32");
    const maps = await classify(nn.toConvolutional(model, { input: [2, 6, 7] }), picture);
    expect(maps.shape).toEqual([1, 2, 4, 4]);
    for (let place = 0; place < 16; place++) {
      const here = await classify(model, cut(picture, [Math.floor(place / 4), place % 4], [3, 4]));
      expect(Math.abs(here.data[0] - maps.data[place])).toBeLessThan(ROUNDING);
      expect(Math.abs(here.data[1] - maps.data[16 + place])).toBeLessThan(ROUNDING);
    }
  });

  it("may begin with convolution and pooling", async () => {
    const layer = nn.sequential(
      ...[nn.conv2d(3, { kernel: 3 }), nn.relu(), nn.maxPool2d(2)],
      ...[nn.flatten(), nn.linear(4), nn.relu(), nn.linear(2), nn.logSoftmax()],
    );
    const model = await trained(layer, [1, 6, 6]);
    const picture = random([1, 1, 10, 8], "picture").cast("f32");
    const maps = await classify(nn.toConvolutional(model, { input: [1, 10, 8] }), picture);
    expect(maps.shape).toEqual([1, 2, 3, 2]);
    // The pooling moves by 2, and so does the whole.
    const here = await classify(model, cut(picture, [4, 2], [6, 6]));
    expect(Math.abs(here.data[1] - maps.data[6 + 5])).toBeLessThan(ROUNDING);
  });

  it("keeps its own input size as one place, and is a model like any other", async () => {
    const model = await trained(nn.sequential(nn.flatten(), nn.linear(2), nn.logSoftmax()), [2, 4]);
    const x = random([3, 2, 4], "x").cast("f32");
    const scanner = nn.Model.fromBytes(await nn.toConvolutional(model).toBytes());
    expect(scanner.variables.map(({ name, shape }) => [name, shape])).toEqual([
      ["1.weight", [2, 2, 4]],
      ["1.bias", [2]],
    ]);
    const maps = await classify(scanner, x);
    expect(maps.shape).toEqual([3, 2, 1]);
    expect(distance(maps, await classify(model, x))).toBeLessThan(ROUNDING);
  });

  const build = (layer: nn.Layer, input = [2, 8, 8]) => nn.Model.build(layer, { input });

  it.each<[string, nn.Model, nn.ScanOptions, Error]>([
    [
      "with padding",
      build(nn.sequential(nn.conv2d(2, { kernel: 3, padding: "same" }), nn.flatten(), nn.linear(2))),
      {},
      new OptionError("toConvolutional: conv2d (0): it pads its input, so that places would differ"),
    ],
    [
      "along other axes",
      build(nn.sequential({ head: nn.sequential(nn.flatten(), nn.linear(2), nn.softmax({ axis: -1 })) })),
      {},
      new OptionError("toConvolutional: softmax (head.2): it works along axis -1, the features are axis 1"),
    ],
    [
      "of layers that see everything",
      build(nn.sequential(nn.globalAvgPool(), nn.linear(2))),
      {},
      new OptionError(
        "toConvolutional: globalAvgPool (0): only fully connected, convolution, pooling and activation layers can be " +
          "scanned with",
      ),
    ],
    [
      "without flattening",
      build(nn.sequential(nn.linear(2))),
      {},
      new OptionError("toConvolutional: linear (0): needs flatten() before the first fully connected layer"),
    ],
    [
      "over features",
      build(nn.sequential(nn.linear(2)), [8]),
      {},
      new ShapeError(
        "toConvolutional: scans inputs [channels, …spatial] with 1, 2 or 3 spatial axes, the model takes [8], the input is [8]",
      ),
    ],
    [
      "over less than it takes",
      build(nn.sequential(nn.flatten(), nn.linear(2))),
      { input: [2, 8, 7] },
      new ShapeError(
        "conv2d (1): the kernel spans 8 along spatial axis 1, the padded input has 7; take a smaller kernel or more padding: " +
          "input f32[1,2,8,7], filters f32[2,2,8,8]",
      ),
    ],
  ])("refuses to scan %s", (_, model, options, error) => {
    expect(() => nn.toConvolutional(model, options)).toThrow(error);
  });
});
