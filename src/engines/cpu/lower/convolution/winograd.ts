/**
 * Convolution with 3×3 filters and stride 1, and its gradients, by Winograd's algorithm (`winograd-transforms.ts`): inputs
 * and filters are transformed, the sum over channels becomes 36 matrix products, and their results are transformed back.
 * The filters' gradient is the derivative of the same: dg = Gᵀ [Σ (Bᵀ d B) ⊙ (A dY Aᵀ)] G, summed over tiles and samples.
 */
import { type Shape, sizeOf } from "../../../../array/index.ts";
import { apply, at, forTiles, type Index, plus, type Value } from "../../loops/index.ts";
import {
  isBatchInnermost,
  type LoweringContext,
  loadAlong,
  mapLoop,
  nest,
  partOf,
  positionIn,
  range,
  type Tuning,
  type View,
  vectorLoop,
} from "../context/index.ts";
import { type ContractionAxis, lowerContraction, readsOf, type Sink, storeResult } from "../contraction/index.ts";
import {
  filterTransform,
  INPUTS,
  inOrder,
  inputTransform,
  OUTPUTS,
  outputTransform,
  POINTS,
  pointPlanes,
  TAPS,
  transform,
  transformTiles,
  transposeOf,
  type VectorAxis,
} from "./winograd-transforms.ts";

/** Whether the algorithm saves time for maps [n, in, …] and filters [out, in, …], with stride 1. */
export function savesTime(
  maps: Shape,
  [filters, channels, ...kernel]: Shape,
  padding: readonly number[],
  { winograd, caches }: Tuning,
): boolean {
  if (kernel.length !== 2 || kernel.some((n) => n !== TAPS) || padding.some((n) => n >= TAPS)) return false;
  const outputs = maps.slice(2).map((n, i) => n + padding[i] + padding[2 + i] - TAPS + 1);
  const overhang = outputs.reduce((product, n) => product * ((Math.ceil(n / OUTPUTS) * OUTPUTS) / n), 1);
  if (Math.min(filters, channels) < winograd.fewestMaps || overhang > winograd.mostOverhang) return false;
  // Transformed filters take four times the memory of filters: each element that comes from afar must meet enough tiles.
  const isFar = POINTS * filters * channels > caches.beyondSecond;
  return !isFar || maps[0] * sizeOf(tilesOf(outputs)) >= winograd.fewestTiles;
}

const tilesOf = (lengths: readonly number[]): number[] => lengths.map((n) => Math.ceil(n / OUTPUTS));

const vectorAxisOf = (maps: View): VectorAxis => (isBatchInnermost(maps) ? 0 : 1);

/** The parts of a batch, as first sample and number of samples. Where samples lie innermost there is one. */
function batchParts(
  samples: number,
  maps: number,
  tiles: readonly number[],
  axis: VectorAxis,
  { winograd }: Tuning,
): [number, number][] {
  const each = Math.max(1, Math.floor(winograd.mostElements / (POINTS * sizeOf(tiles) * maps)));
  const size = axis === 0 ? samples : Math.min(samples, each);
  return range(Math.ceil(samples / size)).map((i) => [i * size, Math.min(size, samples - i * size)]);
}

export interface WinogradConvolution {
  readonly name: string;
  /** [n, in, h, w], with channels or samples innermost. */
  readonly x: View;
  /** Zeros before the first row and column. */
  readonly before: readonly number[];
  /** [in, 3, 3, out], with the last axis next to each other. */
  readonly w: View;
  /** Whether taps are met in the opposite order, as in the input gradient. */
  readonly isFlipped: boolean;
  /** [n, out, h, w], with the axis innermost that is so in x. */
  readonly sink: Sink;
}

