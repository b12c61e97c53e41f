/** Features of a layer, and the network's answers to the same pictures, in one pass. */
import { NdArray } from "fovea";
import type { Dataset } from "fovea/data";
import { firstRows, picturesOf } from "../data/load-data.ts";
import type { Still } from "./still.ts";

const BATCH = 64;

export interface Seen {
  /** `f32` [n, d]: all values of the layer. */
  readonly features: NdArray;
  /** The likeliest class of each. */
  readonly answers: Int32Array;
}

/** @param between is awaited after each batch, and may throw to end the work */
export async function featuresAndAnswers(
  still: Still,
  data: Dataset,
  path: string,
  count: number,
  between: () => Promise<void>,
): Promise<Seen> {
  const [output] = still.model.outputs;
  const probe = still.probe(`features of ${path}`, { values: [path, output] });
  const rows = firstRows(data, count);
  const answers = new Int32Array(rows.length);
  let features: NdArray | undefined;
  for (let from = 0; from < rows.length; from += BATCH) {
    const { bytes, shape } = await picturesOf(data, rows.slice(from, from + BATCH));
    const { values } = await probe(new NdArray(bytes, shape, "u8"));
    const {
      data: part,
      shape: [n],
      size,
    } = values[path];
    features ??= new NdArray(new Float32Array((rows.length * size) / n), [rows.length, size / n], "f32");
    features.data.set(part, (from * size) / n);
    for (let i = 0; i < n; i++) answers[from + i] = likeliest(values[output].row(i).data);
    await between();
  }
  return { features: features!, answers };
}

const likeliest = (scores: ArrayLike<number>): number =>
  Array.from(scores).reduce((best, score, i, all) => (score > all[best] ? i : best), 0);
