/**
 * How a batch of maps is stored: with channels innermost, where vectors run over filters and channels, or with samples
 * innermost, where they run over the batch. All maps of a batch are stored alike, in the way that lets their convolutions
 * fill the register tiles better: few channels waste vectors in the one, few samples in the other.
 */
import { type Graph, isOpNode, type OpNode } from "../../../../graph/index.ts";
import { byRecord } from "../../../../ops/registry.ts";
import type { LoweringOptions } from "../context/index.ts";
import { chooseTile, REVISITING_VECTORS, tileCost } from "../contraction/index.ts";

type VectorUnit = Pick<LoweringOptions, "lanes" | "tiles">;

/** Half cycles of both layouts. */
interface Costs {
  readonly channels: number;
  readonly samples: number;
}

/** Of a contraction: rows × columns of sums, `steps` products each, so many times over. */
function contraction(unit: VectorUnit, rows: number, columns: number, steps: number, lanes = unit.lanes): number {
  return steps * tileCost(rows, columns, lanes, chooseTile(rows, columns, lanes, unit.tiles));
}

const product = (lengths: readonly number[]): number => lengths.reduce((size, length) => size * length, 1);
const longest = (lengths: readonly number[]): number => Math.max(1, ...lengths);

/** A filter gradient whose sums cannot wait in the first cache gets its operands from the second: measured with 32 samples of 16 lanes. */
const FAR_OPERANDS = 1.5;

/** What a convolution, or one of its gradients, costs; see `products.ts` for the loops. */
const costs = byRecord<(unit: VectorUnit, node: OpNode) => Costs>({
  conv: (unit, { inputs: [, w], outputs: [y] }) => forward(unit, y.shape, w.shape[0], w.shape.slice(1)),
  convInputGradient: (unit, { inputs: [, w], outputs: [dx] }) =>
    forward(unit, dx.shape, w.shape[1], [w.shape[0], ...w.shape.slice(2)]),
  convFilterGradient: (unit, { inputs: [, dy], outputs: [dw] }) => {
    const [filters, ...taps] = dw.shape;
    const [samples, , ...positions] = dy.shape;
    const row = longest(taps);
    const others = product(taps) / row;
    const isFar = samples < REVISITING_VECTORS * unit.lanes;
    const steps = (others * product(positions) * samples * (isFar ? FAR_OPERANDS : 1)) / unit.lanes;
    const along = contraction(unit, row, filters, steps, 1);
    const across = contraction(unit, row, filters, others * product(positions) * samples);
    return { channels: across, samples: samples % unit.lanes === 0 ? along : Math.max(along, across) };
  },
});

/** Rows are positions and columns are maps; or rows are maps, and columns are samples. */
function forward(unit: VectorUnit, [samples, , ...positions]: readonly number[], maps: number, sum: readonly number[]) {
  const row = longest(positions);
  const others = (samples * product(positions)) / row;
  return {
    channels: contraction(unit, row, maps, others * product(sum)),
    samples: contraction(unit, maps, samples, product(positions) * product(sum)),
  };
}

/** Few channels leave other kernels than convolutions half empty vectors: about a tenth of what the convolutions take. */
const CHANNELS_EXTRA = 1.1;

/** The batch sizes of a graph's convolutions for which samples lie innermost: where it costs less, or as the options say. */
export function samplesInnermost(graph: Graph, options: LoweringOptions): ReadonlySet<number> {
  const totals = new Map<number, Costs>();
  for (const node of graph.nodes.filter(isOpNode)) {
    const cost = costs.get(node.op)?.(options, node);
    if (cost === undefined) continue;
    const batch = node.inputs[0].shape[0];
    const { channels, samples } = cost;
    const before = totals.get(batch) ?? { channels: 0, samples: 0 };
    totals.set(batch, { channels: before.channels + channels, samples: before.samples + samples });
  }
  const isBetter = ([batch, { channels, samples }]: [number, Costs]): boolean =>
    batch > 1 && (options.samplesInnermost ?? samples <= CHANNELS_EXTRA * channels);
  return new Set([...totals].filter(isBetter).map(([batch]) => batch));
}
