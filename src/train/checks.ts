/** Checks of the arguments of training and evaluation, made before the first step. */
import { DataError, describeGiven, OptionError, ShapeError } from "../array/index.ts";
import { type AnyDataset, checkDataset, checkSameOrder, type Samples, sampleCount } from "../data/index.ts";
import { expectTensors, formatType, type Tensor } from "../graph/index.ts";
import type { FitOptions } from "./fit.ts";
import type { FitSettings } from "./settings.ts";
import type { Task, Tensors } from "./tasks/index.ts";

export function atLeastOne(where: string, name: string, value: number): number {
  if (!Number.isInteger(value) || value < 1)
    throw new OptionError(`${where}: ${name} must be an integer of at least 1, got ${describeGiven(value)}`);
  return value;
}

/** @throws OptionError unless a batch has at least `accumulate` samples */
export function checkAccumulate(accumulate: number, batch: number): void {
  if (accumulate > batch) throw new OptionError(`fit: accumulate (${accumulate}) must not exceed batch (${batch})`);
}

/** @throws OptionError for options that would take windows of streams out of their order */
export function checkStreams(
  { batch, accumulate = 1, validation }: Pick<FitOptions, "batch" | "accumulate" | "validation">,
  streams: number | undefined,
): void {
  if (streams === undefined) return;
  const where = `fit: the rows are windows of ${streams} streams`;
  if (batch !== undefined && batch !== streams)
    throw new OptionError(`${where}, so batch must be ${streams} or left out, got ${batch}`);
  if (accumulate !== 1) throw new OptionError(`${where}, whose batches cannot be divided; leave out accumulate`);
  if (typeof validation === "number")
    throw new OptionError(`${where}, of which none can be held out; give validation data of their own`);
}

/** @throws OptionError for options that need validation data where there are none */
export function checkWatched({
  schedule,
  patience,
  validation,
}: Pick<FitSettings, "schedule" | "patience" | "validation">): void {
  if (validation !== undefined) return;
  if (schedule?.watches?.on === "validation")
    throw new OptionError(`fit: the schedule ${schedule.name} watches the validation data, and there are none`);
  if (patience !== undefined) throw new OptionError("fit: patience needs validation data");
}

/** @throws DataError unless the columns agree and there is at least one sample */
export function checkData<S extends AnyDataset>(data: S): S {
  if (sampleCount(checkDataset(data)) === 0) throw new DataError(`data set ${data.name}: it is empty`);
  return data;
}

/** @throws DataError unless model and data have the same classes in the same order */
export function checkSameClasses(
  told: { classCount: number; classes?: readonly string[] },
  data: Pick<Samples, "name" | "classes">,
): void {
  checkSameOrder(data, told.classes);
  const { name, classes } = data;
  if (told.classCount !== classes.length)
    throw new DataError(`data set ${name} has ${classes.length} classes, ${told.classCount} are told apart`);
}

/** @throws ShapeError unless a task's loss is one number */
export function checkLoss({ type }: Task, loss: Tensor): Tensor {
  expectTensors(`${type}: loss`, loss);
  if (loss.shape.length === 0) return loss;
  throw new ShapeError(`${type}: the loss must be a scalar, got ${formatType(loss)}; take the mean over the samples`);
}

/** @throws ShapeError unless a rule of a task gives tensors by name */
export function checkTensors({ type }: Task, rule: string, given: Tensors): Tensors {
  for (const [name, tensor] of Object.entries(given)) expectTensors(`${type}: ${rule}: ${name}`, tensor);
  return given;
}
