/**
 * A network in the address: a name or a short text as it is, a longer one compressed (raw DEFLATE, RFC 1951, in base64url), after
 * a `~`.
 */
import { deflateSync, Inflate, strFromU8, strToU8 } from "fflate";
import { joined } from "../worker/data/own/joined.ts";
import type { Field } from "./address.ts";

const MARK = "~";

/** Of the address, for the network: the rest is left to other settings. */
export const MOST_NETWORK_CHARACTERS = 1500;

/** No text that a person wrote unpacks to more; a hostile address would fill the memory. */
const MOST_BYTES = 80_000;

/** What stands in the place of a text that cannot be unpacked. */
export const DAMAGED = "// this address is damaged: the network in it was cut off";

export const networkField = (fallback: string): Field<string> => ({
  fallback,
  read: readNetworkText,
  write: writeNetworkText,
});

/** The shorter of the two forms. */
export function writeNetworkText(text: string): string {
  const packed = MARK + toBase64Url(deflateSync(strToU8(text), { level: 9 }));
  const isPlain = !text.startsWith(MARK) && encodeURIComponent(text).length <= packed.length;
  return isPlain ? text : packed;
}

/** How many characters of the address a text takes. */
export const lengthInAddress = (text: string): number => encodeURIComponent(writeNetworkText(text)).length;

export function readNetworkText(written: string): string {
  if (!written.startsWith(MARK)) return written;
  try {
    return unpack(fromBase64Url(written.slice(MARK.length)));
  } catch {
    return DAMAGED;
  }
}

/** @throws Error for what is cut off, damaged or too long */
function unpack(packed: Uint8Array): string {
  const parts: Uint8Array[] = [];
  let size = 0;
  let isWhole = false;
  const inflate = new Inflate((part, isLast) => {
    size += part.length;
    if (size > MOST_BYTES) throw new Error("too long");
    parts.push(part.slice());
    isWhole = isLast;
  });
  // Small pieces: a small piece of input can only become so large.
  for (let at = 0; at < packed.length; at += 256)
    inflate.push(packed.subarray(at, at + 256), at + 256 >= packed.length);
  if (!isWhole) throw new Error("cut off");
  return strFromU8(joined(parts));
}

const toBase64Url = (bytes: Uint8Array): string =>
  btoa(String.fromCharCode(...bytes))
    .replace(/\+/g, "-")
    .replace(/\//g, "_")
    .replace(/=+$/, "");

const fromBase64Url = (text: string): Uint8Array =>
  Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (character) => character.charCodeAt(0));
