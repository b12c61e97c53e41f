import { describe, expect, it } from "vitest";
import { array } from "../../array/index.ts";
import { compile } from "../../engines/index.ts";
import { constant } from "../../graph/index.ts";
import * as nn from "../../nn/index.ts";
import { gradient, mul, relu, sum } from "../../ops/index.ts";
import { channelTarget } from "../probe/index.ts";
import { createAscent } from "./index.ts";
import { relaxedRules } from "./relaxed.ts";

const engine = "interpreter" as const;

describe("relaxed rectifiers", () => {
  it("let through what raises silent units, for samples of which nothing else comes through", async () => {
    // The first sample is silent, the second has a unit that answers, the third one whose slope is 0.
    const z = array([
      [-1, -2, -3],
      [-1, 2, -3],
      [-1, 2, -3],
    ]);
    const slopes = array([
      [-1, 1, 0],
      [-1, 1, 0],
      [-1, 0, 1],
    ]);
    const derived = (isRelaxed: boolean) =>
      compile(
        (x) => {
          const rules = relaxedRules(constant(array(isRelaxed ? 1 : 0, "bool" as never)));
          return { dz: gradient(sum(mul(relu(x), constant(slopes))), [x], { rules })[0] };
        },
        [z],
        { engine },
      )(z);
    expect((await derived(true)).dz.toNested()).toEqual([
      [-1, 0, 0],
      [0, 1, 0],
      [-1, 0, 0],
    ]);
    expect((await derived(false)).dz.toNested()).toEqual([
      [0, 0, 0],
      [0, 1, 0],
      [0, 0, 0],
    ]);
  });

  it("wake a channel that gray has silenced, and change nothing where there is a slope", async () => {
    const net = (bias: number) => {
      const model = nn.Model.build(nn.sequential({ conv: nn.conv2d(2, { kernel: 3 }), act: nn.relu() }), {
        input: [1, 8, 8],
        seed: 3,
      });
      const [weight, biases] = model.variables;
      weight.value.data.fill(0.1);
      biases.value.data.fill(bias);
      return model;
    };
    const ascended = (bias: number, relaxed: number) =>
      createAscent(net(bias), { target: channelTarget("act"), steps: 24, relaxed, engine })(0);
    // Nine pixels of a half give 0.45.
    const [silent, woken] = [await ascended(-0.5, 0), await ascended(-0.5, 16)];
    expect(silent.history.data.every((score) => score === 0)).toBe(true);
    expect(woken.scores.data[0]).toBeGreaterThan(0.05);
    const [plain, relaxed] = [await ascended(0.1, 0), await ascended(0.1, 16)];
    expect(relaxed.inputs.data).toEqual(plain.inputs.data);
  });
});
