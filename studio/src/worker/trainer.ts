/**
 * A run that can be held, taken step by step, steered and taken back. It is `fit` itself: what is trained are the bits of its recipe,
 * however often it was held or taken back, and `fovea train` ends with the same.
 */
import { type Engine, type NdArray, type nn, optim } from "fovea";
import { sampleCount } from "fovea/data";
import { type Figures, fit, type RunStore, type TrainingEvent } from "fovea/train";
import type { CurvePoint, EpochPoint, Moment, Recipe, Snapshot, Steering } from "./api.ts";
import {
  type Change,
  inForce,
  type LabeledPart,
  readChanges,
  relabeledAt,
  type Settings,
  withChange,
  writeChanges,
} from "./changes.ts";
import type { Parts } from "./data/load-data.ts";
import { Keeper } from "./keeper.ts";
import { Labels } from "./labels.ts";
import { StepClock } from "./step-clock.ts";

type StepEvent = Extract<TrainingEvent, { type: "step" }>;

const START: Moment = { epoch: 0, step: 0 };

export class Trainer {
  readonly #model: nn.Model;
  readonly #parts: Parts;
  readonly #engine: Engine;
  readonly #onChange: () => void;
  readonly #keeper: Keeper;
  readonly #labels: Labels;
  readonly #clock = new StepClock();
  #recipe: Recipe;
  #changes: readonly Change[];
  /** Changes that wait for the end of a step. */
  #waiting: Omit<Change, "step">[] = [];
  #settings: Settings;
  /** Settings that the running program was made with. */
  #compiled: Settings | undefined;
  #state: Snapshot["state"] = "idle";
  #moment = START;
  /** The end of what has been trained. */
  #reached = START;
  #figures: Figures | undefined;
  #curve: CurvePoint[] = [];
  #epochs: readonly EpochPoint[] = [];
  #bestEpoch = 0;
  #failure: string | undefined;
  /** Steps until the run is held. */
  #allowance = 0;
  /** Lets a held run go on. */
  #release: (() => void) | undefined;
  #stop = new AbortController();
  #running: Promise<void> | undefined;
  /** Calls are answered one after the other. */
  #turn: Promise<unknown> = Promise.resolve();

  /** @throws Error for changes by hand that cannot be read */
  constructor(model: nn.Model, parts: Parts, recipe: Recipe, engine: Engine, onChange: () => void) {
    this.#model = model;
    this.#parts = parts;
    this.#recipe = recipe;
    this.#engine = engine;
    this.#onChange = onChange;
    this.#keeper = new Keeper(model);
    this.#labels = new Labels(parts);
    this.#changes = readChanges(recipe.changes);
    this.#settings = recipe;
    this.#adopt();
  }

