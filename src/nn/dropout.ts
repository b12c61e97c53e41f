/**
 * Dropout: while training, elements, whole channels or whole samples become 0 with a given probability, and the others are
 * scaled so that nothing changes when predicting: y = x · m / (1 − rate), with m = 0 at a share of `rate` and 1 elsewhere.
 * Sources: CMU 11-785, "Dropout — 0.5 (in FC layers only)"; Srivastava et al. 2014; of channels: Tompson et al. 2015; of
 * samples: Huang et al. 2016, "Deep Networks with Stochastic Depth".
 */
import { type Shape, ShapeError } from "../array/index.ts";
import { formatType, located, type Tensor } from "../graph/index.ts";
import { broadcastTo, greaterEqual, mul, select, uniform } from "../ops/index.ts";
import { real, withDefault } from "../options/index.ts";
import { defineLayer, type Layer } from "./layer.ts";

/** @param maskOf the shape of the mask, which is repeated to that of its argument */
const defineDropout = (type: string, maskOf: (x: Tensor) => Shape) =>
  defineLayer({
    type,
    options: { rate: withDefault(real(0, 1), 0.5) },
    forward: ({ rate }, x, scope) => {
      const mask = maskOf(x);
      if (!scope.training || rate === 0) return x;
      if (rate === 1) return mul(x, 0);
      const kept = greaterEqual(uniform(scope.random(), mask), rate);
      return select(broadcastTo(kept, x.shape), mul(x, 1 / (1 - rate)), 0);
    },
  });

const dropoutLayer = defineDropout("dropout", ({ shape }) => shape);

const channelDropoutLayer = defineDropout("channelDropout", (x) => {
  if (x.shape.length < 2)
    throw new ShapeError(`${located("channelDropout")}: expects [n, channels, …], got ${formatType(x)}`);
  return [...x.shape.slice(0, 2), ...x.shape.slice(2).map(() => 1)];
});

const stochasticDepthLayer = defineDropout("stochasticDepth", ({ shape: [n, ...rest] }) => [n, ...rest.map(() => 1)]);

/** While training, sets each element to 0 with probability `rate` and scales the others by 1 / (1 − rate); shapes stay. */
export const dropout = (rate = 0.5): Layer => dropoutLayer({ rate });

/**
 * While training, sets each map of each sample, [n, channels, …], to 0 as a whole with probability `rate` and scales the
 * others by 1 / (1 − rate): neighboring elements of a map say nearly the same, so one of them is not missed. PyTorch
 * calls it Dropout1d, 2d and 3d.
 */
export const channelDropout = (rate = 0.5): Layer => channelDropoutLayer({ rate });

/**
 * While training, sets each sample of [n, …] to 0 as a whole with probability `rate` and scales the others by 1 / (1 −
 * rate). As the last layer of a residual block's body it leaves the block out, sample by sample. Known as drop path, too;
 * torchvision's mode `row`.
 */
export const stochasticDepth = (rate = 0.5): Layer => stochasticDepthLayer({ rate });

/** The factories, for the catalog. */
export const dropoutLayers = [dropoutLayer, channelDropoutLayer, stochasticDepthLayer];
