/**
 * Rows and columns of a square block in registers exchanged: as many vectors as they have lanes. In each four lanes, four
 * vectors are a 4×4 block, of which interleaving twice makes columns; then the fours change places in the same way.
 */
import { apply, type KernelBuilder, plus } from "./builder.ts";
import type { Buffer, Index, Local, Value } from "./ir.ts";

/** Where columns go: one every `step` elements. */
interface Columns {
  readonly buffer: Buffer;
  readonly index: Index;
  readonly step: number;
}

/** Stores the first `count` columns of a block, each as long as there are rows. */
export function storeColumns(
  b: KernelBuilder,
  { buffer, index, step }: Columns,
  rows: readonly Value[],
  count: number,
): void {
  const missing = Array.from({ length: b.lanes - rows.length }, () => rows[0]);
  const columns = transposed(b, [...rows, ...missing]).slice(0, count);
  b.storingFirst(rows.length, () => {
    for (const [k, column] of columns.entries()) b.store(buffer, plus(index, k * step), column);
  });
}

/** @returns vectors whose i-th lanes are the lanes of the i-th vector given */
export function transposed(b: KernelBuilder, rows: readonly Value[]): Local[] {
  const groups = Array.from({ length: rows.length / 4 }, (_, i) => columnsOfFours(b, rows.slice(4 * i, 4 * i + 4)));
  const columns: Local[] = [];
  for (let k = 0; k < 4; k++) {
    const fours = transposedFours(b, groups.map((group) => group[k])); // biome-ignore format: short
    for (const [j, column] of fours.entries()) columns[4 * j + k] = column;
  }
  return columns;
}

/** Of four vectors: in each four lanes, a column of the block there. */
function columnsOfFours(b: KernelBuilder, [r0, r1, r2, r3]: readonly Value[]): Local[] {
  const halves = (["interleaveLow", "interleaveHigh"] as const).map((half) => [
    b.local(apply(half, r0, r2)),
    b.local(apply(half, r1, r3)),
  ]);
  return halves.flatMap(([even, odd]) => [
    b.local(apply("interleaveLow", even, odd)),
    b.local(apply("interleaveHigh", even, odd)),
  ]);
}

/** As many vectors as they have fours: the i-th fours of all of them, for each i. */
function transposedFours(b: KernelBuilder, vectors: readonly Local[]): Local[] {
  if (vectors.length === 1) return [...vectors];
  const halves = (["evenFours", "oddFours"] as const).map((half) =>
    transposedFours(
      b,
      vectors.flatMap((vector, i) => (i % 2 === 0 ? [b.local(apply(half, vector, vectors[i + 1]))] : [])),
    ),
  );
  return halves[0].flatMap((even, i) => [even, halves[1][i]]);
}
