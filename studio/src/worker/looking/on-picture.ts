/** A unit on one picture: its map, its strongest place, and which pixels matter there. */
import { NdArray } from "fovea";
import { unitTarget } from "fovea/inspect";
import type { OnPicture } from "../api/look.ts";
import type { Still } from "./still.ts";
import { boxAt } from "./tops.ts";

export const asInput = (still: Still, picture: Uint8Array): NdArray =>
  new NdArray(picture, [1, ...still.model.input], "u8");

export async function onPicture(still: Still, path: string, unit: number, picture: Uint8Array): Promise<OnPicture> {
  const inputs = asInput(still, picture);
  const probe = still.probe(`unit of ${path}`, { values: [path], gradients: ["input"], target: unitTarget(path) });
  const { values } = await probe(inputs, 0);
  const [, units, ...spatial] = values[path].shape;
  const area = values[path].size / units;
  const map = Float32Array.from(values[path].data.subarray(unit * area, (unit + 1) * area));
  const at = map.reduce((best, value, i) => (value > map[best] ? i : best), 0);
  const { gradients } = await probe(inputs, unit * area + at);
  const position = placeOf(at, spatial);
  const [channels, height, width] = still.model.input;
  const field = new Float32Array(height * width);
  for (let i = 0; i < channels * field.length; i++) field[i % field.length] += Math.abs(gradients.input.data[i]);
  return {
    map: { data: map, shape: spatial.length === 2 ? spatial : [1, 1] },
    position,
    value: map[at],
    box: boxAt(still, path, position),
    field: { data: field, shape: [height, width] },
  };
}

/** Row-major. */
const placeOf = (at: number, spatial: readonly number[]): number[] =>
  spatial.map((length, axis) => Math.floor(at / spatial.slice(axis + 1).reduce((a, b) => a * b, 1)) % length);
