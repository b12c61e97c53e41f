/**
 * Products of centered features with themselves and with bases, in blocks of rows on the engine. The last block is filled up
 * with the mean, which is 0 when centered, so that one program serves all blocks; sums over blocks are in double precision.
 */
import { NdArray } from "../../array/index.ts";
import { sliceRows } from "../../data/index.ts";
import { type Compiled, compile, type EngineChoice } from "../../engines/index.ts";
import type { Tensor } from "../../graph/index.ts";
import { matmul, reshape, sub } from "../../ops/index.ts";

/** The most numbers of a block: 16 MiB. */
const BLOCK = 2 ** 22;

/** The mean of each column, in double precision: [n, d] → [d]. */
export function columnMeans({ data, shape: [n, d] }: NdArray): Float64Array {
  const means = new Float64Array(d);
  for (let i = 0, at = 0; i < n; i++) for (let c = 0; c < d; c++, at++) means[c] += data[at];
  for (let c = 0; c < d; c++) means[c] /= n;
  return means;
}

/** The sum of squares of centered features: n times their total variance. */
export function centeredSquares({ data, shape: [n, d] }: NdArray, means: Float64Array): number {
  let squares = 0;
  for (let i = 0, at = 0; i < n; i++) for (let c = 0; c < d; c++, at++) squares += (data[at] - means[c]) ** 2;
  return squares;
}

/** Features, and the mean that is subtracted from each row. */
export interface Centered {
  readonly features: NdArray;
  readonly means: Float64Array;
  readonly engine: EngineChoice | undefined;
}

/** Runs a body over centered blocks [rows, d], and `visit`s what it gives; `count` rows of the block are no filling. */
async function eachBlock(
  { features, means, engine }: Centered,
  further: readonly NdArray[],
  body: (block: Tensor, ...further: readonly Tensor[]) => Tensor,
  visit: (result: NdArray, from: number, count: number) => void,
): Promise<void> {
  const [n, d] = features.shape;
  const rows = Math.max(1, Math.min(n, Math.floor(BLOCK / d)));
  const mean = new NdArray(Float32Array.from(means), [d], "f32");
  const centered = (block: Tensor, center: Tensor, ...rest: readonly Tensor[]): Tensor =>
    body(sub(block, reshape(center, [1, d])), ...rest);
  const types = [{ shape: [rows, d], dtype: "f32" as const }, mean, ...further];
  const program: Compiled<Tensor> = compile(centered, types, { engine });
  for (let from = 0; from < n; from += rows) {
    const count = Math.min(rows, n - from);
    const block = count === rows ? sliceRows(features, from, from + rows) : filled(features, from, rows, mean);
    visit(await program(block, mean, ...further), from, count);
  }
}

function filled(features: NdArray, from: number, rows: number, mean: NdArray): NdArray {
  const d = mean.size;
  const data = new Float32Array(rows * d);
  data.set(features.data.subarray(from * d));
  for (let at = features.size - from * d; at < data.length; at += d) data.set(mean.data, at);
  return new NdArray(data, [rows, d], "f32");
}

/** XᵀX of centered features, [d, d]. */
export async function scatterMatrix(x: Centered): Promise<Float64Array> {
  const d = x.means.length;
  const total = new Float64Array(d * d);
  await eachBlock(
    x,
    [],
    (block) => matmul(block, block, { transposeA: true }),
    ({ data }) => {
      for (let i = 0; i < total.length; i++) total[i] += data[i];
    },
  );
  return total;
}

/** X V of centered features and a basis [k, d], one vector a row: [n, k]. */
export async function timesBasis(x: Centered, basis: NdArray): Promise<NdArray> {
  const n = x.features.shape[0];
  const k = basis.shape[0];
  const result = new Float32Array(n * k);
  await eachBlock(
    x,
    [basis],
    (block, vectors) => matmul(block, vectors, { transposeB: true }),
    ({ data }, from, count) => result.set(data.subarray(0, count * k) as Float32Array, from * k),
  );
  return new NdArray(result, [n, k], "f32");
}

/** XᵀX V of centered features and a basis [k, d]: [k, d], in double precision. */
export async function timesScatter(x: Centered, basis: NdArray): Promise<Float64Array> {
  const total = new Float64Array(basis.size);
  await eachBlock(
    x,
    [basis],
    (block, vectors) => matmul(matmul(block, vectors, { transposeB: true }), block, { transposeA: true }),
    ({ data }) => {
      for (let i = 0; i < total.length; i++) total[i] += data[i];
    },
  );
  return total;
}
