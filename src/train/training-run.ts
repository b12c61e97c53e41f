/** A training run: the loop over epochs and steps, and the state that a checkpoint keeps. */

import { pause } from "#platform";
import { full, isFloat, type NdArray, NumericError, OptionError } from "../array/index.ts";
import {
  type AnyDataset,
  type BatchPlan,
  batchLengths,
  batchOrder,
  Loader,
  paddingOf,
  sampleCount,
} from "../data/index.ts";
import { checksum } from "../formats/index.ts";
import type { Model, StateVariables } from "../nn/index.ts";
import { type Figure, withAverages } from "../optim/index.ts";
import {
  type EpochRecord,
  type Fingerprint,
  type Progress,
  type RunVariables,
  restoreCheckpoint,
  writeCheckpoint,
} from "./checkpoint.ts";
import { firstNotFinite } from "./diagnose.ts";
import { type EpochPlan, placesOf, planEpoch } from "./epoch-plan.ts";
import type { Evaluator } from "./evaluation/index.ts";
import { tellHints, watchLoss } from "./hints.ts";
import type { FitSettings } from "./settings.ts";
import { type MeasureStep, measureSteps, type StatisticsRecord } from "./step-statistics.ts";
import { createSteps, type StepOutcome, type Steps, type TypesOf } from "./steps.ts";
import type { Arrays, Figures } from "./tasks/index.ts";
import { addToSums } from "./totals.ts";
import { neededColumns, type Wiring } from "./wiring.ts";

type Resolved = Omit<FitSettings, "validation"> & {
  readonly typesOf: TypesOf;
  readonly validation?: { readonly data: AnyDataset; readonly evaluate: Evaluator } | undefined;
  /** What batches carry on, for windows of streams. */
  readonly states?: StateVariables | undefined;
};

export class TrainingRun {
  readonly #model: Model;
  readonly #wiring: Wiring;
  readonly #data: AnyDataset;
  readonly #options: Resolved;
  readonly #plan: EpochPlan;
  readonly #steps: Steps;
  readonly #watchLoss: (loss: number, step: number) => void;
  readonly #measure: MeasureStep | undefined;
  #progress: Progress;
  #best: readonly NdArray[] | undefined;
  #waited = 0;

