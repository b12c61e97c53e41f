/** What a page and its worker say to each other. Plain data: everything crosses a thread. */
import type { Figures } from "fovea/train";
import type { DataCalls } from "./api/data.ts";
import type { LookingCalls, TakeCalls } from "./api/look.ts";
import type { KeptLayer, NetworkCalls } from "./api/network.ts";
import type { UnitCalls } from "./api/unit.ts";
import type { LabeledPart, Settings } from "./changes.ts";
import type { ChangedLabel } from "./labels.ts";

/** Everything that determines a run. It stands in the address of the page, so that opening it trains the same bits. */
export interface Recipe {
  /** Where pictures come from: `digits`, or the name under which pictures of one's own were kept. */
  readonly data: string;
  /** The network, as text: a name of the zoo or an expression of layers. */
  readonly network: string;
  readonly seed: number;
  /** Training samples, before some are held out. */
  readonly limit: number;
  /** Samples held out to choose the best epoch by. */
  readonly heldOut: number;
  readonly epochs: number;
  readonly batch: number;
  readonly rate: number;
  readonly momentum: number;
  readonly decay: number;
  /** A schedule by name. */
  readonly schedule: string;
  /** What was changed by hand while the run went on, as `changes.ts` reads it: `120:rate=0.02`. Empty: nothing. */
  readonly changes: string;
  /** Threads of the engine; 0: as many as there are. The bits do not depend on it. */
  readonly threads: number;
}

/** An array that crosses: values and shape. */
export interface Values {
  readonly data: Float32Array;
  readonly shape: readonly number[];
}

/** Some pictures with their labels, as bytes [n, channels, height, width]. */
export interface Pictures {
  readonly bytes: Uint8Array;
  readonly shape: readonly [count: number, channels: number, height: number, width: number];
  /** The class of each; −1: unknown. */
  readonly labels: Int32Array;
}

/** One layer, as the page shows it. */
export interface LayerRow {
  readonly path: string;
  readonly type: string;
  /** One sample's output. */
  readonly output: readonly number[];
  readonly parameters: number;
  readonly multiplyAdds: number;
  /** The patch of the input that one unit sees, where all see one of the same size. */
  readonly field: readonly number[] | undefined;
  /** The paths of the layers that it is applied to; `input` is the picture. */
  readonly from: readonly string[];
  /** The shape of its weight, where it has one. */
  readonly weight: readonly number[] | undefined;
}

/** A network, layer by layer. */
export interface Described {
  readonly layers: readonly LayerRow[];
  readonly parameters: number;
  readonly multiplyAdds: number;
}

/** A run that is open: its data and its network, before or after steps. */
export interface Opened extends Described {
  readonly dataName: string;
  readonly classes: readonly string[];
  /** One picture: [channels, height, width]. */
  readonly input: readonly number[];
  readonly trainCount: number;
  readonly heldOutCount: number;
  /** A few training pictures to show. */
  readonly sample: Pictures;
  readonly stepsPerEpoch: number;
  /** Whether the course of the rate is laid out for the number of epochs, so that more of them make another run. */
  readonly spansRun: boolean;
  readonly threads: Threads;
  /** The layers that have the weights of the network before. */
  readonly kept: readonly KeptLayer[];
}

/** How many threads compute, and why not more. */
export interface Threads {
  readonly used: number;
  readonly available: number;
  /** Whether the page may share memory between threads. */
  readonly isolated: boolean;
}

/** A place in the run: finished epochs, and finished steps of the next. */
export interface Moment {
  readonly epoch: number;
  readonly step: number;
}

