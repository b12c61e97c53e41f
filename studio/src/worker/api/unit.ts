/** What the network view asks of the worker: one unit at one position, and weights with their derivatives. */
import type { Box, StepForward } from "fovea/inspect";
import type { Values } from "../api.ts";

/** The part of one input map that a unit is connected with, as maps [height, width]; NaN where it is not. */
export interface UnitWindow {
  /** Which input of the layer, from 0. */
  readonly input: number;
  /** The map of it; of numbers without positions, the number. */
  readonly channel: number;
  /** The first position, [y, x]. */
  readonly first: readonly [number, number];
  readonly size: readonly [height: number, width: number];
  readonly values: Float32Array;
  /** ∂y / ∂x: of a convolution, the weight. */
  readonly factors: Float32Array;
  /** factor · value. */
  readonly products: Float32Array;
  /** The sum of the products: what this map contributes at this position. */
  readonly sum: number;
}

/** A unit of a layer at one position: `explainStep`, by input maps. */
export interface UnitStep {
  readonly path: string;
  readonly type: string;
  /** Without the batch axis. */
  readonly unit: readonly number[];
  readonly forward: StepForward;
  readonly output: number;
  /** The layers that its inputs come from, past those that only rename: paths, or `input`. */
  readonly sources: readonly string[];
  readonly windows: readonly UnitWindow[];
  /** What the layers that were asked for after it make of the output, in their order. */
  readonly after: readonly number[];
  /** The part of the picture that the unit is computed from. */
  readonly field: Box | undefined;
}

/** Weights of some layers. */
export interface Weights {
  /** By the path of the layer. */
  readonly weights: Readonly<Record<string, Values>>;
  /** The derivatives of the mean loss of `samples` training pictures by them. */
  readonly gradients: Readonly<Record<string, Values>>;
  readonly samples: number;
}

export interface UnitCalls {
  /**
   * A unit at a position, for one picture.
   * @param paths the layer, and layers after it that keep the position, such as its activation
   * @param unit its index in the output, without the batch axis
   */
  unit(picture: Uint8Array, paths: readonly string[], unit: readonly number[]): Promise<UnitStep>;
  /** The weights of layers; with `gradients` also the loss's derivatives by them, without dropout, for a batch. */
  weights(paths: readonly string[], options?: { readonly gradients?: boolean }): Promise<Weights>;
}
