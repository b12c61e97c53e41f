/**
 * Unpooling with remembered positions: each value goes back to the position where max pooling found it, with zeros
 * elsewhere.
 *
 *   y[n, c, positions[n, c, o]] = x[n, c, o]
 *
 * Where overlapping windows remembered one position, y gets the mean of their values: up to rounding the maximum, if the
 * values are those of the pooling. Positions outside the map are ignored. Source: Zeiler and Fergus 2014 ("switches");
 * Adelaide, "Pooling to Unpooling"; CMU 11-785 (pidx). Without overlap it is PyTorch's max_unpool.
 */
import { type Shape, ShapeError, sameShape, sizeOf } from "../array/index.ts";
import { expectTensors, fill, formatType, naming, type Tensor } from "../graph/index.ts";
import { div, maximum } from "./elementwise.ts";
import { scatterAdd } from "./gather.ts";
import { reshape } from "./reshape.ts";
import { expectFloat, expectInteger } from "./rules.ts";
import { ranked } from "./window.ts";

/**
 * Puts `values` [n, channels, …spatial] at `positions` (`i32`, of the same shape: row-major within a map, as
 * `maxPoolWithPositions` gives them) into maps of zeros with the lengths `size`: [n, channels, ...size].
 * @throws ShapeError where values, positions and size do not fit
 */
export function maxUnpool(values: Tensor, positions: Tensor, size: Shape): Tensor {
  expectTensors("maxUnpool", values, positions);
  naming(ranked("maxUnpool", values), () => checkUnpool(values, positions, size));
  const [n, channels] = values.shape;
  const rows = (t: Tensor): Tensor => reshape(t, [n, channels, sizeOf(t.shape.slice(2))]);
  const scatter = (t: Tensor): Tensor => scatterAdd(rows(t), rows(positions), sizeOf(size));
  const meetings = scatter(fill(1, values.shape, values.dtype));
  return reshape(div(scatter(values), maximum(meetings, 1)), [n, channels, ...size]);
}

function checkUnpool(values: Tensor, positions: Tensor, size: Shape): void {
  expectFloat(values);
  expectInteger(positions, "positions");
  const rank = values.shape.length - 2;
  if (rank < 1) throw new ShapeError(`needs [n, channels, …spatial], got ${formatType(values)}`);
  if (!sameShape(values.shape, positions.shape)) {
    throw new ShapeError(`values and positions differ in shape: ${formatType(values)} and ${formatType(positions)}`);
  }
  if (size.length !== rank) throw new ShapeError(`size [${size}] has ${size.length} numbers for ${rank} spatial axes`);
}
