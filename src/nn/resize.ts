/**
 * Layers that change the size of maps by a fixed rule, over one, two or three spatial axes: pooling to a given size,
 * padding, upsampling. None has parameters.
 */
import { ShapeError } from "../array/index.ts";
import { formatType, located, type Tensor } from "../graph/index.ts";
import * as ops from "../ops/index.ts";
import { paddingPerAxis } from "../ops/index.ts";
import { flag, optional, sizes, withDefault } from "../options/index.ts";
import { defineLayer, type Layer } from "./layer.ts";
import { poolOver, type StepPooling } from "./steps.ts";

type PerAxis = number | readonly number[];

const defineAdaptive = (type: string, apply: (x: Tensor, size: PerAxis) => Tensor) =>
  defineLayer({ type, options: { size: sizes(1) }, forward: ({ size }, x) => apply(x, size) });

const adaptiveMaxLayer = defineAdaptive("adaptiveMaxPool", ops.adaptiveMaxPool);
const adaptiveMeanLayer = defineAdaptive("adaptiveAvgPool", ops.adaptiveAvgPool);

/**
 * The maximum of each of `size` windows (one number, or one for each spatial axis) that divide the maps as evenly as
 * possible: [n, c, h, w] to [n, c, ...size], whatever h and w. Window i of m covers ⌊i h / m⌋ up to ⌈(i + 1) h / m⌉. Ties go
 * to the first position; NaN wins.
 */
export const adaptiveMaxPool = (size: PerAxis): Layer => adaptiveMaxLayer({ size });
/** The mean of each of `size` windows; see `adaptiveMaxPool`. */
export const adaptiveAvgPool = (size: PerAxis): Layer => adaptiveMeanLayer({ size });

const defineGlobal = (type: string, kind: StepPooling, apply: (x: Tensor) => Tensor) =>
  defineLayer({
    type,
    options: {},
    steps: (_, axis, [x]) => (axis === 2 && x.shape.length === 3 ? "ended" : "followed"),
    forward: (_, x, scope) => {
      const steps = x.shape.length === 3 ? scope.steps(x) : undefined;
      return steps?.axis === 2 ? poolOver(x, 2, kind, steps) : apply(x);
    },
  });

/**
 * The maximum of each whole map: [n, c, …spatial] to [n, c]. Ties go to the first position; NaN wins. In sequences [n, c,
 * steps] of known lengths, padding does not count.
 */
export const globalMaxPool = defineGlobal("globalMaxPool", "max", ops.globalMaxPool);
/**
 * The mean of each whole map: [n, c, …spatial] to [n, c]. In sequences [n, c, steps] of known lengths, padding does not
 * count. Source: Lin et al. 2014, "Network in Network".
 */
export const globalAvgPool = defineGlobal("globalAvgPool", "mean", ops.globalAvgPool);

type Around = readonly (readonly [before: number, after: number])[];

const definePad = (type: string, apply: (x: Tensor, around: Around) => Tensor) =>
  defineLayer({
    type,
    options: { padding: sizes(0) },
    forward: ({ padding }, x) => {
      const rank = Math.max(0, x.shape.length - 2);
      const amounts = paddingPerAxis(padding, rank);
      if (rank < 1 || amounts.length !== 2 * rank) {
        throw new ShapeError(
          `${located(type)}: padding [${amounts}] must be one number, one for each spatial axis, or all befores and then ` +
            `all afters, for ${formatType(x)}`,
        );
      }
      const around = amounts.slice(0, rank).map((before, i) => [before, amounts[rank + i]] as const);
      return apply(x, [[0, 0], [0, 0], ...around]);
    },
  });

const zeroLayer = definePad("zeroPad", ops.pad);
const reflectLayer = definePad("reflectPad", ops.padReflect);
const replicateLayer = definePad("replicatePad", ops.padReplicate);

/**
 * Zeros around the maps: [n, c, h, w] grows by `padding` on every side; one number, one for each spatial axis, or all
 * amounts before and then all after.
 */
export const zeroPad = (padding: PerAxis): Layer => zeroLayer({ padding });
/**
 * The maps of [n, c, …spatial] mirrored at their edges, which are not repeated: `c b | a b c | b a`. Amounts as those of
 * `zeroPad`, at most the length less one.
 */
export const reflectPad = (padding: PerAxis): Layer => reflectLayer({ padding });
/** The edges of the maps of [n, c, …spatial] repeated: `a a | a b c | c c`. Amounts as those of `zeroPad`. */
export const replicatePad = (padding: PerAxis): Layer => replicateLayer({ padding });

const upsampling = { scale: optional(sizes(1)), size: optional(sizes(1)) };

const nearestLayer = defineLayer({
  type: "upsampleNearest",
  options: upsampling,
  forward: (options, x) => ops.upsampleNearest(x, options),
});

const bilinearLayer = defineLayer({
  type: "upsampleBilinear",
  options: { ...upsampling, alignCorners: withDefault(flag(), false) },
  forward: (options, x) => ops.upsampleBilinear(x, options),
});

/**
 * Nearest-neighbor upsampling: [n, c, …spatial] to [n, c, …larger], by `{ scale }` or to `{ size }`, one number or one for
 * each spatial axis; 1-D to 3-D. As PyTorch's mode `nearest`.
 * @throws ShapeError unless exactly one of both is given
 */
export const upsampleNearest = (options: ops.UpsampleOptions): Layer => nearestLayer(options);
/**
 * Bilinear upsampling: [n, c, h, w] to [n, c, h′, w′], by `{ scale }` or to `{ size }`. As PyTorch's mode `bilinear`, with
 * `alignCorners` (default false) as it has it.
 */
export const upsampleBilinear = (options: ops.BilinearOptions): Layer => bilinearLayer(options);

/** The factories, for the catalog. */
export const resizeLayers = [
  ...[adaptiveMaxLayer, adaptiveMeanLayer, globalMaxPool, globalAvgPool],
  ...[zeroLayer, reflectLayer, replicateLayer, nearestLayer, bilinearLayer],
];
