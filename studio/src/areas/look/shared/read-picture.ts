/** Decodes what was dropped, pasted or filmed, at the network's size. */
import { bytesOf, middleOf } from "./fit-picture.ts";

export type Input = readonly [channels: number, height: number, width: number];

/** Kept between pictures: a camera asks many times a second. */
let canvas: OffscreenCanvas | undefined;

export function sampleSource(
  source: CanvasImageSource,
  size: readonly [width: number, height: number],
  [channels, height, width]: Input,
  isDark: boolean,
): Uint8Array {
  canvas ??= new OffscreenCanvas(width, height);
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  const context = canvas.getContext("2d", { willReadFrequently: true })!;
  context.imageSmoothingQuality = "high";
  context.fillStyle = "white";
  context.fillRect(0, 0, width, height);
  context.drawImage(source, ...middleOf(...size, [height, width]), 0, 0, width, height);
  return bytesOf(context.getImageData(0, 0, width, height).data, channels, isDark);
}

/** @throws Error for files that the browser cannot decode */
export async function readPicture(file: Blob, input: Input, isDark: boolean): Promise<Uint8Array> {
  const bitmap = await createImageBitmap(file);
  const bytes = sampleSource(bitmap, [bitmap.width, bitmap.height], input, isDark);
  bitmap.close();
  return bytes;
}
