/**
 * How a batch of maps is stored: with channels innermost, where vectors run over filters and channels, or with samples
 * innermost, where they run over the batch. All maps of a batch are stored alike, in the way that lets their convolutions
 * fill the register tiles better: few channels waste vectors in the one, few samples in the other.
 */
import type { Shape } from "../../../../array/index.ts";
import { type Graph, isOpNode, type OpNode } from "../../../../graph/index.ts";
import { byRecord } from "../../../../ops/index.ts";
import type { LoweringOptions, Target } from "../context/index.ts";
import { chooseTile, tileCost } from "../contraction/index.ts";
import { attributesOf } from "./attributes.ts";

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
  conv: (target, node) => forward(target, node, node.outputs[0].shape, 0),
  convInputGradient: (target, node) => forward(target, node, node.outputs[0].shape, 1),
  convFilterGradient: (target, node) => {
    const [{ shape }, dy] = [node.outputs[0], node.inputs[1]];
    const [filters, ...taps] = shape;
    const [samples, , ...positions] = dy.shape;
    const row = largest(taps);
    const { groups } = attributesOf(node);
    const others = groups * (product(taps) / row);
    const isFar = samples < target.tuning.revisiting.fromVectors * target.lanes;
    const steps =
      (others * product(positions) * samples * (isFar ? target.tuning.costs.farOperands : 1)) / target.lanes;
    const along = contraction({ ...target, lanes: 1 }, row, filters / groups, steps);
    const across = contraction(target, row, filters / groups, others * product(positions) * samples);
    return { channels: across, samples: samples % target.lanes === 0 ? along : Math.max(along, across) };
  },
});

/**
 * Rows are positions and columns are maps, where filters with a map each are one row of columns; or rows are maps, and columns
 * are samples.
 * @param to which axis of the filters the result has
 */
function forward(target: Target, node: OpNode, [samples, maps, ...positions]: Shape, to: 0 | 1): Costs {
  const { shape: filters } = node.inputs[1];
  const { groups } = attributesOf(node);
  const [own, seen, taps] = [maps / groups, to === 0 ? filters[1] : filters[0] / groups, product(filters.slice(2))];
  const row = largest(positions);
  const others = (samples * product(positions)) / row;
  const [rowsOfMaps, columns] = to === 0 && own * seen === 1 ? [1, maps] : [groups, own];
  return {
    channels: rowsOfMaps * contraction(target, row, columns, others * seen * taps),
    samples:
      groups *
      contraction(target, own, samples, product(positions) * seen * taps) *
      (seen >= target.tuning.samplesInnermost.fromMaps ? target.tuning.samplesInnermost.spreadMaps : 1),
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
    batch > 1 && (options.samplesInnermost ?? samples <= options.tuning.samplesInnermost.few * channels);
  return new Set([...totals].filter(isBetter).map(([batch]) => batch));
}
