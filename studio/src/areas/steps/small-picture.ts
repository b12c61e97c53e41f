/** Pictures of files and cameras, drawn small. */

/** The first picture of what was pasted or dropped. */
export const pasted = (data: DataTransfer | null): File | undefined =>
  [...(data?.files ?? [])].find(({ type }) => type.startsWith("image/"));

/** RGBA pixels of the middle of a picture, at a size. */
export function cropped(
  source: CanvasImageSource,
  [width, height]: readonly [number, number],
  target: { readonly width: number; readonly height: number },
): ImageData {
  const scale = Math.min(width / target.width, height / target.height);
  const [cutWidth, cutHeight] = [target.width * scale, target.height * scale];
  const canvas = new OffscreenCanvas(target.width, target.height);
  const context = canvas.getContext("2d", { willReadFrequently: true })!;
  context.imageSmoothingQuality = "high";
  context.drawImage(
    source,
    ...([(width - cutWidth) / 2, (height - cutHeight) / 2, cutWidth, cutHeight] as const),
    ...([0, 0, target.width, target.height] as const),
  );
  return context.getImageData(0, 0, target.width, target.height);
}

/** The pixels of a picture file. @throws Error for what the browser cannot read */
export async function pixelsOfFile(
  file: Blob,
  target: { readonly width: number; readonly height: number },
): Promise<ImageData> {
  const bitmap = await createImageBitmap(file);
  const pixels = cropped(bitmap, [bitmap.width, bitmap.height], target);
  bitmap.close();
  return pixels;
}
