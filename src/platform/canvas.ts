/**
 * Pictures in a page or a worker, by the browser's own decoders and encoders, which are reached through a canvas. A canvas
 * holds colors multiplied by alpha, so what lies under nearly transparent pixels comes back rounded.
 */
import { copyChannels, isOpaque } from "./pixels.ts";
import type { PictureCodec, PictureCodecSearch, Pixels } from "./types.ts";

/** Pictures are read in strips of at most so many pixels: browsers limit the areas of canvases, some to 16 million. */
const STRIP = 4_000_000;

const kinds = ["PNG", "JPEG", "GIF", "WebP", "AVIF", "BMP"];

/** The browser's codec, unless the browser is too old for it. */
export const canvasCodec = (): PictureCodecSearch =>
  typeof OffscreenCanvas === "undefined"
    ? { found: false, kinds, needed: "a browser that has OffscreenCanvas" }
    : { found: true, kinds, codec };

const codec: PictureCodec = {
  name: "the browser",
  exact: false,
  asksFirst: false,

  async decode(bytes, { kind, channels, checkSize }) {
    const blob = new Blob([bytes as Uint8Array<ArrayBuffer>], { type: `image/${kind.toLowerCase()}` });
    const bitmap = await createImageBitmap(blob, { imageOrientation: "from-image" });
    try {
      checkSize(bitmap.width, bitmap.height);
      return readBitmap(bitmap, channels ?? channelsOf(bitmap));
    } finally {
      bitmap.close();
    }
  },

  async encode({ width, height, channels, data }, format, quality) {
    const canvas = new OffscreenCanvas(width, height);
    contextOf(canvas).putImageData(new ImageData(withAllChannels(data, channels), width, height), 0, 0);
    const type = `image/${format}`;
    const blob = await canvas.convertToBlob({ type, quality: quality / 100 });
    // A browser that does not write a format gives PNG in its place.
    return blob.type === type ? new Uint8Array(await blob.arrayBuffer()) : undefined;
  },
};

function contextOf(canvas: OffscreenCanvas): OffscreenCanvasRenderingContext2D {
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (context === null) throw new Error(`the browser has no canvas of ${canvas.width}×${canvas.height} pixels`);
  return context;
}

function readBitmap(bitmap: ImageBitmap, channels: Pixels["channels"]): Pixels {
  const { width, height } = bitmap;
  const data = new Uint8Array(width * height * channels);
  for (const { top, rgba } of stripsOf(bitmap)) copyChannels(rgba, 4, data, channels, top * width * channels);
  return { width, height, channels, data };
}

function channelsOf(bitmap: ImageBitmap): Pixels["channels"] {
  for (const { rgba } of stripsOf(bitmap)) if (!isOpaque(rgba)) return 4;
  return 3;
}

/** The rows from `top` on, as RGBA. */
interface Strip {
  readonly top: number;
  readonly rgba: Uint8ClampedArray;
}

function* stripsOf(bitmap: ImageBitmap): Generator<Strip> {
  const { width, height } = bitmap;
  const rows = Math.min(height, Math.max(1, Math.floor(STRIP / width)));
  const context = contextOf(new OffscreenCanvas(width, rows));
  for (let top = 0; top < height; top += rows) {
    context.clearRect(0, 0, width, rows);
    context.drawImage(bitmap, 0, -top);
    yield { top, rgba: context.getImageData(0, 0, width, Math.min(rows, height - top)).data };
  }
}

/** As RGBA, which is all that a canvas takes. */
function withAllChannels(data: Uint8Array, channels: Pixels["channels"]): Uint8ClampedArray<ArrayBuffer> {
  const out = new Uint8ClampedArray((data.length / channels) * 4).fill(255);
  const colors = channels < 3 ? [0, 0, 0] : [0, 1, 2];
  for (let pixel = 0; pixel < data.length / channels; pixel++) {
    for (let c = 0; c < 3; c++) out[pixel * 4 + c] = data[pixel * channels + colors[c]];
    if (channels % 2 === 0) out[pixel * 4 + 3] = data[pixel * channels + channels - 1];
  }
  return out;
}
