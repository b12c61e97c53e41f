/** Scatter plots: points of a plane as colored dots with a legend, or as pictures; as a picture and as SVG. */
import type { NdArray } from "../array/index.ts";
import type { Rgb } from "./grid-layout.ts";
import { pictureElement, svgDocument, textElement } from "./grid-svg.ts";
import { paintDot, paintRectangle, whiteSheet } from "./paint.ts";
import type { BytePicture } from "./picture.ts";
import { layoutScatter, type PlacedPoint, type ScatterOptions } from "./scatter-layout.ts";
import { drawText } from "./text.ts";

/** The side of a square of the legend. */
const KEY = 9;

/**
 * Points of a plane as a picture: the first axis to the right, the second upward, with one scale for both. Points are drawn
 * in their order, later ones over earlier ones.
 * @param positions [n, 2]
 * @throws ShapeError for positions of other shapes; OptionError for positions that are not finite and invalid options
 * @example scatterPlot(positions, { groups: labels.data, names: classes });
 */
export function scatterPlot(positions: NdArray, options: ScatterOptions = {}): BytePicture {
  const { width, height, radius, points, keys, texts } = layoutScatter(positions, options, "scatterPlot");
  const canvas = whiteSheet(width, height);
  for (const point of points) drawPoint(canvas, point, radius);
  for (const { x, y, color } of keys) paintRectangle(canvas, x, y, KEY, KEY, () => color);
  for (const line of texts)
    drawText(line, (x, y) => paintRectangle(canvas, x, y, line.size, line.size, () => [0, 0, 0]));
  return canvas;
}

function drawPoint(canvas: BytePicture, { x, y, color, picture }: PlacedPoint, radius: number): void {
  if (picture !== undefined) {
    const { width, height, data } = picture;
    const [left, top] = [Math.round(x - width / 2), Math.round(y - height / 2)];
    const pixel = (column: number, row: number): Rgb =>
      data.subarray(3 * (row * width + column), 3 * (row * width + column) + 3) as unknown as Rgb;
    paintRectangle(canvas, left, top, width, height, pixel);
    return;
  }
  paintDot(canvas, { x, y }, radius, color);
}

/** Options of `scatterPlotSvg`. */
export interface SvgScatterOptions extends ScatterOptions {
  /** Text in the document that is not shown, such as how it was made. Default none. */
  readonly description?: string | undefined;
}

/**
 * The plot that `scatterPlot` draws, as SVG.
 * @throws ShapeError for positions of other shapes; OptionError for positions that are not finite and invalid options
 */
export async function scatterPlotSvg(positions: NdArray, options: SvgScatterOptions = {}): Promise<string> {
  const { description, ...rest } = options;
  const { width, height, radius, points, keys, texts } = layoutScatter(positions, rest, "scatterPlotSvg");
  const marks = points.map(({ x, y, color, picture }) =>
    picture === undefined
      ? `<circle cx="${short(x)}" cy="${short(y)}" r="${radius}" fill="rgb(${color.join(",")})"/>`
      : pictureElement({ picture, factor: 1, x: short(x - picture.width / 2), y: short(y - picture.height / 2) }),
  );
  const squares = keys.map(
    ({ x, y, color }) => `<rect x="${x}" y="${y}" width="${KEY}" height="${KEY}" fill="rgb(${color.join(",")})"/>`,
  );
  return svgDocument(
    { width, height, background: [255, 255, 255], ink: [0, 0, 0] },
    rest.title,
    description,
    [...(await Promise.all(marks)), ...squares],
    texts.map(textElement),
  );
}

/** Hundredths of a pixel. */
const short = (x: number): number => Math.round(100 * x) / 100;
