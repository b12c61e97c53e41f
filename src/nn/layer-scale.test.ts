import { expect, it } from "vitest";
import { numbersOf } from "../../tests/support/values.ts";
import { array, ShapeError } from "../array/index.ts";
import * as nn from "./index.ts";

it("layerScale multiplies channels by factors that begin small", async () => {
  const model = nn.Model.build(nn.layerScale(0.5), { input: [2, 2] });
  const x = array([[[2, 4], [6, 8]]]); // biome-ignore format: two maps
  expect(await numbersOf((t) => model(t), x)).toEqual([[[1, 2], [3, 4]]]); // biome-ignore format: two maps
  model.variables[0].value = array([[1], [0]]);
  expect(await numbersOf((t) => model(t), x)).toEqual([[[2, 4], [0, 0]]]); // biome-ignore format: two maps
  expect(nn.layerScale().options).toEqual({ initial: 1e-6 });
});

it("its parameter has the layer's own name, in files, too", async () => {
  const block = nn.sequential({ block: nn.residual(nn.sequential({ layer_scale: nn.layerScale() })) });
  const model = nn.Model.build(block, { input: [3, 4, 4] });
  expect(model.variables.map(({ name, shape }) => [name, shape])).toEqual([["block.body.layer_scale", [3, 1, 1]]]);
  expect(await nn.Model.fromBytes(await model.toBytes()).toBytes()).toEqual(await model.toBytes());
  expect(nn.Model.build(nn.layerScale(), { input: [3] }).variables[0].name).toBe("weight");
});

it("layerScale needs channels", () => {
  expect(() => nn.Model.build(nn.layerScale(), { input: [] })).toThrow(
    new ShapeError("layerScale: expects [n, channels, …], got f32[1]"),
  );
});
