/** A grid of pictures with captions, as a picture. */
import {
  type GridCell,
  type GridLayout,
  type GridOptions,
  layoutGrid,
  type PlacedPicture,
  type Rgb,
} from "./grid-layout.ts";
import type { BytePicture } from "./picture.ts";
import { drawText, type TextLine } from "./text.ts";

/**
 * Pictures side by side, row after row, with captions under them and a title above. Gray if all of it is, else RGB.
 * `encodePicture` makes a file of it, `pictureGridSvg` draws the same with text that can be searched.
 * @throws DataError for no cells; OptionError for invalid options, and for more than 100 million pixels
 */
export function pictureGrid(cells: readonly GridCell[], options: GridOptions = {}): BytePicture {
  const layout = layoutGrid(cells, options, "pictureGrid");
  const canvas = blankCanvas(layout);
  for (const placed of layout.pictures) drawPicture(canvas, placed);
  for (const line of layout.texts) writeLine(canvas, line, layout.ink);
  return canvas;
}

function blankCanvas({ width, height, background, pictures }: GridLayout): BytePicture {
  const isGray = new Set(background).size === 1 && pictures.every(({ picture }) => picture.channels === 1);
  const channels = isGray ? 1 : 3;
  const data = new Uint8Array(width * height * channels);
  for (let c = 0; c < channels; c++) for (let i = c; i < data.length; i += channels) data[i] = background[c];
  return { width, height, channels, data };
}

function drawPicture({ width, channels, data }: BytePicture, { picture, factor, x, y }: PlacedPicture): void {
  const row = picture.width * factor;
  for (let down = 0; down < picture.height * factor; down++) {
    const from = Math.floor(down / factor) * picture.width;
    for (let across = 0; across < row; across++) {
      const source = (from + Math.floor(across / factor)) * picture.channels;
      const target = ((y + down) * width + x + across) * channels;
      for (let c = 0; c < channels; c++) data[target + c] = picture.data[source + (picture.channels === 1 ? 0 : c)];
    }
  }
}

/** Clipped to the canvas: letters may be wider than a narrow grid. */
function writeLine({ width, height, channels, data }: BytePicture, line: TextLine, ink: Rgb): void {
  const { size } = line;
  drawText(line, (left, top) => {
    for (let y = Math.max(0, top); y < Math.min(height, top + size); y++) {
      for (let x = Math.max(0, left); x < Math.min(width, left + size); x++) {
        for (let c = 0; c < channels; c++) data[(y * width + x) * channels + c] = ink[c];
      }
    }
  });
}
