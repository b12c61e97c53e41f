/**
 * Random graphs for properties of rewrites: lists of steps, each of which applies one of the makers below to tensors that
 * are there already. A step is a list of numbers, so that fast-check can make a failing graph smaller.
 */
import fc from "fast-check";
import { type DType, dtypes, isFloat, NdArray, ShapeError, sameShape, sizeOf } from "../../src/array/index.ts";
import { applyOp, fill, type Graph, type Tensor, type TensorType, trace, Variable } from "../../src/graph/index.ts";
import * as ops from "../../src/ops/index.ts";
import { allOps } from "../../src/ops/registry.ts";

export interface RandomGraph {
  readonly graph: Graph;
  readonly inputs: readonly NdArray[];
}

/** Tensors stay small: what matters is how ops meet. */
const MOST_ELEMENTS = 60;

const TYPES: readonly TensorType[] = [
  { shape: [2, 3], dtype: "f32" },
  { shape: [3], dtype: "f32" },
  { shape: [], dtype: "f32" },
  { shape: [1, 3], dtype: "f64" },
  { shape: [2, 3], dtype: "i32" },
  { shape: [], dtype: "i32" },
  { shape: [2, 3], dtype: "bool" },
  { shape: [0, 2], dtype: "f32" },
  { shape: [2, 1, 3], dtype: "f32" },
];

const SPECIAL = [0, -0, 1, -1, 2, 0.5, NaN, Infinity, -Infinity, 3, 0.1, -0, 1e-45, 3.4e38];
const WHOLE = [0, 1, -1, 2, 2 ** 31 - 1, -7];

/** Reads the numbers of a step one after the other, round and round. */
class Draw {
  readonly #numbers: readonly number[];
  readonly #pool: readonly Tensor[];
  #at = 0;

  constructor(numbers: readonly number[], pool: readonly Tensor[]) {
    this.#numbers = numbers;
    this.#pool = pool;
  }

  below(count: number): number {
    return this.#numbers[this.#at++ % this.#numbers.length] % count;
  }

  of<T>(list: readonly T[]): T {
    return list[this.below(list.length)];
  }

  /** A tensor that fits; recent ones are as likely as old ones. */
  tensor(fits: (tensor: Tensor) => boolean = () => true): Tensor {
    const fitting = this.#pool.filter(fits);
    if (fitting.length === 0) throw new ShapeError("there is no tensor that fits");
    return this.of(fitting);
  }

  /** A second operand for `x`: a tensor, the same tensor, or a number that is special to algebra. */
  partner(x: Tensor): Tensor {
    const numbers = isFloat(x.dtype) ? SPECIAL : x.dtype === "bool" ? [0, 1] : WHOLE;
    return this.below(2) === 0
      ? fill(this.of(numbers), x.shape, x.dtype)
      : this.tensor(({ dtype, shape }) => dtype === x.dtype && sameShape(shape, x.shape));
  }
}

const float = ({ dtype }: Tensor): boolean => isFloat(dtype);
const number = ({ dtype }: Tensor): boolean => isFloat(dtype) || dtype === "i32";
const truth = ({ dtype }: Tensor): boolean => dtype === "bool";
const matrix = (x: Tensor): boolean => isFloat(x.dtype) && x.shape.length === 2;

const unary =
  (fits: (x: Tensor) => boolean, ...names: string[]) =>
  (draw: Draw): Tensor[] => [...applyOp(allOps.get(draw.of(names))!, [draw.tensor(fits)], {}).outputs];

const binary =
  (fits: (x: Tensor) => boolean, ...names: string[]) =>
  (draw: Draw): Tensor[] => {
    const [op, x] = [allOps.get(draw.of(names))!, draw.tensor(fits)];
    const y = draw.partner(x);
    return [...applyOp(op, draw.below(2) === 0 ? [x, y] : [y, x], {}).outputs];
  };

const reduction = (draw: Draw): Tensor[] => {
  const [op, x] = [allOps.get(draw.of(["sum", "reduceMax", "reduceMin"]))!, draw.tensor(number)];
  return [...applyOp(op, [x], { axes: x.shape.map((_, i) => i).filter(() => draw.below(2) === 0) }).outputs];
};

