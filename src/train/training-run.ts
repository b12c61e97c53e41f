/** One training run as it goes on: the loop over epochs and steps, and the state that a checkpoint keeps. */

import { pause } from "#platform";
import { full, isFloat, type NdArray, NumericError } from "../array/index.ts";
import { epochOrder, sampleCount } from "../data/batches.ts";
import type { Samples } from "../data/dataset.ts";
import { type BatchPlan, Loader, type PreparedBatch } from "../data/loader.ts";
import { checksum } from "../formats/png-chunks.ts";
import type { Model } from "../nn/index.ts";
import { withAverages } from "../optim/index.ts";
import { type EpochRecord, type Fingerprint, type Progress, restoreCheckpoint, writeCheckpoint } from "./checkpoint.ts";
import { firstNotFinite } from "./diagnose.ts";
import { type EpochPlan, placesOf, planEpoch } from "./epoch-plan.ts";
import { createEvaluator, type Evaluator } from "./evaluate.ts";
import { tellHints, watchLoss } from "./hints.ts";
import type { Loss } from "./losses.ts";
import type { FitSettings } from "./settings.ts";
import { createSteps, type StepOutcome, type Steps } from "./steps.ts";

type Resolved = Omit<FitSettings, "loss" | "validation"> & {
  readonly loss: Loss;
  readonly validationLoss: Loss;
  readonly validation?: Samples;
};

export class TrainingRun {
  readonly #model: Model;
  readonly #data: Samples;
  readonly #options: Resolved;
  readonly #plan: EpochPlan;
  readonly #steps: Steps;
  readonly #validate: Evaluator | undefined;
  readonly #watchLoss: (loss: number, step: number) => void;
  #progress: Progress;
  #best: readonly NdArray[] | undefined;
  #waited = 0;

