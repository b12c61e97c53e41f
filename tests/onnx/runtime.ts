/**
 * ONNX Runtime, which runs exported files: the package onnxruntime-node of the folder `FOVEA_PEERS`, as for `fovea bench`.
 * Checks are skipped by name where there is none.
 */
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { expect } from "vitest";
import { mapValues, NdArray, Random, sizeOf } from "../../src/array/index.ts";
import { compile, type Engine } from "../../src/engines/index.ts";
import { type OnnxOptions, toOnnx } from "../../src/exchange/index.ts";
import type { Model } from "../../src/nn/index.ts";

interface OrtTensor {
  readonly data: ArrayLike<number>;
  readonly dims: readonly number[];
}

interface Session {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  run(feeds: Record<string, OrtTensor>): Promise<Record<string, OrtTensor>>;
}

interface Runtime {
  readonly InferenceSession: { create(bytes: Uint8Array, options: object): Promise<Session> };
  readonly Tensor: new (type: string, data: unknown, dims: readonly number[]) => OrtTensor;
}

function load(): { runtime: Runtime } | { reason: string } {
  const folder = resolve(process.env.FOVEA_PEERS || ".");
  try {
    return { runtime: createRequire(join(folder, "package.json"))("onnxruntime-node") as Runtime };
  } catch (error) {
    return { reason: `no onnxruntime-node in ${folder}: ${String(error).split("\n")[0]}` };
  }
}

const found = load();

/** Why nothing can be checked here, if so. */
export const missing = "reason" in found ? found.reason : undefined;
if (missing !== undefined) console.warn(`ONNX Runtime is skipped: ${missing}; set FOVEA_PEERS`);

/** Opens a file, as users do. */
export async function openSession(bytes: Uint8Array): Promise<Session> {
  if ("reason" in found) throw new Error(found.reason);
  return found.runtime.InferenceSession.create(bytes, { logSeverityLevel: 3, intraOpNumThreads: 1 });
}

const ortNames = { f32: "float32", i32: "int32", u8: "uint8", bool: "bool", f64: "float64" } as const;

/** Runs an open file. */
export async function run(session: Session, feeds: Readonly<Record<string, NdArray>>) {
  if ("reason" in found) throw new Error(found.reason);
  const { Tensor } = found.runtime;
  return session.run(
    Object.fromEntries(
      Object.entries(feeds).map(([name, { data, dtype, shape }]) => [name, new Tensor(ortNames[dtype], data, shape)]),
    ),
  );
}

/**
 * Of the largest output: both sum in float32, in other orders and with other elementary functions, over at most some hundred
 * layers.
 */
const TOLERANCE = 1e-4;

/** Samples for the inputs of a model. */
function samplesFor(model: Model, batch: number): Record<string, NdArray> {
  return Object.fromEntries(
    Object.entries(model.inputs).map(([name, { shape, dtype, vocabulary = 6 }]) => {
      const random = new Random(batch, name);
      const full = [batch, ...shape];
      const draw = () => (dtype === "i32" ? random.integer(vocabulary) : random.uniform(-1, 1));
      return [name, new NdArray(Float64Array.from({ length: sizeOf(full) }, draw), full, "f64").cast(dtype)];
    }),
  );
}

/** The largest difference of two results, as a part of the largest value. */
function differenceOf(ours: NdArray, theirs: OrtTensor): number {
  expect([...theirs.dims].map(Number)).toEqual([...ours.shape]);
  let [largest, difference] = [0, 0];
  for (let i = 0; i < ours.size; i++) {
    largest = Math.max(largest, Math.abs(ours.data[i]));
    // Both may be infinite.
    if (Object.is(ours.data[i], Number(theirs.data[i]))) continue;
    const apart = Math.abs(ours.data[i] - Number(theirs.data[i]));
    difference = Number.isNaN(apart) ? Infinity : Math.max(difference, apart);
  }
  return difference === 0 ? 0 : difference / largest;
}

type Arrays = Readonly<Record<string, NdArray>>;

/** What the model gives for samples. */
async function resultOf(model: Model, samples: Arrays, engine: Engine): Promise<Arrays> {
  const names = Object.keys(model.inputs);
  const apply = compile(
    (...tensors) => model.apply(Object.fromEntries(names.map((name, i) => [name, tensors[i]]))),
    Object.values(samples),
    { engine },
  );
  return (await apply(...Object.values(samples))) as Arrays;
}

async function expectSame(session: Session, samples: Arrays, ours: Arrays, way: OnnxOptions): Promise<void> {
  const theirs = await run(session, samples);
  for (const [name, value] of Object.entries(ours)) {
    const where = `${name} [${value.shape}], ${JSON.stringify(way)}`;
    expect(differenceOf(value, theirs[name]), where).toBeLessThan(TOLERANCE);
  }
}

const openAll = (model: Model, ways: readonly OnnxOptions[]): Promise<Session[]> =>
  Promise.all(ways.map(async (options) => openSession(await toOnnx(model, options))));

/** Exports a model in each way, and runs each file with one and with three samples. */
export async function expectAgreement(model: Model, engine: Engine, ...ways: readonly OnnxOptions[]): Promise<void> {
  const sessions = await openAll(model, ways);
  for (const batch of [1, 3]) {
    const samples = samplesFor(model, batch);
    const ours = await resultOf(model, samples, engine);
    for (const [i, session] of sessions.entries()) await expectSame(session, samples, ours, ways[i]);
  }
}

const first = (arrays: Arrays): Arrays =>
  mapValues(arrays, (array) => new NdArray(array.row(0).data, [1, ...array.shape.slice(1)], array.dtype));

/** The same for large models, whose samples do not depend on each other: the one sample is the first of the three. */
export async function expectAgreementOfRows(
  model: Model,
  engine: Engine,
  ...ways: readonly OnnxOptions[]
): Promise<void> {
  const samples = samplesFor(model, 3);
  const ours = await resultOf(model, samples, engine);
  for (const [i, session] of (await openAll(model, ways)).entries()) {
    await expectSame(session, samples, ours, ways[i]);
    await expectSame(session, first(samples), first(ours), ways[i]);
  }
}

/** Moves all variables away from where they start, so that statistics and biases matter. */
export function stir(model: Model, amount = 0.3): Model {
  for (const variable of model.variables) {
    if (variable.dtype !== "f32") continue;
    const random = new Random(7, variable.name);
    variable.value = new NdArray(
      variable.value.data.map((x) => x + random.uniform(amount / 3, amount)) as Float32Array,
      variable.shape,
    );
  }
  return model;
}
