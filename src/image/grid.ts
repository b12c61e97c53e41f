/** Pictures side by side on one sheet, row after row. */
import { type BytePicture, type Picture, toBytes, withoutAlpha } from "./picture.ts";

export interface GridCell {
  readonly picture: Picture;
  /** Words below the picture. */
  readonly caption?: string;
}

export interface GridOptions {
  /** How many pictures stand side by side. Default: so many that the sheet is nearly square. */
  readonly columns?: number;
  /** How often each pixel is repeated in both directions. Default 1. */
  readonly scale?: number;
  /** Pixels between the pictures. Default 2. */
  readonly gap?: number;
  /** Words above all. */
  readonly title?: string;
}

/** A sheet of pictures in RGB. */
export function pictureGrid(cells: readonly GridCell[], options: GridOptions = {}): BytePicture {
  const { columns = Math.ceil(Math.sqrt(cells.length)), scale = 1, gap = 2 } = options;
  const pictures = cells.map(({ picture }) => toBytes(withoutAlpha(picture)));
  const cellWidth = Math.max(...pictures.map(({ width }) => width * scale)) + gap;
  const cellHeight = Math.max(...pictures.map(({ height }) => height * scale)) + gap;
  const [width, height] = [columns * cellWidth + gap, Math.ceil(cells.length / columns) * cellHeight + gap];
  const data = new Uint8Array(width * height * 3).fill(64);
  for (const [i, picture] of pictures.entries()) {
    const [top, left] = [Math.floor(i / columns) * cellHeight + gap, (i % columns) * cellWidth + gap];
    for (let y = 0; y < picture.height * scale; y++) {
      for (let x = 0; x < picture.width * scale; x++) {
        const from = (Math.floor(y / scale) * picture.width + Math.floor(x / scale)) * picture.channels;
        for (let c = 0; c < 3; c++)
          data[((top + y) * width + left + x) * 3 + c] = picture.data[from + (picture.channels === 3 ? c : 0)];
      }
    }
  }
  return { width, height, channels: 3, data };
}
