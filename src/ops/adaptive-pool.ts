/**
 * Pooling to a given number of windows, and to one: along an axis of length L, window i of m covers the positions
 *
 *   ⌊i · L / m⌋ … ⌈(i + 1) · L / m⌉ − 1
 *
 * as in PyTorch's adaptive pooling, so that any input gives the same output size. Where m divides L they tile the input
 * and this is ordinary pooling. Otherwise the windows differ in length: their positions are a constant table, in which
 * short windows repeat their last position, and the rest is gathering.
 */
import { NdArray, type Shape, ShapeError, sizeOf } from "../array/index.ts";
import { constant, formatType, integers, located, readAttributes, type Tensor } from "../graph/index.ts";
import { broadcastTo } from "./broadcast.ts";
import { mul, select } from "./elementwise.ts";
import { gather } from "./gather.ts";
import { maxPool, meanPool } from "./pool.ts";
import { argMax, mean, sum } from "./reduce.ts";
import { reshape } from "./reshape.ts";
import { perAxis, ranked, spatialOf } from "./window.ts";

/** The positions of each window along one axis. */
const windowsAlong = (length: number, count: number): number[][] =>
  Array.from({ length: count }, (_, i) => {
    const start = Math.floor((i * length) / count);
    return Array.from({ length: Math.ceil(((i + 1) * length) / count) - start }, (_, k) => start + k);
  });

interface Table {
  /** [windows, places]: row-major positions in a map, each window in scan order. */
  readonly positions: NdArray;
  /** [windows, places]: 1 over the number of positions in the window; 0 where a position stands there again. */
  readonly shares: readonly number[];
}

function tableOf(spatial: Shape, size: Shape): Table {
  let windows: { position: number; share: number }[][] = [[{ position: 0, share: 1 }]];
  spatial.forEach((length, axis) => {
    const along = windowsAlong(length, size[axis]);
    const places = Math.max(...along.map((window) => window.length));
    windows = windows.flatMap((heads) =>
      along.map((window) =>
        heads.flatMap(({ position, share }) =>
          Array.from({ length: places }, (_, k) => ({
            position: position * length + window[Math.min(k, window.length - 1)],
            share: k < window.length ? share / window.length : 0,
          })),
        ),
      ),
    );
  });
  const all = windows.flat();
  return {
    positions: new NdArray(
      Int32Array.from(all, ({ position }) => position),
      [windows.length, windows[0].length],
      "i32",
    ),
    shares: all.map(({ share }) => share),
  };
}

/** The options of one call, checked: the number of windows along each axis. */
function sizeFor(name: string, x: Tensor, given: number | readonly number[]): readonly number[] {
  const where = located(ranked(name, x));
  const spatial = spatialOf(x);
  if (spatial.length < 1) throw new ShapeError(`${where}: needs [n, channels, …spatial], got ${formatType(x)}`);
  const { size } = readAttributes(where, { size: integers(1) }, { size: perAxis(given, spatial.length) });
  if (size.length !== spatial.length)
    throw new ShapeError(`${where}: size [${size}] has ${size.length} numbers for ${spatial.length} spatial axes`);
  if (sizeOf(spatial) === 0) throw new ShapeError(`${where}: there is nothing to pool in ${formatType(x)}`);
  return size;
}

const tiles = (spatial: Shape, size: Shape): boolean => spatial.every((length, i) => length % size[i] === 0);
const kernelFor = (spatial: Shape, size: Shape): number[] => spatial.map((length, i) => length / size[i]);

/** `x` with its maps as rows, the table's positions for each of them, and how results get their shape. */
function lookUp(x: Tensor, size: Shape, { positions }: Table) {
  const [n, channels] = x.shape;
  const [windows, places] = positions.shape;
  const rows = reshape(x, [n, channels, sizeOf(spatialOf(x))]);
  return {
    rows,
    index: broadcastTo(constant(positions), [n, channels, windows, places]),
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
  const full = sizeFor("adaptiveMaxPool", x, size);
  const spatial = spatialOf(x);
  if (tiles(spatial, full)) return maxPool(x, { kernel: kernelFor(spatial, full) });
  const { rows, index, asRow, inWindows, asMaps } = lookUp(x, full, tableOf(spatial, full));
  const best = argMax(inWindows(gather(rows, asRow(index))));
  const winners = gather(index, reshape(best, [...best.shape, 1]));
  return asMaps(gather(rows, reshape(winners, best.shape)));
}

/** The mean of each of `size` windows (one number, or one for each axis) of `x` [n, channels, …spatial]. */
export function adaptiveMeanPool(x: Tensor, size: number | readonly number[]): Tensor {
  const full = sizeFor("adaptiveMeanPool", x, size);
  const spatial = spatialOf(x);
  if (tiles(spatial, full)) return meanPool(x, { kernel: kernelFor(spatial, full) });
  const table = tableOf(spatial, full);
  const { rows, index, asRow, inWindows, asMaps } = lookUp(x, full, table);
  const values = inWindows(gather(rows, asRow(index)));
  const shares = constant(new NdArray(Float64Array.from(table.shares), table.positions.shape, "f64").cast(x.dtype));
  const isFirst = constant(new NdArray(Uint8Array.from(table.shares, Math.sign), table.positions.shape, "bool"));
  return asMaps(sum(select(broadcastTo(isFirst, values.shape), mul(values, shares), 0), -1));
}

/**
 * The maximum of each whole map: [n, channels, …spatial] to [n, channels]. Ties go to the first position; NaN wins.
 */
export function globalMaxPool(x: Tensor): Tensor {
  sizeFor("globalMaxPool", x, 1);
  return reshape(adaptiveMaxPool(x, 1), x.shape.slice(0, 2));
}

/** The mean of each whole map: [n, channels, …spatial] to [n, channels]. Source: Lin et al. 2014, "Network in Network". */
export function globalMeanPool(x: Tensor): Tensor {
  sizeFor("globalMeanPool", x, 1);
  return mean(
    x,
    spatialOf(x).map((_, i) => 2 + i),
  );
}
