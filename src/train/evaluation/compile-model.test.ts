/** A model as a function of arrays: the same outputs for samples alone, in parts and all at once. */
import { expect, it } from "vitest";
import { NdArray, OptionError, sizeOf } from "../../array/index.ts";
import { createWasmEngine } from "../../engines/index.ts";
import * as nn from "../../nn/index.ts";
import { compileModel, predict } from "../index.ts";

const engine = createWasmEngine({ threads: 1 });
const model = nn.Model.build(nn.sequential(nn.conv2d(4, { kernel: 3 }), nn.relu(), nn.flatten(), nn.linear(3)), {
  input: [2, 5, 5],
});
const samples = (...shape: number[]): NdArray =>
  new NdArray(
    Float32Array.from({ length: sizeOf(shape) }, (_, i) => Math.cos(i)),
    shape,
    "f32",
  );

it("takes any number of samples, in parts where there are many", async () => {
  const x = samples(7, 2, 5, 5);
  const { output } = await compileModel(model, { engine })(x);
  expect(output.shape).toEqual([7, 3]);
  const parts = await compileModel(model, { engine, batch: 3 })({ input: x });
  expect(parts.output).toEqual(output);
  const [one] = output.toNested() as number[][];
  const alone = (await compileModel(model, { engine })(samples(1, 2, 5, 5))).output;
  for (const [i, value] of alone.data.entries()) expect(value).toBeCloseTo(one[i], 5);
});

it("follows the parameters", async () => {
  const run = compileModel(model, { engine });
  const x = samples(2, 2, 5, 5);
  const before = [...(await run(x)).output.data];
  const bias = model.variables.at(-1)!;
  bias.value = new NdArray(Float32Array.of(1, 1, 1), [3], "f32");
  const after = (await run(x)).output.data;
  for (const [i, value] of after.entries()) expect(value).toBeCloseTo(before[i] + 1, 5);
});

it("says what does not fit", async () => {
  await expect(compileModel(model, { engine })({ photo: samples(1, 2, 5, 5) })).rejects.toThrow("photo");
  expect(() => compileModel(model, { engine, batch: 0 })).toThrow(OptionError);
});

it("lets predict use a program again while the model is as it was", async () => {
  const x = samples(2, 2, 5, 5);
  const [first, second] = [await predict(model, x, { engine }), await predict(model, x, { engine })];
  expect(second).toEqual(first);
  const weight = model.variables[2];
  weight.value = new NdArray(new Float32Array(weight.value.size), weight.shape, "f32");
  for (const value of (await predict(model, x, { engine })).probabilities.data) expect(value).toBeCloseTo(1 / 3, 5);
});
