/**
 * What a task is: which columns are targets, which outputs the network must give, the loss, the figures, and how outputs
 * become answers. A task is a type and options, plain data, which runs record and models are saved with; the training loop,
 * checkpoints, evaluation and the command line see only this interface.
 */
import { describeGiven, type NdArray, OptionError, type Shape } from "../../array/index.ts";
import type { Tensor } from "../../graph/index.ts";
import type { BytePicture, Picture, Rectangle } from "../../image/index.ts";
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
  /** The accepted kinds of column: `["class"]`. */
  readonly kinds: readonly string[];
  /** Its name. Default: the column with the target's name, else the only one of these kinds. */
  readonly column?: string | undefined;
  /** Whether all of its rows must have one shape. Default: they may differ in length. */
  readonly fixed?: boolean | undefined;
  /** Whether it has one element for each step of the network's input sequence. Default false. */
  readonly perStep?: boolean | undefined;
}

/** An output that a task reads. */
export interface Output {
  /** The expected shape: lengths, words for axes of any length, and `…` for any number of axes: `["n", 10]`. */
  readonly shape: readonly (number | string)[];
  /** Whether as many numbers in another shape will do, such as [n, 6] for [n, 3, 2]; they are reshaped. Default false. */
  readonly reshaped?: boolean | undefined;
  /** What it holds, for messages: `scores, one for each class`. */
  readonly holds: string;
  /** The names it may have in the network, in order of preference. A network's only output may have any name. */
  readonly names?: readonly string[] | undefined;
}

/** What a task knows about data and network. */
export interface Scene {
  /** The names of classes by target; absent for columns without classes. */
  readonly names: Readonly<Record<string, readonly string[]>>;
  /** The shape of one row of each target, by target; known while there are data. */
  readonly shapes: Readonly<Record<string, Shape>>;
  /** The shape of the network's first input without the batch axis, such as [channels, height, width]. */
  readonly input: Shape;
  /** Whether the network is being trained: class weights apply only then. */
  readonly training: boolean;
  /** The number of training samples of each class, by target. */
  readonly counts?: Readonly<Record<string, readonly number[]>> | undefined;
  /**
   * The part of a picture that the network's input shows, in the picture's pixels: answers and drawings have their positions in
   * these. Default: the input is the picture.
   */
  readonly view?: Rectangle | undefined;
}

/** The totals over a data set. */
export interface Totals {
  /** The sums of the results of `tally`, and in evaluation of `detail`, as `f64`. */
  readonly sums: Arrays;
  /** The results of `collect` for each sample, batch after batch; empty while training. */
  readonly collected: Arrays;
  /** The number of samples. */
  readonly count: number;
  /** The index of each sample in the data set, where samples were left out. */
  readonly rows?: Int32Array | undefined;
}

/** One of the possible classes of a sample. */
export interface Choice {
  /** The name of the class. */
  readonly class: string;
  /** Its probability, 0 … 1. */
  readonly probability: number;
}

/** The answer for one sample, for people and programs. */
export interface Answer {
  /** A line, such as `cat (93 %)`. */
  readonly text: string;
  /** The same as plain data. */
  readonly json: unknown;
  /** The possible classes, the most probable first, where there is a choice. */
  readonly choices?: readonly Choice[] | undefined;
  /**
   * Draws the answer on the picture that it is about, which may be enlarged for that, by a whole number; absent where there is
   * nothing to draw.
   */
  readonly draw?: ((picture: Picture, zoom?: number) => BytePicture) | undefined;
}

/** A task, made by a factory such as `classification()`. */
export interface Task<D extends object = object> {
  /** The unique name of its type. */
  readonly type: string;
  /** All options, with defaults filled in. */
  readonly options: Readonly<Record<string, unknown>>;
  /** The columns that loss and figures read, by target name. */
  readonly targets: () => Readonly<Record<string, Target>>;
  /** The outputs that loss and figures read, by name. */
  readonly outputs: (scene: Scene) => Readonly<Record<string, Output>>;
  /** The loss to minimize: a scalar, the mean over the samples of the batch. */
  readonly loss: (outputs: Tensors, targets: Tensors, scene: Scene) => Tensor;
  /** Sums over the samples of a batch, of fixed shapes, from which the figures follow. */
  readonly tally: (outputs: Tensors, targets: Tensors, scene: Scene) => Tensors;
  /** Further sums, in evaluation only. */
  readonly detail: (outputs: Tensors, targets: Tensors, scene: Scene) => Tensors;
  /** Values of each sample, [n, …], for figures that are not sums; in evaluation only. All of them are kept in memory. */
  readonly collect: (outputs: Tensors, targets: Tensors, scene: Scene) => Tensors;
  /** The figures from the sums. The loss is added in front. */
  readonly figures: (totals: Totals, scene: Scene) => Figures;
  /** Results other than single numbers, in evaluation: confusion matrices, figures of each class. */
  readonly details: (totals: Totals, scene: Scene) => D;
  /** The figure that decides which epoch is best. */
  readonly best: string;
  /** Figures where lower is better, `loss` among them. */
  readonly lowerIsBetter: readonly string[];
  /** Figures that are shares, 0 … 1, shown in percent. */
  readonly shares: readonly string[];
  /** Predictions from outputs: probabilities from scores, classes of pixels. */
  readonly predict: (outputs: Tensors, scene: Scene) => Tensors;
  /** The answer, from one sample's row of each prediction. */
  readonly answer: (prediction: Arrays, scene: Scene) => Answer;
  /** Draws the same on the picture, of which the network's input shows the scene's `view`; absent where there is nothing to draw. */
  readonly draw?: ((prediction: Arrays, picture: Picture, scene: Scene) => BytePicture) | undefined;
  /** `{ type, ...options }`, from which the task can be recreated; functions are left out. */
  readonly toJSON: () => TypedJson;
  /** The same without options that matter only in training: what a trained model keeps. */
  readonly toSaved: () => TypedJson;
}

