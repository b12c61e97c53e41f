/**
 * What shared code may ask of the machine that it runs on. `node.ts` and `browser.ts` both provide exactly this;
 * the import `#platform` picks one. Neither touches `process`, `navigator` or a file before it is called.
 */

/** What came of looking for a package that need not be installed; `reason` completes "the package sharp …". */
export type OptionalPackage =
  | { readonly found: true; readonly module: unknown }
  | { readonly found: false; readonly reason: string };

/** A thread beside this one. */
export interface Thread {
  post(message: unknown): void;
  stop(): void;
}

/** A thread that runs a module. */
export interface ModuleThread {
  /** Sends a message; what is named in `transfer` moves to the thread and is no longer here. */
  post(message: unknown, transfer?: readonly ArrayBuffer[]): void;
  /** Whether the process waits for the thread, as it must while an answer is due. At first it does not. */
  hold(isHeld: boolean): void;
  stop(): void;
}

/** What is told of a thread that runs a module. */
export interface ModuleThreadEvents {
  readonly onMessage: (message: unknown) => void;
  /** The thread has ended by an error of its own: the module does not load, or threw. */
  readonly onFailure: (reason: string) => void;
}

/** What stands in a folder. */
export interface FolderEntry {
  readonly name: string;
  /** A link to a file counts as the file that it leads to; one to a folder, or to nothing, as `other`. */
  readonly kind: "file" | "folder" | "other";
  /** Of a file, in bytes. */
  readonly size: number;
  /** When a file was changed last, in milliseconds since 1970. */
  readonly modified: number;
}

/** A file that is read here and there. */
export interface OpenFile {
  readonly size: number;
  /**
   * Fills `into` with the bytes from `position` on. The thread may stand still until they are there.
   * @throws DataError when the file ends before, or cannot be read
   */
  readAt(into: Uint8Array, position: number): Promise<void>;
  close(): Promise<void>;
}

/** A file that is being written under another name, until it is whole. */
export interface GrowingFile {
  /** Adds bytes to the end. @throws DataError that says why it cannot be written */
  append(bytes: Uint8Array): Promise<void>;
  /** Replaces bytes that were written. */
  writeAt(bytes: Uint8Array, position: number): Promise<void>;
  /** Puts the file in its place, in one move, once all bytes are on the disk. */
  finish(): Promise<void>;
  /** Gives up, leaving nothing behind. Does nothing after `finish`. */
  discard(): Promise<void>;
}

/** A function in machine code: takes as many integers as `callable` was told, and gives one. */
export type NativeFunction = (...values: number[]) => number;

/** A typed array's constructor. */
export interface ElementType<T> {
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: ArrayBuffer, offset: number, length: number): T;
}

/** A region of memory outside of JavaScript's, page-aligned. The pages before and after it cannot be touched. */
export interface NativeMemory {
  readonly address: number;
  /** Whole pages. */
  readonly bytes: number;
  /** All of it, with the pages around. */
  readonly mapping: { readonly address: number; readonly bytes: number };
  /** `length` elements from byte `offset` on, in place. A view must not be used after the release. */
  view<T>(Elements: ElementType<T>, offset: number, length: number): T;
  /** Gives the memory back. Nothing may use it any more: no view, and no thread. */
  release(): void;
}

/** The operating systems on which machine code is run. Each has functions and a calling convention of its own. */
export type NativeSystem = "linux" | "macos" | "windows";

/** What it takes to run machine code. Addresses are numbers: they are below 2⁵³. */
export interface NativeHost {
  readonly system: NativeSystem;

  /** What has not been tested, as in "untested on macOS"; undefined where everything has. */
  readonly reservation: string | undefined;

  /**
   * Memory that holds zeros. Pages cost nothing before they are written to, though Windows counts them.
   * @throws CapabilityError if there is none
   */
  mapMemory(bytes: number): NativeMemory;

  /** Puts code into memory that can be executed, and no longer written to. @throws CapabilityError if that is forbidden */
  loadCode(code: Uint8Array): NativeMemory;

  /**
   * The function at an address, with the calling convention that C has on this system. It is called on this thread, which
   * waits for it.
   * @param parameters how many integers it takes. Default 4
   */
  callable(address: number, parameters?: number): NativeFunction;

