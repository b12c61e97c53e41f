import { describe, expect, it } from "vitest";
import { digest } from "../../tests/support/training.ts";
import { type Shape, ShapeError, sizeOf, zeros } from "../array/index.ts";
import { compile } from "../engines/index.ts";
import { type Layer, Model } from "../nn/index.ts";
import { lenet5, torchTutorial } from "./index.ts";

const parametersOf = (layer: Layer, input: Shape) =>
  Model.build(layer, { input }).variables.map(({ name, shape }) => `${name} [${shape}]`);
const countOf = (layer: Layer, input: Shape) =>
  Model.build(layer, { input }).variables.reduce((sum, { shape }) => sum + sizeOf(shape), 0);

describe.each([lenet5, torchTutorial])("$name", (network) => {
  it.each<[string, Shape]>([
    ["the input that it was described for", network.input],
    ["32×32", [1, 32, 32]],
    ["color", [3, 32, 32]],
  ])("gives a score for each class of %s", async (_, input) => {
    for (const classes of [10, 3]) {
      const model = Model.build(network({ input, classes }), { input });
      const pictures = zeros([2, ...input], "u8");
      const { scores } = await compile((x) => ({ scores: model(x) }), [pictures])(pictures);
      expect(scores.shape).toEqual([2, classes]);
    }
  });

  it("is the same after saving and loading", async () => {
    const model = Model.build(network(), { input: network.input, seed: 1 });
    const loaded = Model.fromBytes(await model.toBytes());
    expect(digest(await loaded.toBytes())).toBe(digest(await model.toBytes()));
    expect(JSON.stringify(loaded.layer)).toBe(JSON.stringify(model.layer));
  });
});

describe("the parameters of", () => {
  it("LeNet-5 are called as in PyTorch and have the lecture's shapes", () => {
    expect(parametersOf(lenet5(), [1, 28, 28])).toEqual([
      "0.weight [6,1,5,5]",
      "0.bias [6]",
      "3.weight [16,6,5,5]",
      "3.bias [16]",
      "7.weight [120,400]",
      "7.bias [120]",
      "9.weight [84,120]",
      "9.bias [84]",
      "11.weight [10,84]",
      "11.bias [10]",
    ]);
    expect(countOf(lenet5(), [1, 28, 28])).toBe(61_706);
  });

  it("Torch's net have the lecture's shapes", () => {
    expect(parametersOf(torchTutorial({ input: [1, 32, 32] }), [1, 32, 32])).toEqual([
      "0.weight [16,1,5,5]",
      "0.bias [16]",
      "3.weight [128,16,5,5]",
      "3.bias [128]",
      "7.weight [200,3200]",
      "7.bias [200]",
      "9.weight [10,200]",
      "9.bias [10]",
    ]);
  });

  it("are as many for 28×28, which is padded, as for 32×32", () => {
    for (const network of [lenet5, torchTutorial])
      expect(countOf(network(), [1, 28, 28])).toBe(countOf(network({ input: [1, 32, 32] }), [1, 32, 32]));
  });
});

it("LeNet-5 says where a picture that is too narrow stops fitting", () => {
  const narrow = [1, 32, 6];
  expect(() => Model.build(lenet5({ input: narrow }), { input: narrow })).toThrow(ShapeError);
  expect(() => Model.build(lenet5({ input: narrow }), { input: narrow })).toThrow(
    /^conv2d \(3\): the kernel spans 5 along spatial axis 1/,
  );
});
