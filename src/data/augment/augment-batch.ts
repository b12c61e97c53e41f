/** Applies steps of augmentation to batches, and tells shapes and types of the result in advance. */
import {
  checkArray,
  checkObject,
  type DType,
  formatShape,
  type NdArray,
  type Shape,
  ShapeError,
  sameShape,
} from "../../array/index.ts";
import { stepTypeOf } from "./catalog.ts";
import { type Augmentation, type AugmentedBatch, type Draw, stepContext } from "./step.ts";

/**
 * Applies the steps to a batch, in order. Byte pictures stay bytes, rounded after each step. The result for a picture
 * depends only on the seed, the epoch, its index in the data set and the steps before (for `mixup` and `cutMix` also on the
 * next picture of the batch). The given batch is not changed.
 * @param classes the number of classes, for mixed labels
 * @throws ShapeError for arrays that do not match or do not suit a step, OptionError for invalid steps
 */
export function augmentBatch(
  steps: readonly Augmentation[],
  batch: AugmentedBatch,
  draw: Draw,
  classes: number,
): AugmentedBatch {
  checkAugmentedBatch(batch, draw, classes);
  return steps.reduce(
    (before, step, place) => stepTypeOf(step).apply(step.options, before, stepContext(draw, place, classes)),
    batch,
  );
}

/**
 * The shape [channels, height, width] of pictures after the steps; other inputs, which take no steps, keep their shape.
 * @throws ShapeError when a step does not suit them
 */
export function augmentedShape(steps: readonly Augmentation[], shape: Shape): Shape {
  if (steps.length > 0 && shape.length !== 3)
    throw new ShapeError(
      `augment: ${steps[0].type} is for pictures [channels, height, width], the inputs are ${formatShape(shape)}; leave augment out`,
    );
  return steps.reduce((before, step) => stepTypeOf(step).shape(step.options, before), shape);
}

/** The element type of pictures after the steps. */
export const augmentedType = (steps: readonly Augmentation[], dtype: DType): DType =>
  steps.reduce((before, step) => stepTypeOf(step).dtype ?? before, dtype);

/** Whether labels become probabilities [n, classes]. */
export const mixesLabels = (steps: readonly Augmentation[]): boolean =>
  steps.some((step) => stepTypeOf(step).mixesLabels);

function checkAugmentedBatch(batch: AugmentedBatch, draw: Draw, classes: number): void {
  checkObject("a batch to augment, { images, labels }", batch);
  checkObject("what augmentation draws by, { seed, epoch, samples }", draw);
  const { images, labels, boxes, keyPoints, keyPointPairs = [], keyPointLabels, masks } = batch;
  checkArray("augmentBatch", "images", images);
  checkArray("augmentBatch", "labels", labels);
  const [n, channels, height, width] = images.shape;
  if (images.shape.length !== 4 || (images.dtype !== "u8" && images.dtype !== "f32"))
    throw unfit("pictures must be u8 or f32 [n, channels, height, width]", images);
  if (draw.samples.length !== n)
    throw unfit(`there are ${draw.samples.length} numbers of samples for pictures`, images);
  const isOf = ({ dtype, shape }: NdArray, types: readonly DType[], wanted: Shape): boolean =>
    types.includes(dtype) && sameShape(shape, wanted);
  if (!isOf(labels, ["i32"], [n]) && !isOf(labels, ["f32"], [n, classes]))
    throw unfit(`labels must be i32 [${n}] or f32 [${n},${classes}]`, labels);
  const [of, ofPoints] = [boxes?.shape[1] ?? 0, keyPoints?.shape[1] ?? 0];
  if (boxes && !isOf(boxes, ["f32"], [n, of, 4])) throw unfit(`boxes must be f32 [${n}, k, 4]`, boxes);
  if (keyPoints && !isOf(keyPoints, ["f32"], [n, ofPoints, 2]))
    throw unfit(`key points must be f32 [${n}, k, 2]`, keyPoints);
  if (keyPoints && keyPointPairs.flat().some((k) => !(k >= 0 && k < ofPoints)))
    throw unfit(`keyPointPairs must have numbers from 0 to ${ofPoints - 1}`, keyPoints);
  if (keyPointLabels && !isOf(keyPointLabels, ["f32"], [n, ofPoints]))
    throw unfit(`keyPointLabels must be f32 [${n},${ofPoints}]`, keyPointLabels);
  if (masks && !isOf(masks, ["i32", "u8"], [n, height, width]))
    throw unfit(`masks must be i32 or u8 [${n},${height},${width}]`, masks);
  if (channels * height * width === 0) throw unfit("pictures must have pixels", images);
}

const unfit = (what: string, { dtype, shape }: NdArray): ShapeError =>
  new ShapeError(`augmentBatch: ${what}, got ${dtype} ${formatShape(shape)}`);
