/** Picture files for tests: a color and a seed each, so that no two are alike. */
import sharp from "sharp";

export type Rgb = readonly [red: number, green: number, blue: number];

/** Noise around a color, as a PNG or JPEG file. */
export function pictureFile(color: Rgb, seed: number, size: number, format: "png" | "jpeg"): Promise<Buffer> {
  let state = (seed * 2654435761) >>> 0;
  const pixels = Buffer.alloc(3 * size * size);
  for (let i = 0; i < pixels.length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    pixels[i] = Math.min(255, Math.max(0, color[i % 3] + ((state >>> 24) % 40) - 20));
  }
  return sharp(pixels, { raw: { width: size, height: size, channels: 3 } })
    .toFormat(format)
    .toBuffer();
}

/** One color, as a PNG file of any size. */
export const plainPicture = ([r, g, b]: Rgb, width: number, height: number): Promise<Buffer> =>
  sharp({ create: { width, height, channels: 3, background: { r, g, b } }, limitInputPixels: false })
    .png()
    .toBuffer();
