/** The platform in a page or a web worker: no files, compression streams, WebCrypto. The contract is in `types.ts`. */
import { CapabilityError, concatenate } from "../array/index.ts";
import { canvasCodec } from "./canvas.ts";
import type { Platform } from "./types.ts";
import { broken, type PackedFormat, tooLong } from "./unpacking.ts";

export { collectGarbage } from "./collect.ts";
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

export const hasFiles: Platform["hasFiles"] = false;

export const readFile: Platform["readFile"] = async (path) => {
  throw new CapabilityError(
    `a page cannot read files by path (${path}): pass bytes, ` +
      "e.g. Model.fromBytes(await (await fetch(url)).arrayBuffer())",
  );
};

export const writeFileAtomic: Platform["writeFileAtomic"] = async (path) => {
  throw new CapabilityError(
    `a page cannot write files by path (${path}): take the bytes, ` +
      "and offer them for download with URL.createObjectURL(new Blob([bytes]))",
  );
};

export const writeNewFile: Platform["writeNewFile"] = async (path, bytes) => {
  await writeFileAtomic(path, bytes);
  return true;
};

const noFolders = (what: string): CapabilityError =>
  new CapabilityError(`a page has no folders (${what}): fetch the data and pass bytes`);

const refuse = async (path: string): Promise<never> => {
  throw noFolders(path);
};

export const fileExists: Platform["fileExists"] = refuse;
export const folderExists: Platform["folderExists"] = refuse;
export const listFolder: Platform["listFolder"] = refuse;
export const fileInfo: Platform["fileInfo"] = refuse;
export const openFile: Platform["openFile"] = refuse;
export const createFile: Platform["createFile"] = refuse;
export const removeFile: Platform["removeFile"] = refuse;
export const touchFile: Platform["touchFile"] = refuse;
export const sweepTemporaries: Platform["sweepTemporaries"] = refuse;

// biome-ignore lint/correctness/useYield: it refuses instead.
export const readChunks: Platform["readChunks"] = async function* (path) {
  throw noFolders(path);
};

export const absolutePath: Platform["absolutePath"] = (path) => path;

export const joinPath: Platform["joinPath"] = (...parts) =>
  parts
    .filter((part) => part !== "")
    .join("/")
    .replace(/\/{2,}/g, "/");

export const environment: Platform["environment"] = () => undefined;

export const cacheFolder: Platform["cacheFolder"] = () => {
  throw noFolders("the cache");
};

export const gunzip: Platform["gunzip"] = (bytes, limit, name = "the data") => unpack("gzip", bytes, limit, name);

export const inflate: Platform["inflate"] = (bytes, limit, name = "the data") => unpack("zlib", bytes, limit, name);

export const inflateRaw: Platform["inflateRaw"] = (bytes, limit, name = "the data") =>
  unpack("deflate", bytes, limit, name);

/** The web calls the zlib format "deflate". */
const webNames = { gzip: "gzip", zlib: "deflate", deflate: "deflate-raw" } as const satisfies Record<
  PackedFormat,
  string
>;

async function unpack(format: PackedFormat, bytes: Uint8Array, limit: number, name: string): Promise<Uint8Array> {
  const stream = streamOf(bytes).pipeThrough(new DecompressionStream(webNames[format]));
  const chunks = await chunksOf(stream, limit).catch((error) => {
    // Some hosts give an error without a message.
    throw broken(name, format, (error as Error)?.message || "cut off, or not of this format");
  });
  if (chunks === undefined) throw tooLong(name, limit);
  return concatenate(chunks);
}

