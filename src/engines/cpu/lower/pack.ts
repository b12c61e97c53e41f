/** Packing the second operand of a contraction: [outer that it has][tile of columns][inner…][columns of the tile]. */
import { at, constant, type KernelBuilder, plus, scalar, times } from "../loops/builder.ts";
import type { Buffer, Index } from "../loops/ir.ts";
import { type LoweringContext, nest } from "./context.ts";
import { type Contraction, forTiles, offsetIn } from "./register-tile.ts";
import type { TileShape } from "./tile.ts";

export interface Packed {
  readonly buffer: Buffer;
  /** Where the part for the outer axes' indices begins. */
  readonly place: (outer: readonly Index[]) => Index;
  /** Elements from one tile of columns to the next. */
  readonly tileSize: number;
  /** Elements from one step to the next along each inner axis. */
  readonly steps: readonly number[];
}

/** The products of all later lengths: row-major strides over elements of `last`. */
export const stridesOver = (lengths: readonly number[], last: number): number[] =>
  lengths.map((_, i) => lengths.slice(i + 1).reduce((size, length) => size * length, last));

/** The last tile is filled up with zeros. */
export function packColumns(
  context: LoweringContext,
  { name, b: source, outer, column, inner }: Pick<Contraction, "name" | "b" | "outer" | "column" | "inner">,
  { vectors }: TileShape,
): Packed {
  const width = vectors * context.lanes;
  const innerLengths = inner.map(({ length }) => length);
  const steps = stridesOver(innerLengths, width);
  const tileSize = innerLengths.reduce((size, length) => size * length, width);
  const owned = outer.map((axis) => (axis.b === 0 ? { ...axis, length: 1 } : axis));
  const ownedLengths = owned.map(({ length }) => length);
  const perOuter = Math.ceil(column.length / width) * tileSize;
  const outerSteps = stridesOver(ownedLengths, perOuter);
  const buffer = context.buffer("packed", [ownedLengths.reduce((size, length) => size * length, perOuter)], "f32");
  const place = (indices: readonly Index[]): Index =>
    indices.reduce((sum, index, i) => plus(sum, times(index, owned[i].b === 0 ? 0 : outerSteps[i])), at(0));
  context.emit(`${name} pack`, [source.buffer], [buffer], (b) => {
    nest(b, ownedLengths, (outerIndices) => {
      const from = offsetIn(at(source.offset), owned, outerIndices, "b");
      forTiles(b, column.length, width, (start, count, tile) => {
        nest(b, innerLengths, (indices) => {
          const element = indices.reduce(
            (sum, i, k) => plus(sum, times(i, inner[k].b)),
            plus(from, times(start, column.b)),
          );
          const to = indices.reduce(
            (sum, i, k) => plus(sum, times(i, steps[k])),
            plus(place(outerIndices), times(tile, tileSize)),
          );
          packRow(b, { buffer: source.buffer, index: element, stride: column.b }, { buffer, index: to }, count, width);
        });
      });
    });
  });
  return { buffer, place, tileSize, steps };
}

interface Row {
  readonly buffer: Buffer;
  readonly index: Index;
}

function packRow(
  b: KernelBuilder,
  source: Row & { readonly stride: number },
  target: Row,
  count: number,
  width: number,
): void {
  const { lanes } = b;
  const whole = source.stride === 1 ? Math.floor(count / lanes) : 0;
  for (let v = 0; v < whole; v++) {
    b.store(target.buffer, plus(target.index, v * lanes), b.load(source.buffer, plus(source.index, v * lanes), lanes));
  }
  for (let k = whole * lanes; k < width; k++) {
    const element =
      k < count ? b.load(source.buffer, plus(source.index, k * source.stride)) : constant(0, scalar("f32"));
    b.store(target.buffer, plus(target.index, k), element);
  }
}
