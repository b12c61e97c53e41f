/**
 * Pictures from files of any common kind. The platform's codec decodes them (the package sharp in Node, the browser in a
 * page), turned upright by their EXIF note, reduced to 8 bits and to sRGB. Our own decoder reads PNG without a codec, and
 * small PNG always. Sizes are compared with a limit before anything is decoded.
 */
import { type PictureCodec, packageFile, pictureCodec } from "#platform";
import { CapabilityError, checkBytes, checkOptions, FormatError, FoveaError, OptionError } from "../array/index.ts";
import { decodePlainJpeg, jpegDecoderFile } from "./decode-jpeg.ts";
import { type PictureHeader, readPictureHeader } from "./headers.ts";
import { type PictureKind, pictureKindOf } from "./kinds.ts";
import { MAX_PIXELS } from "./limits.ts";
import type { BytePicture } from "./picture.ts";
import { decodePng, isPlainPng } from "./png/png.ts";

/** Options of `readPicture`. */
export interface ReadPictureOptions {
  /** `own` decodes only PNG, without the platform's codec. Default: `auto`. */
  readonly decoder?: "auto" | "own" | undefined;
  /** Larger pictures are refused, so that a small file cannot exhaust memory. Default: 100 million. */
  readonly maxPixels?: number | undefined;
}

/** A file of known kind. */
interface File {
  readonly bytes: Uint8Array;
  readonly kind: PictureKind;
  readonly name: string;
  readonly checkSize: (width: number, height: number) => void;
}

/**
 * Decodes a picture; animations give their first frame. It has the channels that the file has: gray pictures 1, CMYK 3, and
 * one more for alpha, in GIF, AVIF and TIFF only if some pixel is not opaque.
 * @param name the file's name in messages
 * @throws FormatError if the bytes are not a picture, or one that is damaged or has more pixels than `maxPixels`;
 *   CapabilityError if the kind cannot be decoded on this machine; OptionError for an invalid `maxPixels`
 */
export async function readPicture(
  bytes: Uint8Array,
  name = "the picture",
  options: ReadPictureOptions = {},
): Promise<BytePicture> {
  checkBytes("readPicture", bytes);
  checkOptions("readPicture", options);
  const { decoder = "auto", maxPixels = MAX_PIXELS } = options;
  const file: File = { bytes, kind: pictureKindOf(bytes, name), name, checkSize: sizeCheck(name, maxPixels) };
  const header = readPictureHeader(bytes, file.kind);
  if (header !== undefined) file.checkSize(header.width, header.height);
  if (decoder === "auto") {
    const plain = file.kind === "JPEG" ? await decodePlainJpeg(bytes) : await decodeSmallPng(file, header);
    if (plain !== undefined) return plain;
  }
  const codec = decoder === "auto" ? await codecFor(file) : undefined;
  if (codec !== undefined) {
    if (header === undefined && !codec.asksFirst)
      throw new FormatError(`${name}: the ${file.kind} is broken: its header cannot be read, so its size is not known`);
    return decodeWith(codec, file, header?.channels);
  }
  if (file.kind === "PNG") return decodePng(bytes, name, maxPixels);
  throw new CapabilityError(`${name} is a ${file.kind}; our own decoder reads PNG only`);
}

/** PNGs of at most this many pixels are decoded by our own decoder, since setting up a codec would take longer. */
const SMALL_PNG = 1 << 14;

/** The picture in a small PNG; undefined for other files, and for those that are damaged or need more than a decoder. */
async function decodeSmallPng({ bytes, kind, name }: File, header: PictureHeader | undefined) {
  if (kind !== "PNG" || header === undefined || header.width * header.height > SMALL_PNG) return undefined;
  if (!isPlainPng(bytes)) return undefined;
  return decodePng(bytes, name).catch((error) => {
    if (error instanceof FormatError) return undefined; // a codec may read it nevertheless
    throw error;
  });
}

/** To be raised when formerly refused files are decoded. */
const REVISION = 1;

/** The available decoders, as plain data: the same decoders refuse the same files. */
export async function decodersHere(): Promise<string> {
  const search = await pictureCodec();
  const codec = search.found ? [search.codec.name, search.codec.version] : [];
  return JSON.stringify([REVISION, codec, (await packageFile(jpegDecoderFile))?.length ?? 0]);
}

/** The codec to decode a file with; undefined for a PNG for our own decoder. */
async function codecFor({ bytes, kind, name }: File): Promise<PictureCodec | undefined> {
  const search = await pictureCodec();
  if (!search.kinds.includes(kind)) {
    throw new CapabilityError(`${name} is a ${kind}, which is not supported here: convert it to PNG or JPEG`);
  }
  // Our decoder is exact where a codec is not.
  if (search.found) return kind === "PNG" && !search.codec.exact && isPlainPng(bytes) ? undefined : search.codec;
  if (kind === "PNG") return undefined;
  throw new CapabilityError(`${name} is a ${kind}; decoding it needs ${search.needed}`);
}

function sizeCheck(name: string, maxPixels: number): File["checkSize"] {
  if (!Number.isInteger(maxPixels) || maxPixels < 1) {
    throw new OptionError(`readPicture: maxPixels ${maxPixels}, expected a whole number from 1 on`);
  }
  return (width, height) => {
    if (width * height <= maxPixels) return;
    throw new FormatError(
      `${name}: it has ${width}×${height} pixels, at most ${maxPixels} are read; make it smaller, or raise maxPixels`,
    );
  };
}

async function decodeWith(
  codec: PictureCodec,
  { bytes, kind, name, checkSize }: File,
  channels: BytePicture["channels"] | undefined,
): Promise<BytePicture> {
  try {
    return await codec.decode(bytes, { kind, channels, checkSize });
  } catch (error) {
    if (error instanceof FoveaError) throw error;
    // The decoder's other lines repeat the first.
    const [reason] = (error as Error).message.split("\n", 1);
    throw new FormatError(`${name}: the ${kind} is broken: ${reason.replace(/:$/, "")}`, { cause: error });
  }
}
