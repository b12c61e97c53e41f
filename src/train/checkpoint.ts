/**
 * Checkpoints: everything a run needs to resume with the same bits, in one `.safetensors` file. Tensors are named `model/…`,
 * `optimizer/…`, `state/…`, `random/…` and, when a best model has been found, `best/…`; the position in the run is JSON in the
 * metadata.
 */
import { FormatError, formatShape, mapValues, NdArray, type Shape, shorten } from "../array/index.ts";
import { describeJson, isCount, isRecord, readSafetensors, writeSafetensors } from "../formats/index.ts";
import type { Variable } from "../graph/index.ts";
import { type Model, TensorSource } from "../nn/index.ts";
import type { Optimizer } from "../optim/index.ts";
import type { Figures } from "./tasks/index.ts";
import type { SumShapes, Sums } from "./totals.ts";

const CHECKPOINT_KEY = "fovea.checkpoint";
const VERSION = 2;

/** The record of one epoch. */
export interface EpochRecord {
  /** The epoch's number, from 1. */
  readonly epoch: number;
  /** The loss and the task's figures over the training batches of the epoch. */
  readonly training: Figures;
  /** The same on the validation data, after the epoch; absent without validation data. */
  readonly validation?: Figures | undefined;
}

/** An array as JSON. */
interface StoredArray {
  readonly shape: Shape;
  readonly values: readonly number[];
}

/** The position of a run. */
export interface Progress {
  /** Finished epochs. */
  epoch: number;
  /** Finished steps of the current epoch. */
  step: number;
  /** The mean loss over the current epoch so far. */
  lossSum: number;
  /** The task's sums over the current epoch so far, `f64`. */
  sums: Sums;
  seen: number;
  /** The number of the best epoch so far; 0 before the first. */
  bestEpoch: number;
  history: readonly EpochRecord[];
  readonly fingerprint: Fingerprint;
}

/** The length of a run, which bounds its positions. */
export interface RunExtent {
  readonly epochs: number;
  /** Steps per epoch. */
  readonly steps: number;
  /** Samples per epoch. */
  readonly samples: number;
  /** The sums of an epoch that has begun. */
  readonly sums: SumShapes;
}

/** What must match for the run to resume, in words: data, batch size, seed, optimizer, architecture. */
export type Fingerprint = Readonly<Record<string, string>>;

export interface Snapshot {
  readonly progress: Progress;
  /** The values of the best model, in the order of its variables. */
  readonly best: readonly NdArray[] | undefined;
}

/** What a run changes. */
export interface RunVariables {
  readonly model: Model;
  readonly optimizer: Optimizer;
  /** States that batches carry on, by name; absent where samples are independent. */
  readonly states?: ReadonlyMap<string, Variable> | undefined;
}

/** What a run expects of a checkpoint. */
export interface Expected {
  readonly fingerprint: Fingerprint;
  readonly extent: RunExtent;
  /** Entries of the fingerprint that may differ. */
  readonly mayDiffer: readonly string[];
}

/** All variables of a run, by their names in a checkpoint. */
function namedVariables({ model, optimizer, states = new Map() }: RunVariables): [name: string, variable: Variable][] {
  return [
    ...model.variables.map((variable) => [`model/${variable.name}`, variable] as [string, Variable]),
    ...optimizer.variables.map((variable) => [`optimizer/${variable.name}`, variable] as [string, Variable]),
    ...[...states].map(([name, variable]) => [`state/${name}`, variable] as [string, Variable]),
    ["random/seed", model.random.seed],
    ["random/position", model.random.position],
  ];
}

export async function writeCheckpoint(run: RunVariables, { progress, best }: Snapshot): Promise<Uint8Array> {
  const { model } = run;
  const current = await Promise.all(
    namedVariables(run).map(async ([name, variable]) => [name, await variable.fetch()] as const),
  );
  const bestTensors = (best ?? []).map((value, i) => [`best/${model.variables[i].name}`, value] as const);
  const position = JSON.stringify(
    { version: VERSION, ...progress, sums: mapValues(progress.sums, toNumbers) },
    writeNumber,
  );
  return writeSafetensors([...current, ...bestTensors], { [CHECKPOINT_KEY]: position }, { checksums: true });
}

