/** The platform in a page or a web worker: no files, compression streams, WebCrypto. The contract is in `types.ts`. */
import { CapabilityError } from "../array/errors.ts";
import { canvasCodec } from "./canvas.ts";
import type { Platform } from "./types.ts";
import { broken, tooLong } from "./unpacking.ts";

export type {
  CodecFormat,
  DecodeRequest,
  ElementType,
  NativeFunction,
  NativeHost,
  NativeHostSearch,
  NativeMemory,
  NativeSystem,
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

const noFolders = (what: string): CapabilityError =>
  new CapabilityError(`a page has no folders (${what}): fetch the data and pass bytes`);

export const fileExists: Platform["fileExists"] = async (path) => {
  throw noFolders(path);
};

export const folderExists: Platform["folderExists"] = async (path) => {
  throw noFolders(path);
};

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

// The web calls the zlib format "deflate".
async function unpack(format: "gzip" | "zlib", bytes: Uint8Array, limit: number, name: string): Promise<Uint8Array> {
  const stream = streamOf(bytes).pipeThrough(new DecompressionStream(format === "zlib" ? "deflate" : "gzip"));
  const chunks = await chunksOf(stream, limit).catch((error) => {
    // Some hosts give an error without a message.
    throw broken(name, format, (error as Error)?.message || "cut off, or not of this format");
  });
  if (chunks === undefined) throw tooLong(name, limit);
  return concatenate(chunks);
}

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

function concatenate(chunks: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(chunks.reduce((length, chunk) => length + chunk.length, 0));
  let offset = 0;
  for (const chunk of chunks) {
    whole.set(chunk, offset);
    offset += chunk.length;
  }
  return whole;
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

export const availableThreads: Platform["availableThreads"] = () =>
  sharesMemory() ? (navigator.hardwareConcurrency ?? 1) : 1;

export const startThread: Platform["startThread"] = (source) => {
  const code = `(${source})((f) => { onmessage = (event) => f(event.data); }, (m) => postMessage(m));`;
  const url = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
  const worker = new Worker(url);
  URL.revokeObjectURL(url);
  return { post: (message) => worker.postMessage(message), stop: () => worker.terminate() };
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
