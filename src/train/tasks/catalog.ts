/** Every built-in type of task by name, and tasks from the data that runs and models keep of them. */
import { didYouMean, FormatError } from "../../array/index.ts";
import { describe, isRecord } from "../../formats/json.ts";
import { classification } from "./classification.ts";
import { localization } from "./localization.ts";
import { multiLabelClassification } from "./multi-label-classification.ts";
import { nextToken } from "./next-token.ts";
import { poseEstimation } from "./pose-estimation.ts";
import { ranking } from "./ranking.ts";
import { reconstruction } from "./reconstruction.ts";
import { regression } from "./regression.ts";
import { segmentation } from "./segmentation.ts";
import { tagging } from "./tagging.ts";
import type { Task, TaskFactory } from "./task.ts";
import { type TogetherOptions, together } from "./together.ts";

/** What makes tasks, by name; `together` makes one of several. */
export const tasks = {
  classification,
  multiLabelClassification,
  regression,
  reconstruction,
  segmentation,
  localization,
  poseEstimation,
  tagging,
  nextToken,
  ranking,
} satisfies Record<string, TaskFactory<never>>;

/**
 * A task from its plain data, `{ type, ...options }`, as a saved model has it.
 * @param own factories of types of your own
 * @throws FormatError for a type that is not known, OptionError for options that it does not take
 */
export function taskFromJson(json: unknown, own: readonly TaskFactory<never>[] = []): Task {
  if (!isRecord(json) || typeof json.type !== "string")
    throw new FormatError(`task: expected { type, … }, got ${describe(json)}`);
  const { type, ...options } = json;
  if (type === "together") return togetherFromJson(options, own);
  const known = new Map([...Object.values(tasks), ...own].map((factory) => [factory.definition.type, factory]));
  const factory = known.get(type) as TaskFactory | undefined;
  if (factory !== undefined) return factory(options);
  throw new FormatError(
    `task: there is no type '${type}'${didYouMean(type, [...known.keys(), "together"])}; for a task of your own, give its factory`,
  );
}

function togetherFromJson(
  { tasks, ...options }: Readonly<Record<string, unknown>>,
  own: readonly TaskFactory<never>[],
) {
  if (!isRecord(tasks)) throw new FormatError(`task: together needs { tasks }, got ${describe(tasks)}`);
  const parts = Object.entries(tasks).map(([name, json]) => [name, taskFromJson(json, own)] as const);
  return together(Object.fromEntries(parts), options as TogetherOptions);
}
