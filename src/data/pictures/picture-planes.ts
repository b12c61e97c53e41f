/**
 * Pictures as planes of bytes, [channels, height, width]. A picture of another size is scaled to cover the size, and
 * center-cropped.
 */
import { DataError, type Shape } from "../../array/index.ts";
import { type BytePicture, readPicture, resize, toGray, withoutAlpha } from "../../image/index.ts";

export interface Planes {
  /** The width of the picture before scaling. */
  readonly width: number;
  readonly height: number;
  /** `u8` [channels, height, width]. */
  readonly data: Uint8Array;
}

/**
 * Decodes a picture into planes.
 * @param shape [1 or 3, height, width]; a size of 0 stands for the picture's own
 * @throws what `readPicture` throws
 */
export async function decodePlanes(bytes: Uint8Array, name: string, [channels, height, width]: Shape): Promise<Planes> {
  const picture = await readPicture(bytes, name);
  const opaque = channels === 1 ? toGray(picture) : withoutAlpha(picture);
  const fitted =
    height === 0 || (opaque.height === height && opaque.width === width) ? opaque : cover(opaque, width, height);
  return { width: picture.width, height: picture.height, data: toPlanes(fitted, channels) };
}

/** Gray pictures are repeated for three channels. */
function toPlanes({ data, width, height, channels }: BytePicture, planes: number): Uint8Array {
  const size = width * height;
  const out = new Uint8Array(planes * size);
  for (let c = 0, to = 0; c < planes; c++)
    for (let i = 0, from = Math.min(c, channels - 1); i < size; i++, from += channels) out[to++] = data[from];
  return out;
}

/** The part of a picture that is scaled to a size: the largest centered one of the same proportions, in pixels. */
export interface CoveringPart {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** The part of a picture that is left when it covers `width` × `height`; all of it for a size of 0. */
export function coveringPart(
  picture: { readonly width: number; readonly height: number },
  width: number,
  height: number,
): CoveringPart {
  if (height === 0) return { left: 0, top: 0, width: picture.width, height: picture.height };
  const scale = Math.min(picture.width / width, picture.height / height);
  const wide = Math.max(1, Math.round(width * scale));
  const high = Math.max(1, Math.round(height * scale));
  return { left: (picture.width - wide) >> 1, top: (picture.height - high) >> 1, width: wide, height: high };
}

const cover = (picture: BytePicture, width: number, height: number): BytePicture =>
  resize(cropCenter(picture, coveringPart(picture, width, height)), width, height);

function cropCenter(picture: BytePicture, { left, top, width, height }: CoveringPart): BytePicture {
  const { channels, data } = picture;
  if (width === picture.width && height === picture.height) return picture;
  const out = new Uint8Array(width * height * channels);
  for (let y = 0; y < height; y++) {
    const from = ((top + y) * picture.width + left) * channels;
    out.set(data.subarray(from, from + width * channels), y * width * channels);
  }
  return { width, height, channels, data: out };
}

/** @throws DataError unless the picture has the size of the others */
export function checkSize(planes: Planes, path: string, first: { readonly path: string; readonly shape: Shape }): void {
  const [, height, width] = first.shape;
  if (planes.height === height && planes.width === width) return;
  throw new DataError(
    `${path} is ${planes.width}×${planes.height}, ${first.path} is ${width}×${height}: say which size all are to ` +
      `have, such as { size: [${height}, ${width}] } or --size ${height}x${width}, and they are scaled to it`,
  );
}
