/** Other layouts of weights, brought to ours: a filter is [filters, channels / groups, height, width]. */
import { FormatError, NdArray, type Shape, sizeOf, stridesOf } from "../../array/index.ts";

/** How a tensor is laid out in a file. */
export interface Layout {
  /** The number of axes that it has there. */
  readonly rank: number;
  /** For each of our axes, the axis in the file. */
  readonly order: readonly number[];
  /** Axes, of ours, that are run through backward. */
  readonly reversed?: readonly number[];
}

/** Layouts by name. */
export const layouts = {
  /** TensorFlow Lite's convolutions: [filters, height, width, channels]. */
  tfliteConv: { rank: 4, order: [0, 3, 1, 2] },
  /** TensorFlow Lite's depthwise convolutions: [1, height, width, channels]. */
  tfliteDepthwise: { rank: 4, order: [3, 0, 1, 2] },
  /** TensorFlow's convolutions: [height, width, channels, filters]. */
  tensorflowConv: { rank: 4, order: [3, 2, 0, 1] },
  /** TensorFlow's depthwise convolutions: [height, width, channels, 1]. */
  tensorflowDepthwise: { rank: 4, order: [2, 3, 0, 1] },
  /** TensorFlow's dense layers: [features, units]. */
  tensorflowDense: { rank: 2, order: [1, 0] },
  /** Filters for pictures whose channels are blue, green, red, as in Caffe. */
  blueGreenRed: { rank: 4, order: [0, 1, 2, 3], reversed: [1] },
} as const satisfies Record<string, Layout>;

/** The name of a layout. */
export type LayoutName = keyof typeof layouts;

/** A tensor of another layout in ours. @throws FormatError for another number of axes */
export function fromLayout(name: LayoutName, tensor: NdArray, where: string): NdArray {
  const { rank, order, reversed = [] }: Layout = layouts[name];
  if (tensor.shape.length !== rank)
    throw new FormatError(`${where}: has the shape [${tensor.shape}], expected ${rank} axes as in the layout ${name}`);
  const shape = order.map((axis) => tensor.shape[axis]);
  const strides = stridesOf(tensor.shape);
  const steps = order.map((axis, i) => (reversed.includes(i) ? -strides[axis] : strides[axis]));
  const start = reversed.reduce((at, i) => at + (shape[i] - 1) * strides[order[i]], 0);
  const positions = walk(shape, steps, start);
  return new NdArray(
    tensor.data.map((_, i) => tensor.data[positions[i]]),
    shape,
    tensor.dtype,
  );
}

/** Where the elements of an array of the shape lie, in its order, when one step along an axis is that far. */
function walk(shape: Shape, steps: readonly number[], start: number): Int32Array {
  const positions = new Int32Array(sizeOf(shape));
  const index = new Array<number>(shape.length).fill(0);
  let at = start;
  for (let i = 0; i < positions.length; i++) {
    positions[i] = at;
    // The next index, the last axis first, as in an odometer.
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      at += steps[axis];
      if (++index[axis] < shape[axis]) break;
      at -= steps[axis] * shape[axis];
      index[axis] = 0;
    }
  }
  return positions;
}
