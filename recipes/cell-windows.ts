/** One cell at a time, for `boxes.ts`: a window of the picture around each, which may hold others at its borders. */
import { NdArray, Random } from "fovea";
import { boxes, classes, type DataTable, dataset, picture } from "fovea/data";

/** The windows' width and height in pixels: as large as the largest cells. */
const SIDE = 112;
/** How far a cell is off the middle at most. */
const SHIFT = 12;

interface Parts {
  readonly train: DataTable;
  readonly validation: DataTable;
  readonly test: DataTable;
  readonly classes: readonly string[];
}

/** The parts with a row for each cell: `image`, `labels` and `boxes` [n, 1, 4]. */
export const oneCellAtATime = ({ classes, ...parts }: Parts): Parts => ({
  classes,
  train: windowsOf(parts.train, classes),
  validation: windowsOf(parts.validation, classes),
  test: windowsOf(parts.test, classes),
});

function windowsOf({ name, columns: { image, ...targets } }: DataTable, names: readonly string[]): DataTable {
  const [pixels, rows, labels] = [image.values, targets.boxes.values, targets.labels.values];
  if (!(pixels instanceof NdArray) || !("offsets" in rows) || !("offsets" in labels))
    throw new TypeError("expects boxes of pictures");
  const count = rows.values.shape[0];
  const images = new Uint8Array(count * 3 * SIDE * SIDE);
  const places = new Float32Array(4 * count);
  for (let row = 0; row + 1 < rows.offsets.length; row++)
    for (let k = rows.offsets[row]; k < rows.offsets[row + 1]; k++) {
      const box = rows.values.row(k).data;
      const [left, top] = cornerOf(box, pixels.shape, new Random(1, `window of ${name}`, k));
      images.set(cutOut(pixels.row(row), left, top), k * 3 * SIDE * SIDE);
      places.set([...box].map((edge, i) => Math.min(SIDE, Math.max(0, edge - (i % 2 === 0 ? left : top)))), 4 * k); // biome-ignore format: one step
    }
  return dataset(`${name}, one at a time`, {
    image: picture(new NdArray(images, [count, 3, SIDE, SIDE], "u8"), image.options),
    labels: classes(labels.values, names),
    boxes: boxes(new NdArray(places, [count, 1, 4], "f32")),
  });
}

/** The left top corner of a cell's window, inside of the picture. */
function cornerOf(box: ArrayLike<number>, [, , height, width]: readonly number[], random: Random): [number, number] {
  const along = (from: number, to: number, length: number): number => {
    const middle = (from + to) / 2 + random.integer(2 * SHIFT + 1) - SHIFT;
    return Math.max(0, Math.min(length - SIDE, Math.round(middle - SIDE / 2)));
  };
  return [along(box[0], box[2], width), along(box[1], box[3], height)];
}

function cutOut({ data, shape: [channels, height, width] }: NdArray, left: number, top: number): Uint8Array {
  const out = new Uint8Array(channels * SIDE * SIDE);
  for (let line = 0; line < channels * SIDE; line++) {
    const [c, y] = [Math.floor(line / SIDE), line % SIDE];
    const from = (c * height + top + y) * width + left;
    out.set((data as Uint8Array).subarray(from, from + SIDE), line * SIDE);
  }
  return out;
}
