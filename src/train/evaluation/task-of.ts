/** The task that a model was trained for. */
import type { Model } from "../../nn/index.ts";
import { classification, type Task, taskFromJson } from "../tasks/index.ts";
import type { Predictor } from "./predictors.ts";

/** The task in the model's file, else classification. */
export const taskOf = (model: Model | Predictor): Task => {
  const json = "task" in model ? model.task : undefined;
  return json === undefined ? classification() : taskFromJson(json);
};
