/**
 * Squeeze-and-excitation: y = x · gate(W₂ act(W₁ mean(x))), a factor for each map from the means of all of them. Source: Hu,
 * Shen, Sun 2018, "Squeeze-and-Excitation Networks".
 */
import { relu, sigmoid } from "./activations.ts";
import { conv2d } from "./conv.ts";
import type { Initializer } from "./initializers.ts";
import type { Layer } from "./layer.ts";
import { named } from "./members.ts";
import { network } from "./network.ts";
import { adaptiveAvgPool } from "./resize.ts";

/** Options of `squeezeExcitation`. */
export interface SqueezeExcitationOptions {
  /** The number of units between the means and the factors. Default: a sixteenth of the channels, at least 1. */
  readonly squeezed?: number | undefined;
  /** The activation of these units. Default `relu()`. */
  readonly activation?: Layer | undefined;
  /** What makes factors of scores. Default `sigmoid()`. */
  readonly gate?: Layer | undefined;
  /** Initializer of both weights. Default `glorotUniform`. */
  readonly initializer?: Initializer | undefined;
}

/**
 * Multiplies each map of [n, channels, height, width] by a factor that follows from the means of all maps: shapes stay the
 * same. A network of layers: 1×1 convolutions `fc1` [squeezed, channels, 1, 1] and `fc2` [channels, squeezed, 1, 1] with
 * biases, named as in torchvision.
 */
export function squeezeExcitation(
  channels: number,
  {
    squeezed = Math.max(1, Math.floor(channels / 16)),
    activation = relu(),
    gate = sigmoid(),
    initializer,
  }: SqueezeExcitationOptions = {},
): Layer {
  const layers = {
    avgpool: adaptiveAvgPool(1), // [n, channels, 1, 1]
    fc1: conv2d(squeezed, { kernel: 1, initializer }),
    activation,
    fc2: conv2d(channels, { kernel: 1, initializer }),
    scale_activation: gate,
  };
  return network(["x"], ({ x }) =>
    x.mul(Object.entries(layers).reduce((y, [name, layer]) => named(name, layer)(y), x)),
  );
}
