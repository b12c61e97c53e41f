/** Rectangles and dots painted on pictures in three channels. */
import type { Point } from "./draw.ts";
import type { Rgb } from "./grid-layout.ts";
import type { BytePicture } from "./picture.ts";

/** A picture that is white all over. */
export const whiteSheet = (width: number, height: number): BytePicture => ({
  width,
  height,
  channels: 3,
  data: new Uint8Array(3 * width * height).fill(255),
});

/** Paints a rectangle, clipped to the picture; where there is no color it stays as it is. */
export function paintRectangle(
  { width, height, data }: BytePicture,
  left: number,
  top: number,
  across: number,
  down: number,
  colorAt: (column: number, row: number) => Rgb | undefined,
): void {
  for (let row = Math.max(0, -top); row < down && top + row < height; row++) {
    for (let column = Math.max(0, -left); column < across && left + column < width; column++) {
      const color = colorAt(column, row);
      if (color !== undefined) data.set(color, 3 * ((top + row) * width + left + column));
    }
  }
}

/** Paints a filled circle, clipped to the picture. @param radius in pixels */
export function paintDot(picture: BytePicture, { x, y }: Point, radius: number, color: Rgb): void {
  const [left, top] = [Math.floor(x - radius), Math.floor(y - radius)];
  const side = Math.ceil(2 * radius) + 1;
  const isInside = (column: number, row: number): boolean => Math.hypot(left + column - x, top + row - y) <= radius;
  paintRectangle(picture, left, top, side, side, (column, row) => (isInside(column, row) ? color : undefined));
}
