/**
 * A one-stage detector without anchors: of each cell of a grid it tells how much the center of an object of each class lies
 * there, and how far from there the four edges of its box are. Sources: Zhou, Wang, Krähenbühl 2019, "Objects as Points"
 * (centers as heat maps); Tian, Shen, Chen, He 2019, "FCOS" (distances to the edges); Lin et al. 2017, "Feature Pyramid
 * Networks" (deep, coarse maps go beside fine ones on the way back).
 */
import * as nn from "../../nn/index.ts";
import { defineFactory, integer, integers, type Kind, oneOfNumbers, withDefault } from "../../options/index.ts";
import { conv, reluOfSum } from "../blocks.ts";

/** Options of `detector`. */
export interface DetectorOptions {
  /** The number of classes. */
  readonly classes: number;
  /** The maps at a quarter of the picture's size, an eighth, a sixteenth, …: at least 2 levels. Default 32, 64, 128, 256. */
  readonly maps?: readonly number[] | undefined;
  /** The pixels along a cell of the grid: 4, or 8 for larger objects in less time. Default 4. */
  readonly stride?: 4 | 8 | undefined;
  /** The maps from which scores and edges are read. Default 64. */
  readonly width?: number | undefined;
}

const levelsKind: Kind<readonly number[]> = {
  expects: "a list of at least 2 integers of at least 1",
  read: (value) => {
    const maps = integers(1).read(value);
    return maps !== undefined && maps.length > 1 ? maps : undefined;
  },
};

/** The probability of a center that every cell begins with, so that the many empty ones do not drown the others (RetinaNet). */
const FIRST_PROBABILITY = 0.01;
const firstBias = { type: "constant", value: Math.log(FIRST_PROBABILITY / (1 - FIRST_PROBABILITY)) } as const;

const normalized = (...layers: readonly nn.Layer[]): nn.Layer =>
  nn.sequential(...layers.flatMap((layer) => [layer, nn.batchNorm2d(), nn.relu()]));

/** Half the size: a residual block whose first convolution has stride 2. */
const down = (maps: number): nn.Layer =>
  reluOfSum(
    {
      conv1: conv(maps, { stride: 2 }),
      bn1: nn.batchNorm2d(),
      relu: nn.relu(),
      conv2: conv(maps),
      bn2: nn.batchNorm2d(),
    },
    nn.sequential(conv(maps, { kernel: 1, stride: 2 }), nn.batchNorm2d()),
  );

/** A level of a pyramid: its own maps beside those of the coarser level, doubled. Concatenation wants equal sizes. */
const fused = (width: number, x: nn.Place, coarser: nn.Place): nn.Place => {
  const half = Math.ceil(width / 2);
  const doubled = nn.upsampleNearest({ scale: 2 })(normalized(conv(half, { kernel: 1 }))(coarser));
  return normalized(conv(width))(nn.concat(normalized(conv(half, { kernel: 1 }))(x), doubled));
};

const head = (width: number, filters: number, biasInitializer?: typeof firstBias): nn.Layer =>
  nn.sequential(normalized(conv(width)), nn.conv2d(filters, { kernel: 1, initializer: "heNormal", biasInitializer }));

/**
 * A detector for the task `detection`: pictures [n, channels, height, width] to `scores` [n, classes, h, w], of centers, and
 * `edges` [n, 4, h, w], with h = height / stride. Height and width are multiples of 2^(levels + 1), 32 by default.
 * @throws OptionError for options that it does not take
 * @example await fit(detector({ classes: 3 }), train, { task: detection(), validation });
 */
export const detector: (options: DetectorOptions) => nn.Layer = defineFactory({
  type: "detector",
  options: {
    classes: integer(1),
    maps: withDefault(levelsKind, [32, 64, 128, 256]),
    stride: withDefault(oneOfNumbers<4 | 8>(4, 8), 4 as const),
    width: withDefault(integer(1), 64),
  },
  make: ({ classes, maps, stride, width }) =>
    nn.network(["input"], ({ input }) => {
      const first = normalized(conv(Math.ceil(maps[0] / 2), { stride: 2 }))(input);
      const levels: nn.Place[] = [];
      for (const count of maps) levels.push(down(count)(levels.at(-1) ?? first));
      const used = levels.slice(stride === 4 ? 0 : 1);
      const top = normalized(conv(width, { kernel: 1 }))(used.at(-1)!);
      const fine = used.slice(0, -1).reduceRight((coarser, level) => fused(width, level, coarser), top);
      return {
        scores: nn.named("scores", head(width, classes, firstBias))(fine),
        edges: nn.named("edges", head(width, 4))(fine),
      };
    }),
});
