/** What a training run says while it goes on and when it is done: to people, or as JSON Lines to machines. */
import { sampleCount } from "../data/index.ts";
import type { Engine } from "../engines/index.ts";
import type { Model } from "../nn/index.ts";
import type { Evaluation, RunFolder, Task, TrainingEvent } from "../train/index.ts";
import { describeFigure, describeFigures, grouped } from "./format.ts";
import type { Output } from "./io.ts";
import { createProgress } from "./progress.ts";
import type { FurtherFigures, Prepared } from "./train-tasks/train-task.ts";

/** Everything about a run that its reports need. */
export interface ReportedRun extends Prepared {
  readonly folder: RunFolder;
  readonly engine: Engine;
  readonly task: Task;
}

export interface Report {
  start(): void;
  event(event: TrainingEvent): void;
  /** The run ended because no epoch was better than the best one for too long. */
  stoppedEarly(bestEpoch: number): void;
  /** @param tested on the samples to test with, where there are any */
  finish(model: Model, tested?: Tested): Promise<void>;
}

/** What a test has shown. */
export interface Tested {
  readonly evaluation: Evaluation<object>;
  readonly further: FurtherFigures | undefined;
}

export function reportToPeople(run: ReportedRun, output: Output): Report {
  const { folder, config, train, validation, test, engine, show } = run;
  const { unit = "samples", size = sampleCount } = run;
  return {
    start: () => {
      const set = validation === undefined ? "" : `, ${grouped(size(validation))} to choose the best epoch by`;
      output.log(
        `${config.model} on ${train.name}: ${grouped(size(train))} ${unit}${set}, ${config.epochs} ${config.epochs === 1 ? "epoch" : "epochs"}`,
      );
      output.log(`engine ${engine.name}, seed ${config.seed}, run folder ${folder.path}`);
    },
    event: createProgress(output, run.task),
    stoppedEarly: (bestEpoch) => output.log(`stopped early: no epoch was better than epoch ${bestEpoch}`),
    finish: async (model, tested) => {
      if (test !== undefined && tested !== undefined) {
        await show?.(model, engine, tested.evaluation);
        output.print(describeTest(tested.evaluation, run, output));
        if (tested.further !== undefined) output.print(tested.further.line);
      }
      output.print(`model ${folder.path}/model.safetensors`);
    },
  };
}

/** `test accuracy 99.36 % (4 968 of 5 000), loss 0.0212, on digits/test`: the figure that decides, then the others. */
function describeTest(
  { figures, details, count }: Evaluation<object>,
  { task, test }: ReportedRun,
  output: Output,
): string {
  const { [task.best]: main, ...others } = figures;
  const hits = "correct" in details ? ` (${grouped(Number(details.correct))} of ${grouped(count)})` : "";
  const rest = describeFigures(others, task.shares);
  const figure = output.paint("bold", describeFigure(task.best, main, task.shares));
  return `test ${task.best} ${figure}${hits}, ${rest.join(", ")}, on ${test!.name}`;
}

/** Every how many steps a machine hears of one. */
const STEP_INTERVAL = 50;

export function reportToMachines(
  { folder, config, train, validation, test, engine }: ReportedRun,
  output: Output,
): Report {
  const write = (event: string, content: object): void => output.print(JSON.stringify({ event, ...content }));
  return {
    start: () => {
      const samples = {
        train: sampleCount(train),
        validation: validation ? sampleCount(validation) : 0,
        test: test ? sampleCount(test) : 0,
      };
      write("run", { folder: folder.path, engine: engine.name, samples, config });
    },
    event: (event) => {
      if (event.type === "step" && event.step % STEP_INTERVAL !== 0 && event.step !== event.steps) return;
      const { type, ...content } = event;
      if (type !== "validate") write(type, content);
    },
    stoppedEarly: (bestEpoch) => write("stopped early", { bestEpoch }),
    finish: async (_model, tested) => {
      const model = `${folder.path}/model.safetensors`;
      if (test === undefined || tested === undefined) return write("done", { model });
      const { figures, details, count } = tested.evaluation;
      const hits = "correct" in details ? { correct: details.correct } : {};
      write("test", { data: test.name, ...figures, ...tested.further?.figures, ...hits, count, model });
    },
  };
}
