/**
 * What a task is: which columns of the data say what is right, which outputs the network must give, the loss, the figures
 * that are reported, and how outputs become answers. A task is a type and options, plain data, that runs write down and
 * models are saved with; the training loop, checkpoints, evaluation and the command line see only this interface.
 */
import { describeGiven, type NdArray, OptionError, type Shape } from "../../array/index.ts";
import type { Tensor } from "../../graph/index.ts";
import type { Picture } from "../../image/index.ts";
import {
  type AnyFactory,
  defineFactory,
  type Factory,
  type Schema,
  type TypedJson,
  type ValuesOf,
} from "../../options/index.ts";

/** Symbolic tensors by name. */
export type Tensors = Readonly<Record<string, Tensor>>;
/** Host arrays by name. */
export type Arrays = Readonly<Record<string, NdArray>>;
/** Numbers by name, such as `{ loss: 0.31, accuracy: 0.92 }`. */
export type Figures = Readonly<Record<string, number>>;

/** A column that a task reads besides the network's inputs. */
export interface Target {
  /** The kinds of column that will do: `["class"]`. */
  readonly kinds: readonly string[];
  /** Its name. Default: the column called as the task calls it, else the only one of these kinds. */
  readonly column?: string | undefined;
}

/** An output that a task reads. */
export interface Output {
  /** The expected shape: lengths, and words for axes of any length: `["n", 10]`. */
  readonly shape: readonly (number | string)[];
  /** What it holds, for messages: `scores, one for each class`. */
  readonly holds: string;
  /** Names that the network may call it by, the first one first. A network's only output may have any name. */
  readonly names?: readonly string[] | undefined;
}

/** What a task knows of data and network. */
export interface Scene {
  /** The names of classes by target; absent for columns without classes. */
  readonly names: Readonly<Record<string, readonly string[]>>;
  /** The shape of one row of each target, by target; known while there are data. */
  readonly shapes: Readonly<Record<string, Shape>>;
  /** The shape of the network's first input without the batch axis, such as [channels, height, width]. */
  readonly input: Shape;
  /** Whether the network is being trained: class weights and the like count then only. */
  readonly training: boolean;
  /** Of the training data: how many samples each class has, by target. */
  readonly counts?: Readonly<Record<string, readonly number[]>> | undefined;
}

/** All that was added up over a data set. */
export interface Totals {
  /** The sums of what `tally` gave, and in evaluation of what `detail` gave, as `f64`. */
  readonly sums: Arrays;
  /** What `collect` gave for each sample, one batch after the other; empty while training. */
  readonly collected: Arrays;
  /** How many samples there were. */
  readonly count: number;
  /** The number of each sample in the data set, where samples were left out. */
  readonly rows?: Int32Array | undefined;
}

/** One of several things that a sample may be. */
export interface Choice {
  /** The name of the class. */
  readonly class: string;
  /** How likely it is, 0 … 1. */
  readonly probability: number;
}

/** What a network says of one sample, for people and machines. */
export interface Answer {
  /** A line, such as `cat (93 %)`. */
  readonly text: string;
  /** The same as plain data. */
  readonly json: unknown;
  /** What it could be, the likeliest first, where there is a choice. */
  readonly choices?: readonly Choice[] | undefined;
  /** A picture of it, where there is something to look at. */
  readonly picture?: Picture | undefined;
}

/** What is to be learned, and what it is worth: made by a factory such as `classification()`. */
export interface Task<D extends object = object> {
  /** The unique name of its type. */
  readonly type: string;
  /** All options, with defaults filled in. */
  readonly options: Readonly<Record<string, unknown>>;
  /** The columns that loss and figures read, by the names by which they get them. */
  readonly targets: () => Readonly<Record<string, Target>>;
  /** The outputs that loss and figures read, by the names by which they get them. */
  readonly outputs: (scene: Scene) => Readonly<Record<string, Output>>;
  /** The number to make small: a scalar, the mean over the samples of the batch. */
  readonly loss: (outputs: Tensors, targets: Tensors, scene: Scene) => Tensor;
  /** Sums over the samples of a batch, of fixed shapes, from which the figures follow. */
  readonly tally: (outputs: Tensors, targets: Tensors, scene: Scene) => Tensors;
  /** Further sums, in evaluation only. */
  readonly detail: (outputs: Tensors, targets: Tensors, scene: Scene) => Tensors;
  /** What figures that are no sums need of each sample, [n, …], in evaluation only. All of it is kept. */
  readonly collect: (outputs: Tensors, targets: Tensors, scene: Scene) => Tensors;
  /** The figures from the sums. The loss is added in front. */
  readonly figures: (totals: Totals, scene: Scene) => Figures;
  /** More than numbers by name, in evaluation: confusions, figures of each class. */
  readonly details: (totals: Totals, scene: Scene) => D;
  /** The figure that decides which epoch was best. */
  readonly best: string;
  /** Figures of which less is better, `loss` among them. */
  readonly lowerIsBetter: readonly string[];
  /** Figures that are shares, 0 … 1, which people are shown in percent. */
  readonly shares: readonly string[];
  /** What a network says, ready for use: probabilities of scores, classes of pixels. */
  readonly predict: (outputs: Tensors, scene: Scene) => Tensors;
  /** The answer in one sample's row of each prediction. */
  readonly answer: (prediction: Arrays, scene: Scene) => Answer;
  /** `{ type, ...options }`, from which the task can be made again. */
  readonly toJSON: () => TypedJson;
}

/** A scene, with the options of the task in it. */
export type SceneOf<S extends Schema> = Scene & { readonly options: ValuesOf<S> };

