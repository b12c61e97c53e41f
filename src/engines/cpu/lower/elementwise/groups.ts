/**
 * Which elementwise ops are computed together: an op whose every use is in one later elementwise op's expression, of the
 * same shape, becomes part of it and never reaches memory. Reductions take such expressions in too. A cheap op that several
 * expressions use is computed by each of them anew where that reads no more from memory than its result would be. What
 * then reads the same from memory, one after the other, is computed in one pass (`bundles.ts`).
 */
import { sameShape } from "../../../../array/index.ts";
import { type Graph, inputsOf, isOpNode, type Node, type OpNode, type Tensor } from "../../../../graph/index.ts";
import { isUseOf, recordsOf } from "../../../../ops/index.ts";
import { type Bundle, findBundles } from "./bundles.ts";
import { elementary, isElementwise } from "./elementwise.ts";

const reductions = recordsOf("sum", "reduceMax", "reduceMin");

export const isReduction = ({ op }: Pick<OpNode, "op">): boolean => reductions.has(op);

export interface Groups {
  /** For each node that is part of another's expression: the node at the end of that expression. */
  readonly ends: ReadonlyMap<Node, OpNode>;
  /** The nodes that are part of every expression that uses them, with the ends of these. */
  readonly copied: ReadonlyMap<Node, ReadonlySet<OpNode>>;
  /** For the end of an expression: the product whose results it is computed from before they are stored. */
  readonly products: ReadonlyMap<Node, OpNode>;
  /** For the end of an expression that is computed together with others: all of these. */
  readonly bundles: ReadonlyMap<Node, Bundle>;
}

export interface GroupOptions {
  /** Whether an op's kernel can finish an expression. */
  readonly isProduct: (node: OpNode) => boolean;
  /** Whether a tensor has a place in a larger one. Default: none. */
  readonly isPart?: (tensor: Tensor) => boolean;
}

export function findGroups(graph: Graph, { isProduct, isPart = () => false }: GroupOptions): Groups {
  const results = new Set([...graph.outputs, ...graph.assignments.map(({ value }) => value)].map(({ node }) => node));
  const users = new Map<Node, OpNode[]>();
  for (const node of graph.nodes.filter(isOpNode)) {
    for (const { node: input } of inputsOf(node)) {
      const known = users.get(input);
      if (known === undefined) users.set(input, [node]);
      else known.push(node);
    }
  }
  const [ends, products] = [new Map<Node, OpNode>(), new Map<Node, OpNode>()];
  // Exponentials and the like need many registers, which a register tile has not left: they are faster in a pass of their own.
  const costly = new Set<OpNode>();
  const copied = new Map<Node, ReadonlySet<OpNode>>();
  const isOnlyFor = (source: Node, node: Node): boolean => users.get(source)?.every((user) => user === node) ?? false;
  for (const node of graph.nodes.filter(isOpNode).reverse()) {
    if (!(isElementwise(node) || isProduct(node)) || results.has(node)) continue;
    const found = new Set((users.get(node) ?? []).flatMap((user) => endsOf(user, node, ends, copied)));
    const [end] = found;
    if (end === undefined || found.has(undefined)) continue;
    if (found.size > 1) {
      const source = isElementwise(node) ? onlySource(node) : undefined;
      const isFinishing = source !== undefined && isOpNode(source) && isProduct(source) && isOnlyFor(source, node);
      if (source !== undefined && !isFinishing) copied.set(node, found as ReadonlySet<OpNode>);
    } else if (isElementwise(node)) {
      ends.set(node, end);
      if (elementary.has(node.op)) costly.add(end);
    } else if (isElementwise(end) && !products.has(end) && !(costly.has(end) || elementary.has(end.op))) {
      ends.set(node, end);
      products.set(end, node);
    }
  }
  const alone = { ends, copied, products };
  return { ...alone, bundles: findBundles(graph, alone, { users, isPart }) };
}

/**
 * What a cheap op reads from memory, if that is one tensor as large as its result; what is repeated, such as a number for
 * each channel, does not count.
 */
function onlySource({ op, inputs }: OpNode): Node | undefined {
  if (elementary.has(op)) return undefined;
  const isSmall = ({ node }: Tensor): boolean => node.kind === "fill" || isUseOf(node, "broadcastTo");
  const large = new Set(inputs.filter((input) => !isSmall(input)));
  const [source] = large;
  return large.size === 1 ? source.node : undefined;
}

/** The ends of the expressions that `user` belongs to; `undefined` among them if `node` cannot be part of them. */
function endsOf(
  user: OpNode,
  node: OpNode,
  ends: ReadonlyMap<Node, OpNode>,
  copied: ReadonlyMap<Node, ReadonlySet<OpNode>>,
): (OpNode | undefined)[] {
  const fits = isElementwise(user) ? sameShape(user.outputs[0].shape, node.outputs[0].shape) : isReduction(user);
  if (!fits) return [undefined];
  return [...(copied.get(user) ?? [ends.get(user) ?? user])];
}
