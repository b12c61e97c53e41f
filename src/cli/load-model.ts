/** A trained model as the command line names it: a run folder, or a `.safetensors` file. */
import { existsSync } from "node:fs";
import { stat } from "node:fs/promises";
import { DataError } from "../array/index.ts";
import { Model } from "../nn/index.ts";
import { modelPath } from "../train/index.ts";

/** @throws DataError when there is nothing of this name, FormatError when it holds no sound model */
export async function loadModel(name: string): Promise<Model> {
  const found = await stat(name).catch(() => undefined);
  if (found === undefined) throw new DataError(`${name}: there is no run folder or model file of this name`);
  if (!found.isDirectory()) return Model.load(name);
  if (!existsSync(modelPath(name)))
    throw new DataError(
      `${name} holds no trained model: there is no model.safetensors in it; a run writes it after its first epoch`,
    );
  return Model.load(modelPath(name));
}
