import { describe, expect, it } from "vitest";
import { NdArray, OptionError, Random } from "../array/index.ts";
import { compile, createInterpreter } from "../engines/index.ts";
import { f32, type Tensor, trace } from "../graph/index.ts";
import { slice } from "../ops/index.ts";
import { minimize, sgd } from "../optim/index.ts";
import * as nn from "./index.ts";

const engine = createInterpreter();
const random = new Random(1, "sequences");
const x = new NdArray(
  Array.from({ length: 2 * 6 * 3 }, () => random.uniform(-1, 1)),
  [2, 6, 3],
);
const stretch = (from: number, to: number): Promise<NdArray> =>
  compile((y) => ({ part: slice(y, 1, from, to) }), [f32(2, 6, 3)], { engine })(x).then(({ part }) => part);

describe.each([
  ["rnn", nn.rnn(4, { layers: 2 }), ["0.h"]],
  ["gru", nn.gru(4), ["0.h"]],
  ["lstm", nn.lstm(4, { layers: 2 }), ["0.c", "0.h"]],
])("the states of %s", (_, layer, names) => {
  const model = nn.Model.build(nn.sequential(layer, nn.linear(2)), { input: [6, 3], seed: 2 });

  it("are carried from stretch to stretch: these come out as the whole does", async () => {
    const whole = (await compile((y) => ({ z: model(y) }), [f32(2, 6, 3)], { engine })(x)).z;
    const carried = nn.carryStates(model, { batch: 2 });
    expect([...carried.states.keys()].sort()).toEqual(names);
    const next = (steps: number) => compile((y) => ({ z: carried(y) }), [f32(2, steps, 3)], { engine });
    for (let time = 0; time < 2; time++) {
      for (const [from, to] of [
        [0, 1],
        [1, 3],
        [3, 6],
      ]) {
        // biome-ignore format: stretches
        const { z } = await next(to - from)(await stretch(from, to));
        for (let i = 0; i < 2; i++)
          for (let t = from; t < to; t++) expect(z.row(i).row(t - from)).toEqual(whole.row(i).row(t));
      }
      carried.reset();
    }
  });

  it("are trained on stretch by stretch, and are no parameters", async () => {
    const carried = nn.carryStates(model, { batch: 2 });
    const before = [...carried.states.values()].map(({ value }) => value.copy());
    const optimizer = sgd();
    const step = compile(
      (y) => {
        const loss = nn.meanSquaredError(carried(y, { training: true }), slice(y, 2, 0, 2));
        minimize(loss, optimizer);
        return { loss };
      },
      [f32(2, 3, 3)],
      { engine },
    );
    const first = await step(await stretch(0, 3));
    expect(Number.isFinite(first.loss.item())).toBe(true);
    expect([...carried.states.values()].map(({ value }) => value)).not.toEqual(before);
    expect(optimizer.variables.some(({ name }) => name.includes("state."))).toBe(false);
  });
});

describe("states", () => {
  const lstm = nn.Model.build(nn.lstm(4), { input: [6, 3] });
  const given = (options: (y: Tensor, h: Tensor) => object) => () =>
    trace((y, h) => lstm(y, options(y, h)), [f32(2, 6, 3), f32(1, 2, 4)]);

  it("are given by name, all of a layer's or none", () => {
    expect(given((_, h) => ({ states: { h, c: h } }))).not.toThrow();
    expect(given((_, h) => ({ states: { h } }))).toThrow(
      new OptionError("lstm: the state c is missing; give all of a layer's states, or none"),
    );
    expect(given((_, h) => ({ states: { h, c: h, d: h } }))).toThrow(
      new OptionError("the model: no layer has a state 'd'; known: h, c"),
    );
    expect(given((y, h) => ({ states: { h, c: y } }))).toThrow(
      "lstm: the initial c must be f32[1,2,4], got f32[2,6,3]",
    );
  });

  it("are not carried where there are none, or where a layer runs both ways", () => {
    const plain = nn.Model.build(nn.linear(2), { input: [3] });
    expect(() => nn.carryStates(plain, { batch: 1 })).toThrow("carryStates: the model has no recurrent layers");
    const both = nn.Model.build(nn.sequential(nn.gru(2, { bidirectional: true })), { input: [6, 3] });
    expect(() => nn.carryStates(both, { batch: 1 })).toThrow("carryStates: layer 0 runs both ways");
    const alone = nn.Model.build(nn.gru(2, { bidirectional: true }), { input: [6, 3] });
    expect(() => nn.carryStates(alone, { batch: 1 })).toThrow("carryStates: the model runs both ways");
    expect(() => nn.carryStates(lstm, {} as never)).toThrow("carryStates: batch must be an integer of at least 1");
  });

  it("are needed for sequences of another length", () => {
    expect(() => trace((y) => lstm(y), [f32(2, 5, 3)])).toThrow("the model takes inputs of shape [n,6,3]");
  });
});
