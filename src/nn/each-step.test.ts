import { describe, expect, it } from "vitest";
import { interpreted } from "../../tests/support/values.ts";
import { array, type NdArray } from "../array/index.ts";
import * as nn from "./index.ts";

const words = nn.sequential(
  nn.embedding(5, 3, { padding: 0 }),
  nn.op("transpose", { order: [0, 2, 1] }),
  nn.conv1d(2, { kernel: 3, padding: "full" }),
  nn.globalMaxPool(),
  nn.flatten(),
);

/** Vectors of sentences, and their sum over the document. */
const modelOf = (sentences: number, length: number): nn.Model =>
  nn.Model.build(nn.sequential(nn.eachStep(words, { padding: 0 }), nn.poolSteps("sum")), {
    input: { shape: [sentences, length], dtype: "i32", sequence: true },
    seed: 3,
  });

async function run(model: nn.Model, tokens: NdArray, lengths: readonly number[]) {
  const given = [tokens, array([...lengths], "i32")];
  const body = interpreted((input, length) => ({ y: model.apply({ input, "input.length": length }).output }), given);
  return (await body(...given)).y.toNested();
}

describe("eachStep", () => {
  it("gives what the layer gives for each step alone", async () => {
    const [steps, tokens] = [nn.Model.build(nn.eachStep(nn.linear(2)), { input: [3, 4], seed: 1 }), [1, 2, 3]];
    const x = array([[tokens.map((k) => [k, 1, 0, -k])]]).reshape([1, 3, 4]);
    const one = nn.Model.build(nn.linear(2), { input: [4], seed: 1 });
    one.variables.forEach((variable, i) => {
      variable.value = steps.variables[i].value;
    });
    const [together, alone] = await Promise.all([
      interpreted((x) => ({ y: steps(x) }), [x])(x),
      interpreted((x) => ({ y: one(x) }), [x.reshape([3, 4])])(x.reshape([3, 4])),
    ]);
    expect(together.y.reshape([3, 2]).toNested()).toEqual(alone.y.toNested());
    expect(steps.variables.map(({ name }) => name)).toEqual(["0.weight", "0.bias"]);
  });

  it("does not mind padding of words or of sentences", async () => {
    // A window over padding would see other words' zeros, and a bias without them.
    const short = await run(
      modelOf(2, 2),
      array(
        [
          [
            [1, 2],
            [3, 0],
          ],
          [
            [4, 0],
            [0, 0],
          ],
        ],
        "i32",
      ),
      [2, 1],
    );
    const long = await run(
      modelOf(4, 6),
      array(
        [
          [
            [1, 2, 0, 0, 0, 0],
            [3, 0, 0, 0, 0, 0],
            [1, 1, 1, 1, 1, 1],
            [0, 0, 0, 0, 0, 0],
          ],
          [
            [4, 0, 0, 0, 0, 0],
            [2, 3, 2, 3, 2, 3],
            [4, 4, 4, 4, 4, 4],
            [4, 4, 0, 4, 0, 0],
          ],
        ],
        "i32",
      ),
      [2, 1],
    );
    expect(long).toEqual(short);
  });

  it("is saved and loaded", async () => {
    const model = modelOf(2, 2);
    const loaded = nn.Model.fromBytes(await model.toBytes());
    const x = array(
      [
        [
          [1, 2],
          [3, 4],
        ],
      ],
      "i32",
    );
    expect(await run(loaded, x, [2])).toEqual(await run(model, x, [2]));
  });

  it("says what it takes", () => {
    const build = (layer: nn.Layer, input: readonly number[]) => () => nn.Model.build(layer, { input });
    expect(build(nn.eachStep(nn.linear(2)), [3])).toThrow("eachStep (0): expects [n, steps, …]".replace(" (0)", ""));
    expect(build(nn.eachStep(nn.linear(2), { padding: 0 }), [3, 2])).toThrow(
      "padding 0 is for tokens, i32[n, steps, length]",
    );
    expect(build(nn.eachStep(nn.op("reshape", { shape: [-1, 1] })), [3, 2])).toThrow(
      "must keep its samples, 3, got f32[6,1]",
    );
    expect(() => nn.eachStep("linear" as never)).toThrow("eachStep: 0 must be a layer");
  });
});
