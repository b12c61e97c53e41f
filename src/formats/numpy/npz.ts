/** The .npz format of NumPy: a zip archive with a .npy file for each array. Source: NumPy, `numpy.savez`. */
import { checkBytes, describeGiven, FormatError, type NdArray, OptionError } from "../../array/index.ts";
import { quoted } from "../json.ts";
import type { TensorFile } from "../tensor-file.ts";
import { UNPACKED_LIMIT, writeZip, ZipArchive } from "../zip/index.ts";
import { readNpy, writeNpy } from "./npy.ts";

const ENDING = ".npy";

/** Options of `readNpz`. */
export interface ReadNpzOptions {
  /** The most bytes that compressed arrays may be unpacked to. Default 2 GiB. */
  readonly limit?: number | undefined;
}

/**
 * The arrays in a .npz file, as `numpy.savez` and `numpy.savez_compressed` write it, under their names. Element types become
 * ours as in `readNpy`; there are no metadata.
 * @param name the file's name in messages
 * @throws FormatError if the file is damaged or hostile, or holds something other than arrays of numbers
 */
export async function readNpz(
  bytes: Uint8Array,
  name = "the .npz data",
  options: ReadNpzOptions = {},
): Promise<TensorFile> {
  checkBytes("readNpz", bytes);
  return readNpzArchive(new ZipArchive(bytes, name, options.limit ?? UNPACKED_LIMIT), name);
}

export async function readNpzArchive(archive: ZipArchive, name: string): Promise<TensorFile> {
  const tensors = new Map<string, NdArray>();
  for (const entry of archive.entries.values()) {
    if (!entry.path.endsWith(ENDING))
      throw new FormatError(`${name}: entry ${quoted(entry.path)} is no ${ENDING} file, of which .npz files consist`);
    const contents = await archive.read(entry);
    tensors.set(entry.path.slice(0, -ENDING.length), readNpy(contents, `${name}: entry ${quoted(entry.path)}`));
  }
  return { tensors, metadata: {} };
}

/** Whether all entries are arrays. */
export const isNpzArchive = ({ entries }: ZipArchive): boolean =>
  entries.size > 0 && [...entries.keys()].every((path) => path.endsWith(ENDING));

/**
 * A .npz file, which `numpy.load` reads: arrays in the order given, not compressed; the same input gives the same bytes.
 * @throws OptionError for duplicate names, and for more than 4 GiB
 */
export function writeNpz(tensors: Iterable<readonly [string, NdArray]>): Uint8Array<ArrayBuffer> {
  if (typeof tensors?.[Symbol.iterator] !== "function")
    throw new OptionError(`writeNpz: expects a list of [name, array], got ${describeGiven(tensors)}`);
  return writeZip(
    Array.from(tensors, (entry) => {
      if (!Array.isArray(entry) || typeof entry[0] !== "string")
        throw new OptionError(`writeNpz: an entry must be [name, array], got ${describeGiven(entry)}`);
      return [`${entry[0]}${ENDING}`, writeNpy(entry[1])] as const;
    }),
  );
}
