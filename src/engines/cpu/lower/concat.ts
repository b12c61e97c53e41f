/**
 * Concatenation. Parts that are written where they belong need no kernel (`context/homes.ts`), nor does a concatenation whose
 * parts lie side by side in a larger one, as those in a dense block do: each has all maps of the one before. All other parts
 * are copied.
 */
import { type Graph, isOpNode, type OpNode, type Tensor } from "../../../graph/index.ts";
import { isUseOf } from "../../../ops/index.ts";
import { copyInto, type LoweringContext, orderOf, type Part, partOf, type View } from "./context/index.ts";

const axisOf = (node: OpNode): number => node.attributes.axis as number;

/** Each part with where it starts along the axis. */
function startsOf(node: OpNode): [part: Tensor, start: number][] {
  let end = 0;
  return node.inputs.map((part) => {
    end += part.shape[axisOf(node)];
    return [part, end - part.shape[axisOf(node)]];
  });
}

/**
 * The place of each tensor that maps are concatenated from: in the last concatenation, which has room for those before it.
 * @param isWritten whether what computes a tensor can write it anywhere
 */
export function partsOf(graph: Graph, isWritten: (node: OpNode) => boolean): Map<Tensor, Part> {
  const parts = new Map<Tensor, Part>();
  for (const node of graph.nodes.filter(isOpNode).reverse()) {
    const [whole] = node.outputs;
    if (!isUseOf(node, "concat") || axisOf(node) !== 1 || whole.shape.length < 3) continue;
    for (const [part, start] of startsOf(node)) {
      const isOnce = node.inputs.indexOf(part) === node.inputs.lastIndexOf(part);
      const isFree = isOnce && !parts.has(part) && isOpNode(part.node) && isWritten(part.node);
      if (isFree) parts.set(part, { whole, axis: 1, start });
    }
  }
  return parts;
}

/** Whether two views are of the same elements. */
const isSame = (a: View, b: View): boolean =>
  a.buffer === b.buffer &&
  a.offset === b.offset &&
  a.strides.every((stride, i) => stride === b.strides[i] || a.shape[i] === 1);

/** All parts as one view, if they lie side by side. */
function together(
  views: readonly View[],
  parts: readonly [Tensor, number][],
  axis: number,
  whole: Tensor,
): View | undefined {
  const all = { ...views[0], shape: whole.shape };
  return views.every((view, i) => isSame(view, partOf(all, axis, parts[i][1], view.shape[axis]))) ? all : undefined;
}

export function lowerConcat(context: LoweringContext, node: OpNode): void {
  const axis = axisOf(node);
  const [whole] = node.outputs;
  const views = node.inputs.map((input) => context.view(input));
  const parts = startsOf(node);
  const all = together(views, parts, axis, whole);
  if (all !== undefined) {
    context.bind(whole, all);
    return;
  }
  const y = homeOf(context, views, parts, whole) ?? context.output(whole, orderOf(views[0]));
  for (const [i, view] of views.entries()) {
    const place = partOf(y, axis, parts[i][1], view.shape[axis]);
    if (!isSame(view, place)) copyInto(context, view, place);
  }
}

/** Where parts have been written already, if the others come from elsewhere. */
function homeOf(
  context: LoweringContext,
  views: readonly View[],
  parts: readonly [Tensor, number][],
  whole: Tensor,
): View | undefined {
  const home = context.homes.of(whole);
  if (home === undefined) return undefined;
  const inPlace = views.filter((view, i) => isSame(view, partOf(home, 1, parts[i][1], view.shape[1])));
  const isHere = inPlace.length > 0 && views.every((view) => inPlace.includes(view) || view.buffer !== home.buffer);
  return isHere ? context.bind(whole, home) : undefined;
}
