/** The kind of a picture file, by its first bytes and never by its name. */
import { FormatError } from "../array/index.ts";
import { quoted } from "../formats/index.ts";

/** The kinds of files that are recognized as pictures. */
export type PictureKind = "PNG" | "JPEG" | "GIF" | "WebP" | "BMP" | "TIFF" | "AVIF";

/** Bytes at offsets, as Latin-1 text. */
type Magic = readonly (readonly [offset: number, text: string])[];

const magicsByKind: readonly (readonly [PictureKind, Magic])[] = [
  ["PNG", [[0, "\x89PNG\r\n\x1a\n"]]],
  ["JPEG", [[0, "\xff\xd8\xff"]]],
  ["GIF", [[0, "GIF87a"]]],
  ["GIF", [[0, "GIF89a"]]],
  [
    "WebP",
    [
      [0, "RIFF"],
      [8, "WEBP"],
    ],
  ],
  [
    "BMP",
    [
      [0, "BM"],
      [6, "\0\0\0\0"],
    ],
  ],
  ["TIFF", [[0, "II*\0"]]],
  ["TIFF", [[0, "MM\0*"]]],
  ["AVIF", [[4, "ftypavif"]]],
  ["AVIF", [[4, "ftypavis"]]],
];

/** What an unrecognized file may be, in words. */
const others: readonly (readonly [words: string, Magic])[] = [
  ...["heic", "heix", "mif1"].map((brand) => ["a HEIC photograph (save it as JPEG)", [[4, `ftyp${brand}`]]] as const),
  ["a video", [[4, "ftyp"]]],
  ["JPEG XL", [[4, "JXL "]]],
  ["JPEG XL", [[0, "\xff\x0a"]]],
  ["JPEG 2000", [[4, "jP  "]]],
  ["a Photoshop document", [[0, "8BPS"]]],
  ["a PDF", [[0, "%PDF"]]],
  ["a ZIP archive", [[0, "PK\x03\x04"]]],
  ["a gzip file", [[0, "\x1f\x8b"]]],
];
const markup: readonly (readonly [RegExp, string])[] = [
  [/^\s*<(!doctype html|html)/i, "a web page"],
  [/^\s*<(\?xml|svg)/i, "XML or SVG"],
];

/** @throws FormatError that begins with `name` and says what the file looks like */
export function pictureKindOf(bytes: Uint8Array, name: string): PictureKind {
  if (bytes.length === 0) throw new FormatError(`${name}: the file is empty, expected a picture`);
  const start = String.fromCharCode(...bytes.subarray(0, 64));
  const found = magicsByKind.find(([, magic]) => matchesMagic(start, magic));
  if (found !== undefined) return found[0];
  const known = [...new Set(magicsByKind.map(([kind]) => kind))].join(", ");
  throw new FormatError(`${name}: it looks like ${appearance(start)}, expected a picture: ${known}`);
}

const matchesMagic = (start: string, magic: Magic): boolean =>
  magic.every(([offset, text]) => start.startsWith(text, offset));

function appearance(start: string): string {
  const other =
    others.find(([, magic]) => matchesMagic(start, magic))?.[0] ?? markup.find(([pattern]) => pattern.test(start))?.[1];
  if (other !== undefined) return other;
  if (/^[\t\n\r\x20-\x7e\x80-\xff]+$/.test(start)) return `text beginning with ${quoted(start.slice(0, 20))}`;
  const bytes = Array.from(start.slice(0, 8), (sign) => sign.charCodeAt(0).toString(16).padStart(2, "0"));
  return `binary data beginning with ${bytes.join(" ")}`;
}