/**
 * Restores model and optimizer, whose variables must all exist, and returns the run's position. Changes nothing when the
 * checkpoint does not fit. If the optimizer is another one and may be, it keeps its learning rate, and what it has in common
 * with the former one is restored.
 * @throws FormatError when the file is damaged or belongs to another run
 */
export function restoreCheckpoint(
  bytes: Uint8Array,
  name: string,
  run: RunVariables,
  { fingerprint, extent, mayDiffer }: Expected,
): Snapshot {
  const { model } = run;
  const { tensors, metadata } = readSafetensors(bytes, name);
  const progress = readProgress(metadata[CHECKPOINT_KEY], name);
  const different = checkFingerprint(progress.fingerprint, fingerprint, mayDiffer, name);
  checkPosition(progress, extent, name);
  checkSums(progress, extent, name);
  const source = new TensorSource(tensors, name);
  const isNew = different.includes("optimizer") ? newState(run, tensors, source) : () => false;
  const values = namedVariables(run)
    .filter(([path]) => !isNew(path))
    .map(([path, variable]) => [variable, source.take(path, variable.shape, variable.dtype)] as const);
  const best =
    progress.bestEpoch === 0
      ? undefined
      : model.variables.map(({ name, shape, dtype }) => source.take(`best/${name}`, shape, dtype));
  source.finish();
  for (const [variable, value] of values) variable.value = value;
  return { progress, best };
}

/** JSON has no NaN and no infinities, but a validation loss may be one. */
const unwritable = [NaN, Infinity, -Infinity].map(String);
const writeNumber = (_: string, value: unknown): unknown =>
  typeof value === "number" && unwritable.includes(String(value)) ? String(value) : value;
const readNumber = (_: string, value: unknown): unknown =>
  typeof value === "string" && unwritable.includes(value) ? Number(value) : value;

/** Whether a variable belongs to another optimizer alone; tensors of the former one without a place are left out. */
function newState({ optimizer }: RunVariables, tensors: ReadonlyMap<string, NdArray>, source: TensorSource) {
  const ours = new Set(optimizer.variables.map(({ name }) => `optimizer/${name}`));
  for (const path of tensors.keys()) if (path.startsWith("optimizer/") && !ours.has(path)) source.drop(path);
  const rate = `optimizer/${optimizer.learningRate.name}`;
  source.drop(rate);
  return (path: string): boolean => path === rate || (ours.has(path) && !tensors.has(path));
}

/** The settings that differ and may. @throws FormatError for others that differ */
function checkFingerprint(
  theirs: Fingerprint,
  ours: Fingerprint,
  mayDiffer: readonly string[],
  name: string,
): readonly string[] {
  const keys = [...new Set([...Object.keys(ours), ...Object.keys(theirs)])];
  const changed = keys.filter((key) => theirs[key] !== ours[key]);
  const different = changed.filter((key) => !mayDiffer.includes(key));
  if (different.length === 0) return changed;
  const list = (of: Fingerprint): string => different.map((key) => `${key} ${of[key] ?? "none"}`).join(", ");
  throw new FormatError(
    `${name}: belongs to another run: it was made with ${list(theirs)}; this run has ${list(ours)}; resume with the same settings`,
  );
}

function readProgress(text: string | undefined, name: string): Progress {
  if (text === undefined)
    throw new FormatError(`${name}: is not a checkpoint of a training run (no metadata '${CHECKPOINT_KEY}')`);
  let json: unknown;
  try {
    json = JSON.parse(text, readNumber);
  } catch {
    throw new FormatError(`${name}: the position in the run is not readable; the file is damaged`);
  }
  const { version, ...progress } = (typeof json === "object" && json !== null ? json : {}) as Record<string, unknown>;
  if (version !== VERSION) {
    throw new FormatError(
      `${name}: is a checkpoint of version ${JSON.stringify(version)}; this Fovea reads version ${VERSION}`,
    );
  }
  const wrong = Object.entries(progressChecks).find(([key, is]) => !is(progress[key], progress));
  if (wrong !== undefined) {
    const [key] = wrong;
    const got = key === "history" ? describeHistory(progress[key]) : describeJson(progress[key]);
    throw new FormatError(`${name}: the position in the run has a wrong '${key}', got ${got}; the file is damaged`);
  }
  return {
    ...(progress as unknown as Progress),
    sums: mapValues(progress.sums as Record<string, StoredArray>, arrayFromJson),
  };
}