/** A scene, with the options of the task in it. */
export type SceneOf<S extends Schema> = Scene & { readonly options: ValuesOf<S> };

/** The definition of a type of task, for `defineTask`. */
export interface TaskDefinition<S extends Schema, D extends object = object> {
  /** The unique name of the type, as stored in runs and models. */
  readonly type: string;
  /** The kind of each option. Every value is plain data. */
  readonly options: S;
  /** As in `Task`. Default: none. */
  readonly targets?: ((options: ValuesOf<S>) => Readonly<Record<string, Target>>) | undefined;
  /** As in `Task`. */
  readonly outputs: (scene: SceneOf<S>) => Readonly<Record<string, Output>>;
  /** As in `Task`. */
  readonly loss: (outputs: Tensors, targets: Tensors, scene: SceneOf<S>) => Tensor;
  /** As in `Task`. Default: only the loss is summed. */
  readonly tally?: ((outputs: Tensors, targets: Tensors, scene: SceneOf<S>) => Tensors) | undefined;
  /** As in `Task`. Default: nothing. */
  readonly detail?: ((outputs: Tensors, targets: Tensors, scene: SceneOf<S>) => Tensors) | undefined;
  /** As in `Task`. Default: nothing. */
  readonly collect?: ((outputs: Tensors, targets: Tensors, scene: SceneOf<S>) => Tensors) | undefined;
  /** As in `Task`. Default: none but the loss. */
  readonly figures?: ((totals: Totals, scene: SceneOf<S>) => Figures) | undefined;
  /** As in `Task`. Default: nothing. */
  readonly details?: ((totals: Totals, scene: SceneOf<S>) => D) | undefined;
  /** As in `Task`; it may depend on the options. Default `loss`. */
  readonly best?: string | ((options: ValuesOf<S>) => string) | undefined;
  /** Figures where lower is better, besides `loss`. Default: none. */
  readonly lowerIsBetter?: readonly string[] | undefined;
  /** Figures that are shares, 0 … 1. Default: none. */
  readonly shares?: readonly string[] | undefined;
  /** Options that matter only in training, which models are saved without. Default: none. */
  readonly trainingOnly?: readonly (keyof S)[] | undefined;
  /** As in `Task`. Default: the outputs as they are. */
  readonly predict?: ((outputs: Tensors, scene: SceneOf<S>) => Tensors) | undefined;
  /** As in `Task`. Default: the numbers. */
  readonly answer?: ((prediction: Arrays, scene: SceneOf<S>) => Answer) | undefined;
  /** As in `Task`. Default: there is nothing to draw. */
  readonly draw?: ((prediction: Arrays, picture: Picture, scene: SceneOf<S>) => BytePicture) | undefined;
}

/** Makes tasks of one type. */
export type TaskFactory<O extends object = Record<never, never>, D extends object = object> = Factory<O, Task<D>>;

/** The number of classes, or a word where it is not known. */
export const axisLength = (names: readonly string[] | undefined, otherwise: string): number | string =>
  names?.length ?? otherwise;

const nothing = (): Readonly<Record<string, never>> => ({});

/**
 * Defines a type of task. Custom tasks work like built-in ones.
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
  const { type, options: schema, best = "loss", lowerIsBetter = [], shares = [], trainingOnly = [] } = definition;
  for (const rule of ["outputs", "loss"] as const)
    if (typeof definition[rule] !== "function")
      throw new OptionError(`defineTask: ${type} needs ${rule}, a function, got ${describeGiven(definition[rule])}`);
  const { draw } = definition;
  const make = (options: ValuesOf<S>): Task<D> => {
    const within = (scene: Scene): SceneOf<S> => ({ ...scene, options });
    const traced =
      (rule: TaskDefinition<S, D>["tally"]): Task["tally"] =>
      (outputs, targets, scene) =>
        rule?.(outputs, targets, within(scene)) ?? {};
    return {
      type,
      options,
      best: typeof best === "string" ? best : best(options),
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
      ...(draw && { draw: (prediction, picture, scene) => draw(prediction, picture, within(scene)) }),
      toJSON: () => ({ type, ...plainOf(options) }),
      toSaved: () => ({ type, ...plainOf(options, trainingOnly) }),
    };
  };
  return defineFactory({ type, options: schema, make });
}

/** Options that are data: without functions, such as a loss, and without those to leave out. */
const plainOf = (options: object, left: readonly PropertyKey[] = []): object =>
  Object.fromEntries(
    Object.entries(options).filter(([name, value]) => typeof value !== "function" && !left.includes(name)),
  );

/** The number of values of a prediction shown in a line. */
const SHOWN_VALUES = 8;

/** The default answer: the numbers themselves. */
function numbersOf(prediction: Arrays): Answer {
  const entries = Object.entries(prediction);
  const json = Object.fromEntries(entries.map(([name, array]) => [name, array.toNested()]));
  const texts = entries.map(([name, { data }]) => {
    const shown = Array.from(data.subarray(0, SHOWN_VALUES), (value) => Number(value.toPrecision(4)));
    return `${name} ${shown.join(", ")}${data.length > SHOWN_VALUES ? ", …" : ""}`;
  });
  return { text: texts.join("; "), json };
}

/** Whether a value is a task. */
export const isTask = (value: unknown): value is Task =>
  typeof value === "object" && value !== null && "loss" in value && "figures" in value && "targets" in value;
