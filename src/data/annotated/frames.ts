/** Loads the pictures of annotations, and says how positions in their files become positions in the data set. */
import { pause } from "#platform";
import { DataError, FoveaError, type NdArray, type Shape } from "../../array/index.ts";
import type { PictureRows } from "../dataset.ts";
import { PictureKeeper } from "../pictures/picture-keeper.ts";
import { type CoveringPart, checkSize, coveringPart, decodePlanes } from "../pictures/picture-planes.ts";
import { openRows } from "../pictures/picture-rows.ts";
import type { SkippedFile } from "../pictures/picture-scan.ts";
import type { FoundPicture, PictureSize } from "./annotations.ts";
import type { FileTree } from "./file-tree.ts";

/** Options of reading annotated pictures. */
export interface PictureReading {
  /**
   * [height, width] that pictures are scaled to: they are made to cover it, and what extends beyond it is cut off on both sides.
   * Boxes, points and masks go with them. Default: the pictures' own, which must be the same for all.
   */
  readonly size?: readonly [number, number] | undefined;
  /** The channels. Default `rgb`. */
  readonly colors?: "rgb" | "gray" | undefined;
  /**
   * Decoded pictures up to this size, in bytes, are held in memory; more of them, if they are in a folder, are decoded when
   * needed. Default 64 MiB.
   */
  readonly memory?: number | undefined;
  /** Whether a picture that is left out is an error. Default: it is reported. */
  readonly strict?: boolean | undefined;
  /** Called with the number of decoded pictures. */
  readonly onProgress?: ((decoded: number) => void) | undefined;
  /** Stops reading; the promise then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** A picture in its file and in the data set. */
export interface Frame {
  /** In the file. */
  readonly size: PictureSize;
  /** The part of it that is in the data set. */
  readonly part: CoveringPart;
  /** What it is scaled to. */
  readonly width: number;
  readonly height: number;
}

/** A picture that could be read. */
export interface LoadedPicture<P extends FoundPicture = FoundPicture> {
  readonly picture: P;
  readonly frame: Frame;
}

/** The pictures that could be read, in order. */
export interface LoadedPictures {
  readonly images: NdArray | PictureRows;
  readonly loaded: readonly LoadedPicture[];
  readonly skipped: readonly SkippedFile[];
}

const PROGRESS_INTERVAL = 256;

/**
 * Decodes pictures, which are all there.
 * @throws DataError if none can be read, for several sizes without `size`, for more than memory takes from an archive, and with
 *   `strict` for a picture that cannot be read
 */
export async function loadPictures(
  tree: FileTree,
  pictures: readonly FoundPicture[],
  options: PictureReading,
): Promise<LoadedPictures> {
  const { size, strict, memory, onProgress, signal } = options;
  let shape: Shape = [options.colors === "gray" ? 1 : 3, ...(size ?? [0, 0])];
  const wanted = shape;
  const keeper = new PictureKeeper(undefined, tree.diskPath === undefined ? Infinity : memory);
  const [loaded, skipped]: [LoadedPicture[], SkippedFile[]] = [[], []];
  for (const [i, picture] of pictures.entries()) {
    signal?.throwIfAborted();
    const path = picture.path!;
    const planes = await decodeFound(tree, picture, wanted).catch((error: unknown) => {
      if (!(error instanceof FoveaError) || strict) throw error;
      return error;
    });
    if (planes instanceof FoveaError) {
      skipped.push({ path, reason: planes.message.replace(`${path}: `, "").replace(`${path} `, "it ") });
      continue;
    }
    if (loaded.length === 0) {
      if (size === undefined) shape = [shape[0], planes.height, planes.width];
      await keeper.begin(shape);
    } else if (size === undefined) checkSize(planes, path, { path: loaded[0].picture.path!, shape });
    await keeper.add(planes.data);
    const [, height, width] = shape;
    loaded.push({ picture, frame: { size: planes, part: coveringPart(planes, width, height), width, height } });
    if ((i + 1) % PROGRESS_INTERVAL !== 0) continue;
    onProgress?.(i + 1);
    await pause();
  }
  if (loaded.length === 0) throw new DataError(`${tree.name}: ${noneOf(pictures, skipped)}`);
  const images = (await keeper.finish(undefined)) ?? openRows(encodedPictures(tree, loaded, shape));
  return { images, loaded, skipped };
}

/** @throws FormatError for a picture that cannot be decoded, DataError for one of another size than its annotation tells */
async function decodeFound(tree: FileTree, { path, size }: FoundPicture, shape: Shape) {
  const planes = await decodePlanes(await tree.read(path!), path!, shape);
  const { width, height } = planes;
  if (size !== undefined && (size.width !== width || size.height !== height))
    throw new DataError(`${path} is ${width}×${height}, but was annotated as ${size.width}×${size.height}`);
  return { width, height, data: planes.data };
}

const noneOf = (pictures: readonly FoundPicture[], [first]: readonly SkippedFile[]): string =>
  first === undefined
    ? "there are no annotated pictures in it"
    : `none of its ${pictures.length} annotated pictures can be read, such as ${first.path}: ${first.reason}`;

const encodedPictures = ({ diskPath }: FileTree, loaded: readonly LoadedPicture[], picture: Shape) =>
  ({
    kind: "encoded",
    paths: loaded.map(({ picture: { path } }) => diskPath!(path!)),
    picture,
    rows: Int32Array.from(loaded.keys()),
  }) as const;

/** A position along the edges of pixels: in the file, in the data set. */
export const placeInFrame = ({ part, width, height }: Frame, x: number, y: number): [number, number] => [
  ((x - part.left) * width) / part.width,
  ((y - part.top) * height) / part.height,
];

/** A plane of the file as one of the data set: each pixel has the value of the nearest. */
export function planeInFrame({ size, part, width, height }: Frame, plane: Uint8Array): Uint8Array {
  const out = new Uint8Array(width * height);
  for (let y = 0, at = 0; y < height; y++) {
    const row = (part.top + Math.floor(((y + 0.5) * part.height) / height)) * size.width + part.left;
    for (let x = 0; x < width; x++, at++) out[at] = plane[row + Math.floor(((x + 0.5) * part.width) / width)];
  }
  return out;
}
