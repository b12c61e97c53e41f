/**
 * Pictures to files. PNG is written by our own encoder; other formats by the platform's codec (the package sharp in Node,
 * the browser in a page). Float pictures are converted to bytes.
 */
import { pictureCodec } from "#platform";
import { CapabilityError, OptionError } from "../array/index.ts";
import { checkNames, namesOf } from "../options/index.ts";
import { MAX_PIXELS } from "./limits.ts";
import { type BytePicture, checkPicture, type Picture, toBytes, withoutAlpha } from "./picture.ts";
import { encodePng } from "./png/png.ts";
import type { PngText } from "./png/text.ts";

/** Formats that pictures can be written in. */
export type PictureFormat = "png" | "jpeg" | "webp" | "avif";

/** Options of `encodePicture`. */
export interface EncodePictureOptions {
  /** Default: `png`. */
  readonly format?: PictureFormat | undefined;
  /** 1 … 100, not for PNG, which loses nothing. Default: 90 for JPEG and WebP, 60 for AVIF, whose scale is another. */
  readonly quality?: number | undefined;
  /** Text beside the picture, by keyword, such as `{ Comment: "how it was made" }`; for PNG. Default none. */
  readonly text?: PngText | undefined;
}

const optionNames = namesOf<EncodePictureOptions>({ format: true, quality: true, text: true });

interface Lossy {
  /** The default. */
  readonly quality: number;
  /** The longest side the format allows. */
  readonly longest: number;
  /** Converts a picture to what the format can hold. */
  readonly fit: (picture: BytePicture) => BytePicture;
}

const withAlpha = (picture: BytePicture): BytePicture => (picture.channels === 2 ? grayAlphaToRgba(picture) : picture);

const lossy: Readonly<Record<Exclude<PictureFormat, "png">, Lossy>> = {
  jpeg: { quality: 90, longest: 65_500, fit: withoutAlpha },
  webp: { quality: 90, longest: 16_383, fit: withAlpha },
  avif: { quality: 60, longest: 65_536, fit: withAlpha },
};

/** The formats that pictures can be written in. */
export const pictureFormats: readonly PictureFormat[] = ["png", ...(Object.keys(lossy) as (keyof typeof lossy)[])];

/**
 * The bytes of a file with the picture. JPEG has no alpha: transparent pictures are laid over white.
 * @throws OptionError for an invalid format or quality, a picture whose size and data do not match, or one too large for its
 *   format; CapabilityError if the format cannot be written on this machine
 */
export async function encodePicture(picture: Picture, options: EncodePictureOptions = {}): Promise<Uint8Array> {
  checkPicture(picture, "encodePicture");
  checkNames("encodePicture", optionNames, options);
  const { format = "png", quality, text } = options;
  const { width, height } = picture;
  if (width * height > MAX_PIXELS) {
    throw new OptionError(`encodePicture: ${width}×${height} pixels, expected at most ${MAX_PIXELS}`);
  }
  if (!pictureFormats.includes(format)) {
    throw new OptionError(`encodePicture: format '${format}', expected one of ${pictureFormats.join(", ")}`);
  }
  if (format !== "png" && text !== undefined)
    throw new OptionError(`encodePicture: text is kept in PNG files only, not in ${format}`);
  if (format !== "png") return encodeLossy(picture, format, quality ?? lossy[format].quality);
  if (quality !== undefined) throw new OptionError("encodePicture: PNG loses nothing, and takes no quality");
  return encodePng(toBytes(picture), text);
}

async function encodeLossy(picture: Picture, format: keyof typeof lossy, quality: number): Promise<Uint8Array> {
  if (!(Number.isInteger(quality) && quality >= 1 && quality <= 100)) {
    throw new OptionError(`encodePicture: quality ${quality}, expected a whole number from 1 to 100`);
  }
  const { longest, fit } = lossy[format];
  const { width, height } = picture;
  if (Math.max(width, height) > longest) {
    throw new OptionError(`encodePicture: ${width}×${height} pixels, a side of a ${format} has at most ${longest}`);
  }
  const search = await pictureCodec();
  if (!search.found) throw new CapabilityError(`encodePicture: writing ${format} needs ${search.needed}; PNG does not`);
  const bytes = await search.codec.encode(fit(toBytes(picture)), format, quality).catch((error: Error) => {
    const [reason] = error.message.split("\n", 1);
    throw new CapabilityError(`encodePicture: ${search.codec.name} cannot write this ${format}: ${reason}`, {
      cause: error,
    });
  });
  if (bytes === undefined) {
    throw new CapabilityError(`encodePicture: ${search.codec.name} does not write ${format}; choose another format`);
  }
  return bytes;
}

function grayAlphaToRgba({ width, height, data }: BytePicture): BytePicture {
  const out = new Uint8Array(width * height * 4);
  for (let i = 0; i < out.length; i++) out[i] = data[2 * (i >> 2) + ((i & 3) === 3 ? 1 : 0)];
  return { width, height, channels: 4, data: out };
}
