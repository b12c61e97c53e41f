/** Tar archives to test with, sound ones and others. */

export interface TarPart {
  readonly path: string;
  readonly bytes?: Uint8Array | string;
  /** Default: `0`, a file. */
  readonly type?: string;
  /** What a link leads to. */
  readonly link?: string;
  /** The first part of a long path, as ustar has it. */
  readonly prefix?: string;
  /** The size that the header tells, when it is another one. */
  readonly size?: string;
}

const encode = (text: Uint8Array | string): Uint8Array =>
  typeof text === "string" ? new TextEncoder().encode(text) : text;

function header({ path, bytes = "", type = "0", link = "", prefix = "", size }: TarPart): Uint8Array {
  const block = new Uint8Array(512);
  const put = (at: number, text: string): void => block.set(encode(text), at);
  const length = encode(bytes).length;
  put(0, path);
  put(100, "0000644\0");
  put(124, size ?? `${length.toString(8).padStart(11, "0")}\0`);
  put(136, "00000000000\0");
  put(148, " ".repeat(8));
  put(156, type);
  put(157, link);
  put(257, "ustar\x0000");
  put(345, prefix);
  const sum = block.reduce((a, b) => a + b, 0);
  put(148, `${sum.toString(8).padStart(6, "0")}\0 `);
  return block;
}

const padded = (bytes: Uint8Array): Uint8Array => {
  const whole = new Uint8Array(Math.ceil(bytes.length / 512) * 512);
  whole.set(bytes);
  return whole;
};

export const tarParts = (parts: readonly TarPart[]): Uint8Array =>
  Buffer.concat(parts.flatMap((part) => [header(part), padded(encode(part.bytes ?? ""))]));

/** A whole archive, with its end. */
export const tarOf = (parts: readonly TarPart[]): Uint8Array => Buffer.concat([tarParts(parts), new Uint8Array(1024)]);

/** A pax record: its length counts itself. */
export function paxRecord(key: string, value: string): string {
  const rest = ` ${key}=${value}\n`;
  const bytes = encode(rest).length;
  let length = bytes;
  while (length !== bytes + String(length).length) length = bytes + String(length).length;
  return `${length}${rest}`;
}

/** Bytes in pieces of so many. */
export async function* inPieces(bytes: Uint8Array, length: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length);
}
