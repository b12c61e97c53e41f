/** Auxiliary heads in training: what their losses add, that they learn, and what is refused. */
import { describe, expect, it } from "vitest";
import { halves } from "../../tests/support/training.ts";
import { zeros } from "../array/index.ts";
import { classes, dataset, numbers, picture } from "../data/index.ts";
import * as nn from "../nn/index.ts";
import { sgd } from "../optim/index.ts";
import { classification, fit, regression, together } from "./index.ts";

const N = 8;
const data = halves(N);
const quick = { epochs: 1, batch: N, engine: "interpreter", onNotice: () => {} } as const;

const zero = (units: number): nn.Layer => nn.linear(units, { initializer: "zeros" });

/** Scores that are all 0, of the output and of both heads. */
const network = (count = 4): nn.Layer =>
  nn.sequential({
    flat: nn.flatten(),
    aux1: nn.auxiliary({ fc: zero(count) }, { weight: 0.25 }),
    hidden: nn.linear(5),
    aux2: nn.auxiliary({ fc: zero(count) }, { weight: 2 }),
    fc: zero(4),
  });

const moved = ({ variables }: nn.Model): string[] =>
  variables
    .filter(({ name, value }) => name.endsWith("fc.weight") && value.data.some((x) => x !== 0))
    .map(({ name }) => name);

describe("auxiliary heads", () => {
  it("add their losses to that of training by their weights, and nothing to that of validation", async () => {
    const optimizer = sgd({ learningRate: 1e-9 });
    const { model, history } = await fit(network(), data, { ...quick, optimizer, validation: data });
    const [{ training, validation }] = history;
    expect([training.loss, validation?.loss]).toEqual([
      expect.closeTo(3.25 * Math.log(4), 5),
      expect.closeTo(Math.log(4), 5),
    ]);
    expect(moved(model)).toEqual(["aux1.fc.weight", "aux2.fc.weight", "fc.weight"]);
  });

  it("do so in parts of a batch, and for outputs that the task calls by another name", async () => {
    const named = nn.network({ image: [1, 8, 8] }, ({ image }) => ({ guess: nn.named("body", network())(image) }));
    const { history } = await fit(named, data, {
      ...{ ...quick, accumulate: 2, task: classification({ output: "guess" }) },
      optimizer: sgd({ learningRate: 1e-9 }),
      inputs: { image: "images" },
    });
    expect(history[0].training.loss).toBeCloseTo(3.25 * Math.log(4), 5);
  });

  it("must give what the output gives", async () => {
    await expect(fit(network(3), data, quick)).rejects.toThrow(
      "classification: the network gives aux1 as f32[8,3], expected [n, 4]: scores, one for each class",
    );
  });

  it("are for tasks of one output", async () => {
    const both = dataset("both", {
      image: picture(data.images),
      kind: classes(data.labels, data.classes),
      value: numbers(zeros([N])),
    });
    await expect(
      fit(network(), both, { ...quick, task: together({ kind: classification(), value: regression() }) }),
    ).rejects.toThrow("together: the auxiliary head aux1 gives one output, the task reads kind.scores, value.value");
  });
});
