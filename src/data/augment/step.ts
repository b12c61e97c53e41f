/**
 * What a step of augmentation is: a type and options, plain data that can be written down and sent to a worker, and a
 * record of what steps of this type do. A step draws its random numbers by address, picture by picture, so that what
 * becomes of a picture depends on seed, epoch, the picture's number and the place of the step alone: not on the batch
 * that it is in, nor on who prepares the batch.
 */
import { type DType, type NdArray, Random, type Shape } from "../../array/index.ts";
import { defineFactory, type Factory, readOptions, type Schema, type ValuesOf } from "../../options/index.ts";

/** One step of augmentation: plain data, so that it can be sent to a worker and written into a run's configuration. */
export interface Augmentation {
  /** A name in the table `augmentations`. */
  readonly type: string;
  /** All options of the type, with nothing left out. */
  readonly options: Readonly<Record<string, unknown>>;
}

/**
 * A batch of pictures on its way through augmentation. Places are in pixels; what lies outside after a step is cut off.
 */
export interface AugmentedBatch {
  /** `u8` or `f32` [n, channels, height, width]; bytes stand for value / 255. */
  readonly images: NdArray;
  /** Class numbers `i32` [n], or probabilities `f32` [n, classes]. */
  readonly labels: NdArray;
  /**
   * `f32` [n, k, 4]: left, top, right, bottom, measured along the pixels' edges, so that the box of pixel (x, y) alone is
   * x, y, x + 1, y + 1. Of a box that leaves the picture the part inside remains; four zeros are no box.
   */
  readonly boxes?: NdArray | undefined;
  /** `f32` [n, k, 2]: x and y, (0, 0) being the center of the top left pixel. A point outside becomes NaN, NaN. */
  readonly keyPoints?: NdArray | undefined;
  /** Class numbers of the pixels, `i32` or `u8` [n, height, width]. */
  readonly masks?: NdArray | undefined;
}

/** Where random numbers come from: draws depend on these alone. */
export interface Draw {
  /** Of the run: 0 … 2³² − 1. */
  readonly seed: number;
  /** The number of the epoch, which changes what is drawn. */
  readonly epoch: number;
  /** The data set's numbers of the batch's pictures. */
  readonly samples: ArrayLike<number>;
  /** Of several picture columns the one that is augmented, each by draws of its own. Default: there is only one. */
  readonly column?: string | undefined;
}

/** What a step may look at besides its batch. */
export interface StepContext {
  /** The random numbers of the batch's picture `i`, from the first one on. */
  readonly random: (i: number) => Random;
  readonly classes: number;
}

/** What there is to know of a type of step. */
interface Definition<S extends Schema> {
  readonly type: string;
  readonly options: S;
  /** The shape [channels, height, width] of pictures after the step. Default: as before. */
  readonly shape?: (options: ValuesOf<S>, shape: Shape) => Shape;
  /** The element type after the step. Default: as before. */
  readonly dtype?: DType;
  /** Whether labels come out as probabilities. Default false. */
  readonly mixesLabels?: boolean;
  readonly apply: (options: ValuesOf<S>, batch: AugmentedBatch, context: StepContext) => AugmentedBatch;
}

/** A type of step, as batches go through it. */
export interface StepType {
  /** The unique name of the step's type. */
  readonly type: string;
  /** Whether labels come out as probabilities [n, classes] instead of class numbers. */
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
  /** What the steps do. */
  readonly step: StepType;
}

export function defineAugmentation<S extends Schema>({ type, options: schema, ...definition }: Definition<S>) {
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
export function contextOf({ seed, epoch, samples, column }: Draw, place: number, classes: number): StepContext {
  const stream = `augment ${place} in epoch ${epoch}${column === undefined ? "" : ` of ${column}`}`;
  return { classes, random: (i) => new Random(seed, stream, samples[i]) };
}
