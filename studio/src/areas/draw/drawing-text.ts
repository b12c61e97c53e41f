/** A drawing as a short text for the address: four bits a pixel, deflated, in base64url. */
import { deflateSync, inflateSync } from "fflate";
import type { Board } from "./board.ts";

/** A level of 0 to 15 stands for a multiple of this. */
const LEVEL = 17;

export function writeDrawing({ ink }: Board): string {
  const packed = Uint8Array.from({ length: Math.ceil(ink.length / 2) }, (_, i) => {
    const [high, low] = [ink[2 * i], ink[2 * i + 1] ?? 0].map((value) => Math.round(value / LEVEL));
    return (high << 4) | low;
  });
  return toText(deflateSync(packed, { level: 9 }));
}

/** The drawing on a board of a size; `undefined` for a text that is none. */
export function readDrawing(text: string, height: number, width: number): Board | undefined {
  const size = height * width;
  try {
    const packed = inflateSync(toBytes(text), { out: new Uint8Array(Math.ceil(size / 2)) });
    if (packed.length !== Math.ceil(size / 2)) return undefined;
    const ink = Uint8Array.from({ length: size }, (_, i) => LEVEL * ((packed[i >> 1] >> (i % 2 === 0 ? 4 : 0)) & 15));
    return { height, width, ink };
  } catch {
    // An address that was cut, or written by hand.
    return undefined;
  }
}

const toText = (bytes: Uint8Array): string =>
  btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replace(/=+$/, "");

const toBytes = (text: string): Uint8Array =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (character) => character.charCodeAt(0));
