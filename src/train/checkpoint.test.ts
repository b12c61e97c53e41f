import { beforeAll, describe, expect, it } from "vitest";
import { digest, halves, record, smallNetwork } from "../../tests/support/training.ts";
import { array, FormatError } from "../array/index.ts";
import { readSafetensors, writeSafetensors } from "../formats/index.ts";
import { Model } from "../nn/index.ts";
import { adam } from "../optim/index.ts";
import { fit } from "./index.ts";

const KEY = "fovea.checkpoint";
const data = halves(20);
const options = { epochs: 3, batch: 8 };
let checkpoint: Uint8Array;

beforeAll(async () => {
  const { store } = await record(smallNetwork(), data, { ...options, optimizer: adam(), stopAfter: 6 });
  checkpoint = store.checkpoints.at(-1)!;
});

/** What comes of resuming from `bytes`. Whatever it is, a failure must leave model and optimizer alone. */
async function resume(bytes: Uint8Array): Promise<unknown> {
  const model = Model.build(smallNetwork(), { input: [1, 8, 8], classes: data.classes, seed: 7 });
  const optimizer = adam();
  const stateOf = () =>
    [model.random.seed, model.random.position, ...optimizer.variables].map(({ value }) => `${value.data}`);
  // One step, so that the optimizer has something to lose.
  await fit(model, data, { epochs: 1, batch: 20, optimizer });
  const before = [digest(await model.toBytes()), ...stateOf()];
  try {
    await fit(model, data, { ...options, optimizer, resume: bytes });
    return "resumed";
  } catch (error) {
    expect([digest(await model.toBytes()), ...stateOf()]).toEqual(before);
    if (!(error instanceof FormatError)) throw error;
    return error.message;
  }
}

type Progress = Record<string, unknown>;

/** The checkpoint with another position, and with other tensors. */
function changed(
  change: (progress: Progress) => Progress,
  edit: (names: Map<string, ReturnType<typeof array>>) => unknown = () => {},
) {
  const { tensors, metadata } = readSafetensors(checkpoint);
  edit(tensors);
  return writeSafetensors(tensors, { [KEY]: JSON.stringify(change(JSON.parse(metadata[KEY]))) });
}
const same = (progress: Progress): Progress => progress;

