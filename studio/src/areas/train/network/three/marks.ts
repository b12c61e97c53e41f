/** Names of layers, links to the selected unit and its frame, in space. */
import {
  BufferGeometry,
  CanvasTexture,
  Color,
  LineBasicMaterial,
  LineLoop,
  Mesh,
  MeshBasicMaterial,
  type Object3D,
  QuadraticBezierCurve3,
  Sprite,
  SpriteMaterial,
  SRGBColorSpace,
  TubeGeometry,
  Vector3,
} from "three";
import type { Palette, Rgb } from "../../../../parts/paint.ts";

const colorOf = ([red, green, blue]: Rgb): Color =>
  new Color().setRGB(red / 255, green / 255, blue / 255, SRGBColorSpace);

const TEXT_PIXELS = 40;
const TEXT_HEIGHT = 0.26;

/** A name that always faces the viewer. */
export function createLabel(text: string, palette: Palette): Sprite {
  const canvas = document.createElement("canvas");
  const context = canvas.getContext("2d")!;
  const font = `600 ${TEXT_PIXELS}px ui-sans-serif, system-ui, sans-serif`;
  context.font = font;
  canvas.width = Math.ceil(context.measureText(text).width) + 8;
  canvas.height = TEXT_PIXELS * 1.4;
  context.font = font;
  context.fillStyle = `rgb(${palette.ink.join()})`;
  context.fillText(text, 4, TEXT_PIXELS);
  const map = new CanvasTexture(canvas);
  map.colorSpace = SRGBColorSpace;
  const sprite = new Sprite(new SpriteMaterial({ map, transparent: true, depthWrite: false }));
  sprite.scale.set((TEXT_HEIGHT * canvas.width) / canvas.height, TEXT_HEIGHT, 1);
  return sprite;
}

/** A bent tube from a map to the unit, as thick as what it adds to the sum. @param share of the strongest, −1 to 1 */
export function createLink(from: Vector3, to: Vector3, share: number, palette: Palette): Mesh {
  const middle = from
    .clone()
    .lerp(to, 0.5)
    .add(new Vector3(0, 0.25, 0));
  const radius = 0.003 + 0.025 * Math.abs(share);
  const geometry = new TubeGeometry(new QuadraticBezierCurve3(from, middle, to), 16, radius, 5);
  const material = new MeshBasicMaterial({
    color: colorOf(share < 0 ? palette.negative : palette.positive),
    transparent: true,
    opacity: 0.3 + 0.7 * Math.abs(share),
  });
  return new Mesh(geometry, material);
}

export const createFrame = (corners: readonly Vector3[], palette: Palette): LineLoop =>
  new LineLoop(
    new BufferGeometry().setFromPoints([...corners]),
    new LineBasicMaterial({ color: colorOf(palette.ink), linewidth: 2 }),
  );

/** Frees what a mark holds on the graphics processor. */
export function disposeMark(mark: Object3D): void {
  const { geometry, material } = mark as Mesh;
  geometry?.dispose();
  const { map } = material as SpriteMaterial;
  map?.dispose();
  (material as MeshBasicMaterial).dispose();
}
