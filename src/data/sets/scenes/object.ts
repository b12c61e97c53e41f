/** Objects: a shape in a named color, with light from one side and a texture of its own. */
import type { Random } from "../../../array/index.ts";
import { type Canvas, inShape, movedStamp, type Place, paint, type Stamp, stampAt } from "./canvas.ts";
import { colorNames, colorOf } from "./colors.ts";
import { SHAPE_REACH, shapeNames, shapes } from "./shapes.ts";

/** What an object is, and where. */
export interface ObjectLook {
  /** The number of its shape. */
  readonly shape: number;
  /** The number of its color. */
  readonly color: number;
  readonly place: Place;
}

/** A look by chance. @param radius from and to, in pixels */
export function drawLook(size: number, [least, most]: readonly [number, number], random: Random): ObjectLook {
  const radius = random.uniform(least, most);
  const inside = (): number => random.uniform(0.9 * radius, size - 1 - 0.9 * radius);
  return {
    shape: random.integer(shapeNames.length),
    color: random.integer(colorNames.length),
    place: { x: inside(), y: inside(), radius, turn: random.uniform(0, 2 * Math.PI) },
  };
}

/** The coverage of an object. */
export const stampObject = (size: number, { shape, place }: ObjectLook): Stamp =>
  stampAt(size, place, shapes[shape], SHAPE_REACH);

type Light = (x: number, y: number) => number;

/** The brightness of textures at a point of the shape. */
const textures: readonly ((random: Random) => Light)[] = [
  () => () => 1,
  (random) => {
    const pitch = random.uniform(5, 9);
    return (x) => 1 + 0.16 * Math.sin(pitch * x);
  },
  (random) => {
    const pitch = random.uniform(5, 8);
    return (x, y) => 1 + 0.2 * Math.sin(pitch * x) * Math.sin(pitch * y);
  },
];

/** Paints an object: its shadow, then its color. */
export function paintObject(canvas: Canvas, { color, place }: ObjectLook, stamp: Stamp, random: Random): void {
  const drop = Math.max(1, Math.round(0.12 * place.radius));
  paint(canvas, movedStamp(stamp, drop), [0, 0, 0], undefined, 0.28);
  const texture = textures[random.integer(textures.length)](random);
  const [slope, angle] = [random.uniform(0, 0.14), random.uniform(0, 2 * Math.PI)];
  const [dx, dy] = [slope * Math.cos(angle), slope * Math.sin(angle)];
  const light: Light = (x, y) => texture(x, y) * (1 + dx * x + dy * y);
  paint(canvas, stamp, colorOf(color, random), inShape(place, light));
}