export const gunzipChunks: Platform["gunzipChunks"] = async function* (chunks, limit, name = "the data") {
  const iterator = chunks[Symbol.asyncIterator]();
  let failure: { readonly error: unknown } | undefined;
  const source = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull: async (controller) => {
      try {
        const { done, value } = await iterator.next();
        if (done) controller.close();
        else controller.enqueue(value as Uint8Array<ArrayBuffer>);
      } catch (error) {
        failure = { error };
        controller.error(error);
      }
    },
    cancel: async () => void (await iterator.return?.()),
  });
  const reader = source.pipeThrough(new DecompressionStream("gzip")).getReader();
  try {
    for (let length = 0; ; ) {
      const { done, value } = await reader.read().catch((error) => {
        throw failure?.error ?? broken(name, "gzip", (error as Error)?.message || "cut off, or not of this format");
      });
      if (done) return;
      length += value.length;
      if (length > limit) throw tooLong(name, limit);
      yield value;
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
};

export const deflate: Platform["deflate"] = async (bytes) => {
  const stream = streamOf(bytes).pipeThrough(new CompressionStream("deflate"));
  return concatenate((await chunksOf(stream, Number.POSITIVE_INFINITY)) ?? []);
};

const streamOf = (bytes: Uint8Array): ReadableStream<Uint8Array<ArrayBuffer>> =>
  new Blob([bytes as Uint8Array<ArrayBuffer>]).stream();

/** All chunks of the stream; undefined as soon as they are longer than `limit` bytes. */
async function chunksOf(stream: ReadableStream<Uint8Array>, limit: number): Promise<Uint8Array[] | undefined> {
  const chunks: Uint8Array[] = [];
  const reader = stream.getReader();
  for (let length = 0; ; ) {
    const { done, value } = await reader.read();
    if (done) return chunks;
    length += value.length;
    if (length > limit) {
      await reader.cancel().catch(() => {});
      return undefined;
    }
    chunks.push(value);
  }
}

export const sha256: Platform["sha256"] = async (bytes) => {
  if (globalThis.crypto?.subtle === undefined) {
    throw new CapabilityError("checksums need a secure context: serve the page over https, or from localhost");
  }
  const digest = await crypto.subtle.digest("SHA-256", bytes as Uint8Array<ArrayBuffer>);
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
};

/** Memory is shared only on pages that are isolated from others, and a page's own thread must not wait. */
export const sharesMemory: Platform["sharesMemory"] = () =>
  globalThis.crossOriginIsolated && typeof document === "undefined";

export const mostMemory: Platform["mostMemory"] = () => Number.POSITIVE_INFINITY;

export const availableThreads: Platform["availableThreads"] = () =>
  sharesMemory() ? (navigator.hardwareConcurrency ?? 1) : 1;

export const startThread: Platform["startThread"] = (source) => {
  const code = `(${source})((f) => { onmessage = (event) => f(event.data); }, (m) => postMessage(m));`;
  const url = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
  const worker = new Worker(url);
  URL.revokeObjectURL(url);
  return { post: (message) => worker.postMessage(message), stop: () => worker.terminate() };
};

export const startModule: Platform["startModule"] = (url, { onMessage, onFailure }) => {
  const worker = new Worker(url, { type: "module" });
  worker.onmessage = ({ data }) => onMessage(data);
  worker.onerror = ({ message }) => onFailure(message ?? "its module does not load");
  return {
    post: (message, transfer = []) => worker.postMessage(message, transfer as ArrayBuffer[]),
    hold: () => {},
    stop: () => worker.terminate(),
  };
};

export const serveThread: Platform["serveThread"] = (answer) => {
  const scope = globalThis as unknown as Pick<Worker, "onmessage" | "postMessage">;
  scope.onmessage = ({ data }) =>
    answer(data, (reply, transfer = []) => scope.postMessage(reply, transfer as ArrayBuffer[]));
};

export const nativeHost: Platform["nativeHost"] = () => ({ found: false, reason: "a page cannot run machine code" });

/** A message rather than a timer: browsers stretch nested timers to 4 ms, and to a second in a hidden tab. */
export const pause: Platform["pause"] = () =>
  new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });

export const optionalPackage: Platform["optionalPackage"] = async () => ({
  found: false,
  reason: "cannot be loaded in a page",
});

export const pictureCodec: Platform["pictureCodec"] = async () => canvasCodec();

export const packageFile: Platform["packageFile"] = async () => undefined;
