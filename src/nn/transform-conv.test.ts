import { describe, expect, it } from "vitest";
import { usable } from "../../tests/support/engines.ts";
import { distance, random } from "../../tests/support/random.ts";
import { NdArray } from "../array/index.ts";
import { compile } from "../engines/index.ts";
import { gradient, sum } from "../ops/index.ts";
import * as nn from "./index.ts";

/** Six pictures of two channels, large enough for two layers, of odd and even sides on the way. */
const SHAPE = [6, 2, 12, 12];

const network = (transforms = nn.turns(4)): nn.Layer =>
  nn.sequential(
    nn.transformConv2d(4, { kernel: 3, transforms, padding: "same" }),
    nn.relu(),
    nn.maxPool2d(2),
    nn.transformConv2d(5, { kernel: 4, transforms }),
    nn.tanh(),
    nn.reflectPad(1),
    nn.avgPool2d(3, { stride: 2, padding: 1 }),
    nn.globalAvgPool(),
    nn.linear(3),
  );

/** Every picture turned by a quarter counter-clockwise. */
function turned(pictures: NdArray): NdArray {
  const result = pictures.copy();
  const side = pictures.shape[3];
  for (let at = 0; at < result.size; at++) {
    const [row, column] = [Math.floor(at / side) % side, at % side];
    const plane = at - row * side - column;
    result.data[at] = pictures.data[plane + column * side + (side - 1 - row)];
  }
  return result;
}

/** Every picture with left and right changed over. */
function mirrored(pictures: NdArray): NdArray {
  const result = pictures.copy();
  const side = pictures.shape[3];
  for (let at = 0; at < result.size; at++) {
    result.data[at] = pictures.data[at - (at % side) + (side - 1 - (at % side))];
  }
  return result;
}

/** Multiples of 1/16 below 1: their products and sums are exact in float32, so the order of adding does not matter. */
const coarse = (values: NdArray): NdArray => {
  const data = Float32Array.from(values.data, (x) => Math.round(x * 16) / 16);
  return new NdArray(data, values.shape, "f32");
};

/** The model with parameters that are coarse, too. */
function coarsened(layer: nn.Layer): nn.Model {
  const model = nn.Model.build(layer, { input: SHAPE.slice(1), seed: 3 });
  for (const variable of model.variables) variable.value = coarse(variable.value);
  return model;
}

/** Turned pictures are added up in another order: some hundred terms of size 1, rounded to 2⁻²⁴ each. */
const ROUNDING = 5e-6;

describe.each(usable)("a net of transform-invariant layers on engine $name", ({ engine }) => {
  const run = async (model: nn.Model, x: NdArray): Promise<NdArray> =>
    compile((x) => ({ y: model(x) }), [x], { engine })(x).then(({ y }) => y);

  it("gives the same scores for turned pictures, up to the rounding of sums in another order", async () => {
    const model = nn.Model.build(network(), { input: SHAPE.slice(1), seed: 3 });
    const x = random(SHAPE, "x").cast("f32");
    const [scores, others] = [await run(model, x), await run(model, mirrored(x))];
    expect(distance(scores, await run(model, turned(x)))).toBeLessThan(ROUNDING);
    expect(distance(scores, await run(model, turned(turned(turned(x)))))).toBeLessThan(ROUNDING);
    // It has not lost what it sees: other pictures, and mirror images, have other scores.
    expect(distance(scores, others)).toBeGreaterThan(1e-3);
  });

  it("is invariant to mirror images, too, over the set of both", async () => {
    const model = nn.Model.build(network(nn.mirrored(nn.turns(4))), { input: SHAPE.slice(1), seed: 3 });
    const x = random(SHAPE, "x").cast("f32");
    expect(distance(await run(model, x), await run(model, turned(mirrored(x))))).toBeLessThan(ROUNDING);
  });

  it("gives the same bits where sums are exact", async () => {
    const layer = nn.sequential(
      nn.transformConv2d(4, { kernel: 3, padding: "same" }),
      nn.relu(),
      nn.maxPool2d(2),
      nn.transformConv2d(5, { kernel: 4 }),
      nn.globalMaxPool(),
    );
    const [model, x] = [coarsened(layer), coarse(random(SHAPE, "x"))];
    const scores = await run(model, x);
    expect([...(await run(model, turned(x))).data]).toEqual([...scores.data]);
    expect(distance(scores, await run(model, mirrored(x)))).toBeGreaterThan(0);
  });

  it("turns its maps when the pictures turn", async () => {
    const model = coarsened(nn.transformConv2d(3, { kernel: 3, padding: 1 }));
    const x = coarse(random(SHAPE, "x"));
    expect([...(await run(model, turned(x))).data]).toEqual([...turned(await run(model, x)).data]);
  });

  it("learns the same from turned pictures", async () => {
    const model = nn.Model.build(network(), { input: SHAPE.slice(1), seed: 3 });
    const weights = model.variables.find(({ name }) => name === "0.weight")!;
    const slope = (x: NdArray): Promise<NdArray> =>
      compile((x) => ({ dw: gradient(sum(model(x)), [weights.read()])[0] }), [x], { engine })(x).then(({ dw }) => dw);
    const x = random(SHAPE, "x").cast("f32");
    const [straight, other] = [await slope(x), await slope(turned(x))];
    expect(distance(straight, other)).toBeLessThan(10 * ROUNDING);
    expect(straight.data.some((d) => Math.abs(d) > 0.01)).toBe(true);
  });

  it("keeps the maps of all transforms apart on request, those of one filter together", async () => {
    const x = random(SHAPE, "x").cast("f32");
    const options = { kernel: 3, transforms: nn.scaled(nn.turns(3), [1, 0.7]), bias: false };
    const apart = nn.Model.build(nn.transformConv2d(2, { ...options, combine: "channels" }), { input: SHAPE.slice(1) });
    const pooled = nn.Model.build(nn.transformConv2d(2, options), { input: SHAPE.slice(1) });
    const [maps, maxima] = [await run(apart, x), await run(pooled, x)];
    expect(maps.shape).toEqual([6, 12, 10, 10]);
    expect(maxima.shape).toEqual([6, 2, 10, 10]);
    const best = Array.from({ length: 6 }, (_, t) => maps.row(0).row(6 + t).data[17]);
    expect(maxima.row(0).row(1).data[17]).toBe(Math.max(...best));
  });
});
