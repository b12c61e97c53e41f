/**
 * Results beside padding. A convolution sums over what a window meets; its kernels read copies with zeros around, and add
 * zero times the other operand where the window meets nothing. That is nothing, unless the other operand is infinite or NaN
 * there: then it is NaN. So results that are NaN are computed anew, over what is met alone.
 */
import {
  apply,
  at,
  constant,
  forTiles,
  type Index,
  type KernelBuilder,
  laneOf,
  plus,
  scalar,
  type TileBody,
  times,
  type Value,
} from "../../loops/index.ts";
import { range } from "../context/index.ts";
import { type Contraction, forInner, indexAlong, offsetIn, placesIn } from "./contraction.ts";
import { type Sums, storeTile, type Tile } from "./register-tile.ts";
import { storeResult } from "./sink.ts";

/** Neighboring results, for one index of each outer axis. */
export interface Area {
  readonly outer: readonly Index[];
  readonly row: Index;
  readonly rows: number;
  readonly column: Index;
  readonly columns: number;
}

/** Where b is for an area, if it has been packed: as a tile says. */
type PackedOperand = Pick<Tile, "b" | "bBuffer" | "bSteps" | "bVector">;

/** Whether steps of the sum meet zeros of padding. */
export const isPadded = ({ inner }: Pick<Contraction, "inner">): boolean => inner.some(({ met }) => met !== undefined);

/**
 * Stores results with `store`, or computes and stores them anew where one of them is NaN.
 * @param sums a row's columns in each list; of the last vector those that follow the area's columns do not count
 */
export function storeMet(
  b: KernelBuilder,
  contraction: Contraction,
  area: Area,
  sums: readonly (readonly Value[])[],
  store: () => void,
  packed?: PackedOperand,
): void {
  if (!isPadded(contraction)) {
    store();
    return;
  }
  const total = b.local(totalOf(b, sums, area.columns));
  b.when(apply("eq", total, total), store);
  b.when(apply("ne", total, total), () => storeAnew(b, contraction, area, packed), { isRare: true });
}

/** Stores a tile's sums, once they are complete. */
export const finishTile = (b: KernelBuilder, contraction: Contraction, tile: Tile, sums: Sums): void =>
  storeMet(b, contraction, tile, sums, () => storeTile(b, contraction, tile, sums), tile);

const sumOf = (values: readonly Value[]): Value => values.reduce((sum, value) => apply("add", sum, value));

/** A scalar that is NaN if one of the results is; so may be opposite infinities. */
function totalOf(b: KernelBuilder, sums: readonly (readonly Value[])[], columns: number): Value {
  const overRows = sums[0].map((_, v) => b.local(sumOf(sums.map((row) => row[v]))));
  const { lanes } = overRows[0].type;
  if (lanes === 1) return sumOf(overRows);
  const whole = overRows.slice(0, Math.floor(columns / lanes));
  const rest = overRows.slice(whole.length).flatMap((vector) => range(columns % lanes).map((k) => laneOf(vector, k)));
  return sumOf([...(whole.length > 0 ? [overLanes(b, sumOf(whole))] : []), ...rest]);
}

/** The sum of a vector's lanes. */
function overLanes(b: KernelBuilder, vector: Value): Value {
  const { lanes } = vector.type;
  const halved = (
    v: Value,
    ...halves: readonly ["interleaveLow" | "evenFours", "interleaveHigh" | "oddFours"]
  ): Value => b.local(sumOf(halves.map((half) => apply(half, v, v))));
  let sum: Value = b.local(vector);
  for (let step = 0; step < 2; step++) sum = halved(sum, "interleaveLow", "interleaveHigh");
  for (let fours = lanes / 4; fours > 1; fours /= 2) sum = halved(sum, "evenFours", "oddFours");
  return laneOf(sum, 0);
}

function storeAnew(b: KernelBuilder, contraction: Contraction, area: Area, packed?: PackedOperand): void {
  const { a, b: right, sink, outer, row, column, inner } = contraction;
  const axes = [...outer, row, column];
  const steps = inner.map(({ guard, met, ...axis }) => ({ ...axis, guard: guard ?? met }));
  const whole: PackedOperand = packed ?? {
    b: offsetIn(at(right.offset), axes, [...area.outer, area.row, area.column], "b"),
    bBuffer: right.buffer,
    bSteps: inner.map((axis) => axis.b),
    bVector: b.lanes * column.b,
  };
  const columnStep = packed === undefined ? column.b : 1;
  const computeVector: TileBody = (start, lanes, vector) =>
    b.loop(area.rows, (r) =>
      b.loop(lanes, (k) => {
        const indices = [...area.outer, plus(area.row, r), plus(plus(area.column, start), k)];
        const from = offsetIn(at(a.offset), axes, indices, "a");
        const other = plus(plus(whole.b, times(vector, whole.bVector)), times(k, columnStep));
        const sum = b.local(constant(0, scalar("f32")));
        forInner(b, steps, indexAlong(axes, indices), (inside) => {
          const left = b.load(a.buffer, offsetIn(from, inner, inside, "a"));
          const place = inside.reduce((sum, i, n) => plus(sum, times(i, whole.bSteps[n])), other);
          b.set(sum, apply("fma", left, b.load(whole.bBuffer, place), sum));
        });
        storeResult(b, sink, placesIn(sink, axes, indices), column.c, sum);
      }),
    );
  forTiles(b, area.columns, b.lanes, computeVector, false);
}
