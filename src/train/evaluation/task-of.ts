/** The task that a model was trained for. */
import { OptionError, shorten } from "../../array/index.ts";
import type { Model } from "../../nn/index.ts";
import { defaultTask, type Task, taskFromJson } from "../tasks/index.ts";
import type { Predictor } from "./predictors.ts";

/** The task in the model's file, else classification. */
export const taskOf = (model: Model | Predictor): Task => {
  const json = "task" in model ? model.task : undefined;
  if (json === undefined) return defaultTask();
  try {
    return taskFromJson(json);
  } catch (error) {
    if (!(error instanceof OptionError)) throw error;
    throw new OptionError(
      `the model was trained for the task '${shorten(json.type)}', which cannot be made from its file: ${error.message}; ` +
        "give the task as the option task",
      { cause: error },
    );
  }
};
