import { describe, expect, it } from "vitest";
import { NdArray, OptionError, Random } from "../array/index.ts";
import { batchOrder, fittingStreams, subset, type TextStreams, textStreams } from "../data/index.ts";
import { compile } from "../engines/index.ts";
import { i32 } from "../graph/index.ts";
import { convolutionalLanguageModel, recurrentLanguageModel } from "../models/index.ts";
import * as nn from "../nn/index.ts";
import { adam, minimize } from "../optim/index.ts";
import { evaluateModel } from "./evaluation/index.ts";
import { fit } from "./fit.ts";
import { nextToken } from "./tasks/index.ts";

const TOKENS = 5;
const task = () => nextToken({ target: "next", shifted: true });

/** A text in which each token follows from the two before it, but for some noise. */
function text(length: number, seed = 1): Int32Array {
  const random = new Random(seed, "text");
  const result = new Int32Array(length);
  for (let i = 2; i < length; i++)
    result[i] =
      random.uniform() < 0.1 ? Math.floor(random.uniform() * TOKENS) : (result[i - 1] + 2 * result[i - 2] + 1) % TOKENS;
  return result;
}

const networks = {
  lstm: () => recurrentLanguageModel({ tokens: TOKENS, units: 6, layers: 2 }),
  conv: () => convolutionalLanguageModel({ tokens: TOKENS, units: 6, layers: 3, kernel: 2 }),
};

describe("a text as streams", () => {
  const streams = textStreams(
    Int32Array.from({ length: 26 }, (_, i) => i),
    { streams: 2, steps: 4 },
  );
  const rows = ({ columns }: TextStreams, name: "tokens" | "next") => {
    const {
      data,
      shape: [count, steps],
    } = columns[name].values as NdArray;
    return Array.from({ length: count }, (_, row) => Array.from(data.subarray(row * steps, (row + 1) * steps)));
  };

  it("has the next window of every stream in each batch, and what follows each token", () => {
    expect(rows(streams, "tokens")).toEqual([
      [0, 1, 2, 3],
      [12, 13, 14, 15],
      [4, 5, 6, 7],
      [16, 17, 18, 19],
      [8, 9, 10, 11],
      [20, 21, 22, 23],
    ]);
    expect(rows(streams, "next").at(-1)).toEqual([21, 22, 23, 24]);
  });

  it("is not shuffled, and no stream any more when rows are chosen", () => {
    expect(batchOrder(streams, { seed: 3, epoch: 1, batch: 2 })).toEqual(Int32Array.of(0, 1, 2, 3, 4, 5));
    expect(subset(streams, [0, 2, 4]).streams).toBeUndefined();
  });

  it("is divided for evaluation so that few tokens are left out", () => {
    for (const length of [2, 3, 50, 1_000, 111_540]) {
      const { streams, steps } = fittingStreams(length, { streams: 64, steps: 128 });
      expect((length - 1) % (streams * steps)).toBeLessThanOrEqual(Math.min(length - 1, 4));
      expect(() => textStreams(new Int32Array(length), { streams, steps })).not.toThrow();
    }
  });

  it("must be long enough", () => {
    expect(() => textStreams(new Int32Array(8), { name: "poem", streams: 2, steps: 4 })).toThrow(
      "textStreams: poem has 8 tokens; 2 streams of 4 steps take 9: give more text, or fewer streams or steps",
    );
  });
});

