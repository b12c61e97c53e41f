import { describe, expect, it } from "vitest";
import { interpreted } from "../../tests/support/values.ts";
import { array, type NdArray, OptionError } from "../array/index.ts";
import { Variable } from "../graph/index.ts";
import { adam, type Optimizer, sgd } from "./index.ts";

/** A parameter after one step with this gradient. */
async function stepped(optimizer: Optimizer, name: string, start: NdArray, slope: NdArray): Promise<NdArray> {
  const parameter = new Variable(name, start);
  await interpreted((g) => void optimizer.update([parameter], [g]), [slope])(slope);
  return parameter.value;
}

const zeros = array([[0, 0], [0, 0], [0, 0]]); // biome-ignore format: rows

describe("maxNorm", () => {
  // As torch.renorm(w, 2, 0, 2.5) does.
  it("scales longer rows down, and leaves the others to the bit", async () => {
    const w = array([[3, 4], [0.6, 0.8], [0, 0]]); // biome-ignore format: rows
    const y = await stepped(sgd({ maxNorm: 2.5 }), "w", w, zeros);
    expect([...y.data]).toEqual([1.5, 2, ...w.data.subarray(2)]);
  });

  it("comes after the step", async () => {
    const y = await stepped(sgd({ learningRate: 1, maxNorm: 5 }), "w", array([[0, 0]]), array([[-6, -8]]));
    expect([...y.data]).toEqual([3, 4]);
  });

  it("takes all that leads to one output as a row", async () => {
    const filter = array([[[3, 0], [0, 4]], [[1, 1], [1, 1]]]); // biome-ignore format: two filters
    const y = await stepped(sgd({ maxNorm: 2.5 }), "w", filter, array([[[0, 0], [0, 0]], [[0, 0], [0, 0]]])); // biome-ignore format: two filters
    expect([...y.data]).toEqual([1.5, 0, 0, 2, 1, 1, 1, 1]);
  });

  it("leaves biases, and parameters of other groups", async () => {
    const bias = await stepped(sgd({ maxNorm: 0.5 }), "bias", array([3, -4]), array([0, 0]));
    expect([...bias.data]).toEqual([3, -4]);
    const groups = [{ match: "output.*", maxNorm: 2.5 }];
    const any = { match: () => false, maxNorm: 1 };
    for (const [name, expected] of [["output.weight", [1.5, 2]], ["conv.weight", [3, 4]]] as const) // biome-ignore format: two rows
      expect([
        ...(await stepped(sgd({ groups: name === "output.weight" ? groups : [any] }), name, array([[3, 4]]), array([[0, 0]]))).data, // biome-ignore format: one line
      ]).toEqual(expected);
  });

  it("does not hide NaN", async () => {
    const y = await stepped(sgd({ maxNorm: 1 }), "w", array([[Number.NaN, 1], [2, 0]]), array([[0, 0], [0, 0]])); // biome-ignore format: rows
    expect([...y.data]).toEqual([Number.NaN, Number.NaN, 1, 0]);
  });

  it("is part of the description by which runs are compared, and a number above 0", () => {
    expect(adam({ groups: [{ match: "output.weight", maxNorm: 3 }] }).description).toContain(
      "output.weight' maxNorm 3",
    );
    expect(() => sgd({ maxNorm: 0 })).toThrow(new OptionError("sgd: maxNorm must be a number above 0, got 0"));
  });
});
