/** The training pictures that excite the units of a layer most, searched part by part, so that the first are there at once. */
import { type Dataset, sampleCount, subset } from "fovea/data";
import { receptiveFields, type TopSample, topOf, topSamples, type ValueFields } from "fovea/inspect";
import type { PatchBox, TopPicture, TopPictures } from "../api/look.ts";
import { picturesOf } from "../data/load-data.ts";
import { breath } from "./breath.ts";
import type { Still } from "./still.ts";

/** Pictures kept for each unit. */
export const MOST_TOPS = 24;
/** Pictures that are searched first; each further part is larger. */
const FIRST = 512;
const GROWTH = 4;

/** The strongest samples of each unit, the strongest first. */
export interface Tops {
  readonly units: readonly (readonly TopSample[])[];
  readonly searched: number;
}

/** Goes through all training pictures. @param onPart what was found so far; it may throw to end the search */
export async function searchTops(
  { model, run: { parts, engine } }: Still,
  path: string,
  onPart: (tops: Tops, share: number) => void,
): Promise<Tops> {
  const total = sampleCount(parts.train);
  let tops: Tops = { units: [], searched: 0 };
  for (let size = FIRST; tops.searched < total; size *= GROWTH) {
    const { searched } = tops;
    const rows = Array.from({ length: Math.min(size, total - searched) }, (_, i) => searched + i);
    const [layer] = await topSamples(model, subset(parts.train, rows), {
      layers: [path],
      count: MOST_TOPS,
      engine,
      onProgress: (done) => onPart(tops, (searched + done) / total),
    });
    const units = Array.from({ length: layer.values.shape[0] }, (_, unit) =>
      topOf(layer, unit).map((top) => ({ ...top, sample: top.sample + searched })),
    );
    tops = {
      units: units.map((found, unit) => strongest([...(tops.units[unit] ?? []), ...found])),
      searched: searched + rows.length,
    };
    onPart(tops, tops.searched / total);
    await breath();
  }
  return tops;
}

/** Of equal ones the earlier sample leads, as in the library. */
const strongest = (tops: readonly TopSample[]): TopSample[] =>
  tops
    .filter(({ sample }) => sample >= 0)
    .sort((a, b) => b.value - a.value || a.sample - b.sample)
    .slice(0, MOST_TOPS);

/** Tops as the page shows them, with their pictures and the patches. */
export async function shownTops(
  still: Still,
  path: string,
  { units, searched }: Tops,
  chosen: readonly number[],
  count: number,
): Promise<TopPictures> {
  const data: Dataset = still.run.parts.train;
  const lists = chosen.map((unit) => (units[unit] ?? []).slice(0, count));
  const samples = [...new Set(lists.flat().map(({ sample }) => sample))];
  const shown = (top: TopSample): TopPicture => ({
    ...top,
    box: boxAt(still, path, top.position),
    picture: samples.indexOf(top.sample),
  });
  return { units: lists.map((list) => list.map(shown)), pictures: await picturesOf(data, samples), searched };
}

/** What the units of a layer see, and the shape of its output: both follow from the structure alone. */
const fieldsOf = (still: Still, path: string): ValueFields =>
  still.program("fields", () => receptiveFields(still.model)).of(path);

/** The shape of a layer's output for one picture, [units, …]. @throws OptionError for a path that there is not */
export const shapeOf = (still: Still, path: string): readonly number[] => fieldsOf(still, path).shape;

/** The part of the input that the unit at a position of a layer's maps sees; all of it where a unit has no position. */
export function boxAt(still: Still, path: string, position: readonly number[]): PatchBox {
  const [, ...lengths] = still.model.input;
  const whole: PatchBox = { first: lengths.map(() => 0), last: lengths.map((length) => length - 1) };
  const { shape, fieldOf } = fieldsOf(still, path);
  return shape.length === 1 ? whole : (fieldOf([0, ...position]).inside ?? whole);
}
