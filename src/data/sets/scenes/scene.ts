/**
 * Scenes: pictures of objects and figures before a textured background, with what is known about them. All random numbers of a
 * scene are addressed by (seed, kind and part, number), so any scene can be drawn alone, and parts share none.
 */
import { Random } from "../../../array/index.ts";
import type { Part } from "../../part-names.ts";
import { paintBackground, paintClutter } from "./background.ts";
import { type Canvas, COVERED, type Stamp } from "./canvas.ts";
import { drawFigure, type Figure, paintFigure } from "./figure.ts";
import { type Box, boxesOf, Layout } from "./layout.ts";
import { drawLook, type ObjectLook, paintObject, stampObject } from "./object.ts";
import { areClear, type NamedObject, type SentenceSize, sentenceSizes } from "./sentence.ts";

/** A picture and what it shows. */
export interface Scene<O extends ObjectLook = ObjectLook> {
  /** [3, size, size]. */
  readonly pixels: Uint8Array;
  /** Object k of the list has the number k + 1 at the pixels where it is seen; 0 is everything else. [size, size] */
  readonly instances: Uint8Array;
  /** From back to front. */
  readonly objects: readonly O[];
  /** Where each object is seen. */
  readonly boxes: readonly Box[];
}

/** A scene with a figure. */
export interface FigureScene {
  readonly pixels: Uint8Array;
  readonly figure: Figure;
  /** 1 at the pixels where the figure is seen. [size, size] */
  readonly mask: Uint8Array;
  /** Where it is seen. */
  readonly box: Box;
  /** 1 at the pixels that an object in front of the figure covers. [size, size] */
  readonly hidden: Uint8Array;
}

/** Which scene. */
export interface SceneAddress {
  readonly size: number;
  readonly seed: number;
  readonly part: Part;
  readonly index: number;
}

/** Places that are tried for an object before it is left out. */
const TRIES = 20;
/** Radius of objects, as shares of the picture: of a single one, of several, of those around a figure. */
const [SINGLE, SEVERAL, AROUND] = [
  [0.14, 0.32],
  [0.1, 0.2],
  [0.08, 0.13],
] as const;
/** How often an object stands before a figure. */
const OCCLUSION = 0.4;

const randomOf = (kind: string, { seed, part, index }: SceneAddress): Random =>
  new Random(seed, `scenes/${kind}/${part}`, index);

/** One object. */
export function drawSingle(address: SceneAddress): Scene {
  const random = randomOf("single", address);
  return paintScene(
    address.size,
    random,
    placeObjects(address.size, 1, () => drawIn(address.size, SINGLE, random)),
  );
}

/** From 1 to `most` objects, which may hide parts of each other. */
export function drawSeveral(address: SceneAddress, most: number): Scene {
  const random = randomOf("several", address);
  const count = 1 + random.integer(most);
  return paintScene(
    address.size,
    random,
    placeObjects(address.size, count, () => drawIn(address.size, SEVERAL, random)),
  );
}

/** One object or two, apart from each other, of which a sentence can tell. */
export function drawDescribed(address: SceneAddress): Scene<NamedObject> {
  const { size } = address;
  const random = randomOf("described", address);
  const count = random.chance(0.25) ? 1 : 2;
  const draw = (): NamedObject => {
    const name: SentenceSize = random.chance(0.5) ? "small" : "large";
    return { ...drawIn(size, sentenceSizes[name], random), size: name };
  };
  const isApart = (look: NamedObject, others: readonly NamedObject[]): boolean =>
    others.every((other) => areClear(look, other) && !touch(look, other));
  return paintScene(size, random, placeObjects(size, count, draw, isApart));
}

const drawIn = (size: number, [least, most]: readonly [number, number], random: Random): ObjectLook =>
  drawLook(size, [least * size, most * size], random);

function touch({ place: a }: ObjectLook, { place: b }: ObjectLook): boolean {
  return Math.hypot(a.x - b.x, a.y - b.y) < 1.3 * (a.radius + b.radius);
}