const toNumbers = ({ shape, data }: NdArray): StoredArray => ({ shape, values: Array.from(data) });
const arrayFromJson = ({ shape, values }: StoredArray): NdArray => new NdArray(Float64Array.from(values), shape, "f64");

/** @throws FormatError for a position outside the run */
function checkPosition(
  { epoch, step, seen, lossSum }: Progress,
  { epochs, steps, samples }: RunExtent,
  name: string,
): void {
  if (epoch > epochs)
    throw new FormatError(`${name}: is at the end of epoch ${epoch}, the run has ${epochs}; give more epochs`);
  const isTooEarly = step === 0 && seen === 0 && lossSum !== 0;
  const got = `step ${step} of ${steps} after ${seen} of ${samples} samples${isTooEarly ? ` with a loss of ${lossSum}` : ""}`;
  if (step > steps || seen > samples || step > seen || isTooEarly || (step === 0 && seen > 0))
    throw new FormatError(`${name}: the position in the run is impossible, ${got}; the file is damaged`);
}

const describeSums = (sums: SumShapes): string =>
  Object.entries(sums)
    .map(([name, shape]) => `${shorten(name)} ${formatShape(shape)}`)
    .sort()
    .join(", ") || "none";

/** @throws FormatError for other sums than those of the task, from which the figures of the epoch would be wrong */
function checkSums({ sums, step }: Progress, extent: RunExtent, name: string): void {
  const [got, expected] = [mapValues(sums, ({ shape }) => shape), step === 0 ? {} : extent.sums].map(describeSums);
  if (got === expected) return;
  throw new FormatError(
    `${name}: after step ${step} of its epoch it has the sums ${got}, expected ${expected}; the file is damaged`,
  );
}

/** The index of the first invalid record, or the number of records. */
function describeHistory(history: unknown): string {
  const at = Array.isArray(history) ? history.findIndex((record, i) => !isEpochRecord(record, i)) : -1;
  if (!Array.isArray(history) || at < 0) return describeJson(history);
  return `${shorten(JSON.stringify(history[at], writeNumber))} for epoch ${at + 1}`;
}

/** The check of each field of a position, given the whole. */
const progressChecks: { readonly [K in keyof Progress]: (value: unknown, whole: Record<string, unknown>) => boolean } =
  {
    epoch: isCount,
    step: isCount,
    seen: isCount,
    sums: (value) => isRecord(value) && Object.values(value).every(isStoredArray),
    lossSum: Number.isFinite,
    history: (value, { epoch }) => Array.isArray(value) && value.length === epoch && value.every(isEpochRecord),
    bestEpoch: (value, { epoch }) =>
      isCount(value) && value <= (epoch as number) && value > 0 === (epoch as number) > 0,
    fingerprint: (value) => isRecord(value) && Object.values(value).every((text) => typeof text === "string"),
  };

/** Figures by name; those of validation data may be any number, NaN included. */
const isFigures = (value: unknown): value is Figures =>
  isRecord(value) && "loss" in value && Object.values(value).every((figure) => typeof figure === "number");

/** An array as JSON, with as many numbers as its shape says. */
const isStoredArray = (value: unknown): boolean =>
  isRecord(value) &&
  Array.isArray(value.shape) &&
  value.shape.every(isCount) &&
  Array.isArray(value.values) &&
  value.values.every((number) => typeof number === "number") &&
  value.values.length === value.shape.reduce((product, length) => product * length, 1);

/** Epoch `i + 1` of the history. */
const isEpochRecord = (value: unknown, i: number): boolean =>
  isRecord(value) &&
  value.epoch === i + 1 &&
  isFigures(value.training) &&
  Number.isFinite(value.training.loss) &&
  (value.validation === undefined || isFigures(value.validation));
