/** A run on texts: its model, and how it cuts and numbers what it is asked. */
import type { Model } from "../../nn/index.ts";
import type { Tokenizer } from "../../text/index.ts";
import type { Output } from "../io.ts";
import { type TextConfig, textTask, tokenizerOf } from "../train-tasks/text.ts";
import { runOfOtherTask } from "../trained-run.ts";

/** A run of `fovea train --task text`. */
export interface TextRun {
  readonly model: Model;
  readonly tokenizer: Tokenizer;
  /** Texts are cut after so many words. */
  readonly longest: number;
}

/** The run of this name if it is one on texts; `undefined` for everything else. */
export async function openTextRun(path: string, output: Output): Promise<TextRun | undefined> {
  const run = await runOfOtherTask(path, output);
  if (run?.task.name !== textTask.name) return undefined;
  const { model, config, context } = run;
  return { model, tokenizer: await tokenizerOf(context.kept), longest: (config as TextConfig).longest };
}
