/**
 * How a batch of maps is stored: with channels innermost, where vectors run over filters and channels, or with samples
 * innermost, where they run over the batch. All maps of a batch are stored alike, in the way that lets their convolutions
 * fill the register tiles better: few channels waste vectors in the one, few samples in the other.
 */
import { type Graph, isOpNode, type OpNode } from "../../../../graph/index.ts";
import { byRecord } from "../../../../ops/index.ts";
import type { LoweringOptions, Target } from "../context/index.ts";
import { chooseTile, tileCost } from "../contraction/index.ts";

/** Half cycles of both layouts. */
interface Costs {
  readonly channels: number;
  readonly samples: number;
}

/** Of a contraction: rows × columns of sums, `steps` products each, as many times. */
function contraction(target: Target, rows: number, columns: number, steps: number): number {
  return steps * tileCost(target, rows, columns, chooseTile(target, rows, columns));
}

const product = (lengths: readonly number[]): number => lengths.reduce((size, length) => size * length, 1);
const largest = (lengths: readonly number[]): number => Math.max(1, ...lengths);

/** What a convolution, or one of its gradients, costs; the loops are in the files beside. */
const costs = byRecord<(target: Target, node: OpNode) => Costs>({
  conv: (target, { inputs: [, w], outputs: [y] }) => forward(target, y.shape, w.shape[0], w.shape.slice(1)),
  convInputGradient: (target, { inputs: [, w], outputs: [dx] }) =>
    forward(target, dx.shape, w.shape[1], [w.shape[0], ...w.shape.slice(2)]),
  convFilterGradient: (target, { inputs: [, dy], outputs: [dw] }) => {
    const [filters, ...taps] = dw.shape;
    const [samples, , ...positions] = dy.shape;
    const row = largest(taps);
    const others = product(taps) / row;
    const isFar = samples < target.tuning.revisiting.fromVectors * target.lanes;
    const steps =
      (others * product(positions) * samples * (isFar ? target.tuning.costs.farOperands : 1)) / target.lanes;
    const along = contraction({ ...target, lanes: 1 }, row, filters, steps);
    const across = contraction(target, row, filters, others * product(positions) * samples);
    return { channels: across, samples: samples % target.lanes === 0 ? along : Math.max(along, across) };
  },
});

/** Rows are positions and columns are maps; or rows are maps, and columns are samples. */
function forward(target: Target, [samples, , ...positions]: readonly number[], maps: number, sum: readonly number[]) {
  const row = largest(positions);
  const others = (samples * product(positions)) / row;
  return {
    channels: contraction(target, row, maps, others * product(sum)),
    samples: contraction(target, maps, samples, product(positions) * product(sum)),
  };
}

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
    batch > 1 && (options.samplesInnermost ?? samples <= options.tuning.costs.channelsInnermost * channels);
  return new Set([...totals].filter(isBetter).map(([batch]) => batch));
}
