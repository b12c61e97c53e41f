/** Structured initial weights: orthonormal rows, and filters that pass their input on. */
import { NdArray, type Random, type Shape, ShapeError, sizeOf, zeros } from "../array/index.ts";

/** Walks over the vectors of a matrix: rows, or columns where those are fewer. */
interface Vectors {
  readonly count: number;
  readonly length: number;
  readonly at: (vector: number, i: number) => number;
}

/**
 * A Gaussian matrix [shape[0], rest] made orthonormal: by rows, or by columns where there are more rows than columns. The
 * Gram–Schmidt method in double precision, orthogonalizing each vector twice since once leaves rounding errors (Giraud et
 * al. 2005); on Gaussian vectors the result is uniformly distributed.
 * @throws ShapeError for fewer than two axes
 */
export function orthonormalRows(shape: Shape, random: Random, gain: number): NdArray {
  if (shape.length < 2) throw new ShapeError(`orthogonal: needs weights of at least two axes, got [${shape}]`);
  const [rows, columns] = [shape[0], sizeOf(shape.slice(1))];
  const values = Float64Array.from({ length: rows * columns }, () => random.normal());
  const wide = rows <= columns;
  const vectors: Vectors = {
    count: wide ? rows : columns,
    length: wide ? columns : rows,
    at: wide ? (v, i) => v * columns + i : (v, i) => i * columns + v,
  };
  for (let v = 0; v < vectors.count; v++) {
    clearOfEarlier(values, vectors, v);
    clearOfEarlier(values, vectors, v);
    scaleTo(values, vectors, v, 1);
  }
  return new NdArray(
    values.map((x) => gain * x),
    shape,
    "f64",
  ).cast("f32");
}

const dotOfVectors = (values: Float64Array, { length, at }: Vectors, a: number, b: number): number => {
  let total = 0;
  for (let i = 0; i < length; i++) total += values[at(a, i)] * values[at(b, i)];
  return total;
};

function clearOfEarlier(values: Float64Array, vectors: Vectors, v: number): void {
  const { length, at } = vectors;
  for (let earlier = 0; earlier < v; earlier++) {
    const share = dotOfVectors(values, vectors, earlier, v);
    for (let i = 0; i < length; i++) values[at(v, i)] -= share * values[at(earlier, i)];
  }
}

function scaleTo(values: Float64Array, vectors: Vectors, v: number, size: number): void {
  const factor = size / Math.sqrt(dotOfVectors(values, vectors, v, v));
  for (let i = 0; i < vectors.length; i++) values[vectors.at(v, i)] *= factor;
}

/** The rank of the weights that each rule is for. */
const weightRanks: Readonly<
  Record<"identity" | "dirac", { readonly from: number; readonly to: number; readonly of: string }>
> = {
  identity: { from: 2, to: 2, of: "a linear layer, [units, features]" },
  dirac: { from: 3, to: 5, of: "a convolution, [filters, channels, …]" },
};

/**
 * Weights with 1 where output d of a group meets its input d, in the middle of the kernel, and 0 elsewhere: the channels
 * that both sides have pass unchanged. @throws ShapeError for weights of another kind of layer
 */
export function passOn(name: keyof typeof weightRanks, shape: Shape, groups: number): NdArray {
  const { from, to, of } = weightRanks[name];
  const [outputs, inputs, ...kernel] = shape;
  if (shape.length < from || shape.length > to)
    throw new ShapeError(`${name}: is for the weights of ${of}, got [${shape}]`);
  if (outputs % groups !== 0)
    throw new ShapeError(`${name}: ${outputs} filters cannot be divided into ${groups} groups`);
  const values = zeros(shape);
  const middle = kernel.reduce((at, n) => at * n + Math.floor(n / 2), 0);
  const size = outputs / groups;
  for (let o = 0; o < outputs; o++) {
    const d = o % size;
    if (d < inputs) values.data[(o * inputs + d) * sizeOf(kernel) + middle] = 1;
  }
  return values;
}
