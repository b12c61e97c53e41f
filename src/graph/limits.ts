/**
 * Limits of a trace. Shapes are computed before memory is allocated, so sizes from a file could claim tensors that no
 * machine holds, or tables of positions that exhaust memory while tracing.
 */
import { formatShape, MAX_RANK, ShapeError, sizeOf } from "../array/index.ts";
import type { TensorType } from "./tensor.ts";

/** What one trace may use. */
export interface TraceLimits {
  /** Elements of one tensor. */
  readonly elements: number;
  /** Tensors. */
  readonly tensors: number;
  /** Bytes of all constants. */
  readonly constantBytes: number;
}

/** Element counts must be exact integers. */
const anywhere: TraceLimits = { elements: Number.MAX_SAFE_INTEGER, tensors: Infinity, constantBytes: Infinity };

/** The current limits, and their use. */
let currentLimits = anywhere;
let used = { tensors: 0, constantBytes: 0 };

/** Runs `body` under other limits, and restores the former ones. */
export function withLimits<T>(own: TraceLimits, body: () => T): T {
  const [outer, outerUsed] = [currentLimits, used];
  [currentLimits, used] = [own, { tensors: 0, constantBytes: 0 }];
  try {
    return body();
  } finally {
    [currentLimits, used] = [outer, outerUsed];
  }
}

/** @throws ShapeError for a type with too many axes or elements */
export function checkExtent({ shape, dtype }: TensorType): void {
  if (shape.length > MAX_RANK) throw new ShapeError(`a tensor of ${shape.length} axes; the limit is ${MAX_RANK}`);
  if (sizeOf(shape) <= currentLimits.elements) return;
  throw new ShapeError(
    `${dtype}${formatShape(shape)} has ${sizeOf(shape)} elements; the limit is ${currentLimits.elements}; make it smaller`,
  );
}

/** Counts tensors that are traced, and the bytes of constants among them. @throws ShapeError beyond a limit */
export function countTensors(tensors: number, constantBytes = 0): void {
  used.tensors += tensors;
  used.constantBytes += constantBytes;
  if (used.tensors > currentLimits.tensors) {
    throw new ShapeError(`the network has more than ${currentLimits.tensors} tensors; make it smaller`);
  }
  if (used.constantBytes > currentLimits.constantBytes) {
    throw new ShapeError(
      `the network's constants, such as positions of resized maps, take more than ${currentLimits.constantBytes} bytes; ` +
        "make its maps smaller",
    );
  }
}
