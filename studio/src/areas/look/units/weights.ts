/** The weights of one unit as planes that can be drawn. */
import { largestOf } from "../../../parts/paint.ts";
import type { LayerRow, Values } from "../../../worker/api.ts";

export interface UnitWeights {
  /** [height, width] each: a window for each channel, or for numbers a grid or a row. */
  readonly planes: readonly Values[];
  /** The largest magnitude. */
  readonly scale: number;
  readonly bias: number | undefined;
  /** The layer in whose maps the planes lie, for weights of a dense layer after maps. */
  readonly mapsOf: string | undefined;
}

const NONE: UnitWeights = { planes: [], scale: 0, bias: undefined, mapsOf: undefined };

/**
 * @param parameters those of the layer: `weight` [units, channels, height, width], of a transposed convolution [channels, units,
 *   height, width], of a dense layer [units, numbers], of a normalization [units]
 * @param layers all layers, in order
 */
export function weightsOf(
  { weight, bias }: Readonly<Record<string, Values>>,
  unit: number,
  { path, type }: LayerRow,
  layers: readonly LayerRow[],
): UnitWeights {
  if (weight === undefined) return NONE;
  const own = ownWeights(weight, unit, type.includes("Transpose"));
  const rest = { scale: largestOf(own.data), bias: bias?.data[unit] };
  const [channels = 1, ...window] = own.shape;
  if (window.length === 2) return { ...rest, planes: planesOf(own.data, channels, window), mapsOf: undefined };
  const before = layers.slice(
    0,
    layers.findIndex((layer) => layer.path === path),
  );
  const maps = before.findLast(({ output }) => output.length === 3 && product(output) === own.data.length);
  // Numbers that have passed another dense layer since belong to no place.
  const isNext =
    maps !== undefined && before.slice(before.indexOf(maps) + 1).every(({ parameters }) => parameters === 0);
  if (!isNext) return { ...rest, planes: [{ data: own.data, shape: gridOf(own.data.length) }], mapsOf: undefined };
  const [depth, ...shape] = maps.output;
  return { ...rest, planes: planesOf(own.data, depth, shape), mapsOf: maps.path };
}

const product = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

/** The weights of one unit, without its axis. */
function ownWeights({ data, shape }: Values, unit: number, isTransposed: boolean): Values {
  const [first, second, ...window] = shape;
  if (!isTransposed) {
    const size = data.length / first;
    return { data: data.slice(unit * size, (unit + 1) * size), shape: shape.slice(1) };
  }
  const size = product(window);
  const own = new Float32Array(first * size);
  for (let c = 0; c < first; c++) {
    const from = (c * second + unit) * size;
    own.set(data.subarray(from, from + size), c * size);
  }
  return { data: own, shape: [first, ...window] };
}

const planesOf = (data: Float32Array, channels: number, shape: readonly number[]): Values[] => {
  const size = data.length / channels;
  return Array.from({ length: channels }, (_, c) => ({ data: data.slice(c * size, (c + 1) * size), shape }));
};

/** Rows and columns of a grid without gaps, as wide as it is easily seen. */
function gridOf(numbers: number): readonly [number, number] {
  const rows =
    Array.from({ length: Math.floor(Math.sqrt(numbers)) }, (_, i) => i + 1).findLast((n) => numbers % n === 0) ?? 1;
  return [rows, numbers / rows];
}
