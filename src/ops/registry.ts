/** The list of all ops, gathered from `catalog.ts`: an op is tested everywhere by being listed there. */
import { StateError } from "../array/index.ts";
import { isOpFunction, type Node, type Op, type OpNode } from "../graph/index.ts";
import * as ops from "./catalog.ts";

const exported: readonly unknown[] = Object.values(ops).flat();

/** Every op, by name. */
export const allOps: ReadonlyMap<string, Op> = new Map(exported.filter(isOpFunction).map(({ op }) => [op.name, op]));

function recordOf(name: string): Op {
  const op = allOps.get(name);
  if (op === undefined) throw new StateError(`a table has a row for '${name}', and no op is called that`);
  return op;
}

/**
 * A table about ops of this room, by record instead of by name: a user's op of the same name is another op.
 * @throws StateError for a name that no op has
 */
export const byRecord = <T>(table: Readonly<Record<string, T>>): ReadonlyMap<Op, T> =>
  new Map(Object.entries(table).map(([name, row]) => [recordOf(name), row]));

/** The records of ops of this room. @throws StateError for a name that no op has */
export const recordsOf = (...names: readonly string[]): ReadonlySet<Op> => new Set(names.map(recordOf));

/** Whether a node is a use of the op of this room with that name. */
export const isUseOf = (node: Node, name: string): node is OpNode => node.kind === "op" && node.op === recordOf(name);