/** Other shapes of the same size. */
const shapesOf = ({ shape }: Tensor): number[][] => [
  [sizeOf(shape)],
  [1, ...shape],
  [...shape, 1],
  shape.filter((n) => n !== 1),
  shape.toReversed(),
  [...shape],
];

const slice = (draw: Draw): Tensor[] => {
  const x = draw.tensor();
  const start = x.shape.map((n) => draw.below(n + 1));
  const step = x.shape.map(() => 1 + draw.below(2));
  const size = x.shape.map((n, i) => draw.below(Math.ceil((n - start[i]) / step[i]) + 1));
  const whole = { start: x.shape.map(() => 0), size: x.shape, step };
  return [ops.sliceOp([x], draw.below(4) === 0 ? { ...whole, step: x.shape.map(() => 1) } : { start, size, step })];
};

const pad = (draw: Draw): Tensor[] => {
  const x = draw.tensor();
  const amounts = (): number[] => x.shape.map(() => (draw.below(3) === 0 ? 1 : 0));
  const value = draw.of(isFloat(x.dtype) ? [0, -0, 1, 0.1, Infinity] : [0, 1]);
  return [ops.padOp([x], { before: amounts(), after: amounts(), interior: amounts(), value })];
};

const product = (draw: Draw): Tensor[] => {
  const x = draw.tensor(matrix);
  const y = draw.tensor((y) => matrix(y) && y.dtype === x.dtype && sameShape(x.shape, y.shape));
  const turn = (t: Tensor): Tensor => (draw.below(2) === 0 ? ops.transpose(t) : t);
  const [a, b] = [turn(x), turn(y)];
  const flags = { transposeA: draw.below(2) === 0, transposeB: draw.below(2) === 0 };
  return [ops.matmulOp([a, b], flags)];
};

const choice = (draw: Draw): Tensor[] => {
  const condition = draw.tensor(truth);
  const x = draw.tensor(({ shape }) => sameShape(shape, condition.shape));
  return [ops.select(condition, x, draw.partner(x))];
};

const repeated = (draw: Draw): Tensor[] => {
  const x = draw.tensor();
  const shape = x.shape.map((n) => (n === 1 && draw.below(2) === 0 ? 2 : n));
  return [ops.broadcastOp([x], { shape: draw.below(2) === 0 ? [2, ...shape] : shape })];
};

const makers: readonly ((draw: Draw) => Tensor[])[] = [
  unary(float, "neg", "abs", "sign", "floor", "ceil", "round", "relu", "exp", "log", "sqrt", "tanh", "sigmoid"),
  unary(number, "neg", "neg", "abs", "relu"),
  unary(truth, "not"),
  unary(float, "stopGradient"),
  binary(number, "add", "sub", "mul", "max", "min"),
  binary(number, "add", "sub", "mul", "max", "min"),
  binary(float, "div", "pow"),
  binary(() => true, "equal", "notEqual", "less", "lessEqual", "greater", "greaterEqual"),
  binary(truth, "and", "or"),
  choice,
  choice,
  (draw) => [ops.castOp([draw.tensor()], { dtype: draw.of(Object.keys(dtypes) as DType[]) })],
  (draw) => {
    const x = draw.tensor();
    return [ops.reshapeOp([x], { shape: draw.of(shapesOf(x)) })];
  },
  (draw) => {
    const x = draw.tensor();
    const axes = x.shape.map((_, i) => i);
    return [
      ops.transposeOp([x], { order: draw.of([axes.toReversed(), axes, [...axes.slice(1), ...axes.slice(0, 1)]]) }),
    ];
  },
  repeated,
  slice,
  pad,
  reduction,
  reduction,
  product,
  (draw) => {
    const x = draw.tensor(({ shape }) => shape.length > 0);
    return [ops.concat(draw.of([[x], [x, x], [x, draw.partner(x)]]), draw.below(x.shape.length))];
  },
  (draw) => [fill(draw.of(SPECIAL), draw.of(TYPES).shape, draw.of(["f32", "f64", "i32"]))],
  (draw) => {
    const x = draw.tensor((x) => float(x) && x.shape.length === 2);
    return [ops.softmax(x, draw.below(2))];
  },
  (draw) => {
    const x = ops.reshape(draw.tensor(float), [1, 1, -1]);
    return Object.values(ops.maxPoolWithPositions(x, { kernel: 2, stride: 1 }));
  },
  (draw) => {
    const scalar = (): Tensor => draw.tensor(({ dtype, shape }) => dtype === "i32" && shape.length === 0);
    return [ops.uniform({ seed: scalar(), position: scalar(), stream: draw.below(2) }, [2, 3])];
  },
];

