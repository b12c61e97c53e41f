/** A run on texts: its model, and how it cuts and numbers what it is asked. */
import type { AnyDataset } from "../../data/index.ts";
import type { Model } from "../../nn/index.ts";
import type { Tokenizer } from "../../text/index.ts";
import type { Output } from "../io.ts";
import { type TextConfig, textTask, tokenizerOf } from "../train-tasks/text.ts";
import type { TaskContext } from "../train-tasks/train-task.ts";
import { runOfOtherTask } from "../trained-run.ts";

/** A run of `fovea train --task text`. */
export interface TextRun {
  readonly model: Model;
  readonly tokenizer: Tokenizer;
  readonly config: TextConfig;
  readonly context: TaskContext;
}

/** The run of this name if it is one on texts; `undefined` for everything else. */
export async function openTextRun(path: string, output: Output): Promise<TextRun | undefined> {
  const run = await runOfOtherTask(path, output);
  if (run?.task.name !== textTask.name) return undefined;
  const { model, config, context } = run;
  return { model, config: config as TextConfig, context, tokenizer: await tokenizerOf(context.kept) };
}

/** The texts of a file or folder; without a path those that the run was trained on, with those that it set aside. */
export const textsOf = async ({ config, context }: TextRun, path = config.data): Promise<AnyDataset> =>
  (await textTask.evaluated!(config, path, context)).data;
