/** One register tile of a contraction: where it begins, its sums, and the products that go into them. */
import {
  apply,
  type Buffer,
  constant,
  type Index,
  type KernelBuilder,
  type Local,
  plus,
  times,
} from "../../loops/index.ts";
import { range } from "../context/index.ts";
import { type Contraction, forInner, indexAlong } from "./contraction.ts";
import { storeResult } from "./sink.ts";

/** Where a tile's operands begin, and how b steps along the inner axes, and from vector to vector. */
export interface Tile {
  readonly a: Index;
  readonly b: Index;
  /** In each view of the sink. */
  readonly c: readonly Index[];
  readonly bBuffer: Buffer;
  readonly bSteps: readonly number[];
  readonly bVector: number;
  readonly rows: number;
  readonly columns: number;
  /** The indices of the outer axes. */
  readonly outer: readonly Index[];
  /** Of the first row and column. */
  readonly row: Index;
  readonly column: Index;
}

export type Sums = readonly (readonly Local[])[];

export function zeros(b: KernelBuilder, rows: number, vectors: number): Sums {
  const zero = constant(0, { lane: "f32", lanes: b.lanes });
  return range(rows).map(() => range(vectors).map(() => b.local(zero)));
}

/** Adds the products over the inner axes to a tile's sums. */
export function addProducts(b: KernelBuilder, { a, outer, row, inner }: Contraction, tile: Tile, sums: Sums): void {
  const { lanes } = b;
  forInner(b, inner, indexAlong(outer, tile.outer), (indices) => {
    const aIndex = indices.reduce((sum, i, k) => plus(sum, times(i, inner[k].a)), tile.a);
    const bIndex = indices.reduce((sum, i, k) => plus(sum, times(i, tile.bSteps[k])), tile.b);
    const right = sums[0].map((_, v) => b.local(b.load(tile.bBuffer, plus(bIndex, v * tile.bVector), lanes)));
    for (const [r, sumsOfRow] of sums.entries()) {
      const left = b.local(b.loadSplat(a.buffer, plus(aIndex, r * row.a), lanes));
      for (const [v, sum] of sumsOfRow.entries()) b.set(sum, apply("fma", left, right[v], sum));
    }
  });
}

export function eachSum(sums: Sums, visit: (sum: Local, row: number, vector: number) => void): void {
  for (const [r, sumsOfRow] of sums.entries()) for (const [v, sum] of sumsOfRow.entries()) visit(sum, r, v);
}

export function storeTile(b: KernelBuilder, { sink, row, column }: Contraction, tile: Tile, sums: Sums): void {
  eachSum(sums, (sum, r, v) => {
    const places = tile.c.map((place, k) => plus(place, r * row.c[k] + v * b.lanes * column.c[k]));
    storeResult(b, sink, places, column.c, sum, tile.columns - v * b.lanes);
  });
}
