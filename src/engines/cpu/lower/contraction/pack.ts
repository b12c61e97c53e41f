/**
 * Packing the second operand of a contraction: [outer that it has][panel of columns][inner…][columns of the panel]. A panel is
 * as wide as a vector, and register tiles read several side by side: so tiles of any shape read the same panels, and programs
 * for batches of several sizes share them.
 */
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
import { contiguous, type LoweringContext, nest, range } from "../context/index.ts";
import { type Contraction, type ContractionAxis, forInner, indexAlong, offsetIn } from "./contraction.ts";

export interface Packed {
  readonly buffer: Buffer;
  /** Where the part for the outer axes' indices begins. */
  readonly place: (outer: readonly Index[]) => Index;
  /** Elements from one vector of columns to the next. */
  readonly vectorStep: number;
  /** Elements from one step to the next along each inner axis. */
  readonly steps: readonly number[];
}

/** The products of all later lengths: row-major strides over elements of `last`. */
export const stridesOver = (lengths: readonly number[], last: number): number[] =>
  lengths.map((_, i) => lengths.slice(i + 1).reduce((size, length) => size * length, last));

/**
 * The last panel is filled up with zeros, as are further ones that are asked for. Steps that a guard leaves out are not there
 * to be read, and are not packed.
 */
export function packColumns(
  context: LoweringContext,
  { name, b: source, outer, column, inner }: Pick<Contraction, "name" | "b" | "outer" | "column" | "inner">,
  panels = Math.ceil(column.length / context.lanes),
): Packed {
  const width = context.lanes;
  const innerLengths = inner.map(({ length }) => length);
  const steps = stridesOver(innerLengths, width);
  const vectorStep = innerLengths.reduce((size, length) => size * length, width);
  const owned = outer.map((axis) => (axis.b === 0 ? { ...axis, length: 1 } : axis));
  const ownedLengths = owned.map(({ length }) => length);
  const perOuter = panels * vectorStep;
  const outerSteps = stridesOver(ownedLengths, perOuter);
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
  const pack = (buffer: Buffer) => (b: KernelBuilder) => {
    nest(b, ownedLengths, (outerIndices) => {
      const from = offsetIn(at(source.offset), owned, outerIndices, "b");
      forTiles(b, column.length, width, (start, count, panel) => {
        forOthers(b, outerIndices, (indices) => {
          const moved = (index: Index, strides: readonly number[]): Index =>
            indices.reduce((sum, i, k) => plus(sum, times(i, strides[others[k]])), index);
          const element = moved(plus(from, times(start, column.b)), innerSteps);
          const row = { buffer: source.buffer, index: element, stride: column.b };
          const to = { buffer, index: moved(plus(place(outerIndices), times(panel, vectorStep)), steps) };
          if (along === undefined) packRow(b, row, to, count);
          else packBlock(b, row, { ...to, step: steps[along] }, { length: innerLengths[along], count });
        });
      });
      const whole = Math.ceil(column.length / width);
      b.loop(panels - whole, (panel) => {
        const start = plus(place(outerIndices), times(plus(panel, whole), vectorStep));
        b.loop(vectorStep / width, (i) =>
          b.store(buffer, plus(start, times(i, width)), constant(0, { lane: "f32", lanes: width })),
        );
      });
    });
  };
  const length = ownedLengths.reduce((size, length) => size * length, perOuter);
  const axes = [...owned, column, ...inner].map((axis) => `${axis.length} ${axis.b} ${JSON.stringify(axis.guard)}`);
  const { buffer } = context.once(`packed by ${owned.length} of ${axes} in ${panels}`, source, () => {
    const packed = contiguous(context.buffer("packed", [length], "f32"), [length]);
    context.emit(`${name} pack`, [source.buffer], [packed.buffer], pack(packed.buffer));
    return packed;
  });
  return { buffer, place, vectorStep, steps };
}

interface Location {
  readonly buffer: Buffer;
  readonly index: Index;
}

/** Rows of a panel for `length` inner steps that lie next to each other in the source: rows and columns exchanged. */
function packBlock(
  b: KernelBuilder,
  source: Location & { readonly stride: number },
  target: Location & { readonly step: number },
  { length, count }: { readonly length: number; readonly count: number },
): void {
  const { lanes } = b;
  const zero = constant(0, { lane: "f32", lanes });
  forTiles(b, length, lanes, (start, steps) => {
    const index = plus(source.index, start);
    const vectors = range(lanes).map((k) =>
      k < count ? b.local(b.load(source.buffer, plus(index, k * source.stride), lanes)) : b.local(zero),
    );
    const place = plus(target.index, times(start, target.step));
    storeColumns(b, { buffer: target.buffer, index: place, step: target.step }, vectors, steps);
  });
}

function packRow(
  b: KernelBuilder,
  source: Location & { readonly stride: number },
  target: Location,
  count: number,
): void {
  const { lanes } = b;
  if (source.stride === 1 && count === lanes) {
    b.store(target.buffer, target.index, b.load(source.buffer, source.index, lanes));
    return;
  }
  for (let k = 0; k < lanes; k++) {
    const element =
      k < count ? b.load(source.buffer, plus(source.index, k * source.stride)) : constant(0, scalar("f32"));
    b.store(target.buffer, plus(target.index, k), element);
  }
}