describe.each(Object.entries(networks))("%s on streams", (_, create) => {
  const data = textStreams(text(2 * 5 * 6 + 1), { streams: 2, steps: 5 });

  it("is trained with the same bits as in a custom loop that carries states", async () => {
    const model = nn.Model.build(create(), { input: [5], dtype: "i32", seed: 0 });
    const carried = nn.carryStates(model, { batch: 2 });
    const optimizer = adam({ learningRate: 0.01 });
    const step = compile(
      (tokens, next) => {
        const scores = carried(tokens, { training: true });
        const loss = nn.crossEntropy(scores.transpose([0, 2, 1]), next);
        minimize(loss, optimizer);
        return loss;
      },
      [i32(2, 5), i32(2, 5)],
    );
    const { tokens, next } = data.columns;
    for (let epoch = 0; epoch < 2; epoch++) {
      carried.reset();
      for (let row = 0; row < 12; row += 2) {
        const window = ({ values }: typeof tokens) =>
          new NdArray((values as NdArray).data.slice(row * 5, (row + 2) * 5), [2, 5], "i32");
        await step(window(tokens), window(next));
      }
    }
    const fitted = await fit(create(), data, { task: task(), epochs: 2, optimizer: adam({ learningRate: 0.01 }) });
    for (const [i, variable] of fitted.model.variables.entries())
      expect(await variable.fetch(), variable.name).toEqual(await model.variables[i].fetch());
  });

  it("resumes in the middle of an epoch to the same bits", async () => {
    const train = async (options: object) => {
      let checkpoint: Uint8Array | undefined;
      const store = {
        saveCheckpoint: async (bytes: Uint8Array) => {
          checkpoint = bytes;
        },
        saveBest: async () => {},
        logEpoch: async () => {},
      };
      const optimizer = adam({ learningRate: 0.01 });
      const { model } = await fit(create(), data, {
        task: task(),
        epochs: 2,
        optimizer,
        store,
        validation: data,
        ...options,
      });
      return { bytes: await model.toBytes(), checkpoint };
    };
    const whole = await train({});
    const controller = new AbortController();
    let steps = 0;
    const stop = ({ type }: { type: string }) => {
      if (type === "step" && ++steps === 9) controller.abort();
    };
    const part = await train({ signal: controller.signal, onEvent: stop });
    expect(steps).toBe(9);
    const resumed = await train({ resume: part.checkpoint });
    expect(resumed.bytes).toEqual(whole.bytes);
    expect(resumed.checkpoint).toEqual(whole.checkpoint);
  });

  it("is validated on windows of another length", async () => {
    const held = textStreams(text(40, 2), { streams: 3, steps: 4 });
    const { history } = await fit(create(), data, { task: task(), epochs: 1, validation: held });
    expect(history[0].validation?.perplexity).toBeLessThan(2 * TOKENS);
  });

  it("is evaluated as one long text would be, each stream from its own beginning", async () => {
    const model = nn.Model.build(create(), { input: [5], dtype: "i32", seed: 2 });
    const { figures } = await evaluateModel(model, data, { task: task() });
    const long = textStreams(text(2 * 5 * 6 + 1), { streams: 2, steps: 30 });
    const at = nn.Model.build(create(), { input: [30], dtype: "i32", seed: 2 });
    const expected = await evaluateModel(at, long, { task: task() });
    // Sums of 60 terms in another order.
    expect(figures.perplexity).toBeCloseTo(expected.figures.perplexity, 5);
    expect((await evaluateModel(model, data, { task: task() })).figures).toEqual(figures);
  });
});

it("options that would take windows out of their order are refused", async () => {
  const data = textStreams(text(200), { streams: 3, steps: 5 });
  const train = (options: object) => fit(networks.lstm(), data, { task: task(), ...options });
  const where = "fit: the rows are windows of 3 streams";
  await expect(train({ batch: 2 })).rejects.toThrow(`${where}, so batch must be 3 or left out, got 2`);
  await expect(train({ accumulate: 2 })).rejects.toThrow(
    `${where}, whose batches cannot be divided; leave out accumulate`,
  );
  await expect(train({ validation: 0.1 })).rejects.toThrow(OptionError);
  const both = nn.sequential(nn.embedding(TOKENS, 4), nn.lstm(4, { bidirectional: true }), nn.linear(TOKENS));
  await expect(fit(both, data, { task: task() })).rejects.toThrow("fit: layer 1 runs both ways");
});
