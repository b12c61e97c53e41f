/**
 * A step of augmentation is a type and options, plain data that can be stored and sent to a worker; a record says what steps
 * of a type do. Random numbers are drawn by address for each picture, so the result depends only on the seed, the epoch, the
 * picture's index and the position of the step: not on its batch, nor on the thread that prepares it.
 */
import { type DType, type NdArray, Random, type Shape } from "../../array/index.ts";
import { defineFactory, type Factory, readOptions, type Schema, type ValuesOf } from "../../options/index.ts";

/** One step of augmentation: plain data, which can be sent to a worker and stored in a run's configuration. */
export interface Augmentation {
  /** The type: a name in the table `augmentations`. */
  readonly type: string;
  /** All options of the type, with defaults filled in. */
  readonly options: Readonly<Record<string, unknown>>;
}

/**
 * A batch of pictures during augmentation. Positions are in pixels; everything outside the frame after a step is clipped.
 */
export interface AugmentedBatch {
  /** `u8` or `f32` [n, channels, height, width]; bytes stand for value / 255. */
  readonly images: NdArray;
  /** Class numbers `i32` [n], or probabilities `f32` [n, classes]. */
  readonly labels: NdArray;
  /**
   * `f32` [n, k, 4]: left, top, right, bottom, measured along the pixels' edges, so that the box of pixel (x, y) alone is x,
   * y, x + 1, y + 1. Boxes are clipped to the picture; four zeros are no box.
   */
  readonly boxes?: NdArray | undefined;
  /** `f32` [n, k, 2]: x and y, (0, 0) being the center of the top left pixel. A point outside becomes NaN, NaN. */
  readonly keyPoints?: NdArray | undefined;
  /** Points that are left and right of each other, by number; they are exchanged in mirrored pictures. Default: none. */
  readonly keyPointPairs?: readonly (readonly [one: number, other: number])[] | undefined;
  /** `f32` [n, k], a number for each key point, such as whether it is visible; exchanged as they are. */
  readonly keyPointLabels?: NdArray | undefined;
  /** Class numbers of the pixels, `i32` or `u8` [n, height, width]. */
  readonly masks?: NdArray | undefined;
}

/** The address of random numbers: draws depend on these alone. */
export interface Draw {
  /** The run's seed: 0 … 2³² − 1. */
  readonly seed: number;
  /** The number of the epoch. */
  readonly epoch: number;
  /** The indices of the batch's pictures in the data set. */
  readonly samples: ArrayLike<number>;
  /** The augmented column, where there are several picture columns with separate draws. Default: there is only one. */
  readonly column?: string | undefined;
}

/** A step's inputs besides its batch. */
export interface StepContext {
  /** The random numbers of the batch's picture `i`, from the first. */
  readonly random: (i: number) => Random;
  readonly classes: number;
}

/** The definition of a type of step. */
interface StepDefinition<S extends Schema> {
  readonly type: string;
  readonly options: S;
  /** The shape [channels, height, width] of pictures after the step. Default: as before. */
  readonly shape?: (options: ValuesOf<S>, shape: Shape) => Shape;
  /** The element type after the step. Default: as before. */
  readonly dtype?: DType;
  /** Whether labels become probabilities. Default false. */
  readonly mixesLabels?: boolean;
  readonly apply: (options: ValuesOf<S>, batch: AugmentedBatch, context: StepContext) => AugmentedBatch;
}

/** A type of step. */
export interface StepType {
  /** The unique name of the step's type. */
  readonly type: string;
  /** Whether labels become probabilities [n, classes] instead of class numbers. */
  readonly mixesLabels: boolean;
  /** The element type of pictures after the step. Default: as before. */
  readonly dtype?: DType | undefined;
  /** The shape [channels, height, width] of pictures after the step. */
  readonly shape: (given: object, shape: Shape) => Shape;
  /** The batch after the step. The given batch is not changed. */
  readonly apply: (given: object, batch: AugmentedBatch, context: StepContext) => AugmentedBatch;
}

/** Makes steps of one type. */
export interface AugmentationFactory<O extends object> extends Factory<O, Augmentation> {
  /** The type of the steps. */
  readonly step: StepType;
}

export function defineAugmentation<S extends Schema>({ type, options: schema, ...definition }: StepDefinition<S>) {
  const read = (given: object): ValuesOf<S> => readOptions(type, schema, given);
  const step: StepType = {
    type,
    mixesLabels: definition.mixesLabels ?? false,
    dtype: definition.dtype,
    shape: (given, shape) => definition.shape?.(read(given), shape) ?? shape,
    apply: (given, batch, context) => definition.apply(read(given), batch, context),
  };
  const create = defineFactory({ type, options: schema, make: (options): Augmentation => ({ type, options }) });
  return Object.assign(create, { step });
}

/** The random numbers of one step for one batch. */
export function stepContext({ seed, epoch, samples, column }: Draw, place: number, classes: number): StepContext {
  const stream = `augment ${place} in epoch ${epoch}${column === undefined ? "" : ` of ${column}`}`;
  return { classes, random: (i) => new Random(seed, stream, samples[i]) };
}
