/** Transposed convolution layers: every element adds a scaled filter to larger maps. */
import { OptionError } from "../array/index.ts";
import { located } from "../graph/index.ts";
import { type ConvTransposeOptions, convTranspose } from "../ops/index.ts";
import { sizes, withDefault } from "../options/index.ts";
import { addBias, type ConvLayerOptions, convOptions } from "./conv.ts";
import { defineLayer, type Layer, type LayerFactory } from "./layer.ts";
import { expectSpatial, kernelFor } from "./spatial.ts";

const options = {
  ...convOptions,
  padding: withDefault(sizes(0), 0),
  outputPadding: withDefault(sizes(0), 0),
};

const defineConvTranspose = (rank: number): LayerFactory<typeof options> =>
  defineLayer({
    type: `convTranspose${rank}d`,
    options,
    forward: ({ filters, kernel, bias, initializer, biasInitializer, ...convolution }, x, scope) => {
      const type = `convTranspose${rank}d`;
      expectSpatial(type, rank, x);
      const each = filters / convolution.groups;
      if (!Number.isInteger(each))
        throw new OptionError(`${located(type)}: ${convolution.groups} groups must divide ${filters} filters`);
      const shape = [x.shape[1], each, ...kernelFor(type, rank, kernel)];
      const y = convTranspose(x, scope.parameter("weight", shape, initializer), convolution);
      return addBias(y, { bias, biasInitializer }, shape, scope);
    },
  });

const [transpose1d, transpose2d, transpose3d] = [1, 2, 3].map(defineConvTranspose);

/** The factories, for the catalog. */
export const convTransposeLayers = [transpose1d, transpose2d, transpose3d];

/** Options of `convTranspose1d`, `convTranspose2d`, `convTranspose3d`. */
export interface ConvTransposeLayerOptions
  extends ConvTransposeOptions,
    Pick<ConvLayerOptions, "kernel" | "bias" | "initializer" | "biasInitializer"> {}

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
