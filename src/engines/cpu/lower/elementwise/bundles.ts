/**
 * Which expressions are computed in one pass: those of one shape that follow each other and read the same from memory, or
 * what one of them gives. So an optimizer reads a weight's gradient and slots once and writes each of them once, and what
 * its equations have in common is computed once; results that only the others read never reach memory. Bits do not change.
 *
 * A bundle is lowered at its last end. So nothing that comes before that may read what an earlier one gives.
 */
import { sameShape } from "../../../../array/index.ts";
import { type Graph, isOpNode, type Node, type OpNode, type Tensor } from "../../../../graph/index.ts";
import { isUseOf } from "../../../../ops/index.ts";
import { isMovement } from "../context/index.ts";
import { isElementwise } from "./elementwise.ts";
import { isPartOf, sourcesOf } from "./expression.ts";
import type { Groups } from "./groups.ts";

/** Expressions that are computed in one pass. */
export interface Bundle {
  /** At least two, in the order of the graph. */
  readonly ends: readonly OpNode[];
  /** Those whose values something else needs. */
  readonly stored: readonly OpNode[];
}

interface Circumstances {
  readonly users: ReadonlyMap<Node, readonly OpNode[]>;
  /** Whether a tensor has a place in a larger one. */
  readonly isPart: (tensor: Tensor) => boolean;
}

/** A bundle that may still grow. */
interface Open {
  readonly ends: OpNode[];
  /** What it reads from memory, of its own size. */
  readonly sources: Set<Tensor>;
}

export function findBundles(
  graph: Graph,
  groups: Pick<Groups, "ends" | "copied" | "products">,
  { users, isPart }: Circumstances,
): Map<Node, Bundle> {
  const bundles = new Map<Node, Bundle>();
  const results = new Set([...graph.outputs, ...graph.assignments.map(({ value }) => value)].map(({ node }) => node));
  const isNeeded = (node: OpNode, inside: readonly Node[]): boolean =>
    results.has(node) ||
    (users.get(node) ?? []).some((user) =>
      [...(groups.copied.get(user) ?? [groups.ends.get(user) ?? user])].some((end) => !inside.includes(end)),
    );
  let open: Open[] = [];
  const close = (isDue: (bundle: Open) => boolean): void => {
    for (const { ends } of open.filter(isDue)) {
      const bundle = { ends, stored: ends.filter((end) => isNeeded(end, ends)) };
      if (ends.length > 1) for (const end of ends) bundles.set(end, bundle);
    }
    open = open.filter((bundle) => !isDue(bundle));
  };
  const add = (end: OpNode): void => {
    const read = sourcesOf(end.outputs, (node) => isPartOf(node, [end], groups));
    const large = read.filter((source) => sameShape(source.shape, end.outputs[0].shape) && !isRepeated(source));
    const isReadFrom = ({ ends }: Open): boolean => read.some(({ node }) => ends.includes(node as OpNode));
    const found = isPart(end.outputs[0]) ? undefined : open.find((bundle) => fits(end, large, bundle));
    close((bundle) => bundle !== found && isReadFrom(bundle));
    found?.ends.push(end);
    for (const source of large) found?.sources.add(source);
    if (found === undefined && !isPart(end.outputs[0])) open.push({ ends: [end], sources: new Set(large) });
  };
  for (const node of graph.nodes.filter(isOpNode)) {
    if (groups.ends.has(node) || groups.copied.has(node)) continue;
    if (isElementwise(node) && !groups.products.has(node)) add(node);
    else if (isMovement(node.op)) close(({ ends }) => node.inputs.some((input) => ends.includes(input.node as OpNode)));
    else close(() => true);
  }
  close(() => true);
  return bundles;
}

/** Whether an expression reads something that the bundle reads or gives. */
const fits = ({ outputs: [{ shape }] }: OpNode, large: readonly Tensor[], { ends, sources }: Open): boolean =>
  sameShape(shape, ends[0].outputs[0].shape) &&
  large.some((source) => sources.has(source) || ends.includes(source.node as OpNode));

/** Numbers that are the same everywhere, or repeated along an axis. */
const isRepeated = ({ node }: Tensor): boolean => node.kind === "fill" || isUseOf(node, "broadcastTo");
