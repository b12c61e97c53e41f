import { describe, expect, it } from "vitest";
import { random } from "../../tests/support/random.ts";
import { numbersOf } from "../../tests/support/values.ts";
import { array, ShapeError } from "../array/index.ts";
import { evaluate } from "../engines/index.ts";
import { constant, f32, trace } from "../graph/index.ts";
import * as nn from "./index.ts";

/** Downsampling twice and upsampling twice, each unpooling linked to its pooling. */
const autoencoder = nn.sequential(
  nn.conv2d(4, { kernel: 3, padding: "same" }),
  nn.maxPool2d(2, { remember: "outer" }),
  nn.sequential(nn.conv2d(6, { kernel: 3, padding: "same" }), nn.maxPool2d(2, { remember: "inner" })),
  nn.sequential({ back: nn.maxUnpool2d("inner"), conv: nn.convTranspose2d(4, { kernel: 3, padding: 1 }) }),
  nn.maxUnpool2d("outer"),
  nn.convTranspose2d(1, { kernel: 3, padding: 1 }),
);

describe("unpooling", () => {
  it("puts elements back to where the pooling of that name found them", async () => {
    const model = nn.Model.build(nn.sequential(nn.maxPool1d(2, { remember: "a" }), nn.maxUnpool1d("a")), {
      input: [1, 5],
    });
    expect(await numbersOf((x) => model(x), array([[[3, 4, 2, 1, 9]]]))).toEqual([[[0, 4, 2, 0, 0]]]);
  });

  it("is linked by name through any nesting, and again in a model that was saved", async () => {
    const model = nn.Model.build(autoencoder, { input: [1, 9, 10], seed: 2 });
    const x = random([2, 1, 9, 10], "x").cast("f32");
    const copy = nn.Model.fromBytes(await model.toBytes());
    const [y, again] = await Promise.all([model, copy].map((model) => evaluate(() => ({ y: model(constant(x)) }))));
    expect(y.y.shape).toEqual([2, 1, 9, 10]);
    expect([...again.y.data]).toEqual([...y.y.data]);
  });

  it("has the size that a transposed convolution takes over", () => {
    const back = (stride: number) =>
      nn.sequential(nn.maxPool2d(2, { remember: "a" }), nn.convTranspose2d(1, { kernel: 2, stride, sizeOf: "a" }));
    const shape = (layer: nn.Layer) => trace((x) => nn.Model.build(layer, { input: [1, 7, 8] })(x), [f32(1, 1, 7, 8)]);
    expect(shape(back(2)).graph.outputs[0].shape).toEqual([1, 1, 7, 8]);
    expect(() => shape(back(1))).toThrow(/makes 4 of 3 along axis 2, and sizeOf wants 7; a stride of 1 makes 4 to 4/);
    expect(() => shape(back(4))).toThrow(ShapeError);
  });

  it("sees the positions of the same pass when a model is applied twice", async () => {
    const model = nn.Model.build(nn.sequential(nn.maxPool1d(2, { remember: "a" }), nn.maxUnpool1d("a")), {
      input: [1, 2],
    });
    const [a, b] = [array([[[1, 2]]]), array([[[8, 7]]])];
    const { first, second } = await evaluate(() => ({ first: model(constant(a)), second: model(constant(b)) }));
    expect([first.toNested(), second.toNested()]).toEqual([[[[0, 2]]], [[[8, 0]]]]);
  });
});
