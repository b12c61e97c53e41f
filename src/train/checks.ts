/** What training and evaluation ask of their arguments before they begin, so that nothing fails an hour later. */
import { DataError, OptionError } from "../array/index.ts";
import { checkSameOrder } from "../data/align-classes.ts";
import { checkDataset, sampleCount } from "../data/batches.ts";
import type { Samples } from "../data/dataset.ts";
import { formatType, kindOf, type Tensor } from "../graph/index.ts";
import { isSchedule } from "../optim/index.ts";

export function atLeastOne(where: string, name: string, value: number): number {
  if (!Number.isInteger(value) || value < 1)
    throw new OptionError(`${where}: ${name} must be an integer of at least 1, got ${value}`);
  return value;
}

/** @throws OptionError unless a batch can be divided into so many parts */
export function checkParts(parts: number, batch: number): void {
  if (atLeastOne("fit", "accumulate", parts) > batch)
    throw new OptionError(`fit: accumulate is ${parts}, but a batch has ${batch} samples and no more parts than those`);
}

/** @throws OptionError unless it is a schedule, and there are the figures that it looks at */
export function checkSchedule(schedule: unknown, hasValidation: boolean): void {
  if (schedule === undefined) return;
  if (!isSchedule(schedule)) {
    const hint = typeof schedule === "function" ? "; schedules are made by a call: cosine()" : "";
    throw new OptionError(`fit: schedule must be a schedule, such as cosine(), got ${kindOf(schedule)}${hint}`);
  }
  if (schedule.watches?.startsWith("validation") && !hasValidation)
    throw new OptionError(`fit: the schedule ${schedule.name} looks at ${schedule.watches}; give validation data`);
}

/** @throws OptionError unless there are validation data to be patient with */
export function checkPatience(patience: number | undefined, hasValidation: boolean): void {
  if (patience === undefined) return;
  atLeastOne("fit", "patience", patience);
  if (!hasValidation)
    throw new OptionError("fit: patience is with the figures of validation data; give validation data");
}

/** @throws DataError unless pictures, labels and classes agree and there is at least one sample */
export function checkSamples<S extends Samples>(data: S): S {
  if (sampleCount(checkDataset(data)) === 0) throw new DataError(`data set ${data.name}: it is empty`);
  return data;
}

/** @throws DataError unless the model gives one score for each class of the data */
export function checkScores(scores: Tensor, { name, classes }: Samples): void {
  if (scores.shape.length === 2 && scores.shape[1] === classes.length) return;
  throw new DataError(
    `data set ${name} has ${classes.length} classes, the network gives scores ${formatType(scores)}; ` +
      `its last layer must have ${classes.length} outputs`,
  );
}

/** @throws DataError unless the classes that are told apart are those of the data, in the same order */
export function checkClasses(
  told: { classCount: number; classes?: readonly string[] },
  data: Pick<Samples, "name" | "classes">,
): void {
  checkSameOrder(data, told.classes);
  const { name, classes } = data;
  if (told.classCount !== classes.length)
    throw new DataError(`data set ${name} has ${classes.length} classes, ${told.classCount} are told apart`);
}