export function lowerWinograd(context: LoweringContext, given: WinogradConvolution): void {
  const { name, x, before, w, isFlipped, sink } = given;
  const [samples, outputs, ...lengths] = sink.views[0].shape;
  const tiles = tilesOf(lengths);
  const axis = vectorAxisOf(sink.views[0]);
  const padded = padToTiles(context, x, before, tiles);
  const filters = transformFilters(context, `${name} filters`, w, isFlipped);
  for (const [start, count] of batchParts(samples, x.shape[1] + outputs, tiles, axis, context.tuning)) {
    const part = (view: View): View => partOf(view, 0, start, count);
    const data = transformTiles(context, `${name} input`, part(padded), inputTransform, tiles, axis);
    const products = multiplyTiles(context, `${name} products`, data, filters, axis);
    transformBack(context, `${name} output`, products, { ...sink, views: sink.views.map(part) }, axis);
  }
}

/** Maps with zeros around them, as far as whole tiles reach. */
function padToTiles(context: LoweringContext, x: View, before: readonly number[], tiles: readonly number[]): View {
  const after = tiles.map((n, i) => n * OUTPUTS + TAPS - 1 - before[i] - x.shape[2 + i]);
  return context.padded(x, before, after);
}

/** U[36, in, out] = G g Gᵀ. */
function transformFilters(context: LoweringContext, name: string, w: View, isFlipped: boolean): View {
  const [inputs, , , outputs] = w.shape;
  const result = pointPlanes(context, "transformed filters", POINTS, [inputs, outputs]);
  const tap = (k: number): Index => at(isFlipped ? TAPS - 1 - k : k);
  context.emit(name, [w.buffer], [result.buffer], (b) => {
    nest(b, [inputs], ([i]) => {
      mapLoop(b, context.tuning, outputs, (o, lanes) => {
        const load = (row: number, column: number): Value =>
          loadAlong(b, w, positionIn(w, [i, tap(row), tap(column), o]), 1, lanes);
        transform(b, filterTransform, load, (p, value) =>
          b.store(result.buffer, positionIn(result, [at(p), i, o]), value),
        );
      });
    });
  });
  return result;
}

const axisOf = (length: number, a: number, b: number, c: number): ContractionAxis => ({ length, a, b, c: [c] });

/** M[36, out, tiles, n] or M[36, n, tiles, out] = Σ_in U V. */
function multiplyTiles(context: LoweringContext, name: string, data: View, filters: View, axis: VectorAxis): View {
  const [, inputs, outputs] = filters.shape;
  const [, ...shape] = axis === 0 ? data.shape.with(1, outputs) : data.shape.with(-1, outputs);
  const result = pointPlanes(context, "products", POINTS, shape);
  const places = sizeOf(shape) / outputs;
  const [u, v, m] = [filters, data, result].map(({ strides }) => strides[0]);
  const sink = { views: [result] };
  if (axis === 0)
    lowerContraction(context, {
      ...{ name, a: filters, b: data, sink },
      outer: [axisOf(POINTS, u, v, m)],
      row: axisOf(outputs, 1, 0, places),
      column: axisOf(places, 0, 1, 1),
      inner: [axisOf(inputs, outputs, places, 0)],
    });
  else
    lowerContraction(context, {
      ...{ name, a: data, b: filters, sink },
      outer: [axisOf(POINTS, v, u, m)],
      row: axisOf(places, inputs, 0, outputs),
      column: axisOf(outputs, 0, 1, 1),
      inner: [axisOf(inputs, 1, outputs, 0)],
    });
  return result;
}

/** Y = Aᵀ M A, as far as tiles do not hang over. */
function transformBack(context: LoweringContext, name: string, products: View, sink: Sink, axis: VectorAxis): void {
  const [y] = sink.views;
  const [, , height, width] = y.shape;
  const steps = sink.views.map(({ strides }) => strides[axis]);
  context.emit(name, [products.buffer, ...readsOf(sink)], [y.buffer], (b) => {
    nest(b, [y.shape[1 - axis]], ([other]) => {
      forTiles(b, height, OUTPUTS, (top, rows, ty) => {
        forTiles(b, width, OUTPUTS, (left, columns, tx) => {
          vectorLoop(b, y.shape[axis], true, (v, lanes) => {
            const load = (row: number, column: number): Value =>
              b.load(products.buffer, positionIn(products, [at(row * INPUTS + column), other, ty, tx, v]), lanes);
            transform(b, outputTransform, load, (p, value) => {
              const [row, column] = [Math.floor(p / OUTPUTS), p % OUTPUTS];
              if (row >= rows || column >= columns) return;
              const indices = [...inOrder(axis, v, other), plus(top, row), plus(left, column)];
              const places = sink.views.map((view) => positionIn(view, indices));
              storeResult(b, sink, places, steps, value, lanes);
            });
          });
        });
      });
    });
  });
}

