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

  /** Whether a file, not a folder, can be found at the path. */
  fileExists(path: string): Promise<boolean>;

  folderExists(path: string): Promise<boolean>;

  joinPath(...parts: string[]): string;

  /** An environment variable; undefined when it is not set, or empty. */
  environment(name: string): string | undefined;

  /** Where downloads are kept. See `cache-folder.ts` for the rule. */
  cacheFolder(): string;

  /** Unpacks a gzip file of at most `limit` bytes. @throws FormatError, beginning with `name`. */
  gunzip(bytes: Uint8Array, limit: number, name?: string): Promise<Uint8Array>;

  /** Unpacks a zlib stream (RFC 1950) of at most `limit` bytes. @throws FormatError, beginning with `name`. */
  inflate(bytes: Uint8Array, limit: number, name?: string): Promise<Uint8Array>;

  /** Packs into a zlib stream. */
  deflate(bytes: Uint8Array): Promise<Uint8Array>;

  /** The SHA-256 of the bytes, in lower-case hexadecimal. */
  sha256(bytes: Uint8Array): Promise<string>;

  /** Whether threads can share memory with the calling one, and that may wait for them. */
  sharesMemory(): boolean;

  /** How many threads can run at once; 1 where memory cannot be shared between them. */
  availableThreads(): number;

  /**
   * Starts a thread that runs `source`, the text of a function `(receive, post) => void`: `receive` takes the handler of
   * messages to the thread, `post` sends one back. The thread does not keep the process alive.
   */
  startThread(source: string): Thread;

  /** Yields one macrotask, so that signals and user-interface events are served. */
  pause(): Promise<void>;

  /** Looks for a package that is not a dependency, such as sharp. Never rejects. */
  optionalPackage(name: string): Promise<OptionalPackage>;
}
