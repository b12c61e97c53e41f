/**
 * How the numbers of one sample lie: at positions in space or time, with channels at each. Methods that cover, mask or
 * upsample work on positions, and so serve pictures, sounds, sentences and tables.
 */
import { type NdArray, type Shape, sizeOf } from "../../array/index.ts";

/** The positions of one sample's numbers. */
export interface Layout {
  /** The shape of a sample, without the batch axis. */
  readonly shape: Shape;
  /** The axis of the channels; `undefined` where each number is a position of its own. */
  readonly channels: number | undefined;
  /** The lengths of the other axes: [height, width], [steps]. */
  readonly spatial: Shape;
  /** The shape of one number for each position: `shape` with one channel. */
  readonly mapShape: Shape;
  /** The row-major position of each number. */
  readonly positionOf: Int32Array;
}

/** The layout of samples of a shape whose channels are at an axis. */
export function layoutOf(shape: Shape, channels: number | undefined): Layout {
  const spatial = shape.filter((_, axis) => axis !== channels);
  const inner = channels === undefined ? 1 : sizeOf(shape.slice(channels + 1));
  const count = channels === undefined ? 1 : shape[channels];
  const positionOf = Int32Array.from({ length: sizeOf(shape) }, (_, i) => {
    const outer = Math.floor(i / (inner * count));
    return outer * inner + (i % inner);
  });
  const mapShape = shape.map((length, axis) => (axis === channels ? 1 : length));
  return { shape, channels, spatial, mapShape, positionOf };
}

/** The number of positions. */
export const positionsIn = ({ spatial }: Layout): number => sizeOf(spatial);

/** The sum over the channels at each position, of one sample's numbers. */
export function sumOverChannels({ positionOf, spatial }: Layout, values: ArrayLike<number>): Float64Array {
  const sums = new Float64Array(sizeOf(spatial));
  for (let i = 0; i < positionOf.length; i++) sums[positionOf[i]] += values[i];
  return sums;
}

/** Writes one sample with a share of its own values at each position, and of the baseline's for the rest. */
export function blend(
  { positionOf }: Layout,
  own: ArrayLike<number>,
  baseline: ArrayLike<number>,
  share: ArrayLike<number>,
  into: Float32Array,
): void {
  for (let i = 0; i < into.length; i++) into[i] = baseline[i] + share[positionOf[i]] * (own[i] - baseline[i]);
}

/** The numbers of a sample, by its row in a batch. */
export const rowData = (batch: NdArray, sample: number): Float32Array => batch.row(sample).data as Float32Array;
