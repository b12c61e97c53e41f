/** A grid of pictures with captions, as an SVG document: pictures are embedded, text is text. */

import { BASELINE } from "./font.ts";
import {
  type GridCell,
  type GridLayout,
  type GridOptions,
  layoutGrid,
  type PlacedPicture,
  type Rgb,
} from "./grid-layout.ts";
import { encodePng } from "./png/png.ts";
import type { TextLine } from "./text.ts";

/** Characters of a monospaced font are 0.6 times its size wide: at this size, as wide as those of `font.ts`. */
const FONT_SIZE = 10;

/** Options of `pictureGridSvg`. */
export interface SvgGridOptions extends GridOptions {
  /** Text in the document that is not shown, such as how it was made. Default none. */
  readonly description?: string | undefined;
}

/**
 * The grid that `pictureGrid` draws, as SVG: each picture a PNG in a data URI, enlarged without smoothing, and each line of
 * text an element. Hovering over a picture shows its full caption. Captions, title and description are escaped.
 * @throws DataError for no cells; OptionError for invalid options, and for more than 100 million pixels
 */
export async function pictureGridSvg(cells: readonly GridCell[], options: SvgGridOptions = {}): Promise<string> {
  const { width, height, background, ink, pictures, texts } = layoutGrid(cells, options, "pictureGridSvg");
  const elements = await Promise.all(pictures.map(pictureElement));
  return svgDocument(
    { width, height, background, ink },
    options.title,
    options.description,
    elements,
    texts.map(textElement),
  );
}

/** A document of elements, and of lines of text above them. */
export function svgDocument(
  { width, height, background, ink }: Pick<GridLayout, "width" | "height" | "background" | "ink">,
  title: string | undefined,
  description: string | undefined,
  elements: readonly string[],
  texts: readonly string[],
): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">`,
    ...(title ? [`<title>${escapeXml(title)}</title>`] : []),
    ...(description ? [`<desc>${escapeXml(description)}</desc>`] : []),
    `<rect width="${width}" height="${height}" fill="${rgb(background)}"/>`,
    ...elements,
    `<g font-family="monospace" fill="${rgb(ink)}" text-anchor="middle" xml:space="preserve">`,
    ...texts,
    "</g>",
    "</svg>",
    "",
  ].join("\n");
}

const rgb = (color: Rgb): string => `rgb(${color.join(",")})`;

/** A picture in its place, as a PNG in a data URI. */
export async function pictureElement({ picture, factor, x, y, caption }: PlacedPicture): Promise<string> {
  const place = `x="${x}" y="${y}" width="${picture.width * factor}" height="${picture.height * factor}"`;
  const source = `data:image/png;base64,${base64(await encodePng(picture))}`;
  const title = caption === undefined ? "" : `<title>${escapeXml(caption)}</title>`;
  return `<image ${place} style="image-rendering:pixelated" href="${source}">${title}</image>`;
}

/** A line of text. */
export function textElement({ text, center, top, size, isUpward }: TextLine): string {
  const base = top + BASELINE * size;
  const place = isUpward ? `transform="translate(${base} ${center}) rotate(-90)"` : `x="${center}" y="${base}"`;
  return `<text ${place} font-size="${FONT_SIZE * size}">${escapeXml(text)}</text>`;
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Text for XML and HTML, between tags or in quotes; characters not allowed there become U+FFFD. */
export const escapeXml = (text: string): string =>
  text.replace(/[^\P{Cc}\n\r\t]|\p{Cs}|[\ufffe\uffff]/gu, "\ufffd").replace(/[&<>"']/g, (sign) => entities[sign]);

/** In pieces, because the number of arguments of a call is limited. */
function base64(bytes: Uint8Array): string {
  const pieces: string[] = [];
  for (let at = 0; at < bytes.length; at += 8192) {
    pieces.push(String.fromCharCode(...bytes.subarray(at, at + 8192)));
  }
  return btoa(pieces.join(""));
}
