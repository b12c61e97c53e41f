/** The convolutions of ResNet-50, each shape once: what share of the peak each layer of a deep network reaches. */
import { type ConvJob, convWork, type SquareConv, type Work } from "./jobs.ts";

const BATCH = 8;

/** Side of the maps that a stage gives, the width of its blocks, and how many blocks it has (He et al. 2015, table 1). */
const stages = [
  { side: 56, width: 64, blocks: 3 },
  { side: 28, width: 128, blocks: 4 },
  { side: 14, width: 256, blocks: 6 },
  { side: 7, width: 512, blocks: 3 },
] as const;

const EXPANSION = 4;

interface Layer extends Omit<SquareConv, "batch"> {
  /** How often the network has it. */
  readonly count: number;
}

const stem: Layer = { channels: 3, side: 224, filters: 64, kernel: 7, stride: 2, count: 1 };

/** The bottleneck blocks of a stage; torchvision has the stride in the 3×3 convolution. */
function layersOf({ side, width, blocks }: (typeof stages)[number], i: number): Layer[] {
  const wide = EXPANSION * width;
  const [channels, stride] = i === 0 ? [64, 1] : [wide / 2, 2];
  const before = { channels, side: stride * side };
  const inside = { side, kernel: 1, stride: 1 };
  const last = stride === 1 ? blocks : blocks - 1;
  return [
    { ...before, filters: width, kernel: 1, stride: 1, count: 1 },
    { ...before, filters: wide, kernel: 1, stride, count: 1 },
    ...(stride > 1 ? [{ channels: width, side: stride * side, filters: width, kernel: 3, stride, count: 1 }] : []),
    { ...inside, channels: width, filters: width, kernel: 3, count: last },
    { ...inside, channels: width, filters: wide, count: blocks },
    { ...inside, channels: wide, filters: width, count: blocks - 1 },
  ];
}

export const resnetLayers: readonly Layer[] = [stem, ...stages.flatMap(layersOf)];

export const layerWorks = (backward: boolean): Work<ConvJob>[] =>
  resnetLayers.map(({ count, ...layer }) => {
    const work = convWork({ ...layer, batch: BATCH }, backward);
    return count === 1 ? work : { ...work, title: `${work.title}, ${count} times` };
  });
