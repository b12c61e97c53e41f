/** Zip archives, written: entries stored as they are, the same bytes for the same input. Sources: as in `zip-directory.ts`. */
import { concatenate, OptionError } from "../../array/index.ts";
import { checksum } from "../checksum.ts";
import { quoted } from "../json.ts";
import { signatures } from "./zip-directory.ts";

/** Archives of 4 GiB need fields that we do not write. */
const LONGEST_ARCHIVE = 2 ** 32 - 1;
const MOST_ENTRIES = 0xfffe;
const LONGEST_PATH = 0xffff;
/** What a reader must understand: version 2.0 of the format. */
const VERSION = 20;
/** The flag of paths in UTF-8. */
const UTF8 = 0x0800;
/** The first of January 1980, midnight: the least that the format can hold. */
const DATE = 0x0021;

/** A number and how many bytes it takes. */
type Field = readonly [value: number, bytes: 2 | 4];

/** @throws OptionError for duplicate paths, and for archives that are too large */
export function writeZip(entries: readonly (readonly [path: string, contents: Uint8Array])[]): Uint8Array<ArrayBuffer> {
  checkPaths(entries.map(([path]) => path));
  const parts: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let at = 0;
  for (const [path, contents] of entries) {
    const name = new TextEncoder().encode(path);
    if (name.length > LONGEST_PATH) throw new OptionError(`the name ${quoted(path)} is too long for a zip archive`);
    const about = describe(name, contents);
    const header = concatenate([bytesOf([[signatures.local, 4], ...about, [0, 2]]), name]);
    const place: Field[] = [
      [0, 2],
      [0, 2],
      [0, 2],
      [0, 2],
      [0, 4],
      [at, 4],
    ]; // Extra, note, disk, attributes, offset.
    directory.push(bytesOf([[signatures.central, 4], [VERSION, 2], ...about, ...place]), name);
    parts.push(header, contents);
    at += header.length + contents.length;
  }
  const list = concatenate(directory);
  if (at + list.length > LONGEST_ARCHIVE)
    throw new OptionError(`the archive would take ${at + list.length} bytes, the limit is ${LONGEST_ARCHIVE}`);
  return concatenate([...parts, list, endOf(entries.length, list.length, at)]);
}

/** The fields that local headers and the directory have in common. */
const describe = (name: Uint8Array, contents: Uint8Array): Field[] => [
  [VERSION, 2],
  [UTF8, 2],
  [0, 2], // Stored.
  [0, 2],
  [DATE, 2],
  [checksum(contents), 4],
  [contents.length, 4],
  [contents.length, 4],
  [name.length, 2],
];

const endOf = (count: number, length: number, begin: number): Uint8Array =>
  bytesOf([
    [signatures.end, 4],
    [0, 2],
    [0, 2],
    [count, 2],
    [count, 2],
    [length, 4],
    [begin, 4],
    [0, 2],
  ]);

function bytesOf(fields: readonly Field[]): Uint8Array {
  const bytes = new Uint8Array(fields.reduce((length, [, width]) => length + width, 0));
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const [value, width] of fields) {
    if (width === 2) view.setUint16(at, value, true);
    else view.setUint32(at, value, true);
    at += width;
  }
  return bytes;
}

function checkPaths(paths: readonly string[]): void {
  if (paths.length > MOST_ENTRIES)
    throw new OptionError(`a zip archive holds at most ${MOST_ENTRIES} entries, got ${paths.length}`);
  const seen = new Set<string>();
  for (const path of paths) {
    if (seen.has(path)) throw new OptionError(`two entries of a zip archive are called ${quoted(path)}`);
    seen.add(path);
  }
}
