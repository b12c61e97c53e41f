/** Numbers to compute with. Their values do not matter, except that zeros and denormals would change the speed on some machines. */
import { NdArray, type Shape, sizeOf, streamOf } from "../array/index.ts";

/** Uniform in [−1, 1), by a small generator that fills millions of elements quickly (xorshift32, Marsaglia 2003). */
export function uniform(name: string, shape: Shape): NdArray {
  const data = new Float32Array(sizeOf(shape));
  let bits = streamOf(name) | 1;
  for (let i = 0; i < data.length; i++) {
    bits ^= bits << 13;
    bits ^= bits >>> 17;
    bits ^= bits << 5;
    data[i] = bits * 2 ** -31;
  }
  return new NdArray(data, shape, "f32");
}

/** Class numbers 0 … classes − 1 in turn. */
export const labels = (count: number, classes: number): NdArray =>
  new NdArray(
    Int32Array.from({ length: count }, (_, i) => i % classes),
    [count],
    "i32",
  );