  constructor(model: Model, data: Samples, options: Resolved) {
    const { validationLoss: loss, engine, validation, batch, lastBatch, workers, onNotice, optimizer } = options;
    this.#model = model;
    this.#data = data;
    this.#options = options;
    this.#steps = createSteps(model, data, options);
    this.#plan = planEpoch(sampleCount(data), batch, lastBatch, this.#steps.refusal);
    this.#validate = validation && createEvaluator(model, validation, { loss, engine, workers });
    this.#progress = startOfRun(fingerprintOf(model, data, options, this.#plan));
    this.#watchLoss = watchLoss(data.classes.length, () => optimizer.learningRate.value.item(), onNotice);
    if (this.#plan.notice !== undefined) onNotice(this.#plan.notice, "lastBatch");
    tellHints(data, this.#steps.graph, onNotice);
  }

  /** Goes back to where a checkpoint was written. */
  restore(bytes: Uint8Array): void {
    const { optimizer, epochs } = this.#options;
    const { fingerprint } = this.#progress;
    const extent = { epochs, steps: this.#plan.steps, samples: this.#plan.used };
    const snapshot = restoreCheckpoint(bytes, "the checkpoint", this.#model, optimizer, fingerprint, extent);
    this.#progress = snapshot.progress;
    this.#best = snapshot.best;
  }

  /** Trains to the end. `false` when the signal stopped it; the store then has a checkpoint of that moment. */
  async train(): Promise<boolean> {
    const { augment, seed, workers } = this.#options;
    const loader = new Loader(this.#data, this.#plans(), { augment, seed, workers });
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
      const order = epochOrder(sampleCount(this.#data), seed, epoch);
      for (let step = epoch === start.epoch ? start.step : 0; step < this.#plan.steps; step++)
        yield { epoch, rows: order.slice(...placesOf(this.#plan, step)) };
    }
  }

  /** Whether the best epoch lies so far back that the run ends early. Follows from what a checkpoint keeps. */
  get #ranOutOfPatience(): boolean {
    const { patience = Infinity } = this.#options;
    return this.#progress.epoch - this.#progress.bestEpoch >= patience;
  }

  /** Leaves the best parameters in the model. */
  finish(): { history: readonly EpochRecord[]; bestEpoch: number; stoppedEarly: boolean } {
    this.#best?.forEach((value, i) => {
      this.#model.variables[i].value = value;
    });
    const { history, bestEpoch } = this.#progress;
    return { history, bestEpoch, stoppedEarly: history.length < this.#options.epochs && this.#ranOutOfPatience };
  }

  async #trainEpoch(loader: Loader): Promise<boolean> {
    const { signal } = this.#options;
    const waitedBefore = loader.waited;
    while (this.#progress.step < this.#plan.steps) {
      if (signal?.aborted) return false;
      await this.#trainStep((await loader.next())!);
      await pause();
    }
    this.#waited = (loader.waited - waitedBefore) / 1000;
    return true;
  }

  async #trainStep(batch: PreparedBatch): Promise<void> {
    this.#setLearningRate();
    const outcome = await this.#steps.take(batch);
    const images = batch.labels.shape[0];
    const progress = this.#progress;
    if (outcome.broken !== undefined) throw await this.#notFinite(outcome.broken, outcome.loss);
    progress.step++;
    progress.lossSum += outcome.loss * images;
    progress.correct += outcome.correct;
    progress.seen += images;
    if (progress.epoch === 0) this.#watchLoss(outcome.loss, progress.step);
    this.#options.onEvent?.({
      type: "step",
      epoch: progress.epoch + 1,
      step: progress.step,
      steps: this.#plan.steps,
      images,
      loss: progress.lossSum / progress.seen,
      accuracy: progress.correct / progress.seen,
      gradientNorm: outcome.gradientNorm,
    });
  }

  #setLearningRate(): void {
    const { schedule, optimizer, epochs } = this.#options;
    if (schedule === undefined) return;
    const { epoch, step, history } = this.#progress;
    const place = { step: epoch * this.#plan.steps + step, steps: epochs * this.#plan.steps };
    const factor = schedule.factor({ ...place, epoch, epochs, history });
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

  /** A step with a finite gradient can still overflow: neither checkpoint nor best model may get what it made. */
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
    const { signal, onEvent, epochs, store } = this.#options;
    const progress = this.#progress;
    const epoch = progress.epoch + 1;
    const onProgress = (done: number, total: number): void => onEvent?.({ type: "validate", epoch, done, total });
    const validation = await this.#validate?.({ signal, onProgress });
    if (this.#validate !== undefined && validation === undefined) return false;
    const record: EpochRecord = {
      epoch,
      loss: progress.lossSum / progress.seen,
      accuracy: progress.correct / progress.seen,
      ...(validation && { validationLoss: validation.loss, validationAccuracy: validation.accuracy }),
    };
    const isBest = isBetter(record, progress.history[progress.bestEpoch - 1]);
    const next = { ...startOfRun(progress.fingerprint), epoch, history: [...progress.history, record] };
    this.#progress = { ...next, bestEpoch: isBest ? epoch : progress.bestEpoch };
    if (isBest) {
      this.#best = await Promise.all(this.#model.variables.map(async (variable) => (await variable.fetch()).copy()));
      await store?.saveBest(await this.#model.toBytes());
    }
    const seconds = (performance.now() - start) / 1000;
    await store?.logEpoch({ ...record, seconds });
    onEvent?.({ type: "epoch", epochs, isBest, seconds, waited: this.#waited, ...record });
    return true;
  }

  async #saveCheckpoint(): Promise<void> {
    const snapshot = { progress: this.#progress, best: this.#best };
    const { store, optimizer } = this.#options;
    if (store !== undefined) await store.saveCheckpoint(await writeCheckpoint(this.#model, optimizer, snapshot));
  }
}

const startOfRun = (fingerprint: Fingerprint): Progress => ({
  epoch: 0,
  step: 0,
  lossSum: 0,
  correct: 0,
  seen: 0,
  bestEpoch: 0,
  history: [],
  fingerprint,
});

/** What a checkpoint must agree with; the number of epochs may change, unless the schedule ends with the run. */
function fingerprintOf(
  model: Model,
  data: Samples,
  { batch, accumulate, epochs, seed, optimizer, schedule, validation, augment, classWeights }: Resolved,
  { lastBatch }: EpochPlan,
): Fingerprint {
  const describe = (set: Samples): string => `${set.name} (${sampleCount(set)} samples)`;
  const last = lastBatch === "keep" ? "" : `, ${{ merge: "the last merged", drop: "the last dropped" }[lastBatch]}`;
  const span = schedule?.spansRun ? ` over ${epochs} epochs` : "";
  return {
    data: describe(data),
    classes: describeClasses(data.classes),
    validation: validation === undefined ? "none" : describe(validation),
    batch: (accumulate === 1 ? String(batch) : `${batch} in ${accumulate} parts`) + last,
    seed: String(seed),
    augment: augment.length === 0 ? "none" : JSON.stringify(augment),
    ...(classWeights !== undefined && { classWeights: String(classWeights) }),
    optimizer: optimizer.description,
    schedule: schedule === undefined ? "none" : `${schedule.name}${span}`,
    architecture: JSON.stringify(model.layer),
  };
}

/** Class names in their order; long lists by their checksum. */
function describeClasses(classes: readonly string[]): string {
  const text = JSON.stringify(classes);
  return text.length <= 200 ? text : `${classes.length} with checksum ${checksum(new TextEncoder().encode(text))}`;
}

/** Without validation the latest model is the best; with it, higher accuracy wins, then lower loss, then the earlier epoch. */
function isBetter(record: EpochRecord, best: EpochRecord | undefined): boolean {
  if (best === undefined || record.validationAccuracy === undefined) return true;
  const gain = record.validationAccuracy - best.validationAccuracy!;
  return gain > 0 || (gain === 0 && validationLossOf(record) < validationLossOf(best));
}

/** A loss that is not a number is worse than any. */
const validationLossOf = ({ validationLoss = NaN }: EpochRecord): number =>
  Number.isNaN(validationLoss) ? Infinity : validationLoss;
