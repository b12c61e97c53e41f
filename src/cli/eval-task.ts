/** `fovea eval` of runs whose task is not about pictures: the figures of the task on data that are read as for training. */
import { OptionError } from "../array/index.ts";
import { openEngine } from "../engines/index.ts";
import { type EvaluationReport, evaluateModel } from "../train/index.ts";
import { printJson, printResult } from "./eval-report.ts";
import { describeFigures, grouped, percent } from "./format.ts";
import type { Output } from "./io.ts";
import { createTask } from "./train-tasks/index.ts";
import type { TrainedRun } from "./trained-run.ts";

/** What such an evaluation can be told. */
interface Flags {
  readonly data?: string;
  readonly engine: string;
  readonly threads?: number;
  readonly workers?: number;
  readonly json?: boolean;
}

const known = ["data", "engine", "threads", "workers", "json"];

/** @param given all flags, of which those for pictures are refused */
export async function evaluateRun(
  path: string,
  { task: row, model, config, context }: TrainedRun,
  given: Flags & Readonly<Record<string, unknown>>,
  output: Output,
): Promise<void> {
  const stranger = Object.keys(given).find((name) => !known.includes(name));
  if (stranger !== undefined) {
    const flag = stranger.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    throw new OptionError(`--${flag} is for models of pictures; ${path} is a run of --task ${row.name}`);
  }
  const { data, evaluate, further } = await row.evaluated!(config, given.data, context);
  const task = createTask(row, config, row.evaluationOptions);
  const engine = await openEngine(given.engine, { threads: given.threads });
  const onProgress = (done: number, total: number): void => output.status(`evaluating ${percent(done / total, 0)}`);
  const options = { ...evaluate, task, engine, workers: given.workers, onProgress };
  const { figures, details, count } = await evaluateModel<object>(model, data, options);
  const more = await further?.(model, engine, onProgress);
  output.status("");
  if ("report" in details) {
    const report = details.report as EvaluationReport;
    const set = { name: data.name, classes: report.perClass.map(({ name }) => name) };
    const result = { data: set, report, ...{ missing: [], leftOut: [], members: [], crops: 1, padding: [] } };
    return given.json ? printJson(result, output) : printResult(result, output);
  }
  if (given.json) output.print(JSON.stringify({ run: path, data: data.name, count, ...figures, ...more?.figures }));
  else output.print(`${describeFigures(figures, task.shares).join(", ")}, on ${data.name} (${grouped(count)} samples)`);
  if (more !== undefined && !given.json) output.print(more.line);
}