/** Applies a step to the tensors so far. What does not fit gives nothing. */
function apply(numbers: readonly number[], pool: readonly Tensor[]): Tensor[] {
  try {
    const [which, ...rest] = numbers;
    const made = makers[which % makers.length](new Draw(rest, pool));
    return made.filter(({ shape }) => sizeOf(shape) <= MOST_ELEMENTS);
  } catch (error) {
    if (error instanceof ShapeError) return [];
    throw error;
  }
}

interface Plan {
  readonly steps: readonly (readonly number[])[];
  readonly inputs: readonly NdArray[];
  /** How many of the tensors are returned, the last ones. */
  readonly returned: number;
  readonly withGradients: boolean;
}

/** What the steps make, and its gradients where there are any; the last tensors that fit become values of variables. */
function build({ steps, inputs: values, returned, withGradients }: Plan): Graph {
  const state = new Variable("state", values[0].copy());
  const other = new Variable("other", values[0].copy());
  const body = (...inputs: Tensor[]): Tensor[] => {
    const pool = [...inputs, state.read(), other.read()];
    for (const step of steps) pool.push(...apply(step, pool));
    const fitting = pool.filter(({ dtype, shape }) => dtype === state.dtype && sameShape(shape, state.shape));
    state.assign(fitting.at(-1)!);
    other.assign(fitting.at(-2)!);
    const outputs = pool.slice(-returned);
    return withGradients ? [...outputs, ...gradientsOf(outputs, inputs)] : outputs;
  };
  return trace(body, values).graph;
}

function gradientsOf(outputs: readonly Tensor[], inputs: readonly Tensor[]): Tensor[] {
  try {
    const total = outputs.filter(float).map((output) => ops.cast(ops.sum(output), "f64"));
    return total.length === 0 ? [] : ops.gradient(total.reduce(ops.add), inputs.filter(float));
  } catch (error) {
    // Some of the ops have no gradient.
    if (error instanceof ShapeError) return [];
    throw error;
  }
}

const numberOf = (dtype: DType): fc.Arbitrary<number> => {
  if (dtype === "bool") return fc.constantFrom(0, 1);
  if (!isFloat(dtype)) return fc.oneof(fc.constantFrom(...WHOLE), fc.integer({ min: -9, max: 9 }));
  return fc.oneof(fc.constantFrom(...SPECIAL), fc.double({ min: -4, max: 4 }));
};

const arrayOf = ({ shape, dtype }: TensorType): fc.Arbitrary<NdArray> =>
  fc
    .array(numberOf(dtype), { minLength: sizeOf(shape), maxLength: sizeOf(shape) })
    .map((numbers) => new NdArray(dtypes[dtype].array.from(numbers), shape, dtype));

const step = fc.array(fc.nat(1000), { minLength: 4, maxLength: 8 });

/** Some steps are there twice, to make common subexpressions. */
const steps = fc
  .array(fc.record({ step, again: fc.nat(3) }), { maxLength: 25, size: "max" })
  .map((list) => list.flatMap(({ step, again }) => (again === 0 ? [step, step] : [step])));

export const randomGraph: fc.Arbitrary<RandomGraph> = fc
  .record({
    steps,
    inputs: fc.tuple(...TYPES.map(arrayOf)),
    returned: fc.integer({ min: 1, max: 20 }),
    withGradients: fc.boolean(),
  })
  .map((plan) => ({ graph: build(plan), inputs: plan.inputs }));
