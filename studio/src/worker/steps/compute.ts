/** Operations and their derivatives, computed by the library's interpreter in double precision. */
import {
  array,
  avgPool,
  compile,
  concat,
  constant,
  conv,
  convTranspose,
  createInterpreter,
  elu,
  evaluate,
  f64,
  gelu,
  gradient,
  leakyRelu,
  maxPoolWithPositions,
  mul,
  NdArray,
  padOp,
  relu,
  reshape,
  sigmoid,
  silu,
  sliceOp,
  softmax,
  softplus,
  standardize,
  sum,
  type Tensor,
  take,
  tanh,
} from "fovea";
import type { Meeting } from "../../areas/steps/operations/geometry.ts";
import { type OperationName, operations } from "../../areas/steps/operations/operations.ts";
import { sizeOf } from "../../areas/steps/operations/shapes.ts";
import type { ActivationName, Computed, Forms, Grid, StepsRequest } from "./api.ts";

const engine = createInterpreter();

const arrayOf = ({ data, shape }: Grid, batch: readonly number[] = []): NdArray =>
  new NdArray(data, [...batch, ...shape], "f64");
const gridOf = ({ data, shape }: NdArray, drop = 0): Grid => ({
  data: Float64Array.from(data),
  shape: shape.slice(drop),
});

/** The lectures draw the leaky ReLU with a slope of 0.1. */
const LEAK = 0.1;

export const activations: Readonly<Record<ActivationName, (x: Tensor) => Tensor>> = {
  relu,
  leakyRelu: (x) => leakyRelu(x, LEAK),
  sigmoid,
  tanh,
  elu: (x) => elu(x),
  gelu: (x) => gelu(x),
  silu,
  softplus: (x) => softplus(x),
};

interface Applied {
  readonly y: Tensor;
  readonly extra?: Readonly<Record<string, Tensor>>;
}

const windowOf = ({ sizes: { stride, padding, dilation, groups } }: StepsRequest) => ({
  stride,
  padding,
  dilation,
  groups,
});

const rules: Readonly<Record<OperationName, (x: Tensor, w: Tensor | undefined, request: StepsRequest) => Applied>> = {
  convolution: (x, w, request) => ({ y: conv(x, w!, windowOf(request)).add(request.bias) }),
  transposed: (x, w, request) => ({
    y: convTranspose(x, w!, { ...windowOf(request), outputPadding: request.sizes.outputPadding }).add(request.bias),
  }),
  "max-pooling": (x, _, { sizes: { kernel, stride, padding, dilation } }) => {
    const { values, positions } = maxPoolWithPositions(x, { kernel, stride, padding, dilation });
    return { y: values, extra: { positions } };
  },
  "mean-pooling": (x, _, { sizes: { kernel, stride, padding } }) => ({ y: avgPool(x, { kernel, stride, padding }) }),
  activation: (x, _, { activation }) => ({ y: activations[activation](x) }),
  softmax: (x) => ({ y: softmax(x) }),
  normalization: (x, _, { sizes, scale, offset, epsilon }) => {
    // Rows are samples, columns are features: [1, 1, samples, features].
    const { y, mean, variance } = standardize(x, sizes.over === "batch" ? 2 : 3, { epsilon });
    return { y: y.mul(scale).add(offset), extra: { mean, variance } };
  },
};

export async function compute(request: StepsRequest): Promise<Computed> {
  const { operation, x, w, dy } = request;
  const found = await evaluate(
    () => {
      const input = constant(arrayOf(x, [1]));
      const filters = w && constant(arrayOf(w));
      const { y, extra = {} } = rules[operation](input, filters, request);
      const loss = sum(mul(y, constant(arrayOf(dy, [1]))));
      const derivatives = gradient(loss, filters ? [input, filters] : [input]);
      return { y, derivatives, extra };
    },
    { engine },
  );
  const { positions, mean, variance } = found.extra as Readonly<Record<string, NdArray | undefined>>;
  return {
    y: gridOf(found.y, 1),
    dx: gridOf(found.derivatives[0], 1),
    dw: found.derivatives[1] && gridOf(found.derivatives[1]),
    winners: positions && winnersOf(positions, x.shape),
    jacobian: operations[operation].combines === "function" ? await jacobianOf(request) : undefined,
    statistics: mean && variance && { mean: Float64Array.from(mean.data), variance: Float64Array.from(variance.data) },
    forms: operation === "convolution" ? await formsOf(request) : undefined,
  };
}

/** Positions count within each map; here they count within the input. */
function winnersOf({ data, shape }: NdArray, [, height, width]: readonly number[]): Float64Array {
  const windows = sizeOf(shape.slice(2));
  return Float64Array.from(data, (at, i) => Math.floor(i / windows) * height * width + Number(at));
}

/** Row by row: the input gradient of each output alone. */
async function jacobianOf(request: StepsRequest): Promise<Grid> {
  const { operation, x, dy } = request;
  const outputs = sizeOf(dy.shape);
  const rowOf = compile(
    (seed) => {
      const input = constant(arrayOf(x, [1]));
      return gradient(sum(mul(rules[operation](input, undefined, request).y, seed)), [input])[0];
    },
    [f64(1, ...dy.shape)],
    { engine },
  );
  const data = new Float64Array(outputs * x.data.length);
  for (let i = 0; i < outputs; i++) {
    const seed = new NdArray(new Float64Array(outputs), [1, ...dy.shape], "f64");
    seed.data[i] = 1;
    data.set((await rowOf(seed)).data as Float64Array, i * x.data.length);
  }
  return { data, shape: [outputs, x.data.length] };
}

