/** Chains of elementwise ops and reductions that should take no longer than their memory traffic. */
import { type NdArray, type Shape, sizeOf, zeros } from "../array/index.ts";
import { Variable } from "../graph/index.ts";
import { add, broadcastTo, mean, mul, relu, reshape, sigmoid, softmax, square, sub, sum, tanh } from "../ops/index.ts";
import { sgd } from "../optim/index.ts";
import type { ChainJob, Work } from "./jobs.ts";
import { uniform } from "./numbers.ts";

interface Chain {
  readonly name: string;
  /** The number of arrays of this shape that are read or written, each once. */
  readonly passes: number;
  readonly shape: Shape;
  /** Creates the variables and returns the function to be traced. */
  readonly create: (shape: Shape) => () => void;
}

/** 16 MB, larger than the caches of one core. */
const FLAT: Shape = [4 * 2 ** 20];
const MAPS: Shape = [16, 64, 64, 64];
const SCORES: Shape = [4096, 1024];
const BYTES = 4;

const variable = (name: string, shape: Shape): Variable => new Variable(name, uniform(name, shape));
const result = (shape: Shape): Variable => new Variable("result", zeros(shape));

export const chains: readonly Chain[] = [
  {
    name: "x + y",
    passes: 3,
    shape: FLAT,
    create: (shape) => {
      const [x, y, z] = [variable("x", shape), variable("y", shape), result(shape)];
      return () => z.assign(add(x.read(), y.read()));
    },
  },
  {
    name: "relu(a·x + b) + y, a and b per channel",
    passes: 3,
    shape: MAPS,
    create: (shape) => {
      const perChannel: Shape = [shape[1], 1, 1];
      const [x, y, z] = [variable("x", shape), variable("y", shape), result(shape)];
      const [a, b] = [variable("a", perChannel), variable("b", perChannel)];
      return () => z.assign(add(relu(add(mul(x.read(), a.read()), b.read())), y.read()));
    },
  },
  {
    name: "tanh x",
    passes: 2,
    shape: FLAT,
    create: (shape) => {
      const [x, z] = [variable("x", shape), result(shape)];
      return () => z.assign(tanh(x.read()));
    },
  },
  {
    name: "x · sigmoid x",
    passes: 2,
    shape: FLAT,
    create: (shape) => {
      const [x, z] = [variable("x", shape), result(shape)];
      return () => z.assign(mul(x.read(), sigmoid(x.read())));
    },
  },
  {
    name: "sum of all x",
    passes: 1,
    shape: FLAT,
    create: (shape) => {
      const [x, z] = [variable("x", shape), result([])];
      return () => z.assign(sum(x.read()));
    },
  },
  {
    name: "mean and variance per channel",
    passes: 1,
    shape: MAPS,
    create: (shape) => {
      const [x, m, v] = [variable("x", shape), result([shape[1]]), result([shape[1]])];
      return () => {
        const average = mean(x.read(), [0, 2, 3]);
        const centered = sub(x.read(), broadcastTo(reshape(average, [shape[1], 1, 1]), shape));
        m.assign(average);
        v.assign(mean(square(centered), [0, 2, 3]));
      };
    },
  },
  {
    name: "softmax of 1024 scores",
    passes: 2,
    shape: SCORES,
    create: (shape) => {
      const [x, z] = [variable("x", shape), result(shape)];
      return () => z.assign(softmax(x.read()));
    },
  },
  {
    name: "SGD with momentum",
    passes: 5,
    shape: FLAT,
    create: (shape) => {
      const [weight, slope] = [variable("weight", shape), variable("slope", shape)];
      const optimizer = sgd({ learningRate: 1e-3, momentum: 0.9 });
      return () => optimizer.update([weight], [slope.read()]);
    },
  },
];

export const chainWorks = (): Work<ChainJob>[] =>
  chains.map(({ name, passes, shape }) => ({
    job: { kind: "elementwise", name },
    title: name,
    amount: passes * BYTES * sizeOf(shape),
  }));

export function chainOf({ name }: ChainJob): () => void {
  const { create, shape } = chains.find((chain) => chain.name === name)!;
  return create(shape);
}

/** A copy of one array to another: one read, one write. */
export function memoryCopy(): { readonly bytes: number; readonly run: () => void } {
  const from: NdArray = uniform("from", FLAT);
  const to = zeros(FLAT);
  return { bytes: 2 * BYTES * sizeOf(FLAT), run: () => to.data.set(from.data) };
}
