/** Pictures in Node, by the package sharp where it is installed. */
import { copyChannels, isOpaque } from "./pixels.ts";
import type { OptionalPackage, PictureCodec, PictureCodecSearch, Pixels } from "./types.ts";

/** The part of sharp that is used, described here so that its types need not be installed either. */
interface SharpModule {
  readonly default: {
    (bytes: Uint8Array, options: InputOptions): Sharp;
    readonly versions?: { readonly sharp?: string };
  };
}
interface InputOptions {
  /** Sizes are compared by the caller. */
  readonly limitInputPixels: false;
  readonly failOn?: "error";
  readonly autoOrient?: boolean;
  readonly raw?: Pick<Pixels, "width" | "height" | "channels">;
}
interface Sharp {
  metadata(): Promise<{ readonly width: number; readonly height: number; readonly channels?: number }>;
  toColourspace(space: "srgb" | "b-w"): Sharp;
  raw(options: { depth: "uchar" }): Sharp;
  toFormat(format: string, options: { quality: number }): Sharp;
  toBuffer(): Promise<Uint8Array>;
  toBuffer(options: { resolveWithObject: true }): Promise<SharpResult>;
}
interface SharpResult {
  readonly data: Uint8Array;
  readonly info: { readonly width: number; readonly height: number; readonly channels: number };
}

const kinds = ["PNG", "JPEG", "GIF", "WebP", "TIFF", "AVIF"];

/** The codec that a search for sharp gave. */
export function sharpCodec(found: OptionalPackage): PictureCodecSearch {
  if (found.found) return { found: true, kinds, codec: codecOf(found.module as SharpModule) };
  const why = found.reason === "is not installed" ? "" : ` (it ${found.reason})`;
  return { found: false, kinds, needed: `the package sharp: npm install sharp${why}` };
}

const codecOf = ({ default: sharp }: SharpModule): PictureCodec => ({
  name: "sharp",
  version: sharp.versions?.sharp,
  exact: true,
  asksFirst: true,

  async decode(bytes, { channels, checkSize }) {
    const pipeline = sharp(bytes, { limitInputPixels: false, failOn: "error", autoOrient: true });
    const stored = await pipeline.metadata();
    checkSize(stored.width, stored.height);
    const result = await pipeline.toColourspace("srgb").raw({ depth: "uchar" }).toBuffer({ resolveWithObject: true });
    return pixelsOf(result, channels ?? channelsOf(result, (stored.channels ?? 3) < 3));
  },

  async encode({ data, ...raw }, format, quality) {
    const pipeline = sharp(data, { raw, limitInputPixels: false });
    const colored = raw.channels === 1 ? pipeline.toColourspace("b-w") : pipeline;
    return plain(await colored.toFormat(format, { quality }).toBuffer());
  },
});

function channelsOf({ data, info }: SharpResult, gray: boolean): Pixels["channels"] {
  const alpha = info.channels === 4 && !isOpaque(data);
  return gray ? (alpha ? 2 : 1) : alpha ? 4 : 3;
}

/** Sharp's color pipeline makes gray pictures RGB, and its gray one drops alpha; so red stands for gray. */
function pixelsOf({ data, info }: SharpResult, channels: Pixels["channels"]): Pixels {
  const { width, height } = info;
  if (info.channels === channels) return { width, height, channels, data: plain(data) };
  const out = new Uint8Array(width * height * channels);
  copyChannels(data, info.channels, out, channels);
  return { width, height, channels, data: out };
}

/** A view of the same bytes that is no Buffer. */
const plain = ({ buffer, byteOffset, length }: Uint8Array): Uint8Array => new Uint8Array(buffer, byteOffset, length);
