/**
 * Where the results of a contraction go: into a view, as they are, or as part of an elementwise expression that is computed
 * before they are stored, such as bias, activation and residual addition. The results then never reach memory by themselves.
 */
import {
  type Buffer,
  type Index,
  type KernelBuilder,
  laneOf,
  plus,
  transposed,
  type Value,
} from "../../loops/index.ts";
import { alignedWith, canVectorize, loadAlong, storeLanes, type View } from "../context/index.ts";

export interface Sink {
  /** The target, then whatever else the expression reads. All have the shape of the result. */
  readonly views: readonly View[];
  /** The value to store, from the result and the other views' elements at its place, by their number in `views`. */
  readonly compute?: (b: KernelBuilder, result: Value, read: (view: number) => Value, lanes: number) => Value;
}

/**
 * Makes a sink whose target has its axes in the given order; default row-major.
 * @param leaving their order where nothing else in the program reads the target; default the same
 */
export type OpenSink = (order: readonly number[] | undefined, leaving?: readonly number[]) => Sink;

export const readsOf = ({ views }: Sink): Buffer[] => views.slice(1).map(({ buffer }) => buffer);

/** The buffers that are read only by the expression, at the place that is written. */
export const alignedReads = ({ views: [target, ...others] }: Sink, operands: readonly Buffer[]): Buffer[] =>
  alignedWith(target, others).filter((buffer) => !operands.includes(buffer));

/**
 * Stores a result, or the first `count` lanes of a vector of them.
 * @param places where the first lane is in each view
 * @param steps how far the lanes are apart in each view
 */
export function storeResult(
  b: KernelBuilder,
  { views, compute }: Sink,
  places: readonly Index[],
  steps: readonly number[],
  result: Value,
  count = 1,
): void {
  const { lanes } = result.type;
  const [target] = views;
  if (compute === undefined) storeLanes(b, target.buffer, places[0], steps[0], result, count);
  else if (lanes === 1 || canVectorize(steps.slice(1))) {
    const value = compute(b, result, (k) => loadAlong(b, views[k], places[k], steps[k], lanes), lanes);
    storeLanes(b, target.buffer, places[0], steps[0], value, count);
  } else {
    for (let lane = 0; lane < Math.min(count, lanes, b.storedLanes); lane++) {
      const value = compute(
        b,
        laneOf(result, lane),
        (k) => b.load(views[k].buffer, plus(places[k], lane * steps[k])),
        1,
      );
      b.store(target.buffer, plus(places[0], lane * steps[0]), value);
    }
  }
}

/** Whether a sink has neighbors along rows, and not along columns, so that lanes would be stored one by one. */
export const runsAlongRows = (
  { compute }: Sink,
  [row, ...ofReads]: readonly number[],
  [column]: readonly number[],
): boolean => row === 1 && column !== 1 && (compute === undefined || canVectorize(ofReads));

/**
 * Stores vectors of columns, one for each row, after rows and columns are exchanged: in vectors of rows. These are read
 * beyond the last row, and stored as far as it.
 * @param places where the first row and column are in each view
 * @param steps how far rows and columns are apart in each view, and how many columns are stored
 */
export function storeExchanged(
  b: KernelBuilder,
  { views, compute }: Sink,
  places: readonly Index[],
  steps: { readonly row: readonly number[]; readonly column: readonly number[]; readonly count: number },
  rows: readonly Value[],
): void {
  const missing = Array.from({ length: b.lanes - rows.length }, () => rows[0]);
  const columns = transposed(b, [...rows, ...missing]).slice(0, steps.count);
  for (const [j, column] of columns.entries()) {
    const placeIn = (k: number): Index => plus(places[k], j * steps.column[k]);
    const read = (k: number): Value => loadAlong(b, views[k], placeIn(k), steps.row[k], b.lanes);
    const value = compute === undefined ? column : compute(b, column, read, b.lanes);
    storeLanes(b, views[0].buffer, placeIn(0), 1, value, rows.length);
  }
}
