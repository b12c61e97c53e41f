/** Parts of a data set as one. */
import { allocate, NdArray } from "../array/index.ts";
import { type PictureRows, type Samples, sampleCount, takePictures } from "../data/index.ts";

/** The samples of all parts, one part after the other. @param parts at least one, with the same classes and pictures of one shape */
export function joinSamples(parts: readonly Samples[], name: string): Samples {
  const [first] = parts;
  if (parts.length === 1) return { ...first, name };
  const arrays = parts.map(({ images }) => images);
  const images = arrays.every((one) => one instanceof NdArray) ? joinArrays(arrays) : joinRows(parts);
  return { ...first, name, images, labels: joinArrays(parts.map(({ labels }) => labels)) } as Samples;
}

function joinArrays(arrays: readonly NdArray[]): NdArray {
  const [{ dtype, shape }] = arrays;
  const data = allocate(
    dtype,
    arrays.reduce((sum, { size }) => sum + size, 0),
  );
  let at = 0;
  for (const array of arrays) {
    data.set(array.data, at);
    at += array.size;
  }
  return new NdArray(data, [arrays.reduce((sum, array) => sum + array.shape[0], 0), ...shape.slice(1)], dtype);
}

/** Pictures that are fetched from the part that they are in. */
function joinRows(parts: readonly Samples[]): PictureRows {
  const starts = parts.map((_, i) => parts.slice(0, i).reduce((sum, part) => sum + sampleCount(part), 0));
  const count = starts.at(-1)! + sampleCount(parts.at(-1)!);
  const { shape, dtype } = parts[0].images;
  const step = shape.slice(1).reduce((product, n) => product * n, 1);
  const take = async (rows: Int32Array): Promise<NdArray> => {
    const data = allocate(dtype, rows.length * step);
    const partOf = Array.from(rows, (row) => starts.findLastIndex((start) => start <= row));
    for (const [i, part] of parts.entries()) {
      const places = [...partOf.keys()].filter((place) => partOf[place] === i);
      if (places.length === 0) continue;
      const taken = await takePictures(
        part.images,
        Int32Array.from(places, (place) => rows[place] - starts[i]),
      );
      for (const [k, place] of places.entries()) data.set(taken.data.subarray(k * step, (k + 1) * step), place * step);
    }
    return new NdArray(data, [rows.length, ...shape.slice(1)], dtype);
  };
  return { shape: [count, ...shape.slice(1)], dtype: dtype as PictureRows["dtype"], take };
}
