import { expect, it } from "vitest";
import { array } from "../array/index.ts";
import { compile, selectEngine } from "../engines/index.ts";
import { f32 } from "../graph/index.ts";
import { mul } from "./elementwise.ts";
import { defineElementwise } from "./elementwise-row.ts";
import { expectFloat } from "./rules.ts";

const cube = defineElementwise("cube", 1, {
  accepts: expectFloat,
  meaning: (x) => x ** 3,
  derivative: (dy, _y, x) => [mul(dy, mul(mul(x, x), 3))],
  expand: (x) => mul(mul(x, x), x),
});

it.each(["wasm", "interpreter"])("a row with an expansion needs no kernel on %s", async (name) => {
  const engine = selectEngine(name);
  expect(engine.lacks(cube.op)).toBeUndefined();
  const step = compile((x) => cube([x]), [f32(3)], { engine });
  expect([...(await step(array([-2, 0.5, 3]))).data]).toEqual([-8, 0.125, 27]);
});

it("a row without one has no expansion", () => {
  const { op } = defineElementwise("same", 1, { accepts: expectFloat, meaning: (x) => x, derivative: (dy) => [dy] });
  expect(op.expand).toBeUndefined();
  expect(selectEngine("wasm").lacks(op)).toBeDefined();
});
