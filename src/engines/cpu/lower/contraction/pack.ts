/** Packing the second operand of a contraction: [outer that it has][tile of columns][inner…][columns of the tile]. */
import {
  at,
  type Buffer,
  constant,
  forTiles,
  type Index,
  type KernelBuilder,
  plus,
  scalar,
  storeColumns,
  times,
} from "../../loops/index.ts";
import { type LoweringContext, nest, range, type TileShape } from "../context/index.ts";
import { type Contraction, type ContractionAxis, forInner, indexAlong, offsetIn } from "./contraction.ts";

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

/** The last tile is filled up with zeros. Steps that a guard leaves out are not there to be read, and are not packed. */
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
  const innerSteps = inner.map((axis) => axis.b);
  // Neighbors along it are read as vectors where columns do not lie next to each other.
  const isGuarded = ({ guard }: ContractionAxis): boolean =>
    guard !== undefined && owned.some(({ b, spatial }) => b !== 0 && spatial === guard.spatial);
  const neighbors = inner.findLastIndex((axis) => axis.b === 1 && axis.length >= context.lanes && !isGuarded(axis));
  const along = column.b === 1 || neighbors < 0 ? undefined : neighbors;
  const others = range(inner.length).filter((k) => k !== along);
  const otherAxes = others.map((k) => inner[k]);
  const forOthers = (
    b: KernelBuilder,
    outerIndices: readonly Index[],
    body: (indices: readonly Index[]) => void,
  ): void =>
    otherAxes.some(isGuarded)
      ? forInner(b, otherAxes, indexAlong(outer, outerIndices), body)
      : nest(
          b,
          otherAxes.map(({ length }) => length),
          body,
        );
  context.emit(`${name} pack`, [source.buffer], [buffer], (b) => {
    nest(b, ownedLengths, (outerIndices) => {
      const from = offsetIn(at(source.offset), owned, outerIndices, "b");
      forTiles(b, column.length, width, (start, count, tile) => {
        forOthers(b, outerIndices, (indices) => {
          const moved = (index: Index, strides: readonly number[]): Index =>
            indices.reduce((sum, i, k) => plus(sum, times(i, strides[others[k]])), index);
          const element = moved(plus(from, times(start, column.b)), innerSteps);
          const row = { buffer: source.buffer, index: element, stride: column.b };
          const to = { buffer, index: moved(plus(place(outerIndices), times(tile, tileSize)), steps) };
          if (along === undefined) packRow(b, row, to, count, width);
          else packBlocks(b, row, { ...to, step: steps[along] }, { length: innerLengths[along], count, width });
        });
      });
    });
  });
  return { buffer, place, tileSize, steps };
}

interface Location {
  readonly buffer: Buffer;
  readonly index: Index;
}

/** Rows of a tile for `length` inner steps that lie next to each other in the source: blocks with rows and columns exchanged. */
function packBlocks(
  b: KernelBuilder,
  source: Location & { readonly stride: number },
  target: Location & { readonly step: number },
  { length, count, width }: { readonly length: number; readonly count: number; readonly width: number },
): void {
  const { lanes } = b;
  const zero = constant(0, { lane: "f32", lanes });
  forTiles(b, length, lanes, (start, steps) => {
    for (let v = 0; v < width; v += lanes) {
      const index = plus(source.index, start);
      const vectors = range(lanes).map((k) =>
        v + k < count ? b.local(b.load(source.buffer, plus(index, (v + k) * source.stride), lanes)) : b.local(zero),
      );
      const place = plus(plus(target.index, times(start, target.step)), v);
      storeColumns(b, { buffer: target.buffer, index: place, step: target.step }, vectors, steps);
    }
  });
}

function packRow(
  b: KernelBuilder,
  source: Location & { readonly stride: number },
  target: Location,
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
