/** The training that Node and the browser both do, with nothing in it that is for one of them. */
import { createWasmEngine, type NdArray, nn, optim } from "fovea";
import { type Dataset, digits } from "fovea/data";
import { readSafetensors, writeSafetensors } from "fovea/formats";
import { lenet5 } from "fovea/models";
import { evaluateModel, fit } from "fovea/train";

const [TRAIN, TEST, BATCH, SEED] = [10_000, 1_000, 64, 1];

/**
 * What a training starts from, as bytes. `Math.sin`, `Math.exp` and their like may differ in the last bit between versions of
 * V8, and pictures and initial weights are made with them: both sides get the same, so that what is compared is the engine.
 */
export interface Start {
  readonly digits: Uint8Array;
  readonly model: Uint8Array;
}

export interface Settings {
  readonly threads?: number;
  /** Fused multiply-adds. */
  readonly relaxed?: boolean;
}

export interface Outcome {
  /** What the engine calls its way of rounding. */
  readonly arithmetic: string;
  /** Of the test digits. */
  readonly accuracy: number;
  /** For the whole epoch, compilation included. */
  readonly seconds: number;
  /** After the first step. */
  readonly stepsPerSecond: number;
  /** The SHA-256 of the trained model's file. */
  readonly bits: string;
}

/** Draws the digits and the initial weights. */
export async function prepare(): Promise<Start> {
  const { train, test } = digits({ train: TRAIN, test: TEST });
  const { classes, normalization } = train;
  const model = nn.Model.build(lenet5({ classes: classes.length }), {
    input: [1, 28, 28],
    classes,
    normalization,
    seed: SEED,
  });
  const tensors = {
    trainImages: train.images,
    trainLabels: train.labels,
    testImages: test.images,
    testLabels: test.labels,
  };
  return { digits: writeSafetensors(Object.entries(tensors)), model: await model.toBytes() };
}

export async function train(start: Start, settings: Settings): Promise<Outcome> {
  const model = nn.Model.fromBytes(start.model);
  const { tensors } = readSafetensors(start.digits);
  const set = (name: "train" | "test"): Dataset => ({
    name,
    images: tensors.get(`${name}Images`) as NdArray,
    labels: tensors.get(`${name}Labels`) as NdArray,
    classes: model.classes ?? [],
    normalization: model.normalization,
  });
  const engine = createWasmEngine(settings);
  const optimizer = optim.sgd({ learningRate: 0.05, momentum: 0.9 });
  const began = performance.now();
  const steps: number[] = [];
  const onEvent = ({ type }: { type: string }): void => {
    if (type === "step") steps.push(performance.now());
  };
  await fit(model, set("train"), { epochs: 1, batch: BATCH, seed: SEED, optimizer, engine, onEvent });
  const ended = performance.now();
  return {
    arithmetic: engine.arithmetic,
    accuracy: (await evaluateModel(model, set("test"), { engine })).figures.accuracy,
    seconds: (ended - began) / 1000,
    stepsPerSecond: (1000 * (steps.length - 1)) / (steps[steps.length - 1] - steps[0]),
    bits: await sha256(await model.toBytes()),
  };
}

export async function sha256(bytes: Uint8Array): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes as Uint8Array<ArrayBuffer>));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
