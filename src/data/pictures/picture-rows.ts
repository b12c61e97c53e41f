/**
 * Pictures by number from where they rest: decoded ones in a file of the cache, or the encoded files themselves, which
 * are then decoded each time. What they are fetched from is plain data, so any thread can do it.
 */
import { type OpenFile, openFile, readFile, removeFile } from "#platform";
import { DataError, NdArray, type Shape, sizeOf } from "../../array/index.ts";
import { checksum } from "../../formats/index.ts";
import type { PictureRows } from "../dataset.ts";
import { decodePlanes } from "./picture-planes.ts";

/** Decoded pictures, one after the other in a file. */
export interface StoredPictures {
  /** Distinguishes the sources of pictures. */
  readonly kind: "stored";
  /** The path of the file. */
  readonly path: string;
  /** Where the first one begins. */
  readonly start: number;
  /** [channels, height, width]. */
  readonly picture: Shape;
  /** CRC-32 of each picture in the file. */
  readonly checksums: Uint32Array;
  /** The pictures' numbers in the file. */
  readonly rows: Int32Array;
}

/** Files of pictures, in folders or one after the other in an archive. */
export interface EncodedPictures {
  /** Distinguishes the sources of pictures. */
  readonly kind: "encoded";
  /** The path of each file, on disk or inside `archive`. */
  readonly paths: readonly string[];
  /** Where they lie, when `paths` are inside an archive that is not compressed. */
  readonly archive?: { readonly path: string; readonly offsets: Float64Array; readonly lengths: Float64Array };
  /** [channels, height, width] that they are brought to. */
  readonly picture: Shape;
  /** The pictures' numbers in `paths`. */
  readonly rows: Int32Array;
}

/** Where pictures are fetched from. */
export type RowsSource = StoredPictures | EncodedPictures;

type Fetch = (position: number, into: Uint8Array) => Promise<void>;

/** The pictures that a source describes, `u8`. Files are opened with the first that are taken. */
export function openRows(source: RowsSource): PictureRows {
  const step = sizeOf(source.picture);
  const fetch = source.kind === "stored" ? fromStore(source) : fromFiles(source);
  return {
    shape: [source.rows.length, ...source.picture],
    dtype: "u8",
    source,
    take: async (rows) => {
      const data = new Uint8Array(rows.length * step);
      await Promise.all(Array.from(rows, (row, i) => fetch(source.rows[row], data.subarray(i * step, (i + 1) * step))));
      return new NdArray(data, [rows.length, ...source.picture], "u8");
    },
  };
}

/** Each picture's checksum is looked at when it is read for the first time, which takes longer than reading it. */
function fromStore({ path, start, checksums }: StoredPictures): Fetch {
  const file = openedOnce(path);
  const isSound = new Uint8Array(checksums.length);
  return async (position, into) => {
    await (await file()).readAt(into, start + position * into.length);
    if (isSound[position] === 1) return;
    if (checksum(into) === checksums[position]) {
      isSound[position] = 1;
      return;
    }
    await removeFile(path).catch(() => {});
    throw new DataError(
      `${path} is damaged: the checksum of picture ${position} is wrong; it was removed, so start again, and the pictures are decoded anew`,
    );
  };
}

function fromFiles({ paths, archive, picture }: EncodedPictures): Fetch {
  const file = archive && openedOnce(archive.path);
  return async (position, into) => {
    const path = paths[position];
    if (file === undefined) return void into.set((await decodePlanes(await readFile(path), path, picture)).data);
    const bytes = new Uint8Array(archive!.lengths[position]);
    await (await file()).readAt(bytes, archive!.offsets[position]);
    into.set((await decodePlanes(bytes, path, picture)).data);
  };
}

function openedOnce(path: string): () => Promise<OpenFile> {
  let file: Promise<OpenFile> | undefined;
  return () => {
    file ??= openFile(path);
    return file;
  };
}

/** Some of the pictures, in the given order, without fetching any. */
export function selectPictures(images: PictureRows, rows: ArrayLike<number>): PictureRows {
  if (images.source !== undefined) {
    const { source } = images;
    return openRows({ ...source, rows: Int32Array.from(rows, (row) => source.rows[row]) });
  }
  const chosen = Int32Array.from(rows);
  return {
    shape: [chosen.length, ...images.shape.slice(1)],
    dtype: images.dtype,
    take: (numbers) => images.take(numbers.map((number) => chosen[number])),
  };
}
