/** A picture file as bytes [3, height, width]: its middle, as much of it as has those proportions. */
export async function readPicture(file: Blob, height: number, width: number): Promise<Uint8Array> {
  const picture = await createImageBitmap(file);
  const scale = Math.min(picture.width / width, picture.height / height);
  const [cutWidth, cutHeight] = [width * scale, height * scale];
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext("2d")!;
  context.imageSmoothingQuality = "high";
  const [left, top] = [(picture.width - cutWidth) / 2, (picture.height - cutHeight) / 2];
  context.drawImage(picture, left, top, cutWidth, cutHeight, 0, 0, width, height);
  picture.close();
  const { data } = context.getImageData(0, 0, width, height);
  const size = height * width;
  return Uint8Array.from({ length: 3 * size }, (_, i) => data[4 * (i % size) + Math.floor(i / size)]);
}
