/** What a training run says while it goes on and when it is done: to people, or as JSON Lines to machines. */
import { rowRange, type Samples, sampleCount, takePictures } from "../data/index.ts";
import type { Engine } from "../engines/index.ts";
import type { Model } from "../nn/index.ts";
import { type Evaluation, predict, type RunFolder, type Task, type TrainingEvent } from "../train/index.ts";
import { bar, describeFigure, describeFigures, grouped, percent, sideBySide, textPicture } from "./format.ts";
import type { Output } from "./io.ts";
import { createProgress } from "./progress.ts";
import type { TrainConfig } from "./train-config.ts";
import { visibleName } from "./visible.ts";

/** Everything about a run that its reports need. */
export interface ReportedRun {
  readonly folder: RunFolder;
  readonly config: TrainConfig;
  readonly train: Samples;
  readonly validation: Samples | undefined;
  readonly test: Samples | undefined;
  readonly engine: Engine;
  readonly task: Task;
}

export interface Report {
  start(): void;
  event(event: TrainingEvent): void;
  /** The run ended because no epoch was better than the best one for too long. */
  stoppedEarly(bestEpoch: number): void;
  /** @param evaluation on the samples to test with, where there are any */
  finish(model: Model, evaluation?: Evaluation<object>): Promise<void>;
}

/** Pictures that the finished model is shown reading. */
const SHOWN = 5;

export function reportToPeople(run: ReportedRun, output: Output): Report {
  const { folder, config, train, validation, test, engine } = run;
  return {
    start: () => {
      const set = validation === undefined ? "" : `, ${grouped(sampleCount(validation))} to choose the best epoch by`;
      output.log(
        `${config.model} on ${train.name}: ${grouped(sampleCount(train))} samples${set}, ${config.epochs} ${config.epochs === 1 ? "epoch" : "epochs"}`,
      );
      output.log(`engine ${engine.name}, seed ${config.seed}, run folder ${folder.path}`);
    },
    event: createProgress(output, run.task),
    stoppedEarly: (bestEpoch) => output.log(`stopped early: no epoch was better than epoch ${bestEpoch}`),
    finish: async (model, evaluation) => {
      if (test !== undefined && evaluation !== undefined) {
        await showPredictions(model, test, engine, output);
        output.print(describeTest(evaluation, run, output));
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

async function showPredictions(model: Model, test: Samples, engine: Engine, output: Output): Promise<void> {
  const [, channels] = test.images.shape;
  if (test.images.dtype !== "u8" || channels !== 1) return;
  const count = Math.min(SHOWN, sampleCount(test));
  const images = await takePictures(test.images, rowRange(0, count));
  const { probabilities } = await predict(model, images, { engine });
  if (probabilities === undefined) return;
  const blocks = Array.from({ length: count }, (_, i) => [
    ...textPicture(images.row(i)),
    ...topClasses(probabilities.row(i).data, test.classes, 2).map(
      ({ name, share }) => `${visibleName(name)} ${bar(share, 10)} ${percent(share, 1)}`,
    ),
  ]);
  const columns = Math.max(1, Math.floor((output.columns + 2) / 30));
  for (let i = 0; i < count; i += columns)
    for (const line of sideBySide(blocks.slice(i, i + columns))) output.print(line);
}

/** The classes with the largest probabilities, largest first. */
export function topClasses(probabilities: ArrayLike<number>, classes: readonly string[], most: number) {
  return Array.from(probabilities, (share, k) => ({ name: classes[k] ?? String(k), share }))
    .sort((a, b) => b.share - a.share)
    .slice(0, most);
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
    finish: async (_model, evaluation) => {
      const model = `${folder.path}/model.safetensors`;
      if (test === undefined || evaluation === undefined) return write("done", { model });
      const { figures, details, count } = evaluation;
      const hits = "correct" in details ? { correct: details.correct } : {};
      write("test", { data: test.name, ...figures, ...hits, count, model });
    },
  };
}
