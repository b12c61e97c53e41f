/**
 * Pooling to a given number of windows: along an axis of length L, window i of m covers the positions
 *
 *   ⌊i · L / m⌋ … ⌈(i + 1) · L / m⌉ − 1
 *
 * as in PyTorch's adaptive pooling, so that any input gives the same output size. Where m divides L they tile the input and
 * this is ordinary pooling. Otherwise the windows differ in length: their positions are a constant table, in which short
 * windows repeat their last position, and the rest is a gather.
 */
import { NdArray, type Shape, ShapeError, sizeOf } from "../array/index.ts";
import { constant, expectTensors, formatType, located, naming, type Tensor } from "../graph/index.ts";
import { integers, readOptions } from "../options/index.ts";
import { broadcastTo, sum } from "./broadcast.ts";
import { mul, select } from "./elementwise.ts";
import { gather } from "./gather.ts";
import { avgPool, maxPool } from "./pool.ts";
import { argMax, mean } from "./reduce.ts";
import { reshape } from "./reshape.ts";
import { expectTable } from "./tables.ts";
import { perAxis, ranked, spatialOf } from "./window.ts";

/** [windows, places] over one axis, or over several as one. */
interface WindowTable {
  readonly windows: number;
  readonly places: number;
  /** Row-major positions in a map, each window in scan order. */
  readonly positions: Int32Array;
  /** 1 over the number of positions in the window; 0 for repeated positions. */
  readonly shares: Float64Array;
}

const windowStart = (i: number, length: number, count: number): number => Math.floor((i * length) / count);
const windowLength = (i: number, length: number, count: number): number =>
  Math.ceil(((i + 1) * length) / count) - windowStart(i, length, count);

function emptyTable(windows: number, places: number): WindowTable {
  expectTable(windows * places);
  const [positions, shares] = [new Int32Array(windows * places), new Float64Array(windows * places)];
  return { windows, places, positions, shares };
}

/** The windows along one axis. @throws ShapeError for too many positions */
function tableAlong(length: number, count: number): WindowTable {
  expectTable(count);
  let places = 1;
  for (let i = 0; i < count; i++) places = Math.max(places, windowLength(i, length, count));
  const table = emptyTable(count, places);
  for (let i = 0, at = 0; i < count; i++) {
    const own = windowLength(i, length, count);
    for (let k = 0; k < places; k++, at++) {
      table.positions[at] = windowStart(i, length, count) + Math.min(k, own - 1);
      table.shares[at] = k < own ? 1 / own : 0;
    }
  }
  return table;
}

/** The windows over the axes of `heads` and one more inner axis. */
function crossWindows(heads: WindowTable, inner: WindowTable, length: number): WindowTable {
  const table = emptyTable(heads.windows * inner.windows, heads.places * inner.places);
  for (let at = 0; at < table.positions.length; at++) {
    const [window, place] = [Math.floor(at / table.places), at % table.places];
    const head = Math.floor(window / inner.windows) * heads.places + Math.floor(place / inner.places);
    const own = (window % inner.windows) * inner.places + (place % inner.places);
    table.positions[at] = heads.positions[head] * length + inner.positions[own];
    table.shares[at] = heads.shares[head] * inner.shares[own];
  }
  return table;
}

const windowTable = (name: string, spatial: Shape, size: Shape): WindowTable =>
  naming(name, () =>
    spatial
      .map((length, axis) => tableAlong(length, size[axis]))
      .reduce((heads, inner, axis) => crossWindows(heads, inner, spatial[axis])),
  );

