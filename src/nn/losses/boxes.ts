/**
 * Losses of boxes by their overlap, 1 − IoU and 1 − GIoU (`ops/boxes.ts`). Unlike differences of edges they do not depend on
 * the size of the boxes. Sources: Yu, Jiang, Wang, Cao, Huang 2016, "UnitBox" (IoU; there as −ln IoU); Rezatofighi et al.
 * 2019, "Generalized Intersection over Union", algorithm 1 (L = 1 − IoU and 1 − GIoU).
 */
import { ShapeError } from "../../array/index.ts";
import { expectTensors, formatType, located, type Tensor } from "../../graph/index.ts";
import { boxIoU, generalizedBoxIoU, sub } from "../../ops/index.ts";
import { readOptions } from "../../options/index.ts";
import { type LossOptions, lossOfPairs, lossOptions } from "./reduction.ts";

const overlapLoss =
  (name: string, overlap: (a: Tensor, b: Tensor) => Tensor) =>
  (boxes: Tensor, target: Tensor, options: LossOptions = {}): Tensor => {
    const reduction = readOptions(located(name), lossOptions, options);
    expectTensors(name, boxes);
    if (boxes.shape.at(-1) !== 4)
      throw new ShapeError(
        `${located(name)}: needs boxes […, 4]: left, top, right, bottom along the last axis, got ${formatType(boxes)}`,
      );
    return lossOfPairs(name, boxes, target, reduction, (x, t) => sub(1, overlap(x, t)));
  };

/**
 * 1 − IoU of boxes […, 4] and targets of the same shape: left, top, right, bottom, in any unit; the losses are […]. Where
 * boxes do not overlap it is 1 with derivative 0: `giouLoss` has one.
 * @throws ShapeError, OptionError
 */
export const iouLoss = overlapLoss("iouLoss", boxIoU);

/**
 * 1 − GIoU of boxes […, 4] and targets of the same shape: left, top, right, bottom, in any unit; the losses, 0 … 2, are […].
 * It also draws boxes together that do not overlap. Predict widths and heights that cannot be negative, such as by
 * `softplus`: a box with exchanged ends covers nothing. Two boxes in one point have loss 1.
 * @throws ShapeError, OptionError
 */
export const giouLoss = overlapLoss("giouLoss", generalizedBoxIoU);
