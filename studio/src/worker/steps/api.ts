/** What the area "Step by step" asks of its worker. Plain data: everything crosses a thread. */
import type { OperationName, Sizes } from "../../areas/steps/operations/operations.ts";

/** Numbers in double precision, and their shape. */
export interface Grid {
  readonly data: Float64Array;
  readonly shape: readonly number[];
}

export const activationNames = ["relu", "leakyRelu", "sigmoid", "tanh", "elu", "gelu", "silu", "softplus"] as const;
export type ActivationName = (typeof activationNames)[number];

/** An operation with its numbers. Arrays have no batch axis. */
export interface StepsRequest {
  readonly operation: OperationName;
  readonly sizes: Sizes;
  readonly x: Grid;
  /** The filters of convolutions. */
  readonly w: Grid | undefined;
  readonly bias: number;
  /** The derivatives of the output. */
  readonly dy: Grid;
  readonly activation: ActivationName;
  /** Of normalization: factor, shift, and what is added to the variance. */
  readonly scale: number;
  readonly offset: number;
  readonly epsilon: number;
}

/** What the library computed. */
export interface Computed {
  readonly y: Grid;
  readonly dx: Grid;
  readonly dw: Grid | undefined;
  /** Of max pooling: the input element that won each window. */
  readonly winners: Float64Array | undefined;
  /** ∂y/∂x, [outputs, inputs], of operations without windows. */
  readonly jacobian: Grid | undefined;
  /** Of normalization, one number a group. */
  readonly statistics: { readonly mean: Float64Array; readonly variance: Float64Array } | undefined;
  /** Of convolution: its input gradient in the other two ways. */
  readonly forms: Forms | undefined;
}

/** The input gradient of a convolution, computed in three ways. */
export interface Forms {
  /** Gathered: for each input, the derivatives it fed times the weights, added up. */
  readonly gathered: Grid;
  /** The derivatives with zeros put between and around them, over which the flipped filter slides. */
  readonly spread: Grid;
  /** The filter flipped in both directions, [inputs, outputs, k, k]. */
  readonly flipped: Grid;
  /** A convolution of the two. */
  readonly scanned: Grid;
  /** The same as one transposed convolution. */
  readonly transposed: Grid;
}

/** A layer of the receptive field explorer. */
export interface FieldLayer {
  readonly kind: "conv" | "pool";
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
  readonly padding: number;
}

/** What one layer's units see of the input, along one axis. */
export interface FieldRow {
  readonly length: number;
  /** Undefined where units see different amounts. */
  readonly size: number | undefined;
  readonly jump: number | undefined;
  /** The first position that the first unit sees; before 0 it is padding. */
  readonly start: number | undefined;
}

/** A stack of layers, and what a unit of its last layer sees in each of them. */
export interface FieldStack {
  /** The input, then each layer. */
  readonly rows: readonly FieldRow[];
  /** The first and last position that the unit sees in the input and in each layer, as if there were no edges. */
  readonly cone: readonly (readonly [first: number, last: number] | undefined)[];
  /** The units that it is connected with, by the derivatives: in the input and in each layer. */
  readonly connected: readonly (readonly number[])[];
}

/** A layer of a network with maps. */
export interface NetworkField {
  readonly path: string;
  readonly shape: readonly number[];
  readonly size: readonly number[] | undefined;
  readonly jump: readonly number[] | undefined;
}

/** A box of the picture, from its first to its last position, both in it. */
export interface FieldBox {
  readonly first: readonly number[];
  readonly last: readonly number[];
}

/** A network by its text. */
export interface NetworkRequest {
  readonly network: string;
  readonly input: readonly number[];
  readonly classes: number;
}

/** How a filter is applied to pictures. */
export interface FilterSetting {
  /** Rows of weights, as many as columns. */
  readonly kernel: readonly (readonly number[])[];
  /** The factor of the sum. */
  readonly scale: number;
  /** Added after it; 1 is white. */
  readonly offset: number;
}

/** A picture, RGBA bytes row by row. */
export interface Frame {
  readonly data: Uint8ClampedArray<ArrayBuffer>;
  readonly width: number;
  readonly height: number;
}

/** The worker, as the page calls it. */
export interface StepsCalls {
  /** @throws the library's errors */
  compute(request: StepsRequest): Promise<Computed>;
  /** The input gradient of the first outputs alone: what scattering has added up so far. */
  scattered(request: StepsRequest, outputs: number): Promise<Grid>;
  /** A function and its derivative at some places. */
  curve(
    activation: ActivationName,
    at: Float64Array,
  ): Promise<{ readonly y: Float64Array; readonly slope: Float64Array }>;
  /** @throws the library's errors */
  stack(layers: readonly FieldLayer[], length: number, unit: number): Promise<FieldStack>;
  networkFields(request: NetworkRequest): Promise<readonly NetworkField[]>;
  fieldOf(request: NetworkRequest, path: string, unit: readonly number[]): Promise<FieldBox | undefined>;
  /** The library's kernels by name, as rows. */
  kernels(): Promise<Readonly<Record<string, readonly (readonly number[])[]>>>;
  /** The picture under a filter. */
  filter(frame: Frame, setting: FilterSetting): Promise<Frame>;
}
