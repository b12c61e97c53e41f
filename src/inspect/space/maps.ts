/** Where maps of features start: at the first two principal components, scaled, with points at the same place told apart. */
import { NdArray, Random } from "../../array/index.ts";
import type { EngineChoice } from "../../engines/index.ts";
import { pca } from "./pca.ts";

/** The spread of the random part, as a share of the deviation. */
const NOISE = 1e-2;

/** How a map starts. */
interface Start {
  /** The standard deviation along the first component. */
  readonly deviation: number;
  readonly seed: number;
  readonly engine: EngineChoice | undefined;
}

/** Positions [n, 2] of the rows of features along their first two components; those of one number a row have one. */
export async function startingMap(features: NdArray, { deviation, seed, engine }: Start): Promise<Float64Array> {
  const [n, d] = features.shape;
  const components = Math.min(2, d);
  const { coordinates, variances } = await pca(features, { components, seed, engine });
  const scale = variances[0] > 0 ? deviation / Math.sqrt(variances[0]) : 0;
  const random = new Random(seed, "map");
  return Float64Array.from({ length: 2 * n }, (_, at) => {
    const [i, axis] = [at >> 1, at & 1];
    const place = axis < components ? coordinates.data[i * components + axis] * scale : 0;
    return place + NOISE * deviation * random.normal();
  });
}

/** Positions [n, 2] as they leave: in single precision, a copy. */
export const positionsOf = (y: Float64Array): NdArray => new NdArray(Float32Array.from(y), [y.length / 2, 2], "f32");
