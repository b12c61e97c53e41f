/** Training steps of networks for segmentation. */
import { sizeOf } from "../array/index.ts";
import { compile, type Engine } from "../engines/index.ts";
import { f32, i32 } from "../graph/index.ts";
import { segnet, unet } from "../models/index.ts";
import { Model } from "../nn/index.ts";
import type { Work } from "./jobs.ts";
import { fillWeights, stepOf } from "./nets.ts";
import { labels, uniform } from "./numbers.ts";

/** A training step of U-Net or SegNet, two convolutions a level: cross-entropy of the pixels, and SGD with momentum 0.9. */
export interface PixelJob {
  readonly kind: "pixels";
  readonly name: keyof typeof networks;
  /** The maps of each level. */
  readonly maps: readonly number[];
  readonly classes: number;
  readonly batch: number;
  /** [channels, height, width] */
  readonly input: readonly [number, number, number];
}

const networks = { unet, segnet } as const;

/** Pictures of CamVid at a quarter of their size. */
const ROADS = { classes: 11, batch: 4, input: [3, 176, 240] } as const;

export const pixelWorks = (): Work<PixelJob>[] =>
  (["unet", "segnet"] as const).map((name) => ({
    job: { kind: "pixels", name, maps: [32, 64, 128, 256], ...ROADS },
    title: `${name === "unet" ? "U-Net" : "SegNet"}, ${ROADS.input[1]}×${ROADS.input[2]}, batch ${ROADS.batch}`,
    amount: ROADS.batch,
  }));

/** One training step of a new network. */
export function pixelStep({ name, maps, classes, batch, input }: PixelJob, engine: Engine): () => Promise<unknown> {
  const model = Model.build(networks[name]({ classes, maps }), { input: [...input] });
  fillWeights(model);
  const mask = [batch, ...input.slice(1)];
  const step = compile(stepOf(model), [f32(batch, ...input), i32(...mask)], { engine });
  const [pictures, targets] = [uniform("pictures", [batch, ...input]), labels(sizeOf(mask), classes).reshape(mask)];
  return () => step(pictures, targets);
}
