/** A network as boxes and arrows: layers from left to right by their longest way from the input, in rows that are turned like text. */

export interface DrawnNode {
  readonly id: string;
  readonly lines: readonly string[];
  readonly x: number;
  readonly y: number;
}

export interface DrawnEdge {
  readonly from: DrawnNode;
  readonly to: DrawnNode;
}

export interface Drawing {
  readonly nodes: readonly DrawnNode[];
  readonly edges: readonly DrawnEdge[];
  readonly width: number;
  readonly height: number;
}

export const BOX = { width: 104, height: 58 } as const;
const GAP = { x: 26, y: 14, row: 34 } as const;
/** Ranks in one row of the page. */
const RANKS = 7;

interface Graph {
  readonly labels: ReadonlyMap<string, readonly string[]>;
  readonly edges: readonly (readonly [from: string, to: string])[];
}

/** What stands in the box of a block that joins its parts. */
const JOINT = "joins";

const QUOTED = String.raw`"((?:[^"\\]|\\.)*)"`;

/** Reads what the library's `toDot` writes. */
export function readDot(dot: string): Graph {
  const labels = new Map<string, readonly string[]>();
  const edges: [string, string][] = [];
  for (const line of dot.split("\n")) {
    const node = new RegExp(`^  ${QUOTED} \\[.*label=${QUOTED}\\];$`).exec(line);
    const edge = new RegExp(`^  ${QUOTED} -> ${QUOTED};$`).exec(line);
    if (node) labels.set(node[1], node[2].split("\\n"));
    else if (edge) edges.push([edge[1], edge[2]]);
  }
  return joined({ labels, edges });
}

/** A block that adds up its parts has arrows but no box: it gets one, with arrows from the parts that lead nowhere else. */
function joined({ labels, edges }: Graph): Graph {
  const known = new Map(labels);
  const more: [string, string][] = [];
  for (const [block] of edges.filter(([from]) => !labels.has(from))) {
    if (known.has(block)) continue;
    known.set(block, [block.replace("layer ", ""), JOINT]);
    const ends = [...labels.keys()].filter((id) => id.startsWith(`${block}.`) && edges.every(([from]) => from !== id));
    more.push(...ends.map((id): [string, string] => [id, block]));
  }
  return { labels: known, edges: [...edges, ...more] };
}

export function drawingOf({ labels, edges }: Graph): Drawing {
  const ranks = ranksOf(labels, edges);
  const columns: string[][] = [];
  for (const [id, rank] of ranks) columns[rank] = [...(columns[rank] ?? []), id];
  const nodes = new Map<string, DrawnNode>();
  let top = 0;
  for (let first = 0; first < columns.length; first += RANKS) {
    const row = columns.slice(first, first + RANKS);
    const most = Math.max(...row.map((column) => column.length));
    for (const [i, column] of row.entries())
      for (const [k, id] of column.entries())
        nodes.set(id, { id, lines: labels.get(id)!, x: i * (BOX.width + GAP.x), y: top + k * (BOX.height + GAP.y) });
    top += most * (BOX.height + GAP.y) - GAP.y + GAP.row;
  }
  const width = Math.min(RANKS, columns.length) * (BOX.width + GAP.x) - GAP.x;
  return {
    nodes: [...nodes.values()],
    edges: edges.map(([from, to]) => ({ from: nodes.get(from)!, to: nodes.get(to)! })),
    width,
    height: Math.max(0, top - GAP.row),
  };
}

/** The longest way from an input, in edges. */
function ranksOf(labels: Graph["labels"], edges: Graph["edges"]): ReadonlyMap<string, number> {
  const ranks = new Map([...labels.keys()].map((id) => [id, 0]));
  const before = new Map<string, string[]>();
  for (const [from, to] of edges) before.set(to, [...(before.get(to) ?? []), from]);
  const done = new Set<string>();
  const rank = (id: string): number => {
    if (done.has(id)) return ranks.get(id)!;
    done.add(id);
    const own = Math.max(-1, ...(before.get(id) ?? []).map(rank)) + 1;
    ranks.set(id, own);
    return own;
  };
  for (const id of labels.keys()) rank(id);
  return ranks;
}

/** The way of an arrow: straight to a neighbor, else a curve; down to the next row around the end of this one. */
export function arrowOf({ from, to }: DrawnEdge): string {
  const [x1, y1] = [from.x + BOX.width, from.y + BOX.height / 2];
  const [x2, y2] = [to.x, to.y + BOX.height / 2];
  if (x2 > x1 && y1 === y2 && x2 - x1 <= GAP.x) return `M${x1} ${y1}H${x2}`;
  if (x2 > x1 && Math.abs(y2 - y1) < BOX.height + GAP.y) {
    // Over what lies between.
    const lift = y1 === y2 ? BOX.height / 2 + GAP.y / 2 : 0;
    return `M${x1} ${y1}C${x1 + GAP.x / 2} ${y1 - 2 * lift},${x2 - GAP.x / 2} ${y2 - 2 * lift},${x2} ${y2}`;
  }
  const middle = to.y - GAP.row / 2;
  return `M${x1} ${y1}h${GAP.x / 3}V${middle}H${x2 - GAP.x / 2}V${y2}H${x2}`;
}
