/** Draws boxes with labels, lines and dots into a picture, thick enough to be seen at its size. */
import { checkList, checkOptions, OptionError } from "../array/index.ts";
import { word } from "../options/index.ts";
import { drawLine, type Point } from "./draw.ts";
import type { Rgb } from "./grid-layout.ts";
import { paintDot, paintRectangle } from "./paint.ts";
import { type BytePicture, type Picture, toBytes, toRgb } from "./picture.ts";
import { drawText, LINE, textLength } from "./text.ts";

/** What `annotate` draws; positions are in pixels, the center of the first one at 0, 0. */
export type Annotation = BoxAnnotation | LineAnnotation | DotAnnotation;

/** A frame around an object. */
export interface BoxAnnotation {
  /** Which annotation it is. */
  readonly kind: "box";
  /** The upper left corner. */
  readonly from: Point;
  /** The lower right corner. */
  readonly to: Point;
  /** Red, green and blue in bytes. */
  readonly color: Rgb;
  /** A text on the upper edge. Default: none. */
  readonly label?: string | undefined;
}

/** A line between two points, such as a limb. */
export interface LineAnnotation {
  /** Which annotation it is. */
  readonly kind: "line";
  /** One end. */
  readonly from: Point;
  /** The other end. */
  readonly to: Point;
  /** Red, green and blue in bytes. */
  readonly color: Rgb;
}

/** A dot at a point, such as a joint. */
export interface DotAnnotation {
  /** Which annotation it is. */
  readonly kind: "dot";
  /** Its center. */
  readonly at: Point;
  /** Red, green and blue in bytes. */
  readonly color: Rgb;
}

/** A line is a pixel thick for each of these pixels of the picture's longer side. */
const SIDE_OF_A_PIXEL = 240;
const LABEL_COLOR: Rgb = [255, 255, 255];

/**
 * The picture in RGB with annotations, in their order; clipped to the picture.
 * @throws OptionError for annotations of another kind and positions that are not finite
 */
export function annotate(picture: Picture, annotations: readonly Annotation[]): BytePicture {
  checkList("annotate", "annotations, such as { kind: 'dot', at, color }", annotations);
  const opaque = toRgb(toBytes(picture));
  const canvas = { ...opaque, data: opaque.data.slice() };
  const thickness = Math.max(1, Math.round(Math.max(canvas.width, canvas.height) / SIDE_OF_A_PIXEL));
  for (const annotation of annotations) {
    checkOptions("annotate: an annotation", annotation);
    const { kind } = annotation;
    if (kinds.read(kind) === undefined)
      throw new OptionError(`annotate: kind ${JSON.stringify(kind)}, expected ${kinds.expects}`);
    if (kind === "box") box(canvas, annotation, thickness);
    else if (kind === "line") line(canvas, annotation, thickness);
    else dot(canvas, annotation, thickness);
  }
  return canvas;
}

const kinds = word<Annotation["kind"]>("box", "line", "dot");

function box(canvas: BytePicture, { from, to, color, label }: BoxAnnotation, thickness: number): void {
  const corners = [from, { x: to.x, y: from.y }, to, { x: from.x, y: to.y }];
  for (const [i, corner] of corners.entries())
    line(canvas, { kind: "line", from: corner, to: corners[(i + 1) % 4], color }, thickness);
  if (label === undefined || label === "") return;
  const height = (LINE + 1) * thickness;
  const width = (textLength(label) + 3) * thickness;
  // Above the box where there is room, else inside of it, and never beyond the picture's right edge.
  const [x, y] = [Math.round(from.x), Math.round(from.y)];
  const left = Math.max(0, Math.min(x, canvas.width - width));
  const top = y - height >= 0 ? y - height : Math.max(0, y);
  paintRectangle(canvas, left, top, width, height, () => color);
  const text = { text: label, center: left + width / 2, top: top + thickness, size: thickness };
  drawText(text, (x, y) => paintRectangle(canvas, x, y, thickness, thickness, () => LABEL_COLOR));
}

/** As many lines of one pixel beside each other as it is thick. */
function line(canvas: BytePicture, { from, to, color }: LineAnnotation, thickness: number): void {
  const length = Math.hypot(to.x - from.x, to.y - from.y) || 1;
  const [across, down] = [(from.y - to.y) / length, (to.x - from.x) / length];
  // Half steps leave no gaps in slanted lines.
  for (let step = 0; step <= 2 * (thickness - 1); step++) {
    const shift = step / 2 - (thickness - 1) / 2;
    const moved = ({ x, y }: Point): Point => ({ x: x + shift * across, y: y + shift * down });
    drawLine(canvas, moved(from), moved(to), color);
  }
}

function dot(canvas: BytePicture, { at, color }: DotAnnotation, thickness: number): void {
  checkOptions("annotate: a dot's place", at);
  if (!Number.isFinite(at.x + at.y))
    throw new OptionError(`annotate: a dot at ${at.x}, ${at.y}; expected finite numbers`);
  paintDot(canvas, at, 1.5 * thickness + 1, color);
}
