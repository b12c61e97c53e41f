import { describe, expect, it } from "vitest";
import { compute, numbersOf } from "../../tests/support/values.ts";
import { array, OptionError, ShapeError } from "../array/index.ts";
import { f32, trace } from "../graph/index.ts";
import * as nn from "./index.ts";

const ones = (units: number): nn.Layer => nn.linear(units, { initializer: "ones", bias: false });
const x = array([[1, 2]]);

const names = (layer: nn.Layer, input: readonly number[] = [2]): string[] =>
  nn.Model.build(layer, { input }).variables.map(({ name }) => name);
const result = (layer: nn.Layer) => {
  const model = nn.Model.build(layer, { input: [2] });
  return numbersOf((t) => model(t), x);
};

describe("layers side by side", () => {
  it("are put one after the other, added, multiplied, or the larger is taken", async () => {
    const members = { a: ones(2), b: nn.identity() };
    expect(await result(nn.branches(members))).toEqual([[3, 3, 1, 2]]);
    expect(await result(nn.branches(members, { combine: "add" }))).toEqual([[4, 5]]);
    expect(await result(nn.branches(members, { combine: "multiply" }))).toEqual([[3, 6]]);
    expect(await result(nn.branches(members, { combine: "maximum" }))).toEqual([[3, 3]]);
    expect(await result(nn.concat(nn.identity(), ones(1), nn.identity()))).toEqual([[1, 2, 3, 1, 2]]);
    expect(await result(nn.parallel(nn.identity(), nn.identity(), ones(2)))).toEqual([[5, 7]]);
    expect(await result(nn.residual(ones(2)))).toEqual([[4, 5]]);
    expect(await result(nn.residual(ones(1), ones(1)))).toEqual([[6]]);
  });

  it("are put together along any axis", () => {
    const model = nn.Model.build(nn.branches({ a: nn.identity(), b: nn.identity() }, { axis: -1 }), { input: [3, 4] });
    expect(trace((t) => model(t), [f32(2, 3, 4)]).graph.outputs[0].shape).toEqual([2, 3, 8]);
  });

  it("are cropped alike, at the bottom and right", async () => {
    const halved = nn.sequential(nn.maxPool2d(2, { ceil: true }), nn.upsampleNearest({ scale: 2 }));
    const crop = nn.branches({ all: nn.identity(), halved }, { crop: true });
    const model = nn.Model.build(crop, { input: [1, 3, 2] });
    const result = await compute((t) => model(t), array([[[[1, 2], [3, 4], [5, 6]]]])); // biome-ignore format: rows
    expect(result.toNested()).toEqual([[[[1, 2], [3, 4], [5, 6]], [[4, 4], [4, 4], [6, 6]]]]); // biome-ignore format: rows
    const apart = nn.Model.build(nn.branches({ all: nn.identity(), halved }), { input: [1, 4, 2] });
    expect(() => trace((t) => apart(t), [f32(1, 1, 3, 2)])).toThrow(ShapeError);
  });

  it("give their names to their parameters, nested in each other and in sequences", () => {
    expect(names(nn.branches({ left: ones(1), right: ones(1) }))).toEqual(["left.weight", "right.weight"]);
    expect(names(nn.concat(ones(1), ones(1)))).toEqual(["0.weight", "1.weight"]);
    expect(names(nn.parallel({ in: ones(1), out: ones(1) }))).toEqual(["in.weight", "out.weight"]);
    const block = nn.residual(nn.sequential({ one: ones(2), two: ones(3) }), ones(3));
    expect(names(nn.sequential({ block, head: ones(1) }))).toEqual([
      "block.body.one.weight",
      "block.body.two.weight",
      "block.shortcut.weight",
      "head.weight",
    ]);
  });

  it("are the same when they are loaded", async () => {
    const inner = nn.residual(nn.sequential(nn.linear(2), nn.tanh()));
    const model = nn.Model.build(nn.concat({ deep: inner, flat: nn.linear(3) }), { input: [2], seed: 9 });
    const loaded = nn.Model.fromBytes(await model.toBytes());
    expect(await loaded.toBytes()).toEqual(await model.toBytes());
    expect((await compute((t) => loaded(t), x)).data).toEqual((await compute((t) => model(t), x)).data);
    expect(JSON.parse(JSON.stringify(nn.residual(nn.relu())))).toEqual({
      type: "branches",
      layers: [
        { name: "body", layer: { type: "relu" } },
        { name: "shortcut", layer: { type: "identity" } },
      ],
      combine: "add",
      axis: 1,
    });
  });

  it("draw other random numbers in each, and pass on whether the network is trained", async () => {
    const model = nn.Model.build(nn.concat(nn.dropout(), nn.dropout()), { input: [64] });
    const wide = array([new Array<number>(64).fill(1)]);
    expect(new Set((await compute((t) => model(t), wide)).data)).toEqual(new Set([1]));
    const { data } = await compute((t) => model(t, { training: true }), wide);
    expect(data.slice(0, 64)).not.toEqual(data.slice(64));
  });

  it.each<[string, () => unknown, string]>([
    ["nothing", () => nn.concat(), "concat: needs at least one layer"],
    ["no named layers", () => nn.branches({}), "branches: needs at least one layer"],
    ["what is no layer", () => nn.residual(3 as never), "residual: body must be a layer, such as relu(), got 3"],
    ["a path", () => nn.branches({ "a.b": nn.relu() }), "branches: a layer's name has 1 to 255 characters, no dot and no slash, got 'a.b'"],
    ["another combination", () => nn.branches({ a: nn.relu() }, { combine: "mean" as never }), `branches: combine must be one of 'concat', 'add', 'multiply', 'maximum', got "mean"`],
  ])("cannot be %s", (_, program, message) => {
    expect(program).toThrow(new OptionError(message));
  }); // biome-ignore format: a table

  it("must fit together", () => {
    const strided = nn.conv2d(4, { kernel: 3, stride: 2 });
    expect(() => nn.Model.build(nn.sequential({ block: nn.residual(strided) }), { input: [4, 9, 9] })).toThrow(
      new ShapeError(
        "branches (block): to add them, outputs must have one shape, got body f32[1,4,4,4], shortcut f32[1,4,9,9]; " +
          "change stride, padding or filters, or put a 1×1 convolution into the shorter branch",
      ),
    );
    expect(() => nn.Model.build(nn.concat(strided, nn.identity()), { input: [4, 9, 9] })).toThrow(
      "concat: parts may differ along axis 1 only",
    );
  });
});
