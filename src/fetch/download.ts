/**
 * Downloads a file with a known checksum from the first mirror that delivers it. Incomplete, late, oversized or damaged
 * files never reach the caller.
 */
import { sha256 } from "#platform";
import { concatenate, DataError } from "../array/index.ts";
import { describeExpected, isExpected } from "./checksum.ts";

export interface DownloadOptions {
  /** SHA-256 of the file, in hexadecimal, or how it begins. */
  readonly sha256: string;
  /** In bytes; a mirror that sends more is abandoned. */
  readonly limit: number;
  /** The file's name in messages. */
  readonly name: string;
  /** What the file belongs to, and the name of the folder that holds it. */
  readonly set: string;
  /** Called for every chunk; restarts at 0 with every mirror. Some servers do not tell `total`. */
  readonly onProgress?: (received: number, total: number | undefined) => void;
  /** Stops the transfer; `download` then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds without data after which a mirror is abandoned. Default 30 000. */
  readonly idleTimeout?: number | undefined;
}

/**
 * The file's bytes, from the first of `urls` that delivers them.
 * @throws DataError with the reason why each mirror failed
 */
export async function download(urls: readonly string[], options: DownloadOptions): Promise<Uint8Array> {
  const failures: string[] = [];
  for (const url of urls) {
    options.signal?.throwIfAborted();
    try {
      return await fetchFrom(url, options);
    } catch (error) {
      options.signal?.throwIfAborted();
      failures.push(`  ${url}: ${fetchErrorOf(error)}`);
    }
  }
  throw new DataError(
    [
      `cannot download ${options.name}:`,
      ...(failures.length > 0 ? failures : ["  no mirror is known"]),
      `check the network, or put the file into FOLDER/${options.set} and set FOVEA_DATA=FOLDER`,
    ].join("\n"),
  );
}

async function fetchFrom(url: string, options: DownloadOptions): Promise<Uint8Array> {
  const { idleTimeout = 30_000, signal } = options;
  const stop = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const restart = () => {
    clearTimeout(timer);
    timer = setTimeout(() => stop.abort(new Error(`nothing came for ${idleTimeout / 1000} s`)), idleTimeout);
  };
  restart();
  try {
    const response = await fetch(url, { signal: signal ? AbortSignal.any([stop.signal, signal]) : stop.signal });
    if (!response.ok) throw new Error(`HTTP ${response.status} ${response.statusText}`.trim());
    const bytes = await readBody(response, options, restart);
    clearTimeout(timer);
    await checkDownload(bytes, response, options.sha256);
    return bytes;
  } finally {
    clearTimeout(timer);
    // Closes the connection of an abandoned mirror.
    stop.abort();
  }
}

async function readBody(response: Response, options: DownloadOptions, onPiece: () => void): Promise<Uint8Array> {
  const { limit, onProgress } = options;
  const total = announcedLength(response);
  if (total !== undefined && total > limit)
    throw new Error(`${total} bytes are announced, at most ${limit} are accepted`);
  const pieces: Uint8Array[] = [];
  let received = 0;
  const reader = response.body?.getReader();
  const next = () => reader?.read().catch(brokeOff);
  for (let piece = await next(); piece?.value; piece = await next()) {
    onPiece();
    received += piece.value.length;
    if (received > limit) throw new Error(`more than the ${limit} bytes that are accepted came`);
    pieces.push(piece.value);
    onProgress?.(received, total);
  }
  return concatenate(pieces);

  function brokeOff(error: unknown): never {
    const of = total === undefined ? "" : ` of ${total}`;
    throw new Error(`broke off after ${received}${of} bytes: ${fetchErrorOf(error)}`);
  }
}

/** Undefined if unknown, or if it counts compressed bytes. */
function announcedLength({ headers }: Response): number | undefined {
  const length = headers.get("content-length");
  return length === null || headers.has("content-encoding") ? undefined : Number(length);
}

/** The checksum decides; a wrong length only explains a wrong checksum. */
async function checkDownload(bytes: Uint8Array, response: Response, expected: string): Promise<void> {
  const found = await sha256(bytes);
  if (isExpected(found, expected)) return;
  const total = announcedLength(response);
  if (total !== undefined && total !== bytes.length)
    throw new Error(`${bytes.length} bytes came, ${total} were announced`);
  throw new Error(`another file came: its SHA-256 is ${found}, expected ${describeExpected(expected)}`);
}

/** `fetch` only says "fetch failed"; the reason is in its cause. */
function fetchErrorOf(error: unknown): string {
  const { message, cause } = error as Error & { cause?: { message?: string; code?: string } };
  return cause?.message || cause?.code || message || String(error);
}
