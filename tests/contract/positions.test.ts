/** Max pooling's positions, taken apart, put together and used anywhere: the same on every engine. */
import { describe, expect, it } from "vitest";
import { type NdArray, Random, zeros } from "../../src/array/index.ts";
import { interpret } from "../../src/engines/interpreter/interpreter.ts";
import { f32, type Tensor, trace } from "../../src/graph/index.ts";
import {
  add,
  concat,
  gather,
  gradient,
  maxPool,
  maxPoolWithPositions,
  maxUnpool,
  mul,
  pick,
  reshape,
  scatterAdd,
  slice,
  square,
  sum,
  transpose,
} from "../../src/ops/index.ts";
import { usable } from "../support/engines.ts";

type Body = (x: Tensor) => Tensor;

/** Both layouts of maps: few samples, and whole vectors of them. */
const shapes = [
  [2, 3, 8],
  [16, 5, 8],
  [2, 3, 4, 6],
  [16, 2, 4, 6],
];

/** Small integers, so that windows have ties, and sums are exact. */
function inputOf(shape: readonly number[]): NdArray {
  const random = new Random(5, `positions ${shape}`);
  const x = zeros(shape);
  x.data.forEach((_, i) => {
    x.data[i] = Math.floor(random.uniform(-4, 5));
  });
  return x;
}

const rows = (t: Tensor): Tensor => reshape(t, [t.shape[0], t.shape[1], -1]);
const pooled = (x: Tensor) => maxPoolWithPositions(x, { kernel: 2 });
const lengthOf = (x: Tensor): number => x.shape.slice(2).reduce((a, b) => a * b, 1);
const backwards = (t: Tensor, axis: number): Tensor =>
  pick(
    t,
    Array.from({ length: t.shape[axis] }, (_, i) => t.shape[axis] - 1 - i),
    axis,
  );
const weighted = (y: Tensor): Tensor => sum(mul(y, square(y)));

/** Adds the maxima at positions made of theirs. */
const scattered =
  (change: (positions: Tensor) => Tensor, longer = 0): Body =>
  (x) => {
    const { values, positions } = pooled(x);
    const index = change(rows(positions));
    const source = index.shape[2] === rows(values).shape[2] ? rows(values) : gather(rows(x), index);
    return scatterAdd(source, index, lengthOf(x) + longer, 2);
  };

const bodies: readonly [string, Body][] = [
  ["positions as they are", scattered((p) => p)],
  ["a longer axis", scattered((p) => p, 3)],
  ["a shorter axis", scattered((p) => p, -3)],
  ["positions backwards", scattered((p) => backwards(p, 2))],
  ["positions of other channels", scattered((p) => backwards(p, 1))],
  ["positions of other samples", scattered((p) => backwards(p, 0))],
  ["a part of the positions", scattered((p) => slice(p, 2, 1))],
  ["positions twice", scattered((p) => concat([p, p], 2))],
  ["positions moved by one", scattered((p) => add(p, 1))],
  [
    "the gradient of a gather from elsewhere",
    (x) => gradient(weighted(gather(rows(square(x)), rows(pooled(x).positions))), [x])[0],
  ],
  ["unpooling", (x) => maxUnpool(pooled(x).values, pooled(x).positions, x.shape.slice(2))],
  [
    "unpooling into larger maps",
    (x) =>
      maxUnpool(
        pooled(x).values,
        pooled(x).positions,
        x.shape.slice(2).map((n) => n + 1),
      ),
  ],
  ["the gradient of pooling", (x) => gradient(weighted(maxPool(x, { kernel: 2 })), [x])[0]],
  ["its gradient", (x) => gradient(weighted(gradient(weighted(maxPool(x, { kernel: 2 })), [x])[0]), [x])[0]],
  ["windows that overlap", (x) => gradient(weighted(maxPool(x, { kernel: 2, stride: 1 })), [x])[0]],
  ["windows with padding", (x) => gradient(weighted(maxPool(x, { kernel: 3, padding: 1 })), [x])[0]],
  [
    "pooling of exchanged axes",
    (x) =>
      gradient(weighted(maxPool(transpose(x, [1, 0, ...x.shape.slice(2).map((_, i) => 2 + i)]), { kernel: 2 })), [
        x,
      ])[0],
  ],
];

describe.each(usable)("on $name", (candidate) => {
  if ("reason" in candidate) return;
  it.each(bodies)("%s", async (_, body) => {
    for (const shape of shapes) {
      const x = inputOf(shape);
      const { graph } = trace(body, [f32(...shape)]);
      const [expected] = interpret(graph, [x]);
      const [actual] = await (await candidate.engine.compile(graph)).run([x]);
      expect(
        [...actual.data].map((value) => value + 0),
        `${shape}`,
      ).toEqual([...expected.data].map((value) => value + 0));
    }
  });
});
