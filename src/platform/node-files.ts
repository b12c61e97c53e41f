/** Files in Node that are too large for memory, or whose length is not known yet; folders. The contract is in `types.ts`. */
import { close, createReadStream, fstat, open as openRaw, readSync } from "node:fs";
import { type FileHandle, open, readdir, rename, rm, stat, utimes } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { promisify } from "node:util";
import { DataError } from "../array/index.ts";
import { reasonOf } from "./reasons.ts";
import { prepareFolder, temporaryBeside } from "./temporaries.ts";
import type { FolderEntry, GrowingFile, OpenFile, Platform } from "./types.ts";

const CHUNK_BYTES = 1 << 18;

const failed = (verb: string, path: string, error: unknown): DataError =>
  new DataError(`cannot ${verb} ${path}: ${reasonOf(error)}`, { cause: error });

export const absolutePath: Platform["absolutePath"] = (path) => resolve(path);

export const listFolder: Platform["listFolder"] = async (path) => {
  try {
    const found = await readdir(path, { withFileTypes: true });
    const entries = await Promise.all(
      found.map(async (entry) => {
        if (entry.isDirectory()) return { name: entry.name, kind: "folder", size: 0, modified: 0 } as const;
        const target = await stat(join(path, entry.name)).catch(() => undefined);
        const kind = target?.isFile() ? "file" : "other";
        return { name: entry.name, kind, size: target?.size ?? 0, modified: target?.mtimeMs ?? 0 } as const;
      }),
    );
    return entries.sort(byName);
  } catch (error) {
    throw failed("read", path, error);
  }
};

/** By code units, so that no machine's language changes the order. */
const byName = (a: FolderEntry, b: FolderEntry): number => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);

export const fileInfo: Platform["fileInfo"] = async (path) => {
  const found = await stat(path).catch(() => undefined);
  return found?.isFile() ? { size: found.size, modified: found.mtimeMs } : undefined;
};

export const readChunks: Platform["readChunks"] = async function* (path) {
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: CHUNK_BYTES }) as AsyncIterable<Buffer>)
      yield new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.length);
  } catch (error) {
    throw failed("read", path, error);
  }
};

const closeFile = promisify(close);

/** Plain descriptors, because Node warns of file handles that are forgotten; here they are closed. */
const forgotten = new FinalizationRegistry<number>((descriptor) => close(descriptor, () => {}));

export const openFile: Platform["openFile"] = async (path) => {
  try {
    const descriptor = await promisify(openRaw)(path, "r");
    const { size } = await promisify(fstat)(descriptor);
    return new RandomAccess(path, size, descriptor);
  } catch (error) {
    throw failed("read", path, error);
  }
};

class RandomAccess implements OpenFile {
  readonly size: number;
  readonly #path: string;
  #descriptor: number | undefined;

  constructor(path: string, size: number, descriptor: number) {
    this.size = size;
    this.#path = path;
    this.#descriptor = descriptor;
    forgotten.register(this, descriptor, this);
  }

  /** Reads at once: handing a few kilobytes to another thread and back takes ten times as long as reading them. */
  async readAt(into: Uint8Array, position: number): Promise<void> {
    try {
      if (this.#descriptor === undefined) throw new Error("it was closed");
      for (let done = 0; done < into.length; ) {
        const bytesRead = readSync(this.#descriptor, into, done, into.length - done, position + done);
        if (bytesRead === 0) throw new Error(`it ends at byte ${position + done}, before what was to be read`);
        done += bytesRead;
      }
    } catch (error) {
      throw failed("read", this.#path, error);
    }
  }

  async close(): Promise<void> {
    if (this.#descriptor === undefined) return;
    forgotten.unregister(this);
    const descriptor = this.#descriptor;
    this.#descriptor = undefined;
    await closeFile(descriptor);
  }
}

export const createFile: Platform["createFile"] = async (path) => {
  const temporary = temporaryBeside(path);
  try {
    await prepareFolder(dirname(path));
    return new TemporaryFile(path, temporary, await open(temporary, "wx"));
  } catch (error) {
    throw failed("write", path, error);
  }
};

class TemporaryFile implements GrowingFile {
  readonly #path: string;
  readonly #temporary: string;
  #handle: FileHandle | undefined;
  #length = 0;

  constructor(path: string, temporary: string, handle: FileHandle) {
    this.#path = path;
    this.#temporary = temporary;
    this.#handle = handle;
  }

  async append(bytes: Uint8Array): Promise<void> {
    await this.writeAt(bytes, this.#length);
    this.#length += bytes.length;
  }

  async writeAt(bytes: Uint8Array, position: number): Promise<void> {
    try {
      for (let done = 0; done < bytes.length; )
        done += (await this.#handle!.write(bytes, done, bytes.length - done, position + done)).bytesWritten;
    } catch (error) {
      throw failed("write", this.#path, error);
    }
  }

  async finish(): Promise<void> {
    try {
      await this.#handle!.sync();
      await this.#close();
      await rename(this.#temporary, this.#path);
    } catch (error) {
      await this.discard();
      throw failed("write", this.#path, error);
    }
  }

  async discard(): Promise<void> {
    await this.#close().catch(() => {});
    await rm(this.#temporary, { force: true }).catch(() => {});
  }

  async #close(): Promise<void> {
    await this.#handle?.close();
    this.#handle = undefined;
  }
}

export const removeFile: Platform["removeFile"] = async (path) => {
  await rm(path, { force: true }).catch((error) => {
    throw failed("remove", path, error);
  });
};

export const touchFile: Platform["touchFile"] = async (path) => {
  const moment = new Date();
  await utimes(path, moment, moment).catch((error) => {
    throw failed("write", path, error);
  });
};
