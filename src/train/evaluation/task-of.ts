/** The task that a model was trained for. */
import type { Model } from "../../nn/index.ts";
import { defaultTask, type Task, taskFromJson } from "../tasks/index.ts";
import type { Predictor } from "./predictors.ts";

/** What the model's file says, else the default task. */
export const taskOf = (model: Model | Predictor): Task => {
  const json = "task" in model ? model.task : undefined;
  return json === undefined ? defaultTask() : taskFromJson(json);
};
