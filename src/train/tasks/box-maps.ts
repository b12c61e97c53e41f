/**
 * Boxes as maps, for `detection`. The picture is a grid of h × w cells of `stride` pixels. Of box k with center c, width and
 * height, the cell of its center has weight 1 and those around it
 *
 *   G_k = exp(−d² / 2σ²),   σ = spread √(width · height)
 *
 * where d is the distance of the cells' centers. The scores of a class are to be max_k G_k over its boxes. A cell is to tell
 * the box of which it has the largest weight, by the distances of the four edges from the cell's center,
 *
 *   distance = 4 · stride · softplus(x)
 *
 * and counts G_k / Σ_cells G_k, so that large and small boxes count alike. Sources: Zhou, Wang, Krähenbühl 2019, "Objects as
 * Points" (heat maps of centers, peaks by pooling); Liu, Zheng, Xu, Ye, Cai 2020, "Training-Time-Friendly Network for Real-Time
 * Object Detection" (edges are learned around the center, too, with the weights of the heat map).
 */
import { NdArray } from "../../array/index.ts";
import { constant, type Tensor } from "../../graph/index.ts";
import {
  add,
  argMax,
  boxArea,
  broadcastTo,
  div,
  equal,
  gather,
  greater,
  greaterEqual,
  heatMaps,
  max,
  maximum,
  maxPool,
  minimum,
  mul,
  nonMaxSuppression,
  numbersBelow,
  reshape,
  select,
  sigmoid,
  slice,
  softplus,
  sqrt,
  sub,
  sum,
  transpose,
} from "../../ops/index.ts";

/** The cells of a picture. */
export interface Grid {
  /** The number of rows. */
  readonly h: number;
  /** The number of columns. */
  readonly w: number;
  /** Pixels along a cell. */
  readonly stride: number;
}

/** What the maps of a batch are to be. */
export interface BoxMaps {
  /** `f32` [n, classes, h, w]: 1 at centers, less around them. */
  readonly centers: Tensor;
  /** `f32` [n, h · w, 4]: the box that each cell is to tell, in pixels. */
  readonly boxes: Tensor;
  /** `f32` [n, h · w]: how much it counts; those of a box have the sum 1, if no other box is nearer to any. */
  readonly weights: Tensor;
}

/** Whether a box is there: four zeros are none. `bool` [n, k] of [n, k, 4]. */
export const isBox = (boxes: Tensor): Tensor => greater(boxArea(boxes), 0);

/** The rows [n, k, 4] at positions [n, m]: [n, m, 4]. */
const rowsAt = (rows: Tensor, positions: Tensor): Tensor => {
  const [n, m] = positions.shape;
  return gather(rows, broadcastTo(reshape(positions, [n, m, 1]), [n, m, 4]), 1);
};

/**
 * The maps that a network is to give.
 * @param boxes [n, k, 4] in pixels; four zeros are none
 * @param labels `i32` [n, k]; boxes of class −1 are of no class
 */
export function mapsOfBoxes(
  boxes: Tensor,
  labels: Tensor,
  classes: number,
  spread: number,
  { h, w, stride }: Grid,
): BoxMaps {
  const [n, k] = labels.shape;
  const there = isBox(boxes);
  const [from, to] = [slice(boxes, 2, 0, 2), slice(boxes, 2, 2, 4)];
  // From pixels' edges to their centers.
  const centers = sub(mul(add(from, to), 0.5), 0.5);
  const sigma = mul(sqrt(select(there, boxArea(boxes), 1)), spread);
  const points = select(reshape(there, [n, k, 1]), centers, Number.NaN);
  const weights = heatMaps(points, { size: [h, w], stride, sigma, rounded: true }); // [n, k, h, w]
  const isOfClass = equal(
    broadcastTo(reshape(labels, [n, k, 1, 1, 1]), [n, k, classes, 1, 1]),
    broadcastTo(reshape(constant(numbersBelow(classes)), [1, 1, classes, 1, 1]), [n, k, classes, 1, 1]),
  );
  const ofClasses = select(
    broadcastTo(isOfClass, [n, k, classes, h, w]),
    broadcastTo(reshape(weights, [n, k, 1, h, w]), [n, k, classes, h, w]),
    0,
  );
  const owner = reshape(argMax(weights, 1), [n, h * w]);
  const sums = gather(sum(weights, [2, 3]), owner, 1);
  return {
    centers: max(ofClasses, 1),
    boxes: rowsAt(boxes, owner),
    weights: div(reshape(max(weights, 1), [n, h * w]), select(greater(sums, 0), sums, 1)),
  };
}

/** The distance that a softplus of 1 stands for, in cells. */
const UNIT = 4;

/** The box that each cell tells: `edges` [n, 4, h, w] to [n, h · w, 4] in pixels. */
export function boxesOfEdges(edges: Tensor, { h, w, stride }: Grid): Tensor {
  const [n] = edges.shape;
  const distances = mul(softplus(transpose(reshape(edges, [n, 4, h * w]), [0, 2, 1])), UNIT * stride);
  const places = Float32Array.from({ length: 4 * h * w }, (_, i) => {
    const cell = Math.floor(i / 4);
    return ((i % 2 === 0 ? cell % w : Math.floor(cell / w)) + 0.5) * stride;
  });
  const signs = constant(new NdArray(Float32Array.of(-1, -1, 1, 1), [1, 1, 4]));
  return add(mul(distances, signs), constant(new NdArray(places, [1, h * w, 4])));
}

/** How found boxes are chosen. */
export interface ChoiceOfBoxes {
  /** How many there are at most. */
  readonly most: number;
  /** The overlap above which the worse of two boxes of a class is dropped. */
  readonly overlap: number;
}

/** Boxes that were found, the best first; in places that are left over four zeros, score 0 and class −1. */
export type Found = {
  /** `f32` [n, most, 4], in pixels, inside of the picture. */
  readonly boxes: Tensor;
  /** `f32` [n, most], 0 … 1. */
  readonly scores: Tensor;
  /** `i32` [n, most]. */
  readonly classes: Tensor;
};

/** What scores less is not even looked at. */
const LEAST = 0.01;

/** The boxes at the peaks of the scores: cells that no neighbor of the same class surpasses. Cells next to NaN are none. */
export function findBoxes(scores: Tensor, edges: Tensor, { most, overlap }: ChoiceOfBoxes, grid: Grid): Found {
  const { h, w, stride } = grid;
  const [n] = scores.shape;
  const isPeak = equal(scores, maxPool(scores, { kernel: 3, stride: 1, padding: 1 }));
  const peaks = select(isPeak, sigmoid(scores), 0);
  const all = {
    boxes: boxesOfEdges(edges, grid),
    scores: reshape(max(peaks, 1), [n, h * w]),
    classes: reshape(argMax(peaks, 1), [n, h * w]),
  };
  const kept = nonMaxSuppression(all.boxes, all.scores, {
    ...{ classes: all.classes, overlap, most, least: LEAST, candidates: Math.min(h * w, 2 * most) },
  });
  const isThere = greaterEqual(kept, 0);
  const size = constant(new NdArray(Float32Array.of(w, h, w, h), [1, 1, 4]));
  const inside = minimum(maximum(rowsAt(all.boxes, kept), 0), mul(size, stride));
  return {
    boxes: select(reshape(isThere, [n, most, 1]), inside, 0),
    scores: select(isThere, gather(all.scores, kept, 1), 0),
    classes: select(isThere, gather(all.classes, kept, 1), -1),
  };
}
