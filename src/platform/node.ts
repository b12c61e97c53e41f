/** The platform in Node: files, zlib, checksums. The contract is in `types.ts`. */
import { createHash } from "node:crypto";
import { link, open, readFile as readWhole, rename, rm, stat } from "node:fs/promises";
import { createRequire } from "node:module";
import { availableParallelism, homedir, totalmem } from "node:os";
import { dirname, join } from "node:path";
import { Readable } from "node:stream";
import { Worker } from "node:worker_threads";
import * as zlib from "node:zlib";
import { DataError } from "../array/index.ts";
import { cacheFolderOf } from "./cache-folder.ts";
import { reasonOf } from "./reasons.ts";
import { sharpCodec } from "./sharp.ts";
import { prepareFolder, temporaryBeside } from "./temporaries.ts";
import type { Platform } from "./types.ts";
import { broken, type PackedFormat, tooLong } from "./unpacking.ts";

export { collectGarbage } from "./collect.ts";
export { nativeHost } from "./native.ts";
export {
  absolutePath,
  createFile,
  fileInfo,
  listFolder,
  openFile,
  readChunks,
  removeFile,
  touchFile,
} from "./node-files.ts";
export { serveThread, startModule } from "./node-threads.ts";
export { sweepTemporaries } from "./temporaries.ts";
export type {
  CodecFormat,
  DecodeRequest,
  ElementType,
  FolderEntry,
  GrowingFile,
  ModuleThread,
  ModuleThreadEvents,
  NativeFunction,
  NativeHost,
  NativeHostSearch,
  NativeMemory,
  NativeSystem,
  OpenFile,
  OptionalPackage,
  PictureCodec,
  PictureCodecSearch,
  Pixels,
  Platform,
  Thread,
} from "./types.ts";

export const hasFiles: Platform["hasFiles"] = true;

export const readFile: Platform["readFile"] = async (path) => {
  try {
    const { buffer, byteOffset, byteLength } = await readWhole(path);
    return new Uint8Array(buffer, byteOffset, byteLength);
  } catch (error) {
    throw new DataError(`cannot read ${path}: ${reasonOf(error)}`, { cause: error });
  }
};

export const writeFileAtomic: Platform["writeFileAtomic"] = (path, bytes) =>
  writeWhole(path, bytes, (temporary) => rename(temporary, path));

export const writeNewFile: Platform["writeNewFile"] = (path, bytes) =>
  writeWhole(path, bytes, async (temporary) => {
    const isNew = await linkUnlessThere(temporary, path, bytes);
    await rm(temporary, { force: true });
    return isNew;
  });

/** Writes a temporary file beside `path` and has `put` bring it there. */
async function writeWhole<T>(path: string, bytes: Uint8Array, put: (temporary: string) => Promise<T>): Promise<T> {
  const temporary = temporaryBeside(path);
  try {
    await prepareFolder(dirname(path));
    await writeThrough(temporary, bytes);
    return await put(temporary);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {});
    throw new DataError(`cannot write ${path}: ${reasonOf(error)}`, { cause: error });
  }
}

/** Unlike renaming, linking fails where a file is; some file systems have no links, and get the bytes instead. */
async function linkUnlessThere(temporary: string, path: string, bytes: Uint8Array): Promise<boolean> {
  const isThere = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === "EEXIST";
  try {
    await link(temporary, path).catch((error) => {
      if (isThere(error)) throw error;
      return writeThrough(path, bytes);
    });
    return true;
  } catch (error) {
    if (isThere(error)) return false;
    throw error;
  }
}

/** The bytes must be on the disk before the rename is, or a crash could leave an empty file under the final name. */
async function writeThrough(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, "wx");
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

export const fileExists: Platform["fileExists"] = async (path) => (await kindOf(path)) === "file";

export const folderExists: Platform["folderExists"] = async (path) => (await kindOf(path)) === "folder";

async function kindOf(path: string): Promise<"file" | "folder" | undefined> {
  const found = await stat(path).catch(() => undefined);
  return found && (found.isDirectory() ? "folder" : "file");
}

export const joinPath: Platform["joinPath"] = (...parts) => join(...parts);

export const environment: Platform["environment"] = (name) => process.env[name] || undefined;

export const cacheFolder: Platform["cacheFolder"] = () =>
  cacheFolderOf({ system: process.platform, home: homedir(), environment });

export const gunzip: Platform["gunzip"] = (bytes, limit, name = "the data") =>
  unpack(zlib.gunzip, "gzip", bytes, limit, name);

export const inflate: Platform["inflate"] = (bytes, limit, name = "the data") =>
  limit <= AT_ONCE ? inflateAtOnce(bytes, limit, name) : unpack(zlib.inflate, "zlib", bytes, limit, name);

export const inflateRaw: Platform["inflateRaw"] = (bytes, limit, name = "the data") =>
  unpack(zlib.inflateRaw, "deflate", bytes, limit, name);

/** Results of at most this many bytes are unpacked at once: handing them to another thread and back takes longer. */
const AT_ONCE = 1 << 16;

