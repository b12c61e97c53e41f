/** Checks of what probes are given. */
import { describeGiven, NdArray, OptionError } from "../../array/index.ts";
import type { Arrays } from "../../train/index.ts";
import type { Target } from "./targets.ts";

/** The index of each sample, `i32` [n]. @throws OptionError for other numbers than integers from −1 on, or another count */
export function indexArray(index: number | readonly number[], n: number): NdArray {
  const indices = typeof index === "number" ? new Array<number>(n).fill(index) : index;
  if (!Array.isArray(indices))
    throw new OptionError(`probe: index must be an integer, or one for each sample, got ${describeGiven(index)}`);
  const odd = indices.find((i) => !Number.isInteger(i) || i < -1);
  if (odd !== undefined)
    throw new OptionError(`probe: index ${describeGiven(odd)}, expected a class or unit, an integer from 0 on, or -1`);
  if (indices.length !== n) throw new OptionError(`probe: ${indices.length} indices for ${n} samples`);
  return new NdArray(Int32Array.from(indices), [n], "i32");
}

/** @throws OptionError for an index beyond the numbers that it chooses from */
export function checkIndex(
  where: string,
  target: Target | undefined,
  index: number | ArrayLike<number>,
  count: number | undefined,
): void {
  const indices = typeof index === "number" ? [index] : Array.from(index);
  const beyond = indices.find((i) => count !== undefined && i >= count);
  if (beyond !== undefined)
    throw new OptionError(
      `${where}: index ${beyond}, the target '${target?.name}' has ${count} numbers, 0 to ${count! - 1}`,
    );
}

/** @throws OptionError unless there is an array for each path */
export function checkReplacements(replaced: readonly string[], instead: Arrays): void {
  const missing = replaced.find((path) => !(instead[path] instanceof NdArray));
  if (missing !== undefined)
    throw new OptionError(
      `probe: the value instead of '${missing}' must be an array, got ${describeGiven(instead[missing])}`,
    );
}

/** @throws OptionError unless it is a list of paths */
export function checkPaths(name: string, paths: unknown): void {
  if (Array.isArray(paths) && paths.every((path) => typeof path === "string")) return;
  throw new OptionError(
    `createProbe: ${name} must be a list of paths or patterns, such as ["features.*"], got ${describeGiven(paths)}`,
  );
}