/** What the run has come to. */
export interface Snapshot {
  /** What reproduces the run as it is: the recipe that was opened, and what has been changed since. */
  readonly recipe: Recipe;
  /** Where the network is. When the run is done, the end of its best epoch. */
  readonly moment: Moment;
  /** The end of what has been trained: later than `moment` after a return to an earlier one. */
  readonly reached: Moment;
  readonly state: "idle" | "compiling" | "training" | "paused" | "done" | "failed";
  /** The training figures over the current epoch so far. */
  readonly figures: Figures | undefined;
  /** What the next step is taken with, before the schedule. */
  readonly settings: Settings;
  /** Labels that differ from those of the data. */
  readonly relabeled: readonly ChangedLabel[];
  /** One point a step: the step of the whole run and the loss over its epoch so far; since the last snapshot. */
  readonly curve: readonly CurvePoint[];
  /** One point an epoch, all of them. */
  readonly epochs: readonly EpochPoint[];
  readonly bestEpoch: number;
  /** Moments that can be returned to. */
  readonly kept: readonly Moment[];
  readonly millisecondsPerStep: number;
  readonly samplesPerSecond: number;
  readonly failure: string | undefined;
}

export interface CurvePoint {
  /** In epochs. */
  readonly at: number;
  readonly figures: Figures;
  readonly gradientNorm: number;
}

export interface EpochPoint {
  readonly epoch: number;
  readonly training: Figures;
  readonly validation: Figures | undefined;
  readonly seconds: number;
}

/** What can be asked of the network at this moment, about one picture. */
export interface Inside {
  /** The output of each layer, by path. */
  readonly values: Readonly<Record<string, Values>>;
  /** The derivative of the score of a class by each of them; empty unless asked for. */
  readonly gradients: Readonly<Record<string, Values>>;
  readonly probabilities: Float32Array;
}

/** The answers to held-out pictures. */
export interface Answers {
  readonly probabilities: Values;
  readonly pictures: Pictures;
  /** The row of each among the held-out pictures. */
  readonly rows: Int32Array;
  /** Counts, actual by predicted. */
  readonly confusion: readonly (readonly number[])[];
}

/** What a slider changes while the run goes on. */
export type Steering = Partial<Settings>;

/** Options of opening a recipe. */
export interface OpenOptions {
  /** Whether layers that the network of the open run has, too, keep their weights. Default false. */
  readonly keepWeights?: boolean | undefined;
}

/** The run: opening, training, steering. */
export interface RunCalls {
  /**
   * Reads the data and builds the network of a recipe; nothing is trained yet. Errors are the library's.
   * @param options.keepWeights whether layers that the open run's network has, too, keep their weights. Default false: the
   *   same recipe gives the same bits
   */
  open(recipe: Recipe, options?: OpenOptions): Promise<Opened>;
  /** Calls back after steps and changes of state, at most as often as the page draws. */
  watch(onSnapshot: (snapshot: Snapshot) => unknown): Promise<void>;
  train(): Promise<void>;
  pause(): Promise<void>;
  /** Takes some steps, then pauses. */
  step(count: number): Promise<void>;
  /** Goes back to a moment that was kept. */
  rewind(moment: Moment): Promise<void>;
  steer(changes: Steering): Promise<void>;
  /** Goes on for more epochs, unless the recipe's schedule spans the run. */
  extend(epochs: number): Promise<void>;
}

/** Looks at the network of this moment. */
export interface LookCalls {
  /** The inner values for one picture, bytes [channels, height, width], and the derivatives of a class's score by them. */
  look(picture: Uint8Array, options?: { readonly gradientsOf?: number }): Promise<Inside>;
  /** Weights and biases of a layer. */
  parameters(path: string): Promise<Readonly<Record<string, Values>>>;
  /** Answers to held-out pictures. */
  answers(count: number): Promise<Answers>;
  /** The model file. */
  modelBytes(): Promise<Uint8Array>;
}

/** Changes of labels, in force from the next step on. */
export interface LabelCalls {
  relabel(part: LabeledPart, row: number, label: number): Promise<void>;
}
/** Looks at model files. */
export interface ModelCalls {
  /** The layers of a model file. @throws the library's error for what is none */
  describeModel(bytes: Uint8Array): Promise<Described>;
}

/** The worker, as the page calls it. */
export type Session = RunCalls &
  LabelCalls &
  LookCalls &
  ModelCalls &
  NetworkCalls &
  LookingCalls &
  TakeCalls &
  UnitCalls &
  DataCalls;