  /** Where a function of the system's library lies. @throws CapabilityError if it has none of this name */
  addressOf(name: string): number;

  /**
   * Starts a thread of the operating system that calls the function at `code` with the argument, and ends with it. It knows
   * no JavaScript, receives no signals and does not keep the process alive.
   * @throws CapabilityError if there can be no more threads
   */
  startThread(code: number, argument: number): void;

  /**
   * Lets the function at `code` be called with the argument when the thread that calls this has ended, and its JavaScript
   * with it. Not for the process's first thread, with which everything ends; nor where the C library cannot.
   */
  onThreadEnd(code: number, argument: number): void;
}

/** What came of looking for a way to run machine code; `reason` is a clause that says what is in the way. */
export type NativeHostSearch =
  | { readonly found: true; readonly host: NativeHost }
  | { readonly found: false; readonly reason: string };

/** A picture as codecs exchange it: 8 bits a channel, channels interleaved, rows from the top. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  /** 1 gray, 2 gray and alpha, 3 RGB, 4 RGBA. */
  readonly channels: 1 | 2 | 3 | 4;
  readonly data: Uint8Array;
}

/** What a codec is told about the file that it decodes. */
export interface DecodeRequest {
  /** What kind of file it is, by its first bytes; in lower case it is the subtype of its MIME type. */
  readonly kind: string;
  /** How many channels to give, by the file's header. Where it is left out the codec finds out; opaque alpha is none. */
  readonly channels?: Pixels["channels"];
  /** Called with the size before pixels are stored for the caller; throws where it is too large. See `asksFirst`. */
  checkSize(width: number, height: number): void;
}

/** Formats that a codec may write, as their MIME types name them. */
export type CodecFormat = "jpeg" | "webp" | "avif";

/** What decodes and encodes pictures of many kinds on this machine. */
export interface PictureCodec {
  /** What it is called in messages. */
  readonly name: string;
  /** Another one may decode more files; undefined where it is not known. */
  readonly version?: string;
  /** Whether what it decodes has the very bytes of the file where alpha is neither 0 nor 255. */
  readonly exact: boolean;
  /** Whether the size is known, and compared, before the picture takes memory. */
  readonly asksFirst: boolean;

  /** The first frame, upright by its EXIF note, in sRGB. @throws an error that says what is wrong in its first line */
  decode(bytes: Uint8Array, request: DecodeRequest): Promise<Pixels>;

  /**
   * @param pixels without gray-and-alpha
   * @param quality 1 … 100
   * @returns undefined where the format cannot be written here
   * @throws an error that says what is wrong in its first line
   */
  encode(pixels: Pixels, format: CodecFormat, quality: number): Promise<Uint8Array | undefined>;
}

/** What came of looking for a codec; `kinds` are those that it decodes, or would. */
export type PictureCodecSearch =
  | { readonly found: true; readonly kinds: readonly string[]; readonly codec: PictureCodec }
  /** `needed` completes "decoding it needs …". */
  | { readonly found: false; readonly kinds: readonly string[]; readonly needed: string };

export interface Platform {
  /** Whether files can be read and written by path here. */
  readonly hasFiles: boolean;

  /** The whole file. @throws DataError that says why it cannot be read. */
  readFile(path: string): Promise<Uint8Array>;

  /**
   * Writes the file whole or not at all: readers see the old contents or the new ones, whenever power fails. Missing
   * parent folders are made. @throws DataError that says why it cannot be written; nothing is left behind.
   */
  writeFileAtomic(path: string, bytes: Uint8Array): Promise<void>;

  /** As `writeFileAtomic`, unless there is a file already, which stays as it is: the answer is false then. */
  writeNewFile(path: string, bytes: Uint8Array): Promise<boolean>;

  /** Whether a file, not a folder, can be found at the path. */
  fileExists(path: string): Promise<boolean>;

  folderExists(path: string): Promise<boolean>;

  /** What is in the folder, sorted by name. @throws DataError that says why it cannot be read. */
  listFolder(path: string): Promise<FolderEntry[]>;

  /** A file's size in bytes and when it was changed last, in milliseconds since 1970; undefined when there is none. */
  fileInfo(path: string): Promise<Pick<FolderEntry, "size" | "modified"> | undefined>;

