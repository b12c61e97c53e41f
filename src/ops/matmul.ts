/**
 * Matrix product over the last two axes, y = a · b, with optional transposes of both factors; leading axes are a batch. Its
 * gradients are matrix products again: ∂E/∂a = ∂E/∂y · bᵀ, ∂E/∂b = aᵀ · ∂E/∂y (11-785, "Final flat layers").
 */
import { broadcastShapes, ShapeError, sameShape, sizeOf } from "../array/index.ts";
import {
  defineOp,
  expectTensors,
  type Look,
  located,
  naming,
  same,
  type Tensor,
  type TensorType,
} from "../graph/index.ts";
import { flag, readOptions, withDefault } from "../options/index.ts";
import { broadcastTo } from "./broadcast.ts";
import { expectFloat } from "./rules.ts";

interface Transposes {
  readonly transposeA?: boolean | undefined;
  readonly transposeB?: boolean | undefined;
}

/** The matrix sizes m×k · k×n. */
function matrixSizes(
  a: TensorType,
  b: TensorType,
  { transposeA, transposeB }: Transposes,
): [m: number, k: number, n: number, k2: number] {
  const [ra, ca] = a.shape.slice(-2);
  const [rb, cb] = b.shape.slice(-2);
  return [transposeA ? ca : ra, transposeA ? ra : ca, transposeB ? rb : cb, transposeB ? cb : rb];
}

const transposeOptions = { transposeA: withDefault(flag(), false), transposeB: withDefault(flag(), false) };

const matmulOp = defineOp({
  name: "matmul",
  inputs: ["a", "b"],
  attributes: transposeOptions,
  shape: (transposes, a, b) => {
    expectFloat(a, b);
    if (a.shape.length < 2 || b.shape.length < 2) throw new ShapeError("both factors need at least two axes");
    const batch = a.shape.slice(0, -2);
    if (!sameShape(batch, b.shape.slice(0, -2))) throw new ShapeError("leading (batch) axes differ");
    const [m, k, n, k2] = matrixSizes(a, b, transposes);
    if (k !== k2) throw new ShapeError(`inner sizes differ: ${m}×${k} times ${k2}×${n}`);
    return { shape: [...batch, m, n], dtype: a.dtype };
  },
  sees: ({ transposeA, transposeB }, _, [y]) => {
    const rank = y.shape.length;
    const batch = y.shape.slice(0, -2).map((_, axis) => same(axis));
    const factor = (own: number, isFirst: boolean): Look[] =>
      isFirst ? [...batch, same(own), "all"] : [...batch, "all", same(own)];
    return [factor(rank - 2, !transposeA), factor(rank - 1, transposeB)];
  },
  cost: (transposes, [a, b], [y]) => ({ multiplyAdds: sizeOf(y.shape) * matrixSizes(a, b, transposes)[1] }),
  gradient: ({ attributes: { transposeA: ta, transposeB: tb }, inputs: [a, b] }, [dy]) => [
    ta ? matrixProduct(b, dy, tb, true) : matrixProduct(dy, b, false, !tb),
    tb ? matrixProduct(dy, a, true, ta) : matrixProduct(a, dy, !ta, false),
  ],
  reference: (transposes, [a, b], [y]) => {
    const [m, k, n] = matrixSizes(a, b, transposes);
    const [aRow, aColumn] = transposes.transposeA ? [1, m] : [k, 1];
    const [bRow, bColumn] = transposes.transposeB ? [1, k] : [n, 1];
    const row = new Float64Array(n);
    const batches = sizeOf(y.shape.slice(0, -2));
    for (let batch = 0; batch < batches; batch++) {
      const [aStart, bStart, yStart] = [batch * m * k, batch * k * n, batch * m * n];
      for (let i = 0; i < m; i++) {
        row.fill(0);
        for (let p = 0; p < k; p++) {
          const left = a.data[aStart + i * aRow + p * aColumn];
          const from = bStart + p * bRow;
          for (let j = 0; j < n; j++) row[j] += left * b.data[from + j * bColumn];
        }
        y.data.set(row, yStart + i * n);
      }
    }
  },
  samples: [
    { inputs: [{ shape: [3, 5] }, { shape: [5, 2] }] },
    { inputs: [{ shape: [5, 3] }, { shape: [5, 2] }], attributes: { transposeA: true } },
    { inputs: [{ shape: [3, 5] }, { shape: [2, 5] }], attributes: { transposeB: true } },
    { inputs: [{ shape: [2, 5, 3] }, { shape: [2, 7, 5] }], attributes: { transposeA: true, transposeB: true } },
    { inputs: [{ shape: [1, 1] }, { shape: [1, 1] }] },
    { inputs: [{ shape: [2, 0] }, { shape: [0, 3] }] },
    { inputs: [{ shape: [0, 2] }, { shape: [2, 3] }] },
  ],
});

export { matmulOp };

const matrixProduct = (a: Tensor, b: Tensor, transposeA: boolean, transposeB: boolean): Tensor =>
  matmulOp([a, b], { transposeA, transposeB });

/** a · b over the last two axes ([…, m, k] · […, k, n]); leading axes are broadcast. */
export function matmul(a: Tensor, b: Tensor, transposes: Transposes = {}): Tensor {
  expectTensors("matmul", a, b);
  const { transposeA, transposeB } = readOptions(located("matmul"), transposeOptions, transposes);
  if (a.shape.length < 2 || b.shape.length < 2) return matrixProduct(a, b, transposeA, transposeB);
  const batch = naming("matmul", () => broadcastShapes(a.shape.slice(0, -2), b.shape.slice(0, -2)));
  const spread = (t: Tensor): Tensor => broadcastTo(t, [...batch, ...t.shape.slice(-2)]);
  return matrixProduct(spread(a), spread(b), transposeA, transposeB);
}
