/** What a page and its worker say to each other. Plain data: everything crosses a thread. */
import type { Figures } from "fovea/train";
import type { DataCalls } from "./api/data.ts";
import type { KeptLayer, NetworkCalls } from "./api/network.ts";

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
}

/** A run that is open: its data and its network, before or after steps. */
export interface Opened {
  readonly dataName: string;
  readonly classes: readonly string[];
  /** One picture: [channels, height, width]. */
  readonly input: readonly number[];
  readonly trainCount: number;
  readonly heldOutCount: number;
  /** A few training pictures to show. */
  readonly sample: Pictures;
  readonly layers: readonly LayerRow[];
  readonly parameters: number;
  readonly multiplyAdds: number;
  readonly stepsPerEpoch: number;
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
  readonly moment: Moment;
  readonly state: "idle" | "compiling" | "training" | "paused" | "done" | "failed";
  /** The training figures over the current epoch so far. */
  readonly figures: Figures | undefined;
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
  /** Counts, actual by predicted. */
  readonly confusion: readonly (readonly number[])[];
}

/** What a slider changes while the run goes on. */
export interface Steering {
  readonly rate?: number;
  readonly momentum?: number;
  readonly decay?: number;
}

/** The run: opening, training, steering. */
export interface RunCalls {
  /**
   * Reads the data and builds the network of a recipe; nothing is trained yet. Errors are the library's.
   * @param options.keepWeights whether layers that the open run's network has, too, keep their weights. Default false: the
   *   same recipe gives the same bits
   */
  open(recipe: Recipe, options?: { readonly keepWeights?: boolean }): Promise<Opened>;
  /** Calls back after steps and changes of state, at most as often as the page draws. */
  watch(onSnapshot: (snapshot: Snapshot) => unknown): Promise<void>;
  train(): Promise<void>;
  pause(): Promise<void>;
  /** Takes some steps, then pauses. */
  step(count: number): Promise<void>;
  /** Goes back to a moment that was kept. */
  rewind(moment: Moment): Promise<void>;
  steer(changes: Steering): Promise<void>;
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

/** The worker, as the page calls it. */
export type Session = RunCalls & LookCalls & DataCalls & NetworkCalls;
