/**
 * Checkpoints: everything that a run needs to go on as if it had never stopped, in one `.safetensors` file. Tensors are
 * called `model/…`, `optimizer/…`, `random/…` and, when a best model has been found, `best/…`; the position in the run
 * is JSON in the metadata.
 */
import { FormatError, type NdArray } from "../array/index.ts";
import { readSafetensors, writeSafetensors } from "../formats/index.ts";
import type { Variable } from "../graph/index.ts";
import { type Model, TensorSource } from "../nn/index.ts";
import type { Optimizer } from "../optim/index.ts";

const KEY = "fovea.checkpoint";
const VERSION = 1;

/** What one epoch came to. */
export interface EpochRecord {
  /** From 1 on. */
  readonly epoch: number;
  readonly loss: number;
  readonly accuracy: number;
  readonly validationLoss?: number | undefined;
  readonly validationAccuracy?: number | undefined;
}

/** Where a run is. */
export interface Progress {
  /** Epochs that are finished. */
  epoch: number;
  /** Steps of the current epoch that are done. */
  step: number;
  /** Over the current epoch so far. */
  lossSum: number;
  correct: number;
  seen: number;
  /** The number of the epoch whose model is the best so far; 0 before there is one. */
  bestEpoch: number;
  history: readonly EpochRecord[];
  readonly fingerprint: Fingerprint;
}

/** What must be the same for the run to go on, each in words: data, batch size, seed, optimiser, architecture. */
export type Fingerprint = Readonly<Record<string, string>>;

export interface Snapshot {
  readonly progress: Progress;
  /** The values of the best model, in the order of its variables. */
  readonly best: readonly NdArray[] | undefined;
}

/** All variables of a run under the names that they have in a checkpoint. */
function namedVariables(model: Model, optimizer: Optimizer): [name: string, variable: Variable][] {
  return [
    ...model.variables.map((variable) => [`model/${variable.name}`, variable] as [string, Variable]),
    ...optimizer.variables.map((variable) => [`optimizer/${variable.name}`, variable] as [string, Variable]),
    ["random/seed", model.random.seed],
    ["random/position", model.random.position],
  ];
}

export function writeCheckpoint(model: Model, optimizer: Optimizer, { progress, best }: Snapshot): Uint8Array {
  const current = namedVariables(model, optimizer).map(([name, { value }]) => [name, value] as const);
  const bestTensors = (best ?? []).map((value, i) => [`best/${model.variables[i].name}`, value] as const);
  return writeSafetensors([...current, ...bestTensors], {
    [KEY]: JSON.stringify({ version: VERSION, ...progress }, writeNumber),
  });
}

/**
 * Puts a checkpoint's state into model and optimiser, whose variables must all exist, and says where the run was.
 * Nothing is changed when the checkpoint does not fit.
 * @throws FormatError when the file is damaged or belongs to another run
 */
export function restoreCheckpoint(
  bytes: Uint8Array,
  name: string,
  model: Model,
  optimizer: Optimizer,
  fingerprint: Fingerprint,
): Snapshot {
  const { tensors, metadata } = readSafetensors(bytes, name);
  const progress = readProgress(metadata[KEY], name);
  checkFingerprint(progress.fingerprint, fingerprint, name);
  const source = new TensorSource(tensors, name);
  const values = namedVariables(model, optimizer).map(
    ([path, variable]) => [variable, source.take(path, variable.shape, variable.dtype)] as const,
  );
  const best =
    progress.bestEpoch === 0
      ? undefined
      : model.variables.map(({ name, shape, dtype }) => source.take(`best/${name}`, shape, dtype));
  source.finish();
  for (const [variable, value] of values) variable.value = value;
  return { progress, best };
}

/** JSON has no NaN and no infinities, but the loss on validation data may be one. */
const unwritable = [NaN, Infinity, -Infinity].map(String);
const writeNumber = (_: string, value: unknown): unknown =>
  typeof value === "number" && unwritable.includes(String(value)) ? String(value) : value;
const readNumber = (_: string, value: unknown): unknown =>
  typeof value === "string" && unwritable.includes(value) ? Number(value) : value;

function checkFingerprint(theirs: Fingerprint, ours: Fingerprint, name: string): void {
  const keys = new Set([...Object.keys(ours), ...Object.keys(theirs)]);
  const different = [...keys].filter((key) => theirs[key] !== ours[key]);
  if (different.length === 0) return;
  const list = (of: Fingerprint): string => different.map((key) => `${key} ${of[key] ?? "none"}`).join(", ");
  throw new FormatError(
    `${name}: belongs to another run: it was made with ${list(theirs)}; this run has ${list(ours)}; resume with the same settings`,
  );
}

function readProgress(text: string | undefined, name: string): Progress {
  if (text === undefined)
    throw new FormatError(`${name}: is not a checkpoint of a training run (no metadata '${KEY}')`);
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
  if (!isProgress(progress))
    throw new FormatError(`${name}: the position in the run is incomplete; the file is damaged`);
  return progress;
}

const counts = ["epoch", "step", "correct", "seen", "bestEpoch"] as const;

function isProgress(value: Record<string, unknown>): value is Progress & Record<string, unknown> {
  const { history, lossSum, fingerprint } = value;
  return (
    counts.every((key) => Number.isSafeInteger(value[key]) && (value[key] as number) >= 0) &&
    typeof lossSum === "number" &&
    isRecordOf("string", fingerprint) &&
    Array.isArray(history) &&
    history.every(isEpochRecord) &&
    history.length === value.epoch &&
    (value.bestEpoch as number) <= history.length
  );
}

const isRecordOf = (type: "string" | "number", value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && Object.values(value).every((v) => typeof v === type);

const isEpochRecord = (value: unknown): boolean =>
  isRecordOf("number", value) && ["epoch", "loss", "accuracy"].every((key) => key in value);
