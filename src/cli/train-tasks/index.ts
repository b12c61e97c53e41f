/** The tasks of `fovea train`, by name: a new one is a file in this folder and a row here. */
import { FormatError } from "../../array/index.ts";
import type { RunConfig } from "../../train/index.ts";
import { parseSpecification } from "../specification.ts";
import { boxesTask } from "./boxes.ts";
import { captionTask } from "./caption.ts";
import { classificationTask } from "./classification.ts";
import { languageTask } from "./language.ts";
import { poseTask } from "./pose.ts";
import { reconstructionTask } from "./reconstruction.ts";
import { segmentationTask } from "./segmentation.ts";
import { textTask } from "./text.ts";
import type { TrainTask } from "./train-task.ts";
import { translationTask } from "./translation.ts";

/** The first is the default. */
export const trainTasks: readonly TrainTask[] = [
  classificationTask,
  segmentationTask,
  boxesTask,
  poseTask,
  reconstructionTask,
  captionTask,
  textTask,
  languageTask,
  translationTask,
];

export type { ClassificationConfig } from "./classification.ts";
export { addSettings, readTyped, type Typed, taskHelp } from "./command-options.ts";
export { checkTogether } from "./common.ts";
export { createOptimizer, createSchedule, optimizerSettings, optimizers } from "./optimization.ts";
export { flagOf } from "./setting.ts";
export { createTask, type Prepared, readConfig, resolveConfig, type TrainTask } from "./train-task.ts";

export const [defaultTrainTask] = trainTasks;

/** The task of a specification, `classification:loss=focal`, by its name. */
export const taskNamed = (specification: string): TrainTask | undefined =>
  trainTasks.find(({ name }) => name === parseSpecification(specification).name);

/** The task of a run. @throws FormatError when there is no such task */
export function taskOfRun({ task = defaultTrainTask.name }: RunConfig, path: string): TrainTask {
  const found = typeof task === "string" && task !== "" ? taskNamed(task) : undefined;
  if (found !== undefined) return found;
  const known = trainTasks.map(({ name }) => name).join(", ");
  throw new FormatError(
    `${path}: task must be one of ${known}, got ${JSON.stringify(task)}; the file was changed or is damaged`,
  );
}
