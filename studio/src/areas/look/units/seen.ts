/** What the network says of one picture, layer by layer. */
import type { Inside, Values } from "../../../worker/api.ts";

export type Seen = Pick<Inside, "values" | "probabilities">;

/** The map of one unit [height, width]; one number for units without maps. */
export function mapOf({ data, shape: [, units, ...spatial] }: Values, unit: number): Values {
  const area = data.length / units;
  return { data: data.subarray(unit * area, (unit + 1) * area), shape: spatial.length === 2 ? spatial : [1, 1] };
}