async function inflateAtOnce(bytes: Uint8Array, limit: number, name: string): Promise<Uint8Array> {
  let failure: NodeJS.ErrnoException | null = null;
  let result: Buffer | undefined;
  try {
    result = zlib.inflateSync(bytes, optionsFor(limit));
  } catch (error) {
    failure = error as NodeJS.ErrnoException;
  }
  return unpacked(failure, result, "zlib", bytes, limit, name);
}

type Unpacker = (bytes: Uint8Array, options: zlib.ZlibOptions, done: zlib.CompressCallback) => void;
/** What `info: true` makes of the result; the types of Node do not know it. */
type Unpacked = { readonly buffer: Buffer; readonly engine: { readonly bytesWritten: number } };

function unpack(unpacker: Unpacker, format: PackedFormat, bytes: Uint8Array, limit: number, name: string) {
  return new Promise<Uint8Array>((resolve, reject) => {
    unpacker(bytes, optionsFor(limit), (error: NodeJS.ErrnoException | null, result) => {
      try {
        resolve(unpacked(error, result, format, bytes, limit, name));
      } catch (failure) {
        reject(failure);
      }
    });
  });
}

/** zlib refuses a limit of 0, so an empty result is checked afterwards; chunks are no larger than the result. */
const optionsFor = (limit: number) => ({
  maxOutputLength: Math.max(1, limit),
  chunkSize: Math.min(1 << 14, Math.max(64, limit + 1)),
  info: true,
});

/** What zlib gave, checked. */
function unpacked(
  error: NodeJS.ErrnoException | null,
  result: Buffer | undefined,
  format: PackedFormat,
  bytes: Uint8Array,
  limit: number,
  name: string,
): Uint8Array {
  if (error?.code === "ERR_BUFFER_TOO_LARGE") throw tooLong(name, limit);
  if (error) throw broken(name, format, error.message);
  const { buffer, engine } = result as unknown as Unpacked;
  if (buffer.length > limit) throw tooLong(name, limit);
  const rest = bytes.length - engine.bytesWritten;
  if (rest > 0) throw broken(name, format, `${rest} bytes follow its end`);
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.length);
}

export const gunzipChunks: Platform["gunzipChunks"] = async function* (chunks, limit, name = "the data") {
  const source = Readable.from(chunks, { objectMode: false });
  const unpacker = zlib.createGunzip();
  let [length, failure] = [0, undefined as Error | undefined];
  // Errors of the source are not errors of the format; `pipe` leaves them where they are.
  source.on("error", (error) => {
    failure = error;
    unpacker.destroy(error);
  });
  try {
    for await (const chunk of source.pipe(unpacker) as AsyncIterable<Buffer>) {
      length += chunk.length;
      if (length > limit) throw tooLong(name, limit);
      yield new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.length);
    }
  } catch (error) {
    throw failure === undefined && isFromZlib(error) ? broken(name, "gzip", (error as Error).message) : error;
  } finally {
    source.destroy();
    unpacker.destroy();
  }
};

const isFromZlib = (error: unknown): boolean => /^Z_/.test(String((error as NodeJS.ErrnoException).code));

export const deflate: Platform["deflate"] = (bytes) =>
  new Promise((resolve, reject) => {
    zlib.deflate(bytes, (error, packed) => (error ? reject(error) : resolve(new Uint8Array(packed))));
  });

export const sha256: Platform["sha256"] = async (bytes) => createHash("sha256").update(bytes).digest("hex");

export const sharesMemory: Platform["sharesMemory"] = () => true;

/** What the machine has, or less where a container limits it. Without a limit it is told as 0, or as more than there is. */
export const mostMemory: Platform["mostMemory"] = () => Math.min(totalmem(), process.constrainedMemory() || Infinity);

export const availableThreads: Platform["availableThreads"] = () => availableParallelism();

export const startThread: Platform["startThread"] = (source) => {
  const glue = "const { parentPort } = require('node:worker_threads');";
  const worker = new Worker(
    `${glue}(${source})((f) => parentPort.on("message", f), (m) => parentPort.postMessage(m));`,
    { eval: true },
  );
  worker.unref();
  return { post: (message) => worker.postMessage(message), stop: () => void worker.terminate() };
};

export const pause: Platform["pause"] = () => new Promise((resolve) => setImmediate(resolve));

export const optionalPackage: Platform["optionalPackage"] = async (name) => {
  try {
    return { found: true, module: await import(name) };
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === "ERR_MODULE_NOT_FOUND";
    return {
      found: false,
      reason: missing ? "is not installed" : `is installed but does not load: ${firstLine(error)}`,
    };
  }
};

export const pictureCodec: Platform["pictureCodec"] = async () => sharpCodec(await optionalPackage("sharp"));

const firstLine = (error: unknown): string => String((error as Error)?.message ?? error).split("\n", 1)[0];

export const packageFile: Platform["packageFile"] = async (name) => {
  try {
    return await readFile(createRequire(import.meta.url).resolve(name));
  } catch {
    return undefined;
  }
};
