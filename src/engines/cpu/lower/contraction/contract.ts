/**
 * Lowers contractions (`contraction.ts`). A register tile holds some rows times some columns, in one of two forms:
 *
 *   broadcast   columns are vectors: each inner step loads the tile's vectors of b, and one element of a for each row in
 *               all lanes. b must lie column by column; where it does not, it is packed first, tile by tile.
 *   dot         both operands lie next to each other along an inner axis: vectors run along it, and are added up at the end.
 */
import { constant, scalar } from "../../loops/index.ts";
import { type LoweringContext, nest, type Tuning, volumeOf } from "../context/index.ts";
import { asItLies, lowerDirect, lowerPacked } from "./broadcast.ts";
import { type Contraction, type ContractionAxis, placesIn } from "./contraction.ts";
import { cheaper } from "./cost.ts";
import { lowerDot } from "./dot.ts";
import { isClashing, isCrossed, isFar, withNearRows } from "./near-rows.ts";
import { readsOf, storeResult } from "./sink.ts";

export function lowerContraction(context: LoweringContext, given: Contraction): void {
  const { outer, row, column, inner } = given;
  if ([...outer, row, column].some(({ length }) => length === 0)) return;
  if (inner.some(({ length }) => length === 0)) {
    lowerEmpty(context, given);
    return;
  }
  const { tuning } = context;
  const chosen = cheaper(given, context);
  const contraction = [isFar, isCrossed, isClashing].some((is) => is(chosen, tuning))
    ? withNearRows(context, chosen)
    : chosen;
  const isPrepared = context.isInvariant(contraction.b.buffer);
  if (isPrepared && canPack(contraction)) lowerPacked(context, contraction);
  else if (contraction.column.b === 1 && !isWorthPacking(contraction, tuning)) {
    if (isLong(contraction) || isWorthBlocking(contraction, tuning)) lowerPacked(context, contraction, asItLies);
    else lowerDirect(context, contraction);
  } else {
    const along = dotAxis(contraction, context);
    if (along === undefined) lowerPacked(context, contraction);
    else lowerDot(context, contraction, along);
  }
}

/** A sum of nothing is zero everywhere. */
function lowerEmpty(context: LoweringContext, { name, sink, outer, row, column }: Contraction): void {
  const axes = [...outer, row, column];
  const lengths = axes.map(({ length }) => length);
  context.emit(name, readsOf(sink), [sink.views[0].buffer], (b) => {
    nest(b, lengths, (indices) =>
      storeResult(b, sink, placesIn(sink, axes, indices), column.c, constant(0, scalar("f32"))),
    );
  });
}

/** Packing pays when every element of b meets many rows, and it is not a sliding window, which packing would unroll. */
const isWorthPacking = (contraction: Contraction, { packing }: Tuning): boolean =>
  rowsMet(contraction) >= packing.fromRows && isUnrepeated(contraction);

/** The rows that every element of b meets, for all indices of axes that b does not have. */
const rowsMet = ({ outer, row }: Contraction): number => volumeOf([...outer.filter(({ b }) => b === 0), row]);

const isUnrepeated = ({ b, column, outer, inner }: Contraction): boolean =>
  volumeOf([...outer.filter((axis) => axis.b !== 0), column, ...inner]) <= b.buffer.length;

/** What is invariant is always packed, once, so that programs for all batch sizes share it. */
const canPack = (contraction: Contraction): boolean => isUnrepeated(contraction) && isUnguarded(contraction);

/** A sum of as many terms, added up one after the other, would lose digits: blocks have sums of their own. */
const LONG = 2 ** 14;

const isUnguarded = ({ inner }: Contraction): boolean => inner.every(({ guard }) => guard === undefined);

const isLong = (contraction: Contraction): boolean => volumeOf(contraction.inner) >= LONG && isUnguarded(contraction);

/** Whether the same far part of b would be fetched for one index of an outer axis after the other. */
const isWorthBlocking = (contraction: Contraction, { blocks }: Tuning): boolean =>
  volumeOf(contraction.inner) >= blocks.farSteps &&
  isUnguarded(contraction) &&
  contraction.outer.some(({ b, length }) => b === 0 && length > 1);

/**
 * The inner axis along which both operands lie next to each other, if vectors fit into it: without a rest, or so often that
 * the rest, which is added up element by element, does not matter.
 */
function dotAxis(
  { inner, row, column }: Contraction,
  { lanes, tuning: { packing } }: LoweringContext,
): ContractionAxis | undefined {
  const hasManySums = row.length * column.length * lanes >= packing.dotSums;
  const isShort = volumeOf(inner) < packing.dotFromVectors * lanes;
  if (row.length >= packing.dotFromRows && (hasManySums || isShort)) return undefined;
  return inner.find(
    ({ a, b, length, guard }) =>
      a === 1 &&
      b === 1 &&
      guard === undefined &&
      length >= 2 * lanes &&
      (length % lanes === 0 || length >= 16 * lanes),
  );
}
