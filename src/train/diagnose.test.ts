import { describe, expect, it } from "vitest";
import { array, full, zeros } from "../array/index.ts";
import { atPath, i32, scalarVariable, type TensorTree, type Traceable, trace } from "../graph/index.ts";
import { add, div, exp, finite, greater, log, mul, select, sub } from "../ops/index.ts";
import { firstNotFinite } from "./diagnose.ts";

const ones = full([2, 3], 1);
const diagnose = (body: Traceable<TensorTree>, inputs = [ones]) => firstNotFinite(trace(body, inputs).graph, inputs);

describe("the first value that is not finite", () => {
  it("is named with its operation, layer and type, however much is broken after it", async () => {
    const body = (x: Parameters<typeof exp>[0]) => {
      const y = atPath("features.3", () => exp(mul(x, 100)));
      return atPath("classifier", () => sub(y, y));
    };
    expect(await diagnose(body)).toBe("Infinity in exp of layer features.3 (f32[2,3])");
  });

  it("is found among some that are", async () => {
    expect(await diagnose((x) => log(x), [array([1, 2, -1, 4])])).toBe("NaN in log (f32[4])");
    expect(await diagnose((x) => div(1, x), [array([1, -0])])).toBe("-Infinity in div (f32[2])");
  });

  it("may be an input or a variable", async () => {
    expect(await diagnose((x) => add(x, 1), [array([1, NaN])])).toBe("NaN in the inputs (f32[2])");
    const weight = scalarVariable("0.weight", Infinity);
    expect(await diagnose((x) => mul(x, weight.read()))).toBe("Infinity in variable 0.weight (f32[])");
  });

  it("is not one that the program writes down and does not take, nor one that it leaves out", async () => {
    const points = array([1, NaN]);
    const body: Traceable<TensorTree> = (x, y) => {
      const known = select(finite(x), x, 0);
      return log(sub(select(greater(known, 5), Number.NaN, known), y));
    };
    expect(await diagnose(body, [points, array([3, 0])])).toBe("NaN in log (f32[2])");
  });

  it("is not looked for in integers, nor made up", async () => {
    expect(await diagnose((x) => exp(x))).toBeUndefined();
    const labels = zeros([3], "i32");
    expect(await firstNotFinite(trace((x) => add(x, 1), [i32(3)]).graph, [labels])).toBeUndefined();
  });

  it("is looked for without changing anything", async () => {
    const count = scalarVariable("count", 1);
    expect(
      await diagnose((x) => {
        count.assign(add(count.read(), 1));
        return exp(x);
      }),
    ).toBeUndefined();
    expect(count.value.item()).toBe(1);
  });
});
