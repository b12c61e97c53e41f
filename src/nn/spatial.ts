/** Checks of layers over maps. */
import { ShapeError } from "../array/index.ts";
import { formatType, located, type Tensor } from "../graph/index.ts";

const axisNames = ["length", "height, width", "depth, height, width"];

/** @throws ShapeError unless `x` has samples, channels and `rank` spatial axes */
export function expectSpatial(type: string, rank: number, x: Tensor): void {
  if (x.shape.length === rank + 2) return;
  throw new ShapeError(`${located(type)}: expects [n, channels, ${axisNames[rank - 1]}], got ${formatType(x)}`);
}

/** The size of a kernel along each axis. @throws ShapeError for a list of another length */
export function kernelFor(type: string, rank: number, kernel: number | readonly number[]): readonly number[] {
  const sizes = typeof kernel === "number" ? new Array<number>(rank).fill(kernel) : kernel;
  if (sizes.length === rank) return sizes;
  throw new ShapeError(`${located(type)}: kernel [${sizes}] must have ${rank} numbers, or be one`);
}