  /** The file's bytes in pieces, in order, of which only a few are in memory. @throws DataError that says why not. */
  readChunks(path: string): AsyncIterable<Uint8Array>;

  /** Opens a file for reading here and there. It is closed at the latest when nobody has it any more. */
  openFile(path: string): Promise<OpenFile>;

  /** Begins a file whose length is not known yet; missing parent folders are made. */
  createFile(path: string): Promise<GrowingFile>;

  /** Removes a file, if it is there. @throws DataError that says why it cannot be removed. */
  removeFile(path: string): Promise<void>;

  /** Removes from a folder what processes of this host that are dead now were writing. What cannot be removed stays. */
  sweepTemporaries(folder: string): Promise<void>;

  /** Marks a file as changed at this moment. @throws DataError that says why not. */
  touchFile(path: string): Promise<void>;

  joinPath(...parts: string[]): string;

  /** The path from the root of the file system. */
  absolutePath(path: string): string;

  /** An environment variable; undefined when it is not set, or empty. */
  environment(name: string): string | undefined;

  /** Where downloads are kept. See `cache-folder.ts` for the rule. */
  cacheFolder(): string;

  /** Unpacks a gzip file of at most `limit` bytes. @throws FormatError, beginning with `name`. */
  gunzip(bytes: Uint8Array, limit: number, name?: string): Promise<Uint8Array>;

  /**
   * Unpacks gzip as it comes in, up to `limit` bytes in all.
   * @throws FormatError, beginning with `name`; what `chunks` throws
   */
  gunzipChunks(chunks: AsyncIterable<Uint8Array>, limit: number, name?: string): AsyncIterable<Uint8Array>;

  /** Unpacks a zlib stream (RFC 1950) of at most `limit` bytes. @throws FormatError, beginning with `name`. */
  inflate(bytes: Uint8Array, limit: number, name?: string): Promise<Uint8Array>;

  /** Unpacks bare deflate data (RFC 1951), as in zip archives, of at most `limit` bytes. @throws FormatError, as above. */
  inflateRaw(bytes: Uint8Array, limit: number, name?: string): Promise<Uint8Array>;

  /** Packs into a zlib stream. */
  deflate(bytes: Uint8Array): Promise<Uint8Array>;

  /** The SHA-256 of the bytes, in lower-case hexadecimal. */
  sha256(bytes: Uint8Array): Promise<string>;

  /** Whether threads can share memory with the calling one, and that may wait for them. */
  sharesMemory(): boolean;

  /** How much memory a process can have, in bytes; infinity where that is not known. */
  mostMemory(): number;

  /** How many threads can run at once; 1 where memory cannot be shared between them. */
  availableThreads(): number;

  /**
   * Starts a thread that runs `source`, the text of a function `(receive, post) => void`: `receive` takes the handler of
   * messages to the thread, `post` sends one back. The thread does not keep the process alive.
   */
  startThread(source: string): Thread;

  /**
   * Starts a thread that runs the module at `url`, which answers with `serveThread`. It does not keep the process alive
   * unless it is held.
   */
  startModule(url: URL, events: ModuleThreadEvents): ModuleThread;

  /** Called by a module that `startModule` runs: `answer` gets every message, with the way to send messages back. */
  serveThread(
    answer: (message: unknown, post: (message: unknown, transfer?: readonly ArrayBuffer[]) => void) => void,
  ): void;

  /** The way to run machine code, if there is one here. Never throws. */
  nativeHost(): NativeHostSearch;

  /** The codec for pictures, if there is one here: the package sharp in Node, the browser's own in a page. Never rejects. */
  pictureCodec(): Promise<PictureCodecSearch>;

  /**
   * Asks the garbage collector to run now, which takes milliseconds and more with large heaps. Finalizers run later, in
   * tasks of their own. Never throws.
   */
  collectGarbage(): void;

  /** Yields one macrotask, so that signals and user-interface events are served. */
  pause(): Promise<void>;

  /** Looks for a package that is not a dependency, such as sharp. Never rejects. */
  optionalPackage(name: string): Promise<OptionalPackage>;

  /** The bytes of a file that belongs to a package; undefined when there is no such file. Never rejects. */
  packageFile(name: string): Promise<Uint8Array | undefined>;
}