/** The options of one call, checked: the number of windows along each axis. */
function readWindowCount(name: string, x: Tensor, given: number | readonly number[]): readonly number[] {
  expectTensors(name, x);
  const where = located(ranked(name, x));
  const spatial = spatialOf(x);
  if (spatial.length < 1) throw new ShapeError(`${where}: needs [n, channels, …spatial], got ${formatType(x)}`);
  const { size } = readOptions(where, { size: integers(1) }, { size: perAxis(given, spatial.length) });
  if (size.length !== spatial.length)
    throw new ShapeError(`${where}: size [${size}] has ${size.length} numbers for ${spatial.length} spatial axes`);
  if (sizeOf(spatial) === 0) throw new ShapeError(`${where}: there is nothing to pool in ${formatType(x)}`);
  return size;
}

const tiles = (spatial: Shape, size: Shape): boolean => spatial.every((length, i) => length % size[i] === 0);
const tilingKernel = (spatial: Shape, size: Shape): number[] => spatial.map((length, i) => length / size[i]);

/** Gathers the table's positions from each map of `x`, and restores the shape of results. */
function gatherWindows(x: Tensor, size: Shape, { positions, windows, places }: WindowTable) {
  const [n, channels] = x.shape;
  const rows = reshape(x, [n, channels, sizeOf(spatialOf(x))]);
  return {
    rows,
    index: broadcastTo(constant(new NdArray(positions, [windows, places], "i32")), [n, channels, windows, places]),
    asRow: (t: Tensor): Tensor => reshape(t, [n, channels, windows * places]),
    inWindows: (t: Tensor): Tensor => reshape(t, [n, channels, windows, places]),
    asMaps: (t: Tensor): Tensor => reshape(t, [n, channels, ...size]),
  };
}

/**
 * The maximum of each of `size` windows (one number, or one for each axis) of `x` [n, channels, …spatial]:
 * [n, channels, ...size]. Ties go to the first position in scan order; NaN wins.
 */
export function adaptiveMaxPool(x: Tensor, size: number | readonly number[]): Tensor {
  const full = readWindowCount("adaptiveMaxPool", x, size);
  const spatial = spatialOf(x);
  if (tiles(spatial, full)) return maxPool(x, { kernel: tilingKernel(spatial, full) });
  const { rows, index, asRow, inWindows, asMaps } = gatherWindows(
    x,
    full,
    windowTable("adaptiveMaxPool", spatial, full),
  );
  const best = argMax(inWindows(gather(rows, asRow(index))));
  const winners = gather(index, reshape(best, [...best.shape, 1]));
  return asMaps(gather(rows, reshape(winners, best.shape)));
}

/** The mean of each of `size` windows (one number, or one for each axis) of `x` [n, channels, …spatial]. */
export function adaptiveAvgPool(x: Tensor, size: number | readonly number[]): Tensor {
  const full = readWindowCount("adaptiveAvgPool", x, size);
  const spatial = spatialOf(x);
  if (tiles(spatial, full)) return avgPool(x, { kernel: tilingKernel(spatial, full) });
  const table = windowTable("adaptiveAvgPool", spatial, full);
  const { rows, index, asRow, inWindows, asMaps } = gatherWindows(x, full, table);
  const values = inWindows(gather(rows, asRow(index)));
  const weights = new NdArray(table.shares, [table.windows, table.places], "f64");
  const shares = constant(weights.cast(x.dtype));
  const isFirst = constant(weights.cast("bool"));
  return asMaps(sum(select(broadcastTo(isFirst, values.shape), mul(values, shares), 0), -1));
}

/**
 * The maximum of each whole map: [n, channels, …spatial] to [n, channels]. Ties go to the first position; NaN wins.
 */
export function globalMaxPool(x: Tensor): Tensor {
  readWindowCount("globalMaxPool", x, 1);
  return reshape(adaptiveMaxPool(x, 1), x.shape.slice(0, 2));
}

/** The mean of each whole map: [n, channels, …spatial] to [n, channels]. Source: Lin et al. 2014, "Network in Network". */
export function globalAvgPool(x: Tensor): Tensor {
  readWindowCount("globalAvgPool", x, 1);
  return mean(
    x,
    spatialOf(x).map((_, i) => 2 + i),
  );
}
