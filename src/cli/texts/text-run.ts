/** A run on texts: its model, and how it cuts and numbers what it is asked. */
import { existsSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { DataError } from "../../array/index.ts";
import type { Model } from "../../nn/index.ts";
import { readTokenizer, type Tokenizer } from "../../text/index.ts";
import { modelPath, openRunFolder } from "../../train/index.ts";
import type { Output } from "../io.ts";
import { loadModel } from "../load-model.ts";
import { readConfig, taskOfRun } from "../train-tasks/index.ts";
import { type TextConfig, TOKENIZER, textTask } from "../train-tasks/text.ts";

/** A run of `fovea train --task text`. */
export interface TextRun {
  /** As the user named it. */
  readonly name: string;
  readonly model: Model;
  readonly tokenizer: Tokenizer;
  readonly config: TextConfig;
}

/** The run of this name if it is one on texts; `undefined` for everything else. */
export async function openTextRun(name: string, output: Output): Promise<TextRun | undefined> {
  const folder = basename(name) === basename(modelPath("")) ? dirname(name) : name;
  if (!existsSync(join(folder, "config.json"))) return undefined;
  const run = await openRunFolder(folder);
  const path = `${folder}/config.json`;
  if (run.config.task === undefined || taskOfRun(run.config, path).name !== textTask.name) return undefined;
  const config = readConfig(textTask, run.config, path);
  const kept = await run.kept(TOKENIZER);
  if (kept === undefined)
    throw new DataError(
      `${folder} has no ${TOKENIZER}.json, by which its model numbers words; the folder is incomplete`,
    );
  return { name, model: await loadModel(name, output), tokenizer: readTokenizer(kept), config };
}
