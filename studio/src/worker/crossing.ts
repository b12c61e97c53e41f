/** Arrays as they cross from the worker to the page. */
import type { NdArray } from "fovea";
import type { Values } from "./api.ts";

export const valuesOf = ({ data, shape }: NdArray): Values => ({ data: Float32Array.from(data), shape: [...shape] });

export const allValues = (arrays: Readonly<Record<string, NdArray>>): Record<string, Values> =>
  Object.fromEntries(Object.entries(arrays).map(([name, array]) => [name, valuesOf(array)]));
