/**
 * Stick figures: a person that faces the viewer, so that its right side is on the left of the picture. Joints and their order
 * are those of Leeds Sports Pose (Johnson and Everingham, "Clustered pose and nonlinear appearance models for human pose
 * estimation", 2010): left and right are the person's own.
 */
import type { Random } from "../../../array/index.ts";
import { type Canvas, paint, type Stamp, stampOf, type Tone } from "./canvas.ts";
import { capsule } from "./shapes.ts";

/** The names of the joints, by number. */
export const jointNames = [
  ...(["right ankle", "right knee", "right hip", "left hip", "left knee", "left ankle"] as const),
  ...(["right wrist", "right elbow", "right shoulder", "left shoulder", "left elbow", "left wrist"] as const),
  ...(["neck", "head top"] as const),
] as const;

/** A joint's name. */
type Joint = (typeof jointNames)[number];
type Point = readonly [x: number, y: number];
type Body = Readonly<Record<Joint, Point>>;

/** A figure's joints, in pixels, and the diameter of its limbs. */
export interface Figure {
  readonly body: Body;
  /** The length of the body, stretched out, in pixels. */
  readonly height: number;
}

/** Lengths of the body's parts, where the body is 1 long. */
const LENGTHS = { head: 0.17, torso: 0.31, upperArm: 0.16, forearm: 0.15, thigh: 0.235, shin: 0.235 } as const;
const [SHOULDER, HIP] = [0.115, 0.075]; // half the distances of shoulders and hips
const LIMB = 0.034; // half the thickness of limbs
const HEAD = 0.085; // radius
/** Joints of the head's top lie a little inside of it. */
const CROWN = 0.9;

/** Degrees. Outward is away from the body's middle line, 0 is straight down. */
const HABITS = {
  lean: [-22, 22],
  bow: [-14, 14],
  nod: [-18, 18],
  arm: [0, 165],
  elbow: [-15, 115],
  leg: [2, 52],
  knee: [-70, 4],
} as const satisfies Readonly<Record<string, readonly [number, number]>>;

/** A point away from another: `angle` in degrees from straight down, toward larger x. */
function beyond([x, y]: Point, length: number, angle: number): Point {
  const radians = (angle * Math.PI) / 180;
  return [x + length * Math.sin(radians), y + length * Math.cos(radians)];
}

/** A pose by chance, around the middle of the hips, in the unit of the body's length. */
function drawPose(random: Random): Body {
  const draw = (habit: keyof typeof HABITS): number => random.uniform(...HABITS[habit]);
  const lean = draw("lean");
  const upper = lean + draw("bow");
  const hips: Point = [0, 0];
  const neck = beyond(hips, LENGTHS.torso, upper + 180);
  const side = (name: "left" | "right"): Partial<Record<Joint, Point>> => {
    const way = name === "left" ? 1 : -1;
    const shoulder = beyond(neck, SHOULDER, upper + way * 84);
    const arm = draw("arm");
    const elbow = beyond(shoulder, LENGTHS.upperArm, upper + way * arm);
    const hip = beyond(hips, HIP, lean + way * 90);
    const leg = draw("leg");
    const knee = beyond(hip, LENGTHS.thigh, lean + way * leg);
    return {
      [`${name} shoulder`]: shoulder,
      [`${name} elbow`]: elbow,
      [`${name} wrist`]: beyond(elbow, LENGTHS.forearm, upper + way * (arm + draw("elbow"))),
      [`${name} hip`]: hip,
      [`${name} knee`]: knee,
      [`${name} ankle`]: beyond(knee, LENGTHS.shin, lean + way * (leg + draw("knee"))),
    };
  };
  const top = beyond(neck, LENGTHS.head, upper + draw("nod") + 180);
  return { ...side("right"), ...side("left"), neck, "head top": top } as Body;
}

/** A figure by chance that lies in a picture with all its limbs. */
export function drawFigure(size: number, random: Random): Figure {
  const pose = drawPose(random);
  const points = Object.values(pose);
  const range = (axis: 0 | 1): [number, number] => {
    const values = points.map((point) => point[axis]);
    return [Math.min(...values) - HEAD, Math.max(...values) + HEAD];
  };
  const ranges = [range(0), range(1)];
  const most = Math.min(...ranges.map(([from, to]) => (size - 2) / (to - from)));
  const height = Math.min(most, size * random.uniform(0.6, 0.95));
  const [dx, dy] = ranges.map(([from, to]) => random.uniform(1 - height * from, size - 1 - height * to) - 0.5);
  const place = ([x, y]: Point): Point => [height * x + dx, height * y + dy];
  return { body: Object.fromEntries(jointNames.map((name) => [name, place(pose[name])])) as unknown as Body, height };
}

