/**
 * Receptive fields, read off the graph: the patch of the input that a unit sees (CMU 11-785, "Receptive fields").
 *
 * Along each spatial axis of the input, the unit at position o sees the positions from o · jump + first to o · jump + last.
 * An op that looks at `span` neighbors from o · step + start on widens that to
 *
 *   first + start · jump  to  last + (start + span − 1) · jump,  with the jump  jump · step.
 *
 * Where inputs of an op see different patches, a unit sees all from the first to the last of them.
 */
import type { Shape } from "../array/index.ts";
import { isOpNode, type Look, type Node, type OpNode, sortNodes, type Tensor } from "../graph/index.ts";

/** What the units of a tensor see along one axis of the input. */
interface Extent {
  /** The axis of the tensor that position o is counted along; where no single one tells it, the tensor where that began. */
  readonly place: number | Tensor;
  readonly first: number;
  readonly last: number;
  readonly jump: number;
}

/** An extent, or all of the input, or so much that it differs from unit to unit. */
type Seen = Extent | "all";

/** For each spatial axis of the input; `undefined` where a tensor does not depend on the input. */
type Field = readonly Seen[] | undefined;

/** What units see of one input. */
export interface ReceptiveFields {
  /**
   * The size of the patch that units see, by node; `undefined` for those that see everything or different amounts, and
   * where the input has no spatial axes.
   */
  sizeOf(node: Node): Shape | undefined;
  /** Whether a node depends on the input. */
  reaches(node: Node): boolean;
}

/** @param input the tensor of an input, [n, …] */
export function receptiveFields(outputs: readonly Tensor[], input: Tensor): ReceptiveFields {
  const fields = new Map<Node, Field>();
  for (const node of sortNodes(outputs)) fields.set(node, fieldOf(node, input, fields));
  return { sizeOf: (node) => sizesOf(fields.get(node)), reaches: (node) => fields.get(node) !== undefined };
}

function sizesOf(field: Field = []): Shape | undefined {
  const extents = field.filter((seen) => seen !== "all");
  const isKnown = field.length > 0 && extents.length === field.length;
  return isKnown ? extents.map(({ first, last }) => last - first + 1) : undefined;
}

function fieldOf(node: Node, { shape, node: source }: Tensor, fields: ReadonlyMap<Node, Field>): Field {
  const spatial = shape.slice(2).map((_, i) => 2 + i);
  if (node === source) return spatial.map((axis) => ({ place: axis, first: 0, last: 0, jump: 1 }));
  if (!isOpNode(node)) return undefined;
  const looks = node.op.sees(node.attributes as never, node.inputs, node.outputs);
  return node.inputs
    .map((tensor, i): Field => fields.get(tensor.node)?.map((seen) => through(seen, looks[i], node)))
    .reduce(union, undefined);
}

/** What is seen through an input of an op. */
function through(seen: Seen, looks: readonly Look[], node: OpNode): Seen {
  if (seen === "all") return "all";
  if (typeof seen.place !== "number") return looks.every(isSame) ? seen : spread(seen, looks, node);
  const look = looks[seen.place];
  if (look === "all") return "all";
  if (look === "one") return spread(seen, looks, node);
  const { first, last, jump } = seen;
  const { axis, start, span, step } = look;
  return { place: axis, first: first + start * jump, last: last + (start + span - 1) * jump, jump: jump * step };
}

/** Positions that one axis told, or none, and that the op's output counts in its own way. */
function spread(seen: Extent, looks: readonly Look[], { outputs: [output] }: OpNode): Seen {
  const isMoved = looks.every((look) => look === "one" || (look !== "all" && look.span === 1));
  return isMoved ? { ...seen, place: output } : "all";
}

const isSame = (look: Look, axis: number): boolean =>
  typeof look === "object" && look.axis === axis && look.span === 1 && look.step === 1 && look.start === 0;

/** What is seen by a unit that is computed from units of both. */
function union(a: Field, b: Field): Field {
  if (a === undefined || b === undefined) return a ?? b;
  return a.map((seen, i) => {
    const other = b[i];
    if (seen === "all" || other === "all" || seen.place !== other.place || seen.jump !== other.jump) return "all";
    return { ...seen, first: Math.min(seen.first, other.first), last: Math.max(seen.last, other.last) };
  });
}
