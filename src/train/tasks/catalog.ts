/** Every built-in type of task by name, and tasks from their plain data. */
import { describeGiven, OptionError } from "../../array/index.ts";
import { type AnyFactory, createCatalog, fromJson, isTypedJson } from "../../options/index.ts";
import { captioning } from "./captioning.ts";
import { classification } from "./classification.ts";
import { detection } from "./detection.ts";
import { localization } from "./localization.ts";
import { multiLabelClassification } from "./multi-label-classification.ts";
import { nextToken } from "./next-token.ts";
import { poseEstimation } from "./pose-estimation.ts";
import { ranking } from "./ranking.ts";
import { reconstruction } from "./reconstruction.ts";
import { regression } from "./regression.ts";
import { segmentation } from "./segmentation.ts";
import { tagging } from "./tagging.ts";
import type { Task } from "./task.ts";
import { type TogetherOptions, together } from "./together.ts";
import { translation } from "./translation.ts";

type AnyTask = AnyFactory<Task>;

/** Factories of tasks by name; `together` combines several. */
export const tasks = {
  classification,
  multiLabelClassification,
  regression,
  reconstruction,
  segmentation,
  localization,
  detection,
  poseEstimation,
  tagging,
  nextToken,
  ranking,
  translation,
  captioning,
} satisfies Record<string, AnyTask>;

/** What `fit` and evaluation do unless they are told otherwise. */
export const defaultTask = classification;

/** Whether a task is the default one, without options. */
export const isDefaultTask = (task: Task): boolean =>
  JSON.stringify(task.toSaved()) === JSON.stringify(defaultTask().toSaved());

/**
 * A task from its plain data, `{ type, ...options }`, as a saved model has it.
 * @param own factories of custom types
 * @throws OptionError for an unknown type or invalid options
 */
export function taskFromJson(json: unknown, own: readonly AnyTask[] = []): Task {
  const known = Object.fromEntries([...Object.values<AnyTask>(tasks), ...own].map((make) => [make.type, make]));
  const togetherFromJson = ({ type: _, tasks: parts, ...options }: Readonly<Record<string, unknown>>): Task => {
    if (typeof parts !== "object" || parts === null)
      throw new OptionError(`together: tasks must be a record of tasks, got ${describeGiven(parts)}`);
    const made = Object.entries(parts).map(([name, part]) => [name, taskFromJson(part, own)] as const);
    return together(Object.fromEntries(made), options as TogetherOptions);
  };
  if (isTypedJson(json) && json.type === "together") return togetherFromJson(json);
  return fromJson(createCatalog("task", known), json);
}