type Cloth = "skin" | "shirt" | "trousers";

/** A line from one joint to another, and its thickness. */
type Limb = readonly [from: Joint, to: Joint, thickness: number];

/** What is painted, from back to front: lines that form one piece of cloth. */
const pieces: readonly (readonly [Cloth, ...Limb[]])[] = [
  ["trousers", ["right hip", "right knee", 1.15], ["right knee", "right ankle", 1]],
  ["trousers", ["left hip", "left knee", 1.15], ["left knee", "left ankle", 1]],
  ["trousers", ["right hip", "left hip", 1.3]],
  [
    "shirt",
    ["right shoulder", "left hip", 2.1],
    ["left shoulder", "right hip", 2.1],
    ["right shoulder", "left shoulder", 1.2],
    ["right shoulder", "right hip", 1.2],
    ["left shoulder", "left hip", 1.2],
  ],
  ["skin", ["right elbow", "right wrist", 0.95]],
  ["shirt", ["right shoulder", "right elbow", 1.05]],
  ["skin", ["left elbow", "left wrist", 0.95]],
  ["shirt", ["left shoulder", "left elbow", 1.05]],
  ["skin", ["neck", "head top", 1]],
];

const clothes: Readonly<Record<Cloth, readonly Tone[]>> = {
  skin: [[0.95, 0.78, 0.65], [0.8, 0.58, 0.43], [0.5, 0.33, 0.23]], // biome-ignore format: a row a cloth
  shirt: [[0.85, 0.15, 0.2], [0.15, 0.4, 0.85], [0.95, 0.95, 0.92], [0.95, 0.8, 0.2], [0.15, 0.6, 0.35]], // biome-ignore format: a row a cloth
  trousers: [[0.13, 0.16, 0.35], [0.12, 0.12, 0.13], [0.35, 0.22, 0.13], [0.3, 0.5, 0.8]], // biome-ignore format: a row a cloth
};

/** How much of the edge is darkened, in pixels and as a factor, so that limbs stand out before the body. */
const [EDGE, DARK] = [0.7, 0.35];

/** Paints a figure. @returns the pixels that it covers, as a stamp of the whole picture */
export function paintFigure(canvas: Canvas, { body, height }: Figure, random: Random): Stamp {
  const { size } = canvas;
  const coverage = new Float32Array(size * size);
  const tones = Object.fromEntries(
    Object.entries(clothes).map(([cloth, choice]) => [cloth, choice[random.integer(choice.length)]]),
  ) as Record<Cloth, Tone>;
  const draw = (lines: readonly (readonly [Point, Point, number])[], tone: Tone): void => {
    for (const [from, to, radius] of lines) {
      const edge = lineStamp(size, from, to, radius + EDGE);
      paint(canvas, edge, tone, () => DARK);
      addCoverage(coverage, size, edge);
    }
    for (const [from, to, radius] of lines) paint(canvas, lineStamp(size, from, to, radius), tone);
  };
  for (const [cloth, ...lines] of pieces)
    draw(
      lines.map(([from, to, thickness]) => [body[from], body[to], thickness * LIMB * height]),
      tones[cloth],
    );
  const [neck, top] = [body.neck, body["head top"]];
  const share = 1 - (CROWN * HEAD) / LENGTHS.head;
  const center: Point = [neck[0] + share * (top[0] - neck[0]), neck[1] + share * (top[1] - neck[1])];
  draw([[center, center, HEAD * height]], tones.skin);
  return { left: 0, top: 0, width: size, height: size, coverage };
}

/** The union of a stamp and a picture's coverage. */
function addCoverage(all: Float32Array, size: number, { left, top, width, height, coverage }: Stamp): void {
  for (let y = 0, at = 0; y < height; y++)
    for (let x = 0, pixel = (top + y) * size + left; x < width; x++, at++, pixel++)
      if (coverage[at] > all[pixel]) all[pixel] = coverage[at];
}

function lineStamp(size: number, from: Point, to: Point, radius: number): Stamp {
  const around = radius + 1;
  const [left, right] = [Math.min(from[0], to[0]) - around, Math.max(from[0], to[0]) + around];
  const [top, bottom] = [Math.min(from[1], to[1]) - around, Math.max(from[1], to[1]) + around];
  return stampOf(size, capsule(...from, ...to, radius), [left, top, right, bottom]);
}
