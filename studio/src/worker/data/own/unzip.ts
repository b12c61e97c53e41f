/** The files of a zip archive, one after the other as it is read. It may be made to fill the memory, so it is measured. */

import { Unzip, type UnzipFile, UnzipInflate } from "fflate";
import { joined } from "./joined.ts";

export interface ZipFile {
  readonly path: string;
  /** The contents, or why there are none. */
  readonly contents: Uint8Array<ArrayBuffer> | string;
  /** How much of the archive has been read, from 0 to 1. */
  readonly share: number;
}

const MIB = 2 ** 20;
/** Of one file; no picture is larger. */
const MOST_FILE_BYTES = 64 * MIB;
const MOST_FILES = 100_000;
/** Pictures are compressed already, and text by ten: what unpacks to more was made for that. */
const MOST_RATIO = 100;
/** Small archives may unpack by any ratio up to this. */
const HARMLESS_BYTES = 64 * MIB;

/** @throws Error for what is no zip archive, and for one that unpacks to far more than it is */
export async function* filesOfZip(archive: Blob): AsyncGenerator<ZipFile> {
  const reader = new ZipReader();
  let read = 0;
  const stream = archive.stream().getReader();
  for (let isDone = false; !isDone; ) {
    const { done, value } = await stream.read();
    isDone = done;
    read += value?.length ?? 0;
    for (const [path, contents] of reader.push(value ?? new Uint8Array(), done, read))
      yield { path, contents, share: archive.size === 0 ? 1 : read / archive.size };
  }
  if (reader.count === 0) throw new Error("this is no zip archive, or an empty one");
}

class ZipReader {
  count = 0;
  readonly #unzip = new Unzip();
  #ready: [path: string, contents: Uint8Array<ArrayBuffer> | string][] = [];
  /** Why the archive is not read on. The unpacker catches what is thrown inside it. */
  #refusal: Error | undefined;
  #unpacked = 0;
  #read = 0;

  constructor() {
    this.#unzip.register(UnzipInflate);
    this.#unzip.onfile = (file) => this.#begin(file);
  }

  /** Takes the next bytes, and gives the files that they complete. */
  push(bytes: Uint8Array, isLast: boolean, read: number) {
    this.#read = read;
    try {
      this.#unzip.push(bytes, isLast);
    } catch {
      this.#refusal ??= new Error("the archive is damaged");
    }
    if (this.#refusal !== undefined) throw this.#refusal;
    const ready = this.#ready;
    this.#ready = [];
    return ready;
  }

  #begin(file: UnzipFile): void {
    if (++this.count > MOST_FILES) this.#refuse(`the archive has more than ${MOST_FILES} files`);
    if (/[/\\]$/.test(file.name)) return;
    const parts: Uint8Array[] = [];
    let size = 0;
    const end = (contents: Uint8Array<ArrayBuffer> | string): void => void this.#ready.push([file.name, contents]);
    file.ondata = (error, part, isLast) => {
      if (error !== null) return end("it cannot be unpacked");
      if (size > MOST_FILE_BYTES || this.#refusal !== undefined) return undefined;
      this.#measure(part.length);
      size += part.length;
      if (size > MOST_FILE_BYTES) {
        parts.length = 0;
        return end(`it is larger than ${MOST_FILE_BYTES / MIB} MB`);
      }
      parts.push(part.slice());
      return isLast ? end(joined(parts)) : undefined;
    };
    try {
      file.start();
    } catch {
      end("it cannot be unpacked");
    }
  }

  #measure(bytes: number): void {
    this.#unpacked += bytes;
    if (this.#unpacked > HARMLESS_BYTES && this.#unpacked > MOST_RATIO * this.#read)
      this.#refuse(`the archive unpacks to more than ${MOST_RATIO} times its size; no archive of pictures does`);
  }

  #refuse(message: string): never {
    this.#refusal ??= new Error(message);
    throw this.#refusal;
  }
}
