/** A trained run of any task, from its folder alone: the model, the settings, and the documents that it kept. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { DataError } from "../array/index.ts";
import type { Model } from "../nn/index.ts";
import { modelPath, openRunFolder } from "../train/index.ts";
import type { Output } from "./io.ts";
import { loadModel } from "./load-model.ts";
import { readConfig, type TrainTask, taskNamed, taskOfRun } from "./train-tasks/index.ts";
import type { RunSettings, TaskContext } from "./train-tasks/train-task.ts";

export interface TrainedRun {
  readonly task: TrainTask;
  readonly model: Model;
  readonly config: RunSettings;
  readonly context: TaskContext;
}

/**
 * The run in a folder.
 * @throws DataError when there is none, or none that was trained; FormatError for settings that no run writes
 */
export async function openTrainedRun(path: string, output: Output): Promise<TrainedRun> {
  const folder = await openRunFolder(path);
  const file = `${path}/config.json`;
  const task = taskOfRun(folder.config, file);
  const config = readConfig(task, folder.config, file);
  return { task, config, model: await loadModel(path, output), context: { output, kept: (name) => folder.kept(name) } };
}

/** The same, of one task. @throws DataError for a run of another */
export async function openRunOf(name: string, path: string, command: string, output: Output): Promise<TrainedRun> {
  const run = await openTrainedRun(path, output);
  if (run.task.name === name) return run;
  throw new DataError(`${path} is a run of --task ${run.task.name}; ${command} is for runs of --task ${name}`);
}

/** The run in a folder, if its task has its own way of evaluation; otherwise it is for those who know models of pictures. */
export async function runOfOtherTask(path: string, output: Output): Promise<TrainedRun | undefined> {
  const isRun = existsSync(join(path, "config.json")) && existsSync(modelPath(path));
  if (!isRun) return undefined;
  const { config } = await openRunFolder(path);
  const task = typeof config.task === "string" && config.task !== "" ? taskNamed(config.task) : undefined;
  return task?.evaluated === undefined ? undefined : openTrainedRun(path, output);
}