/** The definition of a type of task, as `defineTask` takes it. */
export interface TaskDefinition<S extends Schema, D extends object = object> {
  /** Unique; what runs and saved models call the task. */
  readonly type: string;
  /** The kind of each option. Every value is plain data. */
  readonly options: S;
  /** As in `Task`. Default: none. */
  readonly targets?: ((options: ValuesOf<S>) => Readonly<Record<string, Target>>) | undefined;
  /** As in `Task`. */
  readonly outputs: (scene: SceneOf<S>) => Readonly<Record<string, Output>>;
  /** As in `Task`. */
  readonly loss: (outputs: Tensors, targets: Tensors, scene: SceneOf<S>) => Tensor;
  /** As in `Task`. Default: nothing is added up but the loss. */
  readonly tally?: ((outputs: Tensors, targets: Tensors, scene: SceneOf<S>) => Tensors) | undefined;
  /** As in `Task`. Default: nothing. */
  readonly detail?: ((outputs: Tensors, targets: Tensors, scene: SceneOf<S>) => Tensors) | undefined;
  /** As in `Task`. Default: nothing. */
  readonly collect?: ((outputs: Tensors, targets: Tensors, scene: SceneOf<S>) => Tensors) | undefined;
  /** As in `Task`. Default: none but the loss. */
  readonly figures?: ((totals: Totals, scene: SceneOf<S>) => Figures) | undefined;
  /** As in `Task`. Default: nothing. */
  readonly details?: ((totals: Totals, scene: SceneOf<S>) => D) | undefined;
  /** As in `Task`. Default `loss`. */
  readonly best?: string | undefined;
  /** Figures of which less is better, besides `loss`. Default: none. */
  readonly lowerIsBetter?: readonly string[] | undefined;
  /** Figures that are shares, 0 … 1. Default: none. */
  readonly shares?: readonly string[] | undefined;
  /** As in `Task`. Default: the outputs as they are. */
  readonly predict?: ((outputs: Tensors, scene: SceneOf<S>) => Tensors) | undefined;
  /** As in `Task`. Default: the numbers. */
  readonly answer?: ((prediction: Arrays, scene: SceneOf<S>) => Answer) | undefined;
}

/** Makes tasks of one type. */
export type TaskFactory<O extends object = Record<never, never>, D extends object = object> = Factory<O, Task<D>>;

/** How many classes there are, or a word where that is not known. */
export const countOf = (names: readonly string[] | undefined, otherwise: string): number | string =>
  names?.length ?? otherwise;

const nothing = (): Readonly<Record<string, never>> => ({});

/**
 * Defines a type of task. Tasks of your own work like built-in ones.
 * @example
 * const countDots = defineTask({
 *   type: "countDots",
 *   options: {},
 *   targets: () => ({ count: { kinds: ["numbers"] } }),
 *   outputs: () => ({ guess: { shape: ["n", 1], holds: "the number of dots" } }),
 *   loss: ({ guess }, { count }) => nn.huber(guess, count),
 *   tally: ({ guess }, { count }) => ({ right: sum(cast(equal(round(guess), count), "f32")) }),
 *   figures: ({ sums: { right }, count }) => ({ accuracy: right.item() / count }),
 *   best: "accuracy",
 *   shares: ["accuracy"],
 * });
 */
export function defineTask<S extends Schema, D extends object = object>(
  definition: TaskDefinition<S, D>,
): AnyFactory<Task<D>> {
  const { type, options: schema, best = "loss", lowerIsBetter = [], shares = [] } = definition;
  for (const rule of ["outputs", "loss"] as const)
    if (typeof definition[rule] !== "function")
      throw new OptionError(`defineTask: ${type} needs ${rule}, a function, got ${describeGiven(definition[rule])}`);
  const make = (options: ValuesOf<S>): Task<D> => {
    const within = (scene: Scene): SceneOf<S> => ({ ...scene, options });
    const traced =
      (rule: TaskDefinition<S, D>["tally"]): Task["tally"] =>
      (outputs, targets, scene) =>
        rule?.(outputs, targets, within(scene)) ?? {};
    return {
      type,
      options,
      best,
      lowerIsBetter: ["loss", ...lowerIsBetter],
      shares,
      targets: () => definition.targets?.(options) ?? nothing(),
      outputs: (scene) => definition.outputs(within(scene)),
      loss: (outputs, targets, scene) => definition.loss(outputs, targets, within(scene)),
      tally: traced(definition.tally),
      detail: traced(definition.detail),
      collect: traced(definition.collect),
      figures: (totals, scene) => definition.figures?.(totals, within(scene)) ?? nothing(),
      details: (totals, scene) => definition.details?.(totals, within(scene)) ?? ({} as D),
      predict: (outputs, scene) => definition.predict?.(outputs, within(scene)) ?? outputs,
      answer: (prediction, scene) => (definition.answer ?? numbersOf)(prediction, within(scene)),
      toJSON: () => ({ type, ...options }),
    };
  };
  return defineFactory({ type, options: schema, make });
}

/** How many numbers of a prediction a line shows. */
const SHOWN = 8;

/** The numbers themselves. */
function numbersOf(prediction: Arrays): Answer {
  const entries = Object.entries(prediction);
  const json = Object.fromEntries(entries.map(([name, array]) => [name, array.toNested()]));
  const texts = entries.map(([name, { data }]) => {
    const shown = Array.from(data.subarray(0, SHOWN), (value) => Number(value.toPrecision(4)));
    return `${name} ${shown.join(", ")}${data.length > SHOWN ? ", …" : ""}`;
  });
  return { text: texts.join("; "), json };
}

/** Whether a value is what a factory of tasks makes. */
export const isTask = (value: unknown): value is Task =>
  typeof value === "object" && value !== null && "loss" in value && "figures" in value && "targets" in value;
