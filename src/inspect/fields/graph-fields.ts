/** Receptive fields of all nodes of a graph, for one of its inputs. */
import type { Shape } from "../../array/index.ts";
import { isOpNode, type Node, sortNodes, type Tensor } from "../../graph/index.ts";
import { NOTHING, ownPositions, type SeenTable, type Spans, unionOf } from "./seen-table.ts";
import { throughOp } from "./through-op.ts";

/** For each spatial axis of the input; `undefined` where a node does not depend on the input. */
export type Field = readonly SeenTable[] | undefined;

/** What units see of one input. */
export interface GraphFields {
  /** The tables of a node, one for each spatial axis of the input; `undefined` where it does not depend on the input. */
  fieldOf(node: Node): Field;
  /**
   * The size of the patch that units see, by node; `undefined` for those that see everything or different amounts, and
   * where the input has no spatial axes.
   */
  sizeOf(node: Node): Shape | undefined;
}

/**
 * @param input the tensor of an input
 * @param axes its spatial axes: those from 2 on of pictures, [n, channels, …spatial]; 1 of sequences, [n, steps, …]
 */
export function graphFields(outputs: readonly Tensor[], input: Tensor, axes: readonly number[]): GraphFields {
  const fields = new Map<Node, Field>();
  const own = axes.map((axis) => ownPositions(input.shape, axis));
  for (const node of sortNodes(outputs)) fields.set(node, node === input.node ? own : fieldFrom(node, fields));
  const fieldOf = (node: Node): Field => fields.get(node);
  return { fieldOf, sizeOf: (node) => sizesIn(fieldOf(node)) };
}

function fieldFrom(node: Node, fields: ReadonlyMap<Node, Field>): Field {
  if (!isOpNode(node)) return undefined;
  return node.inputs
    .map(({ node: source }, i) => fields.get(source)?.map((table) => throughOp(table, node, i)))
    .reduce(
      (a, b) => (a === undefined || b === undefined ? (a ?? b) : a.map((table, i) => unionOf(table, b[i]))),
      undefined,
    );
}

/** The size along each axis, if all units agree. */
function sizesIn(field: Field = []): Shape | undefined {
  const sizes = field.map(sizeIn).filter((size) => size !== undefined);
  return field.length > 0 && sizes.length === field.length ? sizes : undefined;
}

function sizeIn({ open, isMixed }: SeenTable): number | undefined {
  const sizes = new Set(sizesOf(open));
  return isMixed || sizes.size !== 1 ? undefined : [...sizes][0];
}

/** The number of positions that each entry spans; entries that see nothing are left out. */
const sizesOf = ({ first, last }: Spans): number[] =>
  Array.from(first, (start, k) => last[k] - start + 1).filter((size) => size > 0);

/** The first and the last position of a table's entry, if it sees any. */
export function spanAt({ first, last }: Spans, entry: number): readonly [first: number, last: number] | undefined {
  return first[entry] === NOTHING ? undefined : [first[entry], last[entry]];
}
