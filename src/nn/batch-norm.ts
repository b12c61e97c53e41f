/**
 * Batch normalization: each channel is standardized over the batch and its positions, then scaled and shifted by two
 * learned numbers,
 *
 *   y = (x − μ) / √(σ² + ε) · weight + bias.
 *
 * While training, μ and σ² are those of the batch, and running ones follow them, r ← (1 − m) r + m · (that of the batch),
 * with n / (n − 1) · σ² for the variance; when predicting, the running ones are used. Sources: Ioffe and Szegedy 2015;
 * CMU 11-785, "Batch normalization". Names, defaults and the running statistics are PyTorch's.
 */
import { ShapeError, sizeOf } from "../array/index.ts";
import { formatType, located, type Tensor, type Variable } from "../graph/index.ts";
import { add, div, mul, reshape, sqrt, standardize, sub } from "../ops/index.ts";
import { flag, positive, real, withDefault } from "../options/index.ts";
import { defineLayer, type Layer, type Scope } from "./layer.ts";

const options = {
  momentum: withDefault(real(0, 1), 0.1),
  epsilon: withDefault(positive(), 1e-5),
  affine: withDefault(flag(), true),
  trackRunningStats: withDefault(flag(), true),
};

interface Running {
  readonly mean: Variable;
  readonly variance: Variable;
  readonly batches: Variable;
}

const runningStatistics = (scope: Scope, channels: number): Running => ({
  mean: scope.state("running_mean", [channels], "zeros"),
  variance: scope.state("running_var", [channels], "ones"),
  batches: scope.state("num_batches_tracked", [], "zeros", "i32"),
});

/** The number of elements of each channel. */
const valuesPerChannel = ({ shape: [n, , ...spatial] }: Tensor): number => n * sizeOf(spatial);

/** One step of a running statistic toward that of the batch. */
function follow(
  { mean, variance, batches }: Running,
  x: Tensor,
  batch: Record<"mean" | "variance", Tensor>,
  m: number,
) {
  const count = valuesPerChannel(x);
  const toward = (running: Variable, value: Tensor): void =>
    running.assign(add(mul(running.read(), 1 - m), mul(reshape(value, running.shape), m)));
  toward(mean, batch.mean);
  toward(variance, mul(batch.variance, count / (count - 1)));
  batches.assign(add(batches.read(), 1));
}

const defineBatchNorm = (rank: number) => {
  const type = `batchNorm${rank}d`;
  return defineLayer({
    type,
    options,
    forward: ({ momentum, epsilon, affine, trackRunningStats }, x, scope) => {
      expectRank(type, rank, x);
      const channels = x.shape[1];
      const perChannel = (t: Tensor): Tensor => reshape(t, [1, channels, ...x.shape.slice(2).map(() => 1)]);
      const scale = affine ? scope.parameter("weight", [channels], "ones") : undefined;
      const offset = affine ? scope.parameter("bias", [channels], "zeros") : undefined;
      const running = trackRunningStats ? runningStatistics(scope, channels) : undefined;
      if (running !== undefined && !scope.training) {
        const slope = div(scale ?? 1, sqrt(add(running.variance.read(), epsilon)));
        const start = sub(offset ?? 0, mul(running.mean.read(), slope));
        return add(mul(x, perChannel(slope)), perChannel(start));
      }
      if (scope.training) expectSeveral(type, x);
      const axes = x.shape.map((_, axis) => axis).filter((axis) => axis !== 1);
      const { y, ...batch } = standardize(x, axes, {
        epsilon,
        scale: scale && perChannel(scale),
        offset: offset && perChannel(offset),
      });
      if (running !== undefined) follow(running, x, batch, momentum);
      return y;
    },
  });
};

function expectRank(type: string, rank: number, x: Tensor): void {
  if (x.shape.length === rank + 2 || (rank === 1 && x.shape.length === 2)) return;
  const expected = ["[n, channels] or [n, channels, length]", "[n, channels, height, width]"][rank - 1];
  throw new ShapeError(
    `${located(type)}: expects ${expected ?? "[n, channels, depth, height, width]"}, got ${formatType(x)}`,
  );
}

function expectSeveral(type: string, x: Tensor): void {
  if (valuesPerChannel(x) > 1) return;
  throw new ShapeError(
    `${located(type)}: while training it needs more than one value for each channel, got ${formatType(x)}; ` +
      "take a larger batch",
  );
}

const [batchNorm1dLayer, batchNorm2dLayer, batchNorm3dLayer] = [1, 2, 3].map(defineBatchNorm);

/** The factories, for the catalog. */
export const batchNormLayers = [batchNorm1dLayer, batchNorm2dLayer, batchNorm3dLayer];

/** Options of `batchNorm1d`, `batchNorm2d`, `batchNorm3d`. */
export interface BatchNormOptions {
  /** The weight of a batch in the running statistics, 0 to 1. Default 0.1. */
  readonly momentum?: number | undefined;
  /** Added to the variance; above 0. Default 1e−5. */
  readonly epsilon?: number | undefined;
  /** Whether to learn a weight and a bias for each channel, initially 1 and 0. Default true. */
  readonly affine?: boolean | undefined;
  /** Whether to keep running statistics for prediction; otherwise every batch is standardized by its own. Default true. */
  readonly trackRunningStats?: boolean | undefined;
}

/**
 * Batch normalization of [n, channels] or [n, channels, length]. Parameters `weight`, `bias` [channels]; saved but not
 * trained: `running_mean`, `running_var` [channels], `num_batches_tracked`.
 * @throws ShapeError while training, if there is only one value for each channel
 */
export const batchNorm1d = (options: BatchNormOptions = {}): Layer => batchNorm1dLayer(options);

/** Batch normalization of [n, channels, height, width]; see `batchNorm1d`. A convolution before it needs no bias. */
export const batchNorm2d = (options: BatchNormOptions = {}): Layer => batchNorm2dLayer(options);

/** Batch normalization of [n, channels, depth, height, width]; see `batchNorm1d`. */
export const batchNorm3d = (options: BatchNormOptions = {}): Layer => batchNorm3dLayer(options);
