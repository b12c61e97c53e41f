/** Pictures of one's own as the network takes them: bytes [channels, height, width]. */

/** Gray as the eye weighs colors (BT.601). */
const GRAY = [0.299, 0.587, 0.114] as const;

/**
 * @param pixels RGBA, of the network's height and width
 * @param isDark whether the pictures that were trained on are dark in the mean; gray pictures on the other ground are inverted
 */
export function bytesOf(pixels: Uint8ClampedArray, channels: number, isDark: boolean): Uint8Array {
  const size = pixels.length / 4;
  if (channels === 3)
    return Uint8Array.from({ length: 3 * size }, (_, at) => pixels[4 * (at % size) + Math.floor(at / size)]);
  const gray = Uint8Array.from({ length: size }, (_, i) =>
    Math.round(GRAY.reduce((sum, weight, k) => sum + weight * pixels[4 * i + k], 0)),
  );
  if (channels !== 1) throw new Error(`a picture has 1 or 3 channels, the network takes ${channels}`);
  return meanOf(gray) < 127.5 === isDark ? gray : gray.map((value) => 255 - value);
}

export const meanOf = (bytes: ArrayLike<number>): number =>
  Array.from(bytes).reduce((sum, value) => sum + value, 0) / bytes.length;

/** The largest part of a picture in the shape of another, in the middle. */
export function middleOf(
  width: number,
  height: number,
  shape: readonly [height: number, width: number],
): readonly [x: number, y: number, width: number, height: number] {
  const scale = Math.min(width / shape[1], height / shape[0]);
  const [w, h] = [shape[1] * scale, shape[0] * scale];
  return [(width - w) / 2, (height - h) / 2, w, h];
}
