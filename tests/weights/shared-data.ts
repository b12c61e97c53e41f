/**
 * Real pretrained weights with pictures and results of other programs, which are too large for this repository: the folders
 * `pretrained-…` and `photos` beside each other in the folder that FOVEA_DATA names, or in `../shared/data`. Their READMEs say
 * where they come from. Tests that need them are skipped where they are missing.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { NdArray } from "../../src/array/index.ts";
import { decodePlanes } from "../../src/data/index.ts";
import { compile } from "../../src/engines/index.ts";
import type { Model } from "../../src/nn/index.ts";

const beside = fileURLToPath(new URL("../../../shared/data", import.meta.url));
const folder = [process.env.FOVEA_DATA, beside].find(
  (path) => path !== undefined && path !== "" && existsSync(join(path, "pretrained-cifar-resnet")),
);

/** Whether the data are there. */
export const hasSharedData = folder !== undefined;

/** The path of a file in the folder. */
export const shared = (...names: readonly string[]): string => join(folder ?? beside, ...names);

/** A file's bytes, unpacked if its name ends with `.gz`. */
export function sharedBytes(...names: readonly string[]): Uint8Array {
  const bytes = readFileSync(shared(...names));
  return names.at(-1)?.endsWith(".gz") ? gunzipSync(bytes) : bytes;
}

export const sharedJson = (...names: readonly string[]): unknown => JSON.parse(readFileSync(shared(...names), "utf8"));

/**
 * A picture as `u8` [1, 3, height, width].
 * @param side to what the shorter side is scaled, of which the middle is taken. Default: the picture as it is
 */
export async function sharedPicture(names: readonly string[], side = 0): Promise<NdArray> {
  const { data, height, width } = await decodePlanes(sharedBytes(...names), names.join("/"), [3, side, side]);
  return new NdArray(data, [1, 3, side || height, side || width], "u8");
}

/** The scores of a model. */
export const scoresOf = (model: Model, pictures: NdArray): Promise<NdArray> =>
  compile((x) => model(x), [pictures])(pictures);

/** The probabilities of scores [1, classes]. */
export function softmaxOf({ data }: NdArray): number[] {
  const scores = Array.from(data);
  const most = Math.max(...scores);
  const powers = scores.map((x) => Math.exp(x - most));
  const sum = powers.reduce((total, x) => total + x, 0);
  return powers.map((x) => x / sum);
}