export interface WinogradFilterGradient {
  readonly name: string;
  /** [n, in, h, w], with channels or samples innermost. */
  readonly x: View;
  readonly before: readonly number[];
  /** [n, out, h, w], with the same axis innermost. */
  readonly dy: View;
  /** [out, in, 3, 3]. */
  readonly sink: Sink;
}

export function lowerWinogradFilterGradient(context: LoweringContext, given: WinogradFilterGradient): void {
  const { name, x, before, dy, sink } = given;
  const [samples, outputs, ...lengths] = dy.shape;
  const tiles = tilesOf(lengths);
  const axis = vectorAxisOf(dy);
  const padded = padToTiles(context, x, before, tiles);
  const overhang = lengths.map((n, i) => tiles[i] * OUTPUTS - n);
  const whole = context.padded(dy, [0, 0], overhang);
  const sums = batchParts(samples, x.shape[1] + outputs, tiles, axis, context.tuning).map(([start, count]) => {
    const part = (view: View): View => partOf(view, 0, start, count);
    const data = transformTiles(context, `${name} input`, part(padded), inputTransform, tiles, axis);
    const slopes = transformTiles(context, `${name} output`, part(whole), transposeOf(outputTransform), tiles, axis);
    return multiplyOverPlaces(context, `${name} products`, data, slopes, axis);
  });
  transformFiltersBack(context, `${name} filters`, sums, sink);
}

/** dU[36, in, out] = Σ over tiles and samples of V dM. */
function multiplyOverPlaces(context: LoweringContext, name: string, data: View, slopes: View, axis: VectorAxis): View {
  const [inputs, outputs] = [data, slopes].map(({ shape }) => shape.at(axis === 0 ? 1 : -1)!);
  const places = sizeOf(data.shape) / POINTS / inputs;
  const result = pointPlanes(context, "filter slopes", POINTS, [inputs, outputs]);
  const [v, s, u] = [data, slopes, result].map(({ strides }) => strides[0]);
  const [mapStep, placeStep] = axis === 0 ? [() => places, () => 1] : [() => 1, (maps: number) => maps];
  lowerContraction(context, {
    ...{ name, a: data, b: slopes, sink: { views: [result] } },
    outer: [axisOf(POINTS, v, s, u)],
    row: axisOf(inputs, mapStep(), 0, outputs),
    column: axisOf(outputs, 0, mapStep(), 1),
    inner: [axisOf(places, placeStep(inputs), placeStep(outputs), 0)],
  });
  return result;
}

/** dg = Gᵀ dU G, summed over the parts of the batch. */
function transformFiltersBack(context: LoweringContext, name: string, sums: readonly View[], sink: Sink): void {
  const [dw] = sink.views;
  const [outputs, inputs] = dw.shape;
  const steps = sink.views.map(({ strides }) => strides[0]);
  const reads = [...sums.map(({ buffer }) => buffer), ...readsOf(sink)];
  context.emit(name, reads, [dw.buffer], (b) => {
    nest(b, [inputs], ([i]) => {
      mapLoop(b, context.tuning, outputs, (o, lanes) => {
        const load = (row: number, column: number): Value =>
          sums
            .map((sum) => b.load(sum.buffer, positionIn(sum, [at(row * INPUTS + column), i, o]), lanes))
            .reduce((total, value) => apply("add", total, value));
        transform(b, transposeOf(filterTransform), load, (p, value) => {
          const indices = [o, i, at(Math.floor(p / TAPS)), at(p % TAPS)];
          const places = sink.views.map((view) => positionIn(view, indices));
          storeResult(b, sink, places, steps, value, lanes);
        });
      });
    });
  });
}
