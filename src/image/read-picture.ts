/**
 * Pictures from files of any common kind, recognised by their first bytes and never by their names. With the package
 * sharp every kind but BMP is decoded, turned upright by its EXIF note and reduced to 8 bits; without it, PNG only.
 */
import { optionalPackage } from "#platform";
import { CapabilityError, FormatError } from "../array/index.ts";
import { quoted } from "../formats/json.ts";
import { decodePng, MAX_PIXELS } from "../formats/png.ts";
import { decodePlainJpeg } from "./decode-jpeg.ts";
import type { BytePicture } from "./picture.ts";

export interface ReadPictureOptions {
  /** `never` decodes without sharp even where it is installed. Default: `auto`. */
  readonly sharp?: "auto" | "never";
}

interface Kind {
  readonly name: string;
  /** What stands at which offset, as text in Latin-1. */
  readonly magic: readonly (readonly [offset: number, text: string])[];
}

const kinds: readonly Kind[] = [
  { name: "PNG", magic: [[0, "\x89PNG\r\n\x1a\n"]] },
  { name: "JPEG", magic: [[0, "\xff\xd8\xff"]] },
  { name: "GIF", magic: [[0, "GIF87a"]] },
  { name: "GIF", magic: [[0, "GIF89a"]] },
  {
    name: "WebP",
    magic: [
      [0, "RIFF"],
      [8, "WEBP"],
    ],
  },
  {
    name: "BMP",
    magic: [
      [0, "BM"],
      [6, "\0\0\0\0"],
    ],
  },
  { name: "TIFF", magic: [[0, "II*\0"]] },
  { name: "TIFF", magic: [[0, "MM\0*"]] },
  { name: "AVIF", magic: [[4, "ftypavif"]] },
];

/**
 * Decodes a picture; animations give their first frame.
 * @param name what error messages call the file
 * @throws FormatError when the bytes are not a picture or a broken one; CapabilityError when sharp is needed and missing
 */
export async function readPicture(
  bytes: Uint8Array,
  name = "the picture",
  { sharp = "auto" }: ReadPictureOptions = {},
): Promise<BytePicture> {
  const kind = kindOf(bytes, name);
  const plain = kind === "JPEG" ? await decodePlainJpeg(bytes) : undefined;
  if (plain !== undefined) return plain;
  const found = sharp === "auto" ? await optionalPackage("sharp") : undefined;
  if (kind === "BMP") throw new CapabilityError(`${name} is a BMP, which is not supported: convert it to PNG or JPEG`);
  if (found?.found) return decodeWithSharp(found.module as SharpModule, bytes, kind, name);
  if (kind === "PNG") return decodePng(bytes, name);
  const why = found && found.reason !== "is not installed" ? ` (it ${found.reason})` : "";
  throw new CapabilityError(`${name} is a ${kind}; decoding it needs the package sharp: npm install sharp${why}`);
}

function kindOf(bytes: Uint8Array, name: string): string {
  if (bytes.length === 0) throw new FormatError(`${name}: the file is empty, expected a picture`);
  const start = String.fromCharCode(...bytes.subarray(0, 64));
  const kind = kinds.find(({ magic }) => magic.every(([offset, text]) => start.startsWith(text, offset)));
  if (kind !== undefined) return kind.name;
  const known = [...new Set(kinds.map(({ name }) => name))].join(", ");
  throw new FormatError(`${name}: it looks like ${appearance(start)}, expected a picture: ${known}`);
}

/** What a file that is no picture may be, in words. */
function appearance(start: string): string {
  if (/^\s*<(!doctype html|html)/i.test(start)) return "a web page";
  if (/^\s*<(\?xml|svg)/i.test(start)) return "XML or SVG";
  if (start.startsWith("%PDF")) return "a PDF";
  if (start.startsWith("PK\x03\x04")) return "a ZIP archive";
  if (start.startsWith("\x1f\x8b")) return "a gzip file";
  if (/^[\t\n\r\x20-\x7e\x80-\xff]+$/.test(start)) return `text beginning with ${quoted(start.slice(0, 20))}`;
  const bytes = Array.from(start.slice(0, 8), (sign) => sign.charCodeAt(0).toString(16).padStart(2, "0"));
  return `binary data beginning with ${bytes.join(" ")}`;
}

/** The part of sharp that is used, described here so that its types need not be installed either. */
interface SharpModule {
  default(bytes: Uint8Array, options: { limitInputPixels: number; failOn: "error"; autoOrient: boolean }): Sharp;
}
interface Sharp {
  metadata(): Promise<{ readonly channels?: number }>;
  toColourspace(space: "srgb"): Sharp;
  raw(options: { depth: "uchar" }): Sharp;
  toBuffer(options: { resolveWithObject: true }): Promise<SharpResult>;
}
interface SharpResult {
  readonly data: Uint8Array;
  readonly info: { readonly width: number; readonly height: number; readonly channels: number };
}

async function decodeWithSharp(
  module: SharpModule,
  bytes: Uint8Array,
  kind: string,
  name: string,
): Promise<BytePicture> {
  try {
    const pipeline = module.default(bytes, { limitInputPixels: MAX_PIXELS, failOn: "error", autoOrient: true });
    const stored = (await pipeline.metadata()).channels ?? 3;
    const result = await pipeline.toColourspace("srgb").raw({ depth: "uchar" }).toBuffer({ resolveWithObject: true });
    return stored < 3 ? withoutColour(result) : pictureOf(result);
  } catch (error) {
    // The decoder's other lines repeat the first.
    const [reason] = (error as Error).message.split("\n", 1);
    throw new FormatError(`${name}: the ${kind} is broken: ${reason}`, { cause: error });
  }
}

const pictureOf = ({ data, info: { width, height, channels } }: SharpResult): BytePicture => ({
  width,
  height,
  channels: channels as BytePicture["channels"],
  data: new Uint8Array(data.buffer, data.byteOffset, data.length),
});

/** Sharp's colour pipeline makes grey pictures RGB, and its grey one drops alpha; so red stands for grey. */
function withoutColour({ data, info: { width, height, channels } }: SharpResult): BytePicture {
  const alpha = channels === 4;
  const out = new Uint8Array(width * height * (alpha ? 2 : 1));
  for (let pixel = 0, to = 0; pixel < width * height; pixel++) {
    out[to++] = data[pixel * channels];
    if (alpha) out[to++] = data[pixel * channels + 3];
  }
  return { width, height, channels: alpha ? 2 : 1, data: out };
}