  constructor(wiring: Wiring, data: AnyDataset, options: Resolved) {
    const { batch, lastBatch, onNotice, optimizer, statistics, engine } = options;
    this.#model = wiring.model;
    this.#wiring = wiring;
    this.#data = data;
    this.#options = options;
    this.#steps = createSteps(wiring, { ...options, samples: sampleCount(data) });
    this.#plan = planEpoch(sampleCount(data), batch, lastBatch, this.#steps.refusal);
    this.#progress = startOfRun(fingerprintOf(wiring, data, options, this.#plan));
    this.#watchLoss = watchLoss(() => optimizer.learningRate.value.item(), onNotice);
    this.#measure = statistics && measureSteps(statistics, { wiring, engine }, this.#plan.steps);
    if (this.#plan.notice !== undefined) onNotice(this.#plan.notice, "lastBatch");
    tellHints(data, this.#steps.graph, onNotice);
  }

  /** Restores the state of a checkpoint. */
  restore(bytes: Uint8Array): void {
    const { epochs, mayDiffer } = this.#options;
    const { fingerprint } = this.#progress;
    const extent = { epochs, steps: this.#plan.steps, samples: this.#plan.used, sums: this.#steps.sumShapes };
    const expected = { fingerprint, extent, mayDiffer };
    const snapshot = restoreCheckpoint(bytes, "the checkpoint", this.#variables, expected);
    this.#progress = { ...snapshot.progress, fingerprint };
    this.#best = snapshot.best;
  }

  get #variables(): RunVariables {
    const { optimizer, states } = this.#options;
    return { model: this.#model, optimizer, states: states?.variables };
  }

  /** Trains to the end. `false` when stopped by the signal; the store then has a checkpoint of that moment. */
  async train(): Promise<boolean> {
    const { augment, seed, workers } = this.#options;
    const loader = new Loader(this.#data, this.#plans(), {
      ...{ augment, seed, workers },
      columns: neededColumns(this.#wiring, this.#data),
    });
    try {
      while (this.#progress.epoch < this.#options.epochs && !this.#ranOutOfPatience) {
        const start = performance.now();
        const stepsDone = await this.#trainEpoch(loader);
        await this.#checkVariables();
        const finished = stepsDone && (await withAverages(this.#options.optimizer, () => this.#finishEpoch(start)));
        await this.#saveCheckpoint();
        if (!finished) return false;
      }
    } finally {
      loader.stop();
    }
    return true;
  }

  /** The batches from here to the end of the run. */
  *#plans(): Generator<BatchPlan> {
    const { seed, epochs } = this.#options;
    const start = { ...this.#progress };
    for (let epoch = start.epoch; epoch < epochs; epoch++) {
      const order = batchOrder(this.#data, { seed, epoch, batch: this.#plan.batch });
      for (let step = epoch === start.epoch ? start.step : 0; step < this.#plan.steps; step++)
        yield { epoch, rows: order.slice(...placesOf(this.#plan, step)) };
    }
  }

  /** The share of padding in the batches of an epoch. */
  #paddingIn(epoch: number): number {
    const { batch, used } = this.#plan;
    if (Object.keys(batchLengths(this.#data)).length === 0) return 0;
    const order = batchOrder(this.#data, { seed: this.#options.seed, epoch, batch });
    return paddingOf(this.#data, order.slice(0, used), batch);
  }

  /** Whether the best epoch lies so far back that the run ends early. Follows from what a checkpoint keeps. */
  get #ranOutOfPatience(): boolean {
    const { patience = Infinity } = this.#options;
    return this.#progress.epoch - this.#progress.bestEpoch >= patience;
  }

  /** Restores the best parameters. */
  finish(): { history: readonly EpochRecord[]; bestEpoch: number; stoppedEarly: boolean } {
    this.#best?.forEach((value, i) => {
      this.#model.variables[i].value = value;
    });
    const { history, bestEpoch } = this.#progress;
    return { history, bestEpoch, stoppedEarly: history.length < this.#options.epochs && this.#ranOutOfPatience };
  }

  async #trainEpoch(loader: Loader): Promise<boolean> {
    const { signal, states } = this.#options;
    if (this.#progress.step === 0) states?.reset();
    const waitedBefore = loader.waited;
    while (this.#progress.step < this.#plan.steps) {
      if (signal?.aborted) return false;
      await this.#trainStep((await loader.next())!);
      await pause();
    }
    this.#waited = (loader.waited - waitedBefore) / 1000;
    return true;
  }

  async #trainStep(batch: Arrays): Promise<void> {
    this.#setLearningRate();
    const progress = this.#progress;
    const place = { epoch: progress.epoch + 1, step: progress.step + 1 };
    const finish = await this.#measure?.(place, batch);
    const outcome = await this.#steps.take(batch);
    const samples = batch[this.#wiring.columns[0]].shape[0];
    if (outcome.broken !== undefined) throw await this.#notFinite(outcome.broken, outcome.loss);
    progress.step++;
    progress.lossSum += outcome.loss * samples;
    addToSums(progress.sums, outcome.sums);
    progress.seen += samples;
    if (progress.epoch === 0) this.#watchLoss(outcome.loss, progress.step);
    const held = this.#options.onEvent?.({
      type: "step",
      ...place,
      steps: this.#plan.steps,
      samples,
      figures: this.#figures(),
      gradientNorm: outcome.gradientNorm,
    });
    if (held instanceof Promise) await held;
    if (finish !== undefined) await this.#tell(await finish());
  }

  async #tell(record: StatisticsRecord): Promise<void> {
    const { store, onEvent } = this.#options;
    await store?.logStatistics?.(record);
    onEvent?.({ type: "statistics", ...record });
  }

  /** The loss and the task's figures over the current epoch so far. */
  #figures(): Figures {
    const { task, scene } = this.#wiring;
    const { lossSum, sums, seen: count } = this.#progress;
    return { loss: lossSum / count, ...task.figures({ sums, collected: {}, count }, scene) };
  }

  #setLearningRate(): void {
    const { schedule, optimizer, epochs } = this.#options;
    if (schedule === undefined) return;
    const { epoch, step, history } = this.#progress;
    const place = { step: epoch * this.#plan.steps + step, steps: epochs * this.#plan.steps };
    const { best, lowerIsBetter } = this.#wiring.task;
    const factor = schedule.factor({ ...place, epoch, epochs, history, best, lowerIsBetter });
    optimizer.learningRate.value = full([], Number(optimizer.options.learningRate) * factor);
  }

  get #learningRate(): number {
    return Number(this.#options.optimizer.learningRate.value.item().toPrecision(3));
  }

  /** The learning rate has had no effect before the first step. */
  get #advice(): string {
    const { epoch, step } = this.#progress;
    return epoch === 0 && step === 0
      ? "Check the data for values that are not finite or very large, and the network's layers and loss"
      : `Try a smaller learning rate than ${this.#learningRate}, and check the data for values that are not finite`;
  }

  async #notFinite({ graph, inputs }: NonNullable<StepOutcome["broken"]>, loss: number): Promise<NumericError> {
    const { epoch, step } = this.#progress;
    const found = (await firstNotFinite(graph, inputs)) ?? "not found: the interpreter gets finite values";
    const what = Number.isFinite(loss) ? "a gradient is not finite" : `the loss is ${loss}`;
    return new NumericError(
      `training stopped at epoch ${epoch + 1}, step ${step + 1}: ${what}; it first came up as ${found}. ` +
        `The parameters are as before that step. ${this.#advice}`,
    );
  }

  /** A step with a finite gradient can still overflow: its result must reach neither checkpoint nor best model. */
  async #checkVariables(): Promise<void> {
    const variables = [...this.#model.variables, ...this.#options.optimizer.variables];
    const values = await Promise.all(variables.map((variable) => variable.fetch()));
    const broken = variables.find(({ dtype }, i) => isFloat(dtype) && !values[i].data.every(Number.isFinite));
    if (broken === undefined) return;
    const { epoch, step } = this.#progress;
    throw new NumericError(
      `training stopped after epoch ${epoch + 1}, step ${step}: ${broken.name} has values that are not finite; try a smaller learning rate than ${this.#learningRate}`,
    );
  }

  /** Validates, compares, logs. `false` when interrupted, with the epoch still open. */
  async #finishEpoch(start: number): Promise<boolean> {
    const { signal, onEvent, epochs, store, schedule } = this.#options;
    const progress = this.#progress;
    const epoch = progress.epoch + 1;
    const onProgress = (done: number, total: number): void => void onEvent?.({ type: "validate", epoch, done, total });
    const evaluate = this.#options.validation?.evaluate;
    const validation = await evaluate?.({ signal, onProgress });
    if (evaluate !== undefined && validation === undefined) return false;
    const record: EpochRecord = {
      epoch,
      training: this.#figures(),
      ...(validation && { validation: validation.figures }),
    };
    if (epoch === 1) checkFigures(schedule?.watches, record, this.#wiring.task);
    const isBest = isBetter(record, progress.history[progress.bestEpoch - 1], this.#wiring.task);
    const next = { ...startOfRun(progress.fingerprint), epoch, history: [...progress.history, record] };
    this.#progress = { ...next, bestEpoch: isBest ? epoch : progress.bestEpoch };
    if (isBest) {
      this.#best = await Promise.all(this.#model.variables.map(async (variable) => (await variable.fetch()).copy()));
      await store?.saveBest(await this.#model.toBytes());
    }
    const seconds = (performance.now() - start) / 1000;
    await store?.logEpoch({ ...record, seconds });
    onEvent?.({
      type: "epoch",
      epochs,
      isBest,
      seconds,
      waited: this.#waited,
      padding: this.#paddingIn(epoch - 1),
      ...record,
    });
    return true;
  }

  async #saveCheckpoint(): Promise<void> {
    const snapshot = { progress: this.#progress, best: this.#best };
    const { store } = this.#options;
    if (store !== undefined) await store.saveCheckpoint(await writeCheckpoint(this.#variables, snapshot));
  }
}

const startOfRun = (fingerprint: Fingerprint): Progress => ({
  epoch: 0,
  step: 0,
  lossSum: 0,
  sums: {},
  seen: 0,
  bestEpoch: 0,
  history: [],
  fingerprint,
});

/** What a checkpoint must agree with; the number of epochs may change, unless the schedule ends with the run. */
function fingerprintOf(
  { model, task }: Wiring,
  data: AnyDataset,
  { batch, accumulate, epochs, seed, optimizer, schedule, validation, augment, freeze }: Resolved,
  { lastBatch }: EpochPlan,
): Fingerprint {
  const describe = (set: AnyDataset): string => `${set.name} (${sampleCount(set)} samples)`;
  const last = lastBatch === "keep" ? "" : `, ${{ merge: "the last merged", drop: "the last dropped" }[lastBatch]}`;
  const span = schedule?.spansRun ? ` over ${epochs} epochs` : "";
  return {
    data: describe(data),
    classes: formatClasses(model.classes ?? []),
    validation: validation === undefined ? "none" : describe(validation.data),
    batch: (accumulate === 1 ? String(batch) : `${batch} in ${accumulate} parts`) + last,
    seed: String(seed),
    ...(freeze.length > 0 && { freeze: freeze.join(", ") }),
    augment: augment.length === 0 ? "none" : JSON.stringify(augment),
    task: JSON.stringify(task),
    optimizer: optimizer.description,
    schedule: schedule === undefined ? "none" : `${schedule.name}${span}`,
    architecture: JSON.stringify(model.layer),
  };
}

/** The class names in order; a checksum for long lists. */
function formatClasses(classes: readonly string[]): string {
  const text = JSON.stringify(classes);
  return text.length <= 200 ? text : `${classes.length} with checksum ${checksum(new TextEncoder().encode(text))}`;
}

/** @throws OptionError for a task or a schedule that depends on an unknown figure */
function checkFigures(watched: Figure | undefined, record: EpochRecord, { type, best }: Wiring["task"]): void {
  const { validation } = record;
  if (validation !== undefined && !(best in validation))
    throw new OptionError(
      `${type}: best is '${best}', but the figures are ${Object.keys(validation).join(", ")}; figures must give it as a number`,
    );
  if (watched === undefined) return;
  const { name = best, on } = watched;
  const figures = record[on] ?? {};
  if (name in figures) return;
  throw new OptionError(
    `fit: the schedule watches ${name} on the ${on} data, where the figures are ${Object.keys(figures).join(", ")}`,
  );
}

/** Without validation the latest model is the best; with it, the task's figure decides, then lower loss, then the earlier epoch. */
function isBetter(
  { validation }: EpochRecord,
  best: EpochRecord | undefined,
  { best: name, lowerIsBetter }: Wiring["task"],
): boolean {
  if (best?.validation === undefined || validation === undefined) return true;
  const sign = lowerIsBetter.includes(name) ? -1 : 1;
  const gain = rank(sign * validation[name]) - rank(sign * best.validation[name]);
  return gain > 0 || (!(gain < 0) && rank(-validation.loss) > rank(-best.validation.loss));
}

/** NaN is worse than any number. */
const rank = (value: number | undefined): number =>
  value === undefined || Number.isNaN(value) ? Number.NEGATIVE_INFINITY : value;
