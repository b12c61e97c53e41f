/**
 * A run that can be held, taken step by step, steered and taken back. It is `fit` itself: a recipe that nobody touches on the
 * way ends with the bits of `fovea train`.
 */
import { type Engine, type NdArray, type nn, optim } from "fovea";
import { sampleCount } from "fovea/data";
import { type Figures, fit, type RunStore, type TrainingEvent } from "fovea/train";
import type { CurvePoint, EpochPoint, Moment, Recipe, Snapshot, Steering } from "./api.ts";
import type { Parts } from "./data/load-data.ts";
import { Keeper } from "./keeper.ts";

type StepEvent = Extract<TrainingEvent, { type: "step" }>;

/** Steps over which the speed is a mean. */
const SPEED_STEPS = 20;

export class Trainer {
  readonly #model: nn.Model;
  readonly #parts: Parts;
  readonly #recipe: Recipe;
  readonly #engine: Engine;
  readonly #onChange: () => void;
  readonly #keeper: Keeper;
  readonly #steered: { rate: number; momentum: number; decay: number };
  #state: Snapshot["state"] = "idle";
  #moment: Moment = { epoch: 0, step: 0 };
  #figures: Figures | undefined;
  #curve: CurvePoint[] = [];
  #epochs: EpochPoint[] = [];
  #bestEpoch = 0;
  #failure: string | undefined;
  /** Steps until the run is held. */
  #allowance = 0;
  /** Lets a held run go on. */
  #release: (() => void) | undefined;
  #stop: AbortController | undefined;
  #running: Promise<void> | undefined;
  #times: number[] = [];

  constructor(model: nn.Model, parts: Parts, recipe: Recipe, engine: Engine, onChange: () => void) {
    this.#model = model;
    this.#parts = parts;
    this.#recipe = recipe;
    this.#engine = engine;
    this.#onChange = onChange;
    this.#keeper = new Keeper(model);
    this.#steered = { rate: recipe.rate, momentum: recipe.momentum, decay: recipe.decay };
  }

