/** What all data sets of scenes share: options, and the parts, each drawn from a random stream of its own. */
import { NdArray } from "../../../array/index.ts";
import { integer, type Kind, withDefault } from "../../../options/index.ts";
import { picture } from "../../columns/picture.ts";
import { dataset } from "../../columns/table.ts";
import type { Columns, DataTable } from "../../dataset.ts";
import { type Part, parts } from "../../part-names.ts";
import type { SceneAddress } from "./scene.ts";

/** Options of the built-in scenes. */
export interface ScenesOptions {
  /** The number of training scenes. Default 2000. */
  readonly train?: number | undefined;
  /** The number of validation scenes. Default 500. */
  readonly validation?: number | undefined;
  /** The number of test scenes. Default 500. */
  readonly test?: number | undefined;
  /** Width and height of the pictures in pixels, at least 32. Default 64. */
  readonly size?: number | undefined;
  /** Seed of all scenes. Default 0. */
  readonly seed?: number | undefined;
}

/** Options of scenes of several objects. */
export interface SeveralScenesOptions extends ScenesOptions {
  /** The largest number of objects in a picture, 1 to 20. Default 5. */
  readonly objects?: number | undefined;
}

/** The parts of a data set of scenes. No two parts share a scene. */
export type SceneParts<C extends Columns> = Readonly<Record<Part, DataTable<C>>>;

const LEAST_SIZE = 32;
/** The schema of `ScenesOptions`. */
export const scenesOptions = {
  train: withDefault(integer(0), 2000),
  validation: withDefault(integer(0), 500),
  test: withDefault(integer(0), 500),
  size: withDefault(integer(LEAST_SIZE), 64),
  seed: withDefault(integer(0), 0),
};
const MOST_OBJECTS = 20;
const objectCount: Kind<number> = {
  expects: `an integer from 1 to ${MOST_OBJECTS}`,
  read: (value) => {
    const count = integer(1).read(value);
    return count !== undefined && count <= MOST_OBJECTS ? count : undefined;
  },
};
/** The schema of `SeveralScenesOptions`. */
export const severalScenesOptions = {
  ...scenesOptions,
  objects: withDefault(objectCount, 5),
};

/** Of the pictures of all kinds, 1000 each. */
export const normalization = { mean: [0.49, 0.473, 0.464], std: [0.174, 0.158, 0.168] };

interface Drawn {
  readonly pixels: Uint8Array;
}

/** Draws the scenes of all parts, and makes a data set of each. */
export function drawParts<S extends Drawn, C extends Columns>(
  name: string,
  { size, seed, ...counts }: Readonly<Record<Part | "size" | "seed", number>>,
  draw: (address: SceneAddress) => S,
  columns: (scenes: readonly Omit<S, "pixels">[], size: number) => C,
): SceneParts<C & { readonly image: ReturnType<typeof picture> }> {
  const drawPart = (part: Part) => {
    const pixels = 3 * size * size;
    const images = new Uint8Array(counts[part] * pixels);
    const scenes = Array.from({ length: counts[part] }, (_, index): Omit<S, "pixels"> => {
      const { pixels: picture, ...rest } = draw({ size, seed, part, index });
      images.set(picture, index * pixels);
      return rest;
    });
    const image = picture(new NdArray(images, [counts[part], 3, size, size], "u8"), { normalization });
    return dataset(`${name}/${part}${seed === 0 ? "" : ` (seed ${seed})`}`, { image, ...columns(scenes, size) });
  };
  return Object.fromEntries(parts.map((part) => [part, drawPart(part)])) as unknown as SceneParts<
    C & { readonly image: ReturnType<typeof picture> }
  >;
}

/** Rows of numbers, [n, …shape]. */
export const floats = (rows: readonly (readonly number[])[], shape: readonly number[]): NdArray =>
  new NdArray(Float32Array.from(rows.flat()), [rows.length, ...shape], "f32");

/** Planes of bytes, [n, size, size]. */
export function planes(all: readonly Uint8Array[], size: number): NdArray {
  const data = new Uint8Array(all.length * size * size);
  for (const [i, plane] of all.entries()) data.set(plane, i * size * size);
  return new NdArray(data, [all.length, size, size], "u8");
}
