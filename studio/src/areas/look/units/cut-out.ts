/** The part of a picture that a unit sees. */
import type { PatchBox } from "../../../worker/api/look.ts";

export interface CutOut {
  readonly bytes: Uint8Array;
  readonly shape: readonly [channels: number, height: number, width: number];
}

/** @param bytes [channels, height, width] */
export function cutOut(
  bytes: Uint8Array,
  [channels, height, width]: readonly number[],
  { first, last }: PatchBox,
): CutOut {
  const [top, left] = first;
  const [rows, columns] = [last[0] - top + 1, last[1] - left + 1];
  const part = new Uint8Array(channels * rows * columns);
  for (let c = 0; c < channels; c++)
    for (let y = 0; y < rows; y++) {
      const from = (c * height + top + y) * width + left;
      part.set(bytes.subarray(from, from + columns), (c * rows + y) * columns);
    }
  return { bytes: part, shape: [channels, rows, columns] };
}
