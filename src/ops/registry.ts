/** The list of all ops, gathered from what this room exports: an op is tested everywhere by being exported. */
import { isOpFunction, type Op } from "../graph/index.ts";
import * as ops from "./index.ts";

const exported: readonly unknown[] = Object.values(ops).flat();

/** Every op, by name. */
export const allOps: ReadonlyMap<string, Op> = new Map(exported.filter(isOpFunction).map(({ op }) => [op.name, op]));
