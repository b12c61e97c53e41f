/** Transposed convolution layers: every element adds a scaled filter to larger maps. */
import { OptionError, ShapeError } from "../array/index.ts";
import { located, type Tensor } from "../graph/index.ts";
import { type ConvTransposeOptions, convTranspose } from "../ops/index.ts";
import { optional, sizes, text, withDefault } from "../options/index.ts";
import { addBias, type ConvLayerOptions, convOptions } from "./conv.ts";
import { defineLayer, type Layer, type LayerFactory } from "./layer.ts";
import { expectSpatial, kernelFor } from "./spatial.ts";

const options = {
  ...convOptions,
  padding: withDefault(sizes(0), 0),
  outputPadding: withDefault(sizes(0), 0),
  sizeOf: optional(text()),
};

const defineConvTranspose = (rank: number): LayerFactory<typeof options> =>
  defineLayer({
    type: `convTranspose${rank}d`,
    options,
    forward: ({ filters, kernel, bias, initializer, biasInitializer, sizeOf, ...convolution }, x, scope) => {
      const type = `convTranspose${rank}d`;
      expectSpatial(type, rank, x);
      const each = filters / convolution.groups;
      if (!Number.isInteger(each))
        throw new OptionError(`${located(type)}: ${convolution.groups} groups must divide ${filters} filters`);
      const shape = [x.shape[1], each, ...kernelFor(type, rank, kernel)];
      const like = sizeOf === undefined ? undefined : scope.recall(sizeOf);
      const wanted = (like?.input ?? like?.x)?.shape.slice(2);
      const outputPadding =
        wanted === undefined ? convolution.outputPadding : missing(type, wanted, x, shape, convolution);
      const y = convTranspose(x, scope.parameter("weight", shape, initializer), { ...convolution, outputPadding });
      return addBias(y, { bias, biasInitializer }, shape, scope);
    },
  });

/** What the output lacks to a size along each axis. @throws ShapeError unless output padding can make up for it */
function missing(
  type: string,
  wanted: readonly number[],
  x: Tensor,
  [, , ...kernel]: readonly number[],
  { stride, padding, dilation }: Pick<ConvTransposeOptions, "stride" | "padding" | "dilation">,
): number[] {
  const at = (value: ConvTransposeOptions["stride"], i: number, otherwise: number): number =>
    (typeof value === "number" ? value : value?.[i]) ?? otherwise;
  return wanted.map((size, i) => {
    const step = at(stride, i, 1);
    const own = (x.shape[i + 2] - 1) * step + at(dilation, i, 1) * (kernel[i] - 1) + 1 - 2 * at(padding, i, 0);
    if (size >= own && size - own < step) return size - own;
    throw new ShapeError(
      `${located(type)}: makes ${own} of ${x.shape[i + 2]} along axis ${i + 2}, and sizeOf wants ${size}; ` +
        `a stride of ${step} makes ${own} to ${own + step - 1}`,
    );
  });
}

const [transpose1d, transpose2d, transpose3d] = [1, 2, 3].map(defineConvTranspose);

/** The factories, for the catalog. */
export const convTransposeLayers = [transpose1d, transpose2d, transpose3d];

/** Options of `convTranspose1d`, `convTranspose2d`, `convTranspose3d`. */
export interface ConvTransposeLayerOptions
  extends ConvTransposeOptions,
    Pick<ConvLayerOptions, "kernel" | "bias" | "initializer" | "biasInitializer"> {
  /**
   * The name under which an earlier pooling layer remembers its input, or `remember` what passed: the output gets that size, by
   * output padding.
   * Default: the size that follows from the other options.
   */
  readonly sizeOf?: string | undefined;
}

/** As `convTranspose2d`, over [n, channels, length]. */
export const convTranspose1d = (filters: number, rest: ConvTransposeLayerOptions): Layer =>
  transpose1d({ filters, ...rest });

/**
 * 2-D transposed convolution over [n, channels, height, width] into `filters` maps. Parameters `weight` [channels, filters /
 * groups, kh, kw], as in PyTorch, and `bias` [filters]; output [n, filters, h′, w′] with h′ = (h − 1) stride + dilation (kh
 * − 1) + 1 − 2 padding + outputPadding. Defaults: stride 1, no padding, dilation 1. Initializers use the fans of that
 * layout, as in PyTorch.
 * @throws ShapeError where groups do not divide the channels, or padding leaves nothing of the output
 */
export const convTranspose2d = (filters: number, rest: ConvTransposeLayerOptions): Layer =>
  transpose2d({ filters, ...rest });

/** As `convTranspose2d`, over [n, channels, depth, height, width]. */
export const convTranspose3d = (filters: number, rest: ConvTransposeLayerOptions): Layer =>
  transpose3d({ filters, ...rest });
