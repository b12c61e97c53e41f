/** Layers as planes in space: a texture of tiles, drawn as in the flat view, on a plane that a ray can meet. */
import {
  CanvasTexture,
  DoubleSide,
  Mesh,
  MeshBasicMaterial,
  NearestFilter,
  PlaneGeometry,
  SRGBColorSpace,
  Vector3,
} from "three";
import type { ColorTable } from "../../../../parts/color-table.ts";
import { type Palette, pictureOf } from "../../../../parts/paint.ts";
import type { Values } from "../../../../worker/api.ts";
import type { Column } from "../columns.ts";
import { asMaps, boxOf, HEAD, heightOf, type Sheet, tileAt } from "../layout.ts";
import { drawSheet, scalesOf, tilesOf } from "../painting.ts";
import type { Scale } from "../settings.ts";

/** Maps in a plane; a layer of more shows the first. */
const MOST_TILES = 256;

/** The longest side of a plane, in units of space. */
const LARGEST = 3;

export interface Plane {
  readonly key: string;
  readonly column: Column | undefined;
  readonly sheet: Sheet;
  readonly mesh: Mesh<PlaneGeometry, MeshBasicMaterial>;
  readonly canvas: HTMLCanvasElement;
  readonly texture: CanvasTexture;
}

/** Tiles in a grid that is about as high as it is wide. */
function sheetOf([count, height, width]: readonly [number, number, number]): Sheet {
  const shown = Math.min(count, MOST_TILES);
  const isSingle = height * width === 1;
  const columns = Math.ceil(Math.sqrt(shown * (isSingle ? 0.3 : 1)));
  const zoom = Math.max(1, Math.ceil(24 / Math.max(height, width)));
  return {
    ...{ count: shown, more: count - shown, columns, tile: [height, width] },
    size: [height * zoom, width * zoom],
    gap: isSingle ? 4 : Math.max(2, Math.round((Math.max(height, width) * zoom) / 16)),
  };
}

const breadthOf = ({ count, columns, size: [, width], gap }: Sheet): number =>
  Math.min(count, columns) * (width + gap) - gap;

/** The plane of the picture (no column), or of a layer's output. */
export function createPlane(key: string, shape: readonly number[], column?: Column): Plane {
  const maps = asMaps(shape);
  const sheet = sheetOf(column === undefined ? [1, maps[1], maps[2]] : maps);
  const [height, width] = [heightOf(sheet), breadthOf(sheet)];
  // Layers with more numbers are larger, by the fourth root, so that none disappears.
  const amount = Math.min(1, (maps[0] * maps[1] * maps[2]) ** 0.25 / 9);
  const side = LARGEST * Math.max(0.35, amount);
  const scale = side / Math.max(height, width);
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  const texture = new CanvasTexture(canvas);
  Object.assign(texture, { magFilter: NearestFilter, minFilter: NearestFilter, generateMipmaps: false });
  texture.colorSpace = SRGBColorSpace;
  const material = new MeshBasicMaterial({ map: texture, side: DoubleSide, transparent: true, alphaTest: 0.5 });
  const mesh = new Mesh(new PlaneGeometry(width * scale, height * scale), material);
  mesh.name = key;
  return { key, column, sheet, mesh, canvas, texture };
}

/** Draws new values. */
export function paintPlane(
  { column, sheet, canvas, texture }: Plane,
  values: Values,
  { table, scale, shared }: { table: ColorTable; scale: Scale; shared: number },
): void {
  const tiles = tilesOf({ kind: column!.shown.output.length > 1 ? "maps" : "cells", sheet }, values);
  drawSheet(canvas, tiles, table, scalesOf(tiles, scale, shared), 1);
  texture.needsUpdate = true;
}

/** Draws the picture. */
export function paintPicture(
  { canvas, texture, sheet }: Plane,
  bytes: ArrayLike<number>,
  shape: readonly number[],
  palette: Palette,
): void {
  const small = document.createElement("canvas");
  [small.height, small.width] = sheet.tile;
  small.getContext("2d")!.putImageData(pictureOf(bytes, shape, palette), 0, 0);
  const context = canvas.getContext("2d")!;
  context.imageSmoothingEnabled = false;
  context.drawImage(small, 0, 0, canvas.width, canvas.height);
  texture.needsUpdate = true;
}

/** The middle of a tile, in space. */
export function middleOf({ mesh, sheet }: Plane, tile: number): Vector3 {
  const box = boxOf({ x: 0, sheet }, Math.min(tile, sheet.count - 1));
  const { width, height } = mesh.geometry.parameters;
  const [u, v] = [(box.x + box.width / 2) / breadthOf(sheet), (box.y - HEAD + box.height / 2) / heightOf(sheet)];
  return mesh.localToWorld(new Vector3((u - 0.5) * width, (0.5 - v) * height, 0));
}

/** The corners of a tile, in space. */
export function cornersOf({ mesh, sheet }: Plane, tile: number): Vector3[] {
  const box = boxOf({ x: 0, sheet }, Math.min(tile, sheet.count - 1));
  const { width, height } = mesh.geometry.parameters;
  const [wide, high] = [breadthOf(sheet), heightOf(sheet)];
  const corner = (dx: number, dy: number): Vector3 =>
    mesh.localToWorld(
      new Vector3(
        ((box.x + dx * box.width) / wide - 0.5) * width,
        (0.5 - (box.y - HEAD + dy * box.height) / high) * height,
        0.01,
      ),
    );
  return [corner(0, 0), corner(1, 0), corner(1, 1), corner(0, 1)];
}

/** The tile that a ray meets, by its place on the plane, from the lower left corner. */
export const tileUnder = ({ sheet }: Plane, { x, y }: { readonly x: number; readonly y: number }) =>
  tileAt(sheet, x * breadthOf(sheet), (1 - y) * heightOf(sheet));

export function disposePlane({ mesh, texture }: Plane): void {
  mesh.geometry.dispose();
  mesh.material.dispose();
  texture.dispose();
}