/** Objects that have found a place. */
interface Placed<O> {
  readonly layout: Layout;
  readonly objects: readonly O[];
  readonly stamps: readonly Stamp[];
}

/** Finds places for `count` objects; those beyond the first that find none in some tries are left out. */
function placeObjects<O extends ObjectLook>(
  size: number,
  count: number,
  draw: () => O,
  suits: (look: O, others: readonly O[]) => boolean = () => true,
): Placed<O> {
  const layout = new Layout(size);
  const objects: O[] = [];
  const stamps: Stamp[] = [];
  for (let i = 0; i < count; i++) {
    for (let tries = 0; tries < TRIES; tries++) {
      const look = draw();
      if (!suits(look, objects)) continue;
      const stamp = stampObject(size, look);
      if (!layout.add(stamp)) continue;
      objects.push(look);
      stamps.push(stamp);
      break;
    }
  }
  return { layout, objects, stamps };
}

const createCanvas = (size: number): Canvas => ({ size, data: new Float32Array(3 * size * size) });

function paintScene<O extends ObjectLook>(size: number, random: Random, placed: Placed<O>): Scene<O> {
  const { layout, objects, stamps } = placed;
  const canvas = createCanvas(size);
  paintBackground(canvas, random);
  paintClutter(canvas, random);
  for (const [i, look] of objects.entries()) paintObject(canvas, look, stamps[i], random);
  const { instances } = layout;
  return { pixels: develop(canvas, random), instances, objects, boxes: boxesOf(instances, size, objects.length) };
}

/** A stick figure, objects behind it, and sometimes one before it. */
export function drawFigureScene(address: SceneAddress): FigureScene {
  const { size } = address;
  const random = randomOf("figure", address);
  const canvas = createCanvas(size);
  paintBackground(canvas, random);
  paintClutter(canvas, random);
  const putObject = (): Stamp => {
    const look = drawIn(size, AROUND, random);
    const stamp = stampObject(size, look);
    paintObject(canvas, look, stamp, random);
    return stamp;
  };
  for (let left = random.integer(3); left > 0; left--) putObject();
  const figure = drawFigure(size, random);
  const body = maskOf(size, paintFigure(canvas, figure, random));
  const hidden = random.chance(OCCLUSION) ? maskOf(size, putObject()) : new Uint8Array(size * size);
  const mask = body.map((value, i) => (hidden[i] === 1 ? 0 : value));
  const [box] = boxesOf(mask, size, 1);
  return { pixels: develop(canvas, random), figure, mask, box, hidden };
}

/** 1 where a stamp covers pixels. */
function maskOf(size: number, { left, top, width, height, coverage }: Stamp): Uint8Array {
  const mask = new Uint8Array(size * size);
  for (let y = 0, at = 0; y < height; y++)
    for (let x = 0; x < width; x++, at++) if (coverage[at] >= COVERED) mask[(top + y) * size + left + x] = 1;
  return mask;
}

/** The bytes of a canvas, [3, size, size], with noise and an exposure of their own. */
function develop({ size, data }: Canvas, random: Random): Uint8Array {
  const area = size * size;
  const bytes = new Uint8Array(3 * area);
  const clipped = new Uint8ClampedArray(bytes.buffer);
  const light = 255 * random.uniform(0.85, 1.08);
  const noise = (255 * random.uniform(0.02, 0.1)) / 256;
  // 24 random bits a pixel are three bytes of noise.
  const draws = new Float64Array(area);
  random.fillUniform(draws, 0, 2 ** 24);
  for (let pixel = 0, from = 0; pixel < area; pixel++) {
    let bits = draws[pixel];
    for (let c = 0; c < 3; c++, from++, bits >>= 8) {
      clipped[c * area + pixel] = light * data[from] + noise * ((bits & 255) - 127.5);
    }
  }
  return bytes;
}
