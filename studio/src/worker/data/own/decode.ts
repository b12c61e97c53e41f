/** A picture file as bytes of one form: a square cut from the middle, scaled. Works in a worker. */
import type { PictureForm } from "../../api/pictures.ts";
import { planesOf, squareIn } from "./square.ts";

let canvas: OffscreenCanvas | undefined;

/** Bytes [channels, side, side]. @throws Error for what is no picture that the browser reads */
export async function decodePicture(file: Blob, form: PictureForm): Promise<Uint8Array> {
  const bitmap = await createImageBitmap(file).catch(() => {
    throw new Error("not a picture that this browser reads");
  });
  return bytesOfBitmap(bitmap, form);
}

/** The bytes of a picture that is decoded, which is closed. */
export function bytesOfBitmap(bitmap: ImageBitmap, { side, channels }: PictureForm): Uint8Array {
  canvas ??= new OffscreenCanvas(side, side);
  if (canvas.width !== side) Object.assign(canvas, { width: side, height: side });
  const context = canvas.getContext("2d", { willReadFrequently: true })!;
  // What is transparent is white, as on paper.
  context.fillStyle = "#fff";
  context.fillRect(0, 0, side, side);
  context.imageSmoothingQuality = "high";
  const { left, top, length } = squareIn(bitmap);
  context.drawImage(bitmap, left, top, length, length, 0, 0, side, side);
  bitmap.close();
  return planesOf(context.getImageData(0, 0, side, side).data, channels);
}

/** The pixels of a picture of bytes, as a PNG file. */
export async function encodePicture(bytes: Uint8Array, { side, channels }: PictureForm): Promise<Uint8Array> {
  const target = new OffscreenCanvas(side, side);
  const image = new ImageData(side, side);
  const size = side * side;
  for (let i = 0; i < size; i++)
    for (let c = 0; c < 4; c++) image.data[4 * i + c] = c === 3 ? 255 : bytes[channels === 1 ? i : c * size + i];
  target.getContext("2d")!.putImageData(image, 0, 0);
  return new Uint8Array(await (await target.convertToBlob({ type: "image/png" })).arrayBuffer());
}
