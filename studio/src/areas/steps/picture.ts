/** Small pictures as text in the address: bytes of planes, in base64 for addresses. */
import { type Shape, sizeOf } from "./operations/shapes.ts";

const toAddress = (text: string): string => text.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
const fromAddress = (text: string): string => text.replaceAll("-", "+").replaceAll("_", "/");

/** Writes the bytes of planes [channels, height, width]. */
export const writePicture = (bytes: Uint8Array): string => toAddress(btoa(String.fromCharCode(...bytes)));

/** Reads what `writePicture` wrote; nothing of what is not that. */
export function readPicture(text: string): Uint8Array {
  try {
    return Uint8Array.from(atob(fromAddress(text)), (letter) => letter.charCodeAt(0));
  } catch {
    return new Uint8Array(0);
  }
}

/** The values of a picture, 0 to 1, with two digits; what it lacks is 0. */
export function pictureValues(text: string, shape: Shape): Float64Array {
  const bytes = readPicture(text);
  return Float64Array.from({ length: sizeOf(shape) }, (_, i) => toUnit(bytes[i] ?? 0));
}

/** A byte as a number of two digits, so that what is shown is what is computed with. */
export const toUnit = (byte: number): number => Math.round((100 * byte) / 255) / 100;

/** RGBA bytes as planes: three, or their mean as one. */
export function planesOfPixels(pixels: ArrayLike<number>, channels: 1 | 3): Uint8Array {
  const size = pixels.length / 4;
  const planes = new Uint8Array(channels * size);
  for (let i = 0; i < size; i++) {
    const [red, green, blue] = [pixels[4 * i], pixels[4 * i + 1], pixels[4 * i + 2]];
    if (channels === 1) planes[i] = Math.round((red + green + blue) / 3);
    else for (const [c, value] of [red, green, blue].entries()) planes[c * size + i] = value;
  }
  return planes;
}
