/**
 * Several objects in a picture: where each is, and of which class. A network gives maps, of centers and of the distances to the
 * edges of boxes (`box-maps.ts`), such as `detector` of `fovea/models`. Loss, with w the weight of the boxes:
 *
 *   L = heatMapFocal(scores, centers) + w · 1/N Σ_cells weight (1 − GIoU),   N the number of boxes
 *
 * Sources: Zhou, Wang, Krähenbühl 2019, "Objects as Points"; Rezatofighi et al. 2019, "Generalized Intersection over Union".
 */
import { type NdArray, type Shape, ShapeError } from "../../array/index.ts";
import { takeRows } from "../../data/index.ts";
import { located, type Tensor } from "../../graph/index.ts";
import { annotate } from "../../image/index.ts";
import * as nn from "../../nn/index.ts";
import { add, div, maximum, mul } from "../../ops/index.ts";
import { integer, optional, positive, real, text, withDefault } from "../../options/index.ts";
import { type DetectionPicture, type DetectionShares, detectionMetrics } from "../metrics/index.ts";
import { classNamesOf, formatPercent, frameOf, placeOf } from "./answers.ts";
import { boxesOfEdges, findBoxes, type Grid, isBox, mapsOfBoxes } from "./box-maps.ts";
import { oncePer } from "./once-per.ts";
import { type Arrays, axisLength, defineTask, type Figures, type Scene, type TaskFactory } from "./task.ts";
import { countTrue } from "./tensors.ts";
import { boxesInPicture } from "./view.ts";

/** The details of an evaluation of `detection`. */
export interface DetectionDetails {
  /** Average precisions of each class by name, with the number of its boxes; NaN for one without boxes. */
  readonly perClass: Readonly<Record<string, DetectionShares & { readonly support: number }>>;
  /** `map` of objects of up to 32² pixels. */
  readonly small: number;
  /** `map` of objects of 32² to 96² pixels. */
  readonly medium: number;
  /** `map` of objects of 96² pixels and more. */
  readonly large: number;
}

/** A box in an answer of `detection`. */
export interface FoundObject {
  /** The name of its class. */
  readonly class: string;
  /** 0 … 1. */
  readonly score: number;
  /** Left, top, right, bottom, in pixels. */
  readonly box: readonly [left: number, top: number, right: number, bottom: number];
}

/** Options of `detection`. */
export interface DetectionTaskOptions {
  /** The column of the boxes, in pixels. Default: the only one with boxes. */
  readonly boxes?: string | undefined;
  /** The column of their classes. Default: `labels`, or the only one with classes. */
  readonly labels?: string | undefined;
  /** How much the boxes count beside the centers. Default 5. */
  readonly boxWeight?: number | undefined;
  /** σ of the Gaussians around centers, as a share of the box's size. Default 0.09. */
  readonly spread?: number | undefined;
  /** How many boxes are found in a picture at most. Default 100. */
  readonly most?: number | undefined;
  /** The overlap above which the worse of two boxes of a class is dropped, 0 … 1. Default 0.6. */
  readonly overlap?: number | undefined;
  /** The score from which on a box is told; figures count all. Default 0.3. */
  readonly least?: number | undefined;
}

/** The cells of maps [n, …, h, w] of pictures [channels, height, width]. @throws ShapeError unless they are square */
function gridOf({ shape }: Tensor, input: Shape): Grid {
  const [[h, w], [height, width]] = [shape.slice(-2), input.slice(-2)];
  const stride = Math.round(height / h);
  if (h * stride === height && w * stride === width) return { h, w, stride };
  throw new ShapeError(
    `${located("detection")}: the network gives maps of ${h} × ${w} cells for pictures of ${height} × ${width} pixels, which no ` +
      "cells of one size fill; scale pictures to sides that its strides divide, such as multiples of 32",
  );
}

/** The places of a picture's boxes that are there and have a class. */
const placesOf = (boxes: NdArray, classes: NdArray): number[] =>
  [...classes.data.keys()].filter((k) => {
    const [left, top, right, bottom] = boxes.row(k).data;
    return right > left && bottom > top && classes.data[k] >= 0;
  });

/** What was found in each picture, beside what is there. */
function picturesOf({ boxes, scores, classes, trueBoxes, trueClasses }: Arrays): DetectionPicture[] {
  const chosen = (i: number, boxes: NdArray, classes: NdArray, scores = boxes) => {
    const places = placesOf(boxes.row(i), classes.row(i));
    const take = (array: NdArray): NdArray => takeRows(array.row(i), places);
    return { boxes: take(boxes), classes: take(classes), scores: take(scores) };
  };
  return Array.from({ length: boxes.shape[0] }, (_, i) => ({
    truth: chosen(i, trueBoxes, trueClasses),
    found: chosen(i, boxes, classes, scores),
  }));
}

