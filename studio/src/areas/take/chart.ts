/** Lines over the epochs of a run as paths of an SVG. */

export interface Line {
  readonly name: string;
  /** Epochs and values. */
  readonly points: readonly (readonly [x: number, y: number])[];
}

export interface Chart {
  readonly width: number;
  readonly height: number;
  readonly paths: readonly { readonly name: string; readonly d: string }[];
  readonly ticks: readonly { readonly y: number; readonly text: string }[];
  /** The last epoch that is shown. */
  readonly end: string;
}

const SIZE = { width: 300, height: 150, left: 44, top: 22, bottom: 16 } as const;
/** Points of one line; more would not be seen. */
const MOST_POINTS = 600;

export function chartOf(lines: readonly Line[]): Chart {
  const { width, height, left, top, bottom } = SIZE;
  const all = lines.flatMap(({ points }) => points);
  const end = Math.max(0, ...all.map(([x]) => x));
  const [low, high] = rangeOf(all.map(([, y]) => y));
  const placeOf = ([x, y]: readonly [number, number]): readonly [number, number] => [
    left + ((width - left) * x) / (end || 1),
    top + (height - top - bottom) * (1 - (y - low) / (high - low)),
  ];
  const ticks = [high, (low + high) / 2, low].map((value) => ({ y: placeOf([0, value])[1], text: tickText(value) }));
  const paths = lines.map(({ name, points }) => {
    const places = thinned(points).map(placeOf);
    const d = places.map(([x, y], i) => `${i === 0 ? "M" : "L"}${x.toFixed(1)} ${y.toFixed(1)}`).join("");
    return { name, d };
  });
  return { width, height, paths, ticks, end: String(Number(end.toFixed(2))) };
}

function rangeOf(values: readonly number[]): readonly [number, number] {
  const finite = values.filter(Number.isFinite);
  if (finite.length === 0) return [0, 1];
  const [low, high] = finite.reduce(
    ([least, most], y) => [Math.min(least, y), Math.max(most, y)],
    [finite[0], finite[0]],
  );
  return low < high ? [low, high] : [low - 0.5, high + 0.5];
}

const tickText = (value: number): string => (Math.abs(value) < 10 ? value.toFixed(2) : value.toPrecision(3));

function thinned<T>(points: readonly T[]): readonly T[] {
  const every = Math.ceil(points.length / MOST_POINTS);
  return every <= 1 ? points : points.filter((_, i) => i % every === 0 || i === points.length - 1);
}
