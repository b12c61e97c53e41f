/**
 * Pictures by index from storage: decoded ones from a file of the cache, or the encoded files, which are decoded each time.
 * Sources are plain data, so any thread can fetch.
 */
import { type OpenFile, openFile, readFile, removeFile } from "#platform";
import { DataError, NdArray, type Shape, sizeOf } from "../../array/index.ts";
import { checksum } from "../../formats/index.ts";
import type { PictureRows } from "../dataset.ts";
import { decodePlanes } from "./picture-planes.ts";

/** Decoded pictures in a file. */
export interface StoredPictures {
  /** Distinguishes the sources of pictures. */
  readonly kind: "stored";
  /** The path of the file. */
  readonly path: string;
  /** The offset of the first. */
  readonly start: number;
  /** [channels, height, width]. */
  readonly picture: Shape;
  /** CRC-32 of each picture in the file. */
  readonly checksums: Uint32Array;
  /** The pictures' indices in the file. */
  readonly rows: Int32Array;
}

/** Encoded pictures, in folders or in an archive. */
export interface EncodedPictures {
  /** Distinguishes the sources of pictures. */
  readonly kind: "encoded";
  /** The path of each file, on disk or inside `archive`. */
  readonly paths: readonly string[];
  /** Their ranges, if `paths` are inside an uncompressed archive. */
  readonly archive?: { readonly path: string; readonly offsets: Float64Array; readonly lengths: Float64Array };
  /** [channels, height, width] they are scaled to. */
  readonly picture: Shape;
  /** The pictures' indices in `paths`. */
  readonly rows: Int32Array;
}

/** The source of pictures. */
export type RowsSource = StoredPictures | EncodedPictures;

type Fetch = (position: number, into: Uint8Array) => Promise<void>;

/** The pictures of a source, `u8`. Files are opened on the first fetch. */
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

/** Each picture's checksum is verified on its first read only, since that takes longer than reading. */
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

/** The given pictures, in that order, without fetching any. */
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