  get stepsPerEpoch(): number {
    return Math.ceil(sampleCount(this.#parts.train) / this.#recipe.batch);
  }

  get moment(): Moment {
    return this.#moment;
  }

  /** The network at a moment that was kept: the values of its variables by name. @throws Error for one that was not */
  valuesAt(moment: Moment): ReadonlyMap<string, NdArray> {
    return this.#keeper.valuesAt(moment);
  }

  /** What has come since the last call. */
  snapshot(): Snapshot {
    const curve = this.#curve;
    this.#curve = [];
    const milliseconds = this.#millisecondsPerStep;
    return {
      moment: this.#moment,
      state: this.#state,
      figures: this.#figures,
      curve,
      epochs: this.#epochs,
      bestEpoch: this.#bestEpoch,
      kept: this.#keeper.moments,
      millisecondsPerStep: milliseconds,
      samplesPerSecond: milliseconds > 0 ? (1000 * this.#recipe.batch) / milliseconds : 0,
      failure: this.#failure,
    };
  }

  train(): void {
    this.#allow(Number.POSITIVE_INFINITY);
  }

  step(count: number): void {
    this.#allow(count);
  }

  pause(): void {
    this.#allowance = 0;
  }

  /** Ends the run; the model stays as it is. */
  async stop(): Promise<void> {
    this.#allowance = 0;
    this.#stop?.abort();
    this.#release?.();
    await this.#running;
  }

  /** Back to a moment that was kept: the network, the optimizer and the curves. */
  async rewind(moment: Moment): Promise<void> {
    await this.stop();
    this.#keeper.restore(moment);
    this.#moment = moment;
    this.#figures = undefined;
    this.#epochs = this.#epochs.slice(0, moment.epoch);
    this.#bestEpoch = bestOf(this.#epochs);
    this.#become("paused");
  }

  /** Changes what the next steps are taken with. A new rate needs no new program, the others do. */
  async steer({ rate, ...others }: Steering): Promise<void> {
    if (rate !== undefined) this.#steered.rate = rate;
    const changes = Object.entries(others).filter(([name, value]) => this.#steered[name as "decay"] !== value);
    if (changes.length === 0) return;
    const wasTraining = this.#state === "training";
    const isUnderway = this.#running !== undefined;
    await this.stop();
    Object.assign(this.#steered, Object.fromEntries(changes));
    if (isUnderway && wasTraining) this.train();
  }

  #allow(steps: number): void {
    if (this.#state === "done" || this.#state === "failed") return;
    this.#allowance = steps;
    if (this.#running === undefined) this.#begin();
    else this.#resume();
  }

  #resume(): void {
    this.#release?.();
    this.#release = undefined;
    this.#times = [];
    this.#become("training");
  }

  #begin(): void {
    this.#become("compiling");
    this.#stop = new AbortController();
    this.#running = this.#run(this.#stop.signal)
      .catch((error: unknown) => {
        this.#failure = error instanceof Error ? error.message : String(error);
        this.#become("failed");
      })
      .finally(() => {
        this.#running = undefined;
      });
  }

  async #run(signal: AbortSignal): Promise<void> {
    const { recipe, parts } = { recipe: this.#recipe, parts: this.#parts };
    const resume = this.#keeper.latest;
    const { interrupted } = await fit(this.#model, parts.train, {
      validation: parts.heldOut,
      epochs: recipe.epochs,
      batch: recipe.batch,
      seed: recipe.seed,
      engine: this.#engine,
      optimizer: this.#optimizer(),
      schedule: this.#schedule(),
      resume,
      mayDiffer: resume === undefined ? [] : ["optimizer"],
      signal,
      store: this.#store,
      onEvent: (event) => this.#onEvent(event),
      onNotice: () => undefined,
    });
    this.#become(interrupted ? "paused" : "done");
  }

  #optimizer(): optim.Optimizer {
    const { momentum, decay } = this.#steered;
    return optim.sgd({ learningRate: this.#recipe.rate, momentum, weightDecay: decay });
  }

  /** The schedule of the recipe, times what the rate was changed by. */
  #schedule(): optim.Schedule {
    const named = optim.schedules[this.#recipe.schedule as optim.ScheduleName]();
    return { ...named, factor: (moment) => named.factor(moment) * (this.#steered.rate / this.#recipe.rate) };
  }

  readonly #store: RunStore = {
    saveCheckpoint: async (bytes) => this.#keeper.keep(this.#moment, bytes),
    saveBest: async () => undefined,
    logEpoch: async ({ epoch, training, validation, seconds }) => {
      this.#epochs = [...this.#epochs.slice(0, epoch - 1), { epoch, training, validation, seconds }];
      this.#bestEpoch = bestOf(this.#epochs);
      this.#moment = { epoch, step: 0 };
      this.#onChange();
    },
  };

  #onEvent(event: TrainingEvent): Promise<void> | undefined {
    if (event.type !== "step") return undefined;
    this.#record(event);
    this.#allowance--;
    if (this.#allowance > 0) return undefined;
    this.#become("paused");
    return new Promise((resolve) => {
      this.#release = resolve;
    });
  }

  #record({ epoch, step, steps, figures, gradientNorm }: StepEvent): void {
    if (this.#state !== "training") this.#become("training");
    this.#moment = { epoch: epoch - 1, step };
    this.#figures = figures;
    this.#curve.push({ at: epoch - 1 + step / steps, figures, gradientNorm });
    this.#times = [...this.#times.slice(-SPEED_STEPS), performance.now()];
    this.#onChange();
  }

  get #millisecondsPerStep(): number {
    const times = this.#times;
    return times.length < 2 ? 0 : (times[times.length - 1] - times[0]) / (times.length - 1);
  }

  #become(state: Snapshot["state"]): void {
    this.#state = state;
    this.#onChange();
  }
}

/** The epoch with the highest accuracy on the held-out data, the first of several; 0 where there is none. */
function bestOf(epochs: readonly EpochPoint[]): number {
  const accuracy = ({ training, validation }: EpochPoint): number => (validation ?? training).accuracy ?? 0;
  return epochs.reduce(
    (best, point) => (best === 0 || accuracy(point) > accuracy(epochs[best - 1]) ? point.epoch : best),
    0,
  );
}
