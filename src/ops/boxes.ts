/**
 * Overlap of boxes as tensors, [left, top, right, bottom] along the last axis, in any unit:
 *
 *   IoU = |A ∩ B| / |A ∪ B|         GIoU = IoU − (|C| − |A ∪ B|) / |C|,   C the smallest box around both
 *
 * A box whose right end is left of its left one, or bottom above top, covers nothing. All ops are composed, so both are
 * differentiable. Sources: P. Jaccard 1901; Rezatofighi, Tsoi, Gwak, Sadeghian, Reid, Savarese 2019, "Generalized
 * Intersection over Union".
 */
import { ShapeError } from "../array/index.ts";
import { expectTensors, formatType, located, type Tensor } from "../graph/index.ts";
import { add, div, equal, maximum, minimum, mul, relu, select, sub } from "./elementwise.ts";
import { slice } from "./pad.ts";
import { reshape } from "./reshape.ts";

/** The edges of boxes [..., 4]: left, top, right, bottom, each [...]. */
type Edges = readonly [left: Tensor, top: Tensor, right: Tensor, bottom: Tensor];

/** @throws ShapeError unless it is a tensor of boxes */
function edgesOf(name: string, boxes: Tensor): Edges {
  expectTensors(name, boxes);
  if (boxes.shape.at(-1) !== 4)
    throw new ShapeError(
      `${located(name)}: needs boxes […, 4]: left, top, right, bottom along the last axis, got ${formatType(boxes)}`,
    );
  const edge = (k: number): Tensor => reshape(slice(boxes, -1, k, k + 1), boxes.shape.slice(0, -1));
  return [edge(0), edge(1), edge(2), edge(3)];
}

const areaOf = ([left, top, right, bottom]: Edges): Tensor => mul(relu(sub(right, left)), relu(sub(bottom, top)));

/** Larger of the first two edges, smaller of the last two. */
const intersect = (a: Edges, b: Edges): Edges => [
  maximum(a[0], b[0]),
  maximum(a[1], b[1]),
  minimum(a[2], b[2]),
  minimum(a[3], b[3]),
];

/** The smallest box around both. */
const enclose = (a: Edges, b: Edges): Edges => [
  minimum(a[0], b[0]),
  minimum(a[1], b[1]),
  maximum(a[2], b[2]),
  maximum(a[3], b[3]),
];

/** part / whole, and 0 with derivatives 0 where the whole is 0. */
function share(part: Tensor, whole: Tensor): Tensor {
  const isEmpty = equal(whole, 0);
  return select(isEmpty, 0, div(part, select(isEmpty, 1, whole)));
}

function overlapOf(a: Edges, b: Edges): { readonly union: Tensor; readonly iou: Tensor } {
  const both = areaOf(intersect(a, b));
  const union = sub(add(areaOf(a), areaOf(b)), both);
  return { union, iou: share(both, union) };
}

/** The areas of boxes […, 4]: […]. @throws ShapeError unless the last axis has the four edges */
export const boxArea = (boxes: Tensor): Tensor => areaOf(edgesOf("boxArea", boxes));

/**
 * The overlap of boxes, intersection over union, 0 … 1; 0 where neither covers anything. Axes before the last broadcast: of
 * [k, 1, 4] and [m, 4] it is that of all pairs, [k, m].
 * @param a […, 4]: left, top, right, bottom, in any unit
 * @throws ShapeError unless the last axis has the four edges
 */
export const boxIoU = (a: Tensor, b: Tensor): Tensor => overlapOf(edgesOf("boxIoU", a), edgesOf("boxIoU", b)).iou;

/**
 * The generalized overlap of boxes, −1 … 1: `boxIoU` less the share of the smallest box around both that neither covers. So
 * it grows as boxes that do not touch come nearer. Axes before the last broadcast.
 * @param a […, 4]: left, top, right, bottom, in any unit
 * @throws ShapeError unless the last axis has the four edges
 */
export function generalizedBoxIoU(a: Tensor, b: Tensor): Tensor {
  const [one, other] = [edgesOf("generalizedBoxIoU", a), edgesOf("generalizedBoxIoU", b)];
  const { union, iou } = overlapOf(one, other);
  const around = areaOf(enclose(one, other));
  return sub(iou, share(sub(around, union), around));
}