/** The figures of all pictures; undefined while training, which keeps none. */
const metricsOf = oncePer((collected: Arrays, classes: number) =>
  collected.boxes === undefined ? undefined : detectionMetrics(picturesOf(collected), classes),
);

/** The boxes of one picture with their class numbers, in the picture's pixels, the best first, from a score on. */
function foundObjects({ boxes, scores, classes }: Arrays, scene: Scene, least: number) {
  const { names } = scene;
  const inPicture = boxesInPicture(boxes, scene);
  return placesOf(boxes, classes)
    .filter((k) => scores.data[k] >= least)
    .map((k) => ({
      label: classes.data[k],
      class: classNamesOf([classes.data[k]], names.labels)[0],
      score: scores.data[k],
      box: [...inPicture.row(k).data] as unknown as FoundObject["box"],
    }));
}

/**
 * Boxes of objects with their classes; the columns are `boxes`, ragged, and their classes, ragged. Figures, in evaluation:
 * `map`, COCO's mean average precision over overlaps of 0.5 to 0.95, `ap50` and `ap75`, at one. Details: those of each class
 * and of small, medium and large objects. Predictions: `boxes` [n, most, 4] in pixels of the network's input, `scores` and
 * `classes`, the best first; places that are left over have score 0 and class −1.
 */
export const detection: TaskFactory<DetectionTaskOptions, DetectionDetails> = defineTask({
  type: "detection",
  options: {
    boxes: optional(text()),
    labels: optional(text()),
    boxWeight: withDefault(positive(), 5),
    spread: withDefault(positive(), 0.09),
    most: withDefault(integer(1), 100),
    overlap: withDefault(real(0, 1), 0.6),
    least: withDefault(real(0, 1), 0.3),
  },
  targets: ({ boxes, labels }) => ({
    labels: { kinds: ["class"], column: labels },
    boxes: { kinds: ["boxes"], column: boxes },
  }),
  outputs: ({ names: { labels } }) => ({
    scores: { shape: ["n", axisLength(labels, "classes"), "h", "w"], holds: "scores of centers, a map for each class" },
    edges: { shape: ["n", 4, "h", "w"], holds: "maps of the distances to the left, top, right and bottom edge" },
  }),
  loss: ({ scores, edges }, { boxes, labels }, { input, options: { spread, boxWeight } }) => {
    const grid = gridOf(scores, input);
    const wanted = mapsOfBoxes(boxes, labels, scores.shape[1], spread, grid);
    const misses = nn.giouLoss(boxesOfEdges(edges, grid), wanted.boxes, {
      ...{ reduction: "sum", sampleWeights: wanted.weights },
    });
    const missed = div(misses, maximum(countTrue(isBox(boxes)), 1));
    return add(nn.heatMapFocal(scores, wanted.centers), mul(missed, boxWeight));
  },
  collect: ({ scores, edges }, { boxes, labels }, { input, options }) => ({
    ...findBoxes(scores, edges, options, gridOf(scores, input)),
    ...{ trueBoxes: boxes, trueClasses: labels },
  }),
  figures: ({ collected }, { names: { labels = [] } }): Figures => {
    const metrics = metricsOf(collected, labels.length);
    return metrics === undefined ? {} : { map: metrics.map, ap50: metrics.ap50, ap75: metrics.ap75 };
  },
  details: ({ collected }, { names: { labels = [] } }) => {
    const { perClass, small, medium, large } = metricsOf(collected, labels.length)!;
    return { perClass: Object.fromEntries(perClass.map((one, k) => [labels[k], one])), small, medium, large };
  },
  best: "map",
  trainingOnly: ["boxWeight", "spread"],
  shares: ["map", "ap50", "ap75"],
  predict: ({ scores, edges }, { input, options }) => findBoxes(scores, edges, options, gridOf(scores, input)),
  answer: (prediction, scene) => {
    const objects = foundObjects(prediction, scene, scene.options.least).map(({ label: _, ...object }) => object);
    const text = objects.map(({ class: name, score, box }) => `${name} (${formatPercent(score)}) at ${placeOf(box)}`);
    return { text: text.length === 0 ? "nothing" : text.join("; "), json: objects };
  },
  draw: (prediction, picture, scene) =>
    annotate(
      picture,
      // The best ones are drawn last, over the others.
      foundObjects(prediction, scene, scene.options.least)
        .reverse()
        .map(({ label, class: name, score, box }) => frameOf(box, label, `${name} ${Math.round(100 * score)}`)),
    ),
});
