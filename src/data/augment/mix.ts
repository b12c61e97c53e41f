/**
 * Mixtures of two pictures and of their labels: a share λ of one and 1 − λ of the other. The other is the next picture of
 * the batch, cyclically, since batches are in random order already.
 *
 *   mixup    λ x + (1 − λ) x′,   λ ~ Beta(α, α)         Zhang, Cissé, Dauphin, Lopez-Paz 2018
 *   CutMix   a rectangle of x′ pasted into x; 1 − λ is its share of the area      Yun et al. 2019
 */
import { allocate, drawBeta, NdArray, OptionError, type Random, sizeOf, zeros } from "../../array/index.ts";
import { positive, real, withDefault } from "../../options/index.ts";
import { type AugmentationFactory, type AugmentedBatch, defineAugmentation } from "./step.ts";

/** Options of `mixup`. */
export interface MixupOptions {
  /** α: the larger, the more even the mixtures; with a small one, most are close to one of the two. Default 0.2. */
  readonly alpha?: number | undefined;
  /** The probability that a picture is mixed, 0 … 1. Default 1. */
  readonly probability?: number | undefined;
}

/** Options of `cutMix`. */
export interface CutMixOptions {
  /** α of the beta distribution that the share is drawn from. Default 1: all shares are equally likely. */
  readonly alpha?: number | undefined;
  /** The probability that a picture is mixed, 0 … 1. Default 1. */
  readonly probability?: number | undefined;
}

const mixOptions = (alpha: number) => ({
  alpha: withDefault(positive(), alpha),
  probability: withDefault(real(0, 1), 1),
});

/** λ: the share of a picture that remains. */
const drawShare = (random: Random, alpha: number, probability: number): number =>
  random.chance(probability) ? drawBeta(random, alpha, alpha) : 1;

/**
 * Blends each picture with another of the batch, and mixes their labels, which become probabilities.
 * @throws OptionError with boxes, key points or masks, which cannot be averaged
 */
export const mixup: AugmentationFactory<MixupOptions> = defineAugmentation({
  type: "mixup",
  options: mixOptions(0.2),
  mixesLabels: true,
  apply: ({ alpha, probability }, batch, { random, classes }) => {
    refuseTargets("mixup", batch, ["boxes", "keyPoints", "masks"]);
    const { images } = batch;
    const shares = remainingShares(images, (i) => drawShare(random(i), alpha, probability));
    const data = allocate(images.dtype, images.size);
    const size = sizeOf(images.shape.slice(1));
    const rounding = images.dtype === "u8" ? 0.5 : 0;
    shares.forEach((share, i) => {
      const [own, other] = [i * size, partnerOf(i, shares.length) * size];
      for (let k = 0; k < size; k++)
        data[own + k] = images.data[own + k] * share + images.data[other + k] * (1 - share) + rounding;
    });
    return { images: new NdArray(data, images.shape, images.dtype), labels: mixLabels(batch, shares, classes) };
  },
});

/**
 * Pastes a rectangle of another picture of the batch into each, at the same place, and mixes their labels by area, which
 * become probabilities. Masks are pasted as well.
 * @throws OptionError with boxes or key points, since pasting hides some and adds others
 */
export const cutMix: AugmentationFactory<CutMixOptions> = defineAugmentation({
  type: "cutMix",
  options: mixOptions(1),
  mixesLabels: true,
  apply: ({ alpha, probability }, batch, { random, classes }) => {
    refuseTargets("cutMix", batch, ["boxes", "keyPoints"]);
    const { images, masks } = batch;
    const [n, , height, width] = images.shape;
    const out = images.copy();
    const outMasks = masks?.copy();
    const shares = remainingShares(images, (i) => {
      const draws = random(i);
      const part = drawMixedPart(draws, drawShare(draws, alpha, probability), width, height);
      paste(images.row(partnerOf(i, n)), out.row(i), part);
      if (masks && outMasks) paste(masks.row(partnerOf(i, n)), outMasks.row(i), part);
      return 1 - ((part.right - part.left) * (part.bottom - part.top)) / (width * height);
    });
    return { images: out, labels: mixLabels(batch, shares, classes), ...(outMasks && { masks: outMasks }) };
  },
});

const partnerOf = (i: number, n: number): number => (i + 1) % n;

const remainingShares = ({ shape: [n] }: NdArray, shareOf: (i: number) => number): number[] =>
  Array.from({ length: n }, (_, i) => shareOf(i));

function refuseTargets(type: string, batch: AugmentedBatch, names: readonly ("boxes" | "keyPoints" | "masks")[]): void {
  const found = names.find((name) => batch[name] !== undefined);
  if (found !== undefined)
    throw new OptionError(
      `${type}: cannot carry ${found} along, since a picture becomes part of another; leave out one of them`,
    );
}

interface MixedPart {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** A rectangle of the picture's proportions and a share 1 − λ of its area, around a random pixel, clipped to the picture. */
function drawMixedPart(random: Random, share: number, width: number, height: number): MixedPart {
  const side = Math.sqrt(1 - share);
  const [wide, high] = [Math.floor(width * side), Math.floor(height * side)];
  const [left, top] = [random.integer(width) - (wide >> 1), random.integer(height) - (high >> 1)];
  return {
    left: Math.max(0, left),
    top: Math.max(0, top),
    right: Math.min(width, left + wide),
    bottom: Math.min(height, top + high),
  };
}

/** Copies a part of planes […, height, width] to the same place in others. */
function paste(from: NdArray, to: NdArray, { left, top, right, bottom }: MixedPart): void {
  const [height, width] = from.shape.slice(-2);
  for (let plane = 0; plane < from.size; plane += height * width) {
    for (let y = top; y < bottom; y++) {
      const row = plane + y * width;
      to.data.set(from.data.subarray(row + left, row + right), row + left);
    }
  }
}

/** λ of a picture's own label and 1 − λ of its partner's, as probabilities [n, classes]. */
function mixLabels({ labels }: AugmentedBatch, shares: readonly number[], classes: number): NdArray {
  const sure = labels.shape.length === 2 ? labels : oneHotLabels(labels, classes);
  const mixed = zeros(sure.shape, "f32");
  shares.forEach((share, i) => {
    const [own, other] = [i * classes, partnerOf(i, shares.length) * classes];
    for (let k = 0; k < classes; k++)
      mixed.data[own + k] = share * sure.data[own + k] + (1 - share) * sure.data[other + k];
  });
  return mixed;
}

function oneHotLabels(labels: NdArray, classes: number): NdArray {
  const probabilities = zeros([labels.size, classes]);
  for (let i = 0; i < labels.size; i++) probabilities.data[i * classes + labels.data[i]] = 1;
  return probabilities;
}