  get stepsPerEpoch(): number {
    return Math.ceil(sampleCount(this.#parts.train) / this.#recipe.batch);
  }

  /** Whether the course of the rate depends on the number of epochs. */
  get spansRun(): boolean {
    return this.#namedSchedule.spansRun;
  }

  /** Where the network is. */
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
    const { milliseconds } = this.#clock;
    const { rate, momentum, decay } = this.#settings;
    return {
      recipe: { ...this.#recipe, changes: writeChanges(this.#changes) },
      moment: this.#moment,
      reached: this.#reached,
      state: this.#state,
      figures: this.#figures,
      settings: { rate, momentum, decay },
      relabeled: this.#labels.changed,
      curve,
      epochs: this.#epochs,
      bestEpoch: this.#bestEpoch,
      kept: this.#keeper.moments,
      millisecondsPerStep: milliseconds,
      samplesPerSecond: milliseconds > 0 ? (1000 * this.#recipe.batch) / milliseconds : 0,
      failure: this.#failure,
    };
  }

  train = (): Promise<void> => this.#inTurn(() => this.#allow(Number.POSITIVE_INFINITY));

  step = (count: number): Promise<void> => this.#inTurn(() => this.#allow(count));

  pause = (): Promise<void> =>
    this.#inTurn(() => {
      this.#allowance = 0;
    });

  /** Ends the run; the model stays as it is. */
  stop = (): Promise<void> => this.#inTurn(() => this.#halt());

  /** Shows the network at a moment that was kept. What came after it is forgotten when the run goes on from there. */
  rewind = (moment: Moment): Promise<void> =>
    this.#inTurn(async () => {
      await this.#halt();
      this.#keeper.restore(moment);
      this.#moment = moment;
      this.#figures = this.#epochs[moment.epoch - 1]?.training;
      this.#failure = undefined;
      this.#adopt();
      this.#become(moment.epoch === this.#recipe.epochs ? "done" : isStart(this.#reached) ? "idle" : "paused");
    });

  /** Changes what the next steps are taken with; before the first step it changes the recipe. */
  steer = (settings: Steering): Promise<void> =>
    this.#inTurn(async () => {
      const changed = Object.entries(settings) as [keyof Settings, number][];
      if (isStart(this.#reached) && this.#running === undefined) {
        this.#recipe = { ...this.#recipe, ...Object.fromEntries(changed) };
        this.#changes = [];
        return this.#tell();
      }
      for (const [name, value] of changed) await this.#change(name, value);
    });

  /** Gives a picture another label, from the next step on. @throws Error for a row or a class that is not there */
  relabel = (part: LabeledPart, row: number, label: number): Promise<void> =>
    this.#inTurn(async () => {
      this.#labels.check({ part, row, label });
      await this.#change(`${part}${row}`, label);
    });

  /** Goes on for more epochs. @throws Error where the rate was laid out for the run as it is */
  extend = (epochs: number): Promise<void> =>
    this.#inTurn(async () => {
      if (this.spansRun)
        throw new Error(`schedule ${this.#recipe.schedule} spans the run; open it anew with epochs ${epochs}`);
      const allowance = this.#allowance;
      await this.#halt();
      this.#recipe = { ...this.#recipe, epochs };
      if (this.#state === "done") {
        this.#keeper.restore(this.#reached);
        this.#moment = this.#reached;
        this.#become("paused");
      } else if (allowance > 0) this.#allow(allowance);
      else this.#tell();
    });

  #inTurn<T>(action: () => T | Promise<T>): Promise<T> {
    const answer = this.#turn.then(action);
    this.#turn = answer.catch(() => undefined);
    return answer;
  }

  async #halt(): Promise<void> {
    this.#allowance = 0;
    this.#stop.abort();
    this.#letGo();
    await this.#running;
  }

  #letGo(): void {
    this.#release?.();
    this.#release = undefined;
  }

  #allow(steps: number): void {
    if (this.#state === "done" || this.#state === "failed") return;
    this.#allowance = steps;
    this.#clock.reset();
    if (this.#running === undefined) {
      this.#forgetLater();
      this.#become("compiling");
      this.#running = this.#run();
    } else {
      this.#become("training");
      this.#letGo();
    }
  }

  #forgetLater(): void {
    this.#reached = this.#moment;
    this.#keeper.forgetAfter(this.#moment);
    this.#epochs = this.#epochs.slice(0, this.#moment.epoch);
    this.#bestEpoch = bestOf(this.#epochs);
    const { epoch, step } = this.#moment;
    this.#curve = this.#curve.filter(({ at }) => at <= epoch + step / this.stepsPerEpoch);
  }

  /** Trains until the run is done or halted; what needs another program begins another `fit` from the same moment. */
  async #run(): Promise<void> {
    try {
      while (!(await this.#fit())) {
        // An interrupted `fit` leaves the network of the best epoch.
        this.#keeper.restore(this.#moment);
        if (this.#allowance <= 0) return this.#become("paused");
      }
      // A finished one, too, and that is the network that the run is for.
      this.#moment = { epoch: this.#bestEpoch, step: 0 };
      this.#become("done");
    } catch (error: unknown) {
      this.#failure = error instanceof Error ? error.message : String(error);
      this.#become("failed");
    } finally {
      this.#running = undefined;
    }
  }

  /** Whether the run came to its end. */
  async #fit(): Promise<boolean> {
    const { epochs, batch, seed } = this.#recipe;
    this.#stop = new AbortController();
    this.#adopt();
    this.#compiled = this.#settings;
    const resume = this.#keeper.checkpoint(this.#moment);
    const { interrupted, bestEpoch } = await fit(this.#model, this.#parts.train, {
      ...{ epochs, batch, seed, resume },
      validation: this.#parts.heldOut,
      engine: this.#engine,
      optimizer: this.#optimizer(),
      schedule: this.#schedule(),
      mayDiffer: resume === undefined ? [] : ["optimizer"],
      signal: this.#stop.signal,
      store: this.#store,
      onEvent: (event) => (event.type === "step" ? this.#onStep(event) : undefined),
      onNotice: () => undefined,
    });
    if (!interrupted) this.#bestEpoch = bestEpoch;
    return !interrupted;
  }

  #optimizer(): optim.Optimizer {
    const { momentum, decay } = this.#settings;
    return optim.sgd({ learningRate: this.#baseRate, momentum, weightDecay: decay });
  }

  get #baseRate(): number {
    return this.#recipe.rate > 0 ? this.#recipe.rate : 1;
  }

  get #namedSchedule(): optim.Schedule {
    return optim.schedules[this.#recipe.schedule as optim.ScheduleName]();
  }

  /** The schedule of the recipe, times what the rate was changed by. */
  #schedule(): optim.Schedule {
    const named = this.#namedSchedule;
    return { ...named, factor: (moment) => named.factor(moment) * (this.#settings.rate / this.#baseRate) };
  }

  readonly #store: RunStore = {
    saveCheckpoint: async (bytes) => {
      this.#keeper.keep(this.#moment, bytes, this.#bestEpoch);
      if (this.#moment.step === 0 && this.#moment.epoch < this.#recipe.epochs) await this.#betweenSteps();
    },
    saveBest: async () => undefined,
    logEpoch: async ({ epoch, training, validation, seconds }) => {
      this.#epochs = [...this.#epochs.slice(0, epoch - 1), { epoch, training, validation, seconds }];
      this.#bestEpoch = bestOf(this.#epochs);
      this.#reach({ epoch, step: 0 });
      this.#clock.reset();
      this.#tell();
    },
  };

  #onStep({ epoch, step, steps, figures, gradientNorm }: StepEvent): Promise<void> | undefined {
    if (this.#state !== "training") this.#become("training");
    this.#reach({ epoch: epoch - 1, step });
    this.#figures = figures;
    this.#curve.push({ at: epoch - 1 + step / steps, figures, gradientNorm });
    this.#clock.tick();
    this.#allowance--;
    this.#tell();
    // An epoch ends with its validation: a run is held after that.
    return step < steps ? this.#betweenSteps() : undefined;
  }

  #reach(moment: Moment): void {
    this.#moment = moment;
    this.#reached = moment;
  }

  /** Changes what is to be changed here, and holds the run if it has no steps left. */
  #betweenSteps(): Promise<void> | undefined {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const { name, value } of waiting) this.#record(name, value);
    this.#adopt();
    if (this.#needsProgram) this.#stop.abort();
    if (this.#stop.signal.aborted || this.#allowance > 0) return undefined;
    this.#become("paused");
    return new Promise((resolve) => {
      this.#release = resolve;
    });
  }

  async #change(name: string, value: number): Promise<void> {
    if (this.#running !== undefined && this.#release === undefined) {
      this.#waiting.push({ name, value });
      return;
    }
    this.#record(name, value);
    this.#adopt();
    if (this.#running !== undefined && this.#needsProgram) await this.#halt();
    if (this.#state === "done" && this.#moment.epoch < this.#recipe.epochs) this.#state = "paused";
    this.#tell();
  }

  #record(name: string, value: number): void {
    this.#changes = withChange(this.#changes, { step: Math.floor(this.#stepsTaken), name, value });
  }

  /** Settings and labels as they are at this moment of the run. */
  #adopt(): void {
    const { rate, momentum, decay } = this.#recipe;
    this.#settings = inForce({ rate, momentum, decay }, this.#changes, this.#stepsTaken);
    this.#labels.set(relabeledAt(this.#changes, this.#stepsTaken));
  }

  /** A new rate needs no new program, other settings do. */
  get #needsProgram(): boolean {
    const [now, made] = [this.#settings, this.#compiled];
    return made !== undefined && (now.momentum !== made.momentum || now.decay !== made.decay);
  }

  /** Steps of the whole run. Changes at the end of an epoch come after its validation. */
  get #stepsTaken(): number {
    const { epoch, step } = this.#moment;
    return epoch * this.stepsPerEpoch + (step === this.stepsPerEpoch ? step - 0.5 : step);
  }

  #become(state: Snapshot["state"]): void {
    this.#state = state;
    this.#tell();
  }

  #tell(): void {
    this.#onChange();
  }
}

const isStart = ({ epoch, step }: Moment): boolean => epoch === 0 && step === 0;

/** The epoch with the highest accuracy on the held-out data, then the lowest loss, the first of several; 0 where there is none. */
function bestOf(epochs: readonly EpochPoint[]): number {
  const isBetter = (one: Figures, other: Figures): boolean =>
    one.accuracy > other.accuracy || (one.accuracy === other.accuracy && one.loss < other.loss);
  const [first, ...others] = epochs;
  if (first === undefined) return 0;
  return others.reduce(
    (best, point) => (isBetter(point.validation ?? point.training, best.validation ?? best.training) ? point : best),
    first,
  ).epoch;
}
