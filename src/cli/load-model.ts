/** A trained model as the command line names it: a run folder, a `.safetensors` file, or a network with published weights. */
import { existsSync } from "node:fs";
import { stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { DataError, didYouMean } from "../array/index.ts";
import { architectures } from "../models/index.ts";
import { Model } from "../nn/index.ts";
import { modelPath, openRunFolder } from "../train/index.ts";
import type { Output } from "./io.ts";
import { architectureIn, loadPublished } from "./pretrained.ts";
import { type ClassificationConfig, classificationTask } from "./train-tasks/classification.ts";
import { readConfig, taskOfRun } from "./train-tasks/index.ts";

/** A model and the settings of its training. */
export interface TrainedModel {
  /** As the user named it. */
  readonly name: string;
  readonly model: Model;
  /** The settings of the run; absent where there is only a model, or the run is not one of this command. */
  readonly config?: ClassificationConfig;
  /** To what height and width pictures are scaled, as they were for training; absent where that is not known. */
  readonly size?: readonly [number, number];
}

/** @throws DataError when there is nothing of this name, FormatError when it holds no sound model or no sound settings */
export async function loadTrained(name: string, output: Output): Promise<TrainedModel> {
  const architecture = existsSync(name) ? undefined : architectureIn(name);
  if (architecture !== undefined) return { name, ...(await loadPublished(architecture, output)) };
  const model = await loadModel(name, output);
  return { name, model, ...(await settingsOf(name)) };
}

/** @throws DataError when there is nothing of this name, FormatError when it holds no sound model */
export async function loadModel(name: string, output: Output): Promise<Model> {
  const found = await stat(name).catch(() => undefined);
  if (found === undefined) {
    const architecture = architectureIn(name);
    if (architecture !== undefined) return (await loadPublished(architecture, output)).model;
    throw new DataError(`${name}: there is no run folder, model file or network of this name${nearNetwork(name)}`);
  }
  if (!found.isDirectory()) return Model.load(name);
  if (!existsSync(modelPath(name)))
    throw new DataError(
      `${name} holds no trained model: there is no model.safetensors in it; a run writes it after its first epoch`,
    );
  return Model.load(modelPath(name));
}

/** The network that may be meant; all of their names would be too many. */
function nearNetwork(name: string): string {
  const hint = didYouMean(name, Object.keys(architectures));
  return hint.includes("did you mean") ? hint : "";
}

/** The settings of the run that a model belongs to: those in its folder. */
async function settingsOf(name: string): Promise<Pick<TrainedModel, "config" | "size"> | undefined> {
  const folder = basename(name) === basename(modelPath("")) ? dirname(name) : name;
  if (!existsSync(join(folder, "config.json"))) return undefined;
  const { config } = await openRunFolder(folder);
  // Programs that use the library write settings of their own into run folders.
  const isOurs =
    typeof config.fovea === "string" && typeof config.model === "string" && typeof config.data === "string";
  if (!isOurs) return undefined;
  const path = `${folder}/config.json`;
  const task = taskOfRun(config, path);
  if (task.name === classificationTask.name) {
    const settings = readConfig(classificationTask, config, path);
    return { config: settings, ...(settings.size && { size: settings.size }) };
  }
  // Other tasks on pictures have the settings of how they are read, too.
  const { size } = readConfig(task, config, path) as Partial<Pick<ClassificationConfig, "size">>;
  if (size !== undefined) return size === null ? {} : { size };
  throw new DataError(`${name} is a run of --task ${task.name}, and this command is for models of pictures`);
}