describe("a checkpoint", () => {
  it("holds the whole state of a run under the names of its parts", () => {
    const { tensors, metadata } = readSafetensors(checkpoint);
    const parameters = ["0.weight", "0.bias", "5.weight", "5.bias"];
    const slots = parameters.flatMap((name) => [`mean.${name}`, `square.${name}`]);
    expect([...tensors.keys()]).toEqual([
      ...parameters.map((name) => `model/${name}`),
      ...["learningRate", "step", ...slots].map((name) => `optimizer/${name}`),
      ...["random/seed", "random/position"],
      ...parameters.map((name) => `best/${name}`),
    ]);
    expect(JSON.parse(metadata[KEY])).toMatchObject({ version: 2, epoch: 1, step: 2, seen: 16, bestEpoch: 1 });
    // Five steps were made, and each drew random numbers for dropout.
    expect(tensors.get("optimizer/step")?.item()).toBe(5);
    expect(tensors.get("random/position")?.item()).toBe(5);
  });

  it("resumes when it is what was written", async () => {
    expect(await resume(checkpoint)).toBe("resumed");
    expect(await resume(changed(same))).toBe("resumed");
  });

  it("is refused when it was cut off anywhere, and changes nothing", async () => {
    const step = Math.ceil(checkpoint.length / 12);
    for (let length = 0; length < checkpoint.length; length += step) {
      expect(await resume(checkpoint.subarray(0, length)), `${length} bytes`).toMatch(/^the checkpoint: /);
    }
  });

  it.each<[string, (tensors: Map<string, ReturnType<typeof array>>) => unknown, string]>([
    ["lacks a parameter", (t) => t.delete("model/5.bias"), "tensor 'model/5.bias' (f32[4]) is missing"],
    ["lacks a slot", (t) => t.delete("optimizer/mean.0.bias"), "tensor 'optimizer/mean.0.bias' (f32[4]) is missing"],
    ["lacks the best model", (t) => t.delete("best/0.bias"), "tensor 'best/0.bias' (f32[4]) is missing"],
    [
      "lacks the random numbers' place",
      (t) => t.delete("random/position"),
      "tensor 'random/position' (i32[]) is missing",
    ],
    [
      "has a parameter of another shape",
      (t) => t.set("model/0.bias", array([1, 2])),
      "tensor 'model/0.bias' is f32[2], expected f32[4]",
    ],
    [
      "has a tensor too many",
      (t) => t.set("model/6.bias", array([1])),
      "1 tensors have no place in the architecture: model/6.bias",
    ],
  ])("is refused when it %s", async (_, edit, message) => {
    expect(await resume(changed(same, edit))).toBe(`the checkpoint: ${message}`);
  });

  const wrong = (key: string, got = "") => `the position in the run has a wrong '${key}'${got}; the file is damaged`;
  const sums = (got: string) => `${got}; the file is damaged`;
  const position = (got: string) => `the position in the run is impossible, ${got}; the file is damaged`;
  const record = { epoch: 1, training: { loss: 1, accuracy: 0.5 } };
  const history = (changes: Progress) => (p: Progress) => ({ ...p, history: [{ ...record, ...changes }] });
  it.each<[string, (progress: Progress) => Progress, string]>([
    ["a position without an epoch", ({ epoch: _, ...rest }) => rest, wrong("epoch", ", got missing")],
    ["a negative step", (p) => ({ ...p, step: -1 }), wrong("step", ", got -1")],
    ["half a sample", (p) => ({ ...p, seen: 1.5 }), wrong("seen", ", got 1.5")],
    ["sums that are none", (p) => ({ ...p, sums: { correct: 17 } }), wrong("sums", ", got an object")],
    [
      "sums of another shape",
      (p) => ({ ...p, sums: { correct: { shape: [2], values: [1] } } }),
      wrong("sums", ", got an object"),
    ],
    [
      "no sums in the middle of an epoch",
      (p) => ({ ...p, sums: {} }),
      sums("after step 2 of its epoch it has the sums none, expected correct []"),
    ],
    [
      "sums of another task",
      (p) => ({ ...p, sums: { ...(p.sums as object), squares: { shape: [1], values: [1] } } }),
      sums("after step 2 of its epoch it has the sums correct [], squares [1], expected correct []"),
    ],
    [
      "sums before the first step",
      (p) => ({ ...p, step: 0, seen: 0, lossSum: 0 }),
      sums("after step 0 of its epoch it has the sums correct [], expected none"),
    ],
    ["a loss that is none", (p) => ({ ...p, lossSum: "NaN" }), wrong("lossSum", ", got NaN")],
    [
      "a loss before the first step",
      (p) => ({ ...p, step: 0, seen: 0, sums: {}, lossSum: 1e9 }),
      position("step 0 of 3 after 0 of 20 samples with a loss of 1000000000"),
    ],
    ["more epochs than it tells of", (p) => ({ ...p, epoch: 2 }), wrong("history", ", got a list of 1")],
    ["a best epoch that has not been", (p) => ({ ...p, bestEpoch: 2 }), wrong("bestEpoch", ", got 2")],
    ["no best epoch", (p) => ({ ...p, bestEpoch: 0 }), wrong("bestEpoch", ", got 0")],
    [
      "an epoch without a loss",
      history({ training: { accuracy: 0.5 } }),
      wrong("history", ', got {"epoch":1,"training":{"accuracy":0.5}} for epoch 1'),
    ],
    [
      "a figure that is no number",
      history({ validation: { loss: 1, accuracy: "high" } }),
      wrong(
        "history",
        ', got {"epoch":1,"training":{"loss":1,"accuracy":0.5},"validation":{"loss":1,"accuracy… for epoch 1',
      ),
    ],
    [
      "a loss that is not a number",
      history({ training: { loss: "NaN" } }),
      wrong("history", ', got {"epoch":1,"training":{"loss":"NaN"}} for epoch 1'),
    ],
    [
      "another epoch's record",
      history({ epoch: 3 }),
      wrong("history", ', got {"epoch":3,"training":{"loss":1,"accuracy":0.5}} for epoch 1'),
    ],
    [
      "a history of text",
      (p) => ({ ...p, history: ["it went well"] }),
      wrong("history", ', got "it went well" for epoch 1'),
    ],
    ["no settings", (p) => ({ ...p, fingerprint: undefined }), wrong("fingerprint", ", got missing")],
    [
      "settings that are not text",
      (p) => ({ ...p, fingerprint: { seed: 0 } }),
      wrong("fingerprint", ", got an object"),
    ],
    ["a step beyond the epoch", (p) => ({ ...p, step: 1e9 }), position("step 1000000000 of 3 after 16 of 20 samples")],
    ["more samples than there are", (p) => ({ ...p, seen: 1e6 }), position("step 2 of 3 after 1000000 of 20 samples")],
    ["samples before a step", (p) => ({ ...p, step: 0 }), position("step 0 of 3 after 16 of 20 samples")],
    ["another version", (p) => ({ ...p, version: 1 }), "is a checkpoint of version 1; this Fovea reads version 2"],
  ])("is refused when it has %s", async (_, change, message) => {
    expect(await resume(changed(change))).toBe(`the checkpoint: ${message}`);
  });

  it("is refused when it is another kind of file", async () => {
    const model = await Model.build(smallNetwork(), { input: [1, 8, 8] }).toBytes();
    expect(await resume(model)).toBe(`the checkpoint: is not a checkpoint of a training run (no metadata '${KEY}')`);
    const broken = writeSafetensors([], { [KEY]: "{" });
    expect(await resume(broken)).toBe("the checkpoint: the position in the run is not readable; the file is damaged");
    expect(await resume(writeSafetensors([], { [KEY]: "7" }))).toMatch(
      /^the checkpoint: is a checkpoint of version undefined/,
    );
  });
});