export async function scattered(request: StepsRequest, outputs: number): Promise<Grid> {
  const dy = { ...request.dy, data: request.dy.data.map((value, i) => (i < outputs ? value : 0)) };
  const { operation, x, w } = request;
  const found = await evaluate(
    () => {
      const input = constant(arrayOf(x, [1]));
      const { y } = rules[operation](input, w && constant(arrayOf(w)), request);
      return gradient(sum(mul(y, constant(arrayOf(dy, [1])))), [input])[0];
    },
    { engine },
  );
  return gridOf(found, 1);
}

/** The input gradient gathered, as a convolution of what is spread, and as a transposed convolution. */
async function formsOf(request: StepsRequest): Promise<Forms> {
  const { sizes, x, w, dy } = request;
  const { stride, padding, dilation, groups, kernel } = sizes;
  const [, height, width] = x.shape;
  // Rows and columns at the end that no window reached.
  const left = [height, width].map((n) => (n + 2 * padding - dilation * (kernel - 1) - 1) % stride);
  const around = dilation * (kernel - 1) - padding;
  const flipped = flippedFilter(w!, groups);
  const spread = await spreadOut(dy, stride, around, left);
  const found = await evaluate(
    () => {
      const [derivatives, filters] = [constant(arrayOf(dy, [1])), constant(arrayOf(w!))];
      return {
        gathered: gathered(derivatives, filters, request),
        scanned: conv(constant(arrayOf(spread, [1])), constant(arrayOf(flipped)), { dilation, groups }),
        transposed: convTranspose(derivatives, filters, { stride, padding, dilation, groups, outputPadding: left }),
      };
    },
    { engine },
  );
  return {
    gathered: gridOf(found.gathered),
    spread,
    flipped,
    scanned: gridOf(found.scanned, 1),
    transposed: gridOf(found.transposed, 1),
  };
}

/** For each input element, the products of the meetings it has, added up. */
function gathered(dy: Tensor, w: Tensor, { operation, sizes, x }: StepsRequest): Tensor {
  const { layout, meetings } = operations[operation];
  const inputs = x.data.length;
  const lists = Array.from({ length: inputs }, (): Meeting[] => []);
  for (const meeting of meetings(layout(sizes), sizes)) if (meeting.x >= 0) lists[meeting.x].push(meeting);
  const most = Math.max(1, ...lists.map((list) => list.length));
  const [outputs, weights] = [sizeOf(dy.shape), sizeOf(w.shape)];
  // Lists are filled up with the zero behind the last element.
  const table = (key: "y" | "w", end: number): Tensor =>
    constant(
      array(
        lists.flatMap((list) => Array.from({ length: most }, (_, i) => list[i]?.[key] ?? end)),
        "i32",
      ),
    );
  const withZero = (t: Tensor, size: number): Tensor =>
    concat([reshape(t, [size]), constant(new NdArray(new Float64Array(1), [1], "f64"))], 0);
  const products = mul(
    take(withZero(dy, outputs), table("y", outputs)),
    take(withZero(w, weights), table("w", weights)),
  );
  return reshape(sum(reshape(products, [inputs, most]), 1), x.shape);
}

/** The derivatives with stride − 1 zeros between them, and as many around them as the filter reaches over the edge. */
async function spreadOut(dy: Grid, stride: number, around: number, left: readonly number[]): Promise<Grid> {
  // Where the padding is wider than the filter's reach, the outermost derivatives belong to padding alone.
  const edges = [0, ...left].map((more, axis) => (axis === 0 ? [0, 0] : [around, around + more]));
  const [before, after] = [0, 1].map((side) => edges.map((edge) => Math.max(0, edge[side])));
  const cut = edges.map((edge) => edge.map((n) => Math.max(0, -n)));
  const spread = await evaluate(
    () => {
      const whole = padOp([constant(arrayOf(dy))], { before, after, interior: [0, stride - 1, stride - 1] });
      const size = whole.shape.map((n, axis) => n - cut[axis][0] - cut[axis][1]);
      return sliceOp([whole], { start: cut.map(([start]) => start), size, step: [1, 1, 1] });
    },
    { engine },
  );
  return gridOf(spread);
}

/** [filters, channels / groups, k, k] as [channels, filters / groups, k, k], each plane turned by 180°. */
function flippedFilter({ data, shape: [filters, seen, kernel] }: Grid, groups: number): Grid {
  const [each, taps] = [filters / groups, kernel * kernel];
  const flipped = new Float64Array(data.length);
  for (let j = 0; j < filters; j++)
    for (let i = 0; i < seen; i++)
      for (let k = 0; k < taps; k++) {
        const channel = Math.floor(j / each) * seen + i;
        flipped[(channel * each + (j % each)) * taps + taps - 1 - k] = data[(j * seen + i) * taps + k];
      }
  return { data: flipped, shape: [seen * groups, each, kernel, kernel] };
}

export async function curve(activation: ActivationName, at: Float64Array) {
  const { y, slope } = await evaluate(
    () => {
      const x = constant(new NdArray(at, [at.length], "f64"));
      const y = activations[activation](x);
      return { y, slope: gradient(sum(y), [x])[0] };
    },
    { engine },
  );
  return { y: Float64Array.from(y.data), slope: Float64Array.from(slope.data) };
}
