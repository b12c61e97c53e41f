/**
 * Decoded pictures in one file: a header of 64 bytes, the pictures one after the other, the CRC-32 of each, and a note,
 * which is JSON. The header has their lengths, and a checksum of itself and of what follows the pictures, so truncated files
 * and other versions are detected before a picture is read.
 */
import { createFile, type GrowingFile, openFile } from "#platform";
import { concatenate, FormatError, type Shape, sizeOf } from "../../array/index.ts";
import { checksum } from "../../formats/index.ts";
import type { StoredPictures } from "./picture-rows.ts";

const MAGIC = 0x58_49_50_46; // "FPIX", little-endian
const VERSION = 1;
const HEADER = 64;
/** Header fields, as 32-bit numbers: magic, version, the picture's shape, count, length of the note, checksum of the rest. */
const FIELDS = 8;
const PENDING_BYTES = 1 << 20;

/** An opened store. */
export interface PictureStore {
  readonly pictures: StoredPictures;
  readonly note: unknown;
}

/** Writes a store picture by picture. */
export class StoreWriter {
  readonly #path: string;
  readonly #file: GrowingFile;
  readonly #picture: Shape;
  readonly #checksums: number[] = [];
  #pending: Uint8Array[] = [];
  #pendingBytes = 0;

  private constructor(path: string, file: GrowingFile, picture: Shape) {
    this.#path = path;
    this.#file = file;
    this.#picture = picture;
  }

  /** @throws DataError when the file cannot be written */
  static async create(path: string, picture: Shape): Promise<StoreWriter> {
    const file = await createFile(path);
    await file.append(new Uint8Array(HEADER));
    return new StoreWriter(path, file, picture);
  }

  /** The file's length so far. */
  get bytes(): number {
    return HEADER + this.#checksums.length * (sizeOf(this.#picture) + 4);
  }

  async add(planes: Uint8Array): Promise<void> {
    this.#checksums.push(checksum(planes));
    this.#pending.push(planes);
    this.#pendingBytes += planes.length;
    if (this.#pendingBytes >= PENDING_BYTES) await this.#flush();
  }

  async #flush(): Promise<void> {
    const bytes = concatenate(this.#pending);
    this.#pending = [];
    this.#pendingBytes = 0;
    await this.#file.append(bytes);
  }

  async finish(note: unknown): Promise<PictureStore> {
    await this.#flush();
    const checksums = Uint32Array.from(this.#checksums);
    const text = new TextEncoder().encode(JSON.stringify(note));
    const tail = concatenate([new Uint8Array(checksums.buffer), text]);
    const header = new Uint32Array(HEADER / 4);
    header.set([MAGIC, VERSION, ...this.#picture, checksums.length, text.length, checksum(tail)]);
    header[FIELDS] = checksum(new Uint8Array(header.buffer, 0, FIELDS * 4));
    await this.#file.append(tail);
    await this.#file.writeAt(new Uint8Array(header.buffer), 0);
    await this.#file.finish();
    return { note, pictures: describeStored(this.#path, this.#picture, checksums) };
  }

  discard(): Promise<void> {
    return this.#file.discard();
  }
}

const describeStored = (path: string, picture: Shape, checksums: Uint32Array): StoredPictures => ({
  kind: "stored",
  path,
  start: HEADER,
  picture,
  checksums,
  rows: Int32Array.from(checksums, (_, i) => i),
});

/**
 * Opens a store; the pictures' own checksums are verified when they are read.
 * @throws FormatError when it is damaged or of another version, DataError when it cannot be read
 */
export async function openStore(path: string): Promise<PictureStore> {
  const file = await openFile(path);
  try {
    const fail = (what: string) => new FormatError(`${path} ${what}`);
    if (file.size < HEADER) throw fail("is damaged: it is shorter than its header");
    const header = new Uint32Array(HEADER / 4);
    await file.readAt(new Uint8Array(header.buffer), 0);
    const [magic, version, channels, height, width, count, length, tailSum, sum] = header;
    if (magic !== MAGIC || version !== VERSION) throw fail("is no store of pictures of this version");
    if (sum !== checksum(new Uint8Array(header.buffer, 0, FIELDS * 4))) throw fail("is damaged: its header is wrong");
    const picture = [channels, height, width];
    const end = HEADER + count * sizeOf(picture);
    const expected = end + 4 * count + length;
    if (file.size !== expected) throw fail(`is damaged: it has ${file.size} bytes, expected ${expected}`);
    const tail = new Uint8Array(4 * count + length);
    await file.readAt(tail, end);
    if (checksum(tail) !== tailSum) throw fail("is damaged: the checksum of its note is wrong");
    const note: unknown = JSON.parse(new TextDecoder().decode(tail.subarray(4 * count)));
    return { note, pictures: describeStored(path, picture, new Uint32Array(tail.buffer, 0, count)) };
  } finally {
    await file.close();
  }
}
