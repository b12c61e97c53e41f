/** The arithmetic of pictures that are brought to one form. */

/** The largest square in the middle of a picture. */
export function squareIn({ width, height }: { readonly width: number; readonly height: number }) {
  const length = Math.min(width, height);
  return { left: (width - length) / 2, top: (height - length) / 2, length };
}

/** Weights of red, green and blue in gray: ITU-R BT.601, as the library has them. */
const GRAY = [0.299, 0.587, 0.114] as const;

/** Pixels of red, green, blue and alpha as planes [channels, …]. */
export function planesOf(pixels: ArrayLike<number>, channels: 1 | 3): Uint8Array {
  const size = pixels.length / 4;
  const planes = new Uint8Array(channels * size);
  for (let i = 0; i < size; i++) {
    const [red, green, blue] = [pixels[4 * i], pixels[4 * i + 1], pixels[4 * i + 2]];
    if (channels === 1) planes[i] = Math.round(GRAY[0] * red + GRAY[1] * green + GRAY[2] * blue);
    else for (const [c, value] of [red, green, blue].entries()) planes[c * size + i] = value;
  }
  return planes;
}
