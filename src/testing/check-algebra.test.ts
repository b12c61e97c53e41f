import { expect, it } from "vitest";
import type { NdArray } from "../array/index.ts";
import { type Algebra, defineOp, none, pointwise } from "../graph/index.ts";
import { ContractError, checkAlgebra } from "./index.ts";

type Meaning = (a: number, b: number, k: number) => number;

function check(algebra: Algebra, meaning: Meaning): () => void {
  const { op } = defineOp({
    ...{ name: "own", inputs: ["x", "y"], attributes: {}, sees: pointwise, gradient: none("it is for a test") },
    ...algebra,
    shape: (_, x) => x,
    reference: (_: object, [a, b]: readonly NdArray[], [y]: readonly NdArray[]) => {
      for (let k = 0; k < y.size; k++) y.data[k] = meaning(a.data[k], b.data[k], k);
    },
    samples: [{ inputs: [{ shape: [2, 3] }, { shape: [2, 3] }] }],
  });
  return () => checkAlgebra(op, op.samples[0]);
}

it.each<[string, Algebra, Meaning, Meaning, string]>([
  ["elementwise", { elementwise: true }, (a, b) => a - b, (a, _, k) => a + k, "is not elementwise: element 1 is"],
  ["commutative", { commutative: true }, (a, b) => a * b, (a, b) => a - b, "is not commutative: of"],
  ["picks", { picks: true }, (a, b) => Math.max(a, b), (a, b) => a + b, "does not pick: element 0,"],
])("%s is what the record says, or an error", (_, algebra, right, wrong, message) => {
  expect(check(algebra, right)).not.toThrow();
  expect(check({}, wrong)).not.toThrow();
  expect(check(algebra, wrong)).toThrow(ContractError);
  expect(check(algebra, wrong)).toThrow(message);
});

it("tries zeros of both signs, infinities and NaN", () => {
  const firstWhereEqual: Meaning = (a, b) => (a === b ? a : a + b);
  expect(check({ commutative: true }, firstWhereEqual)).toThrow("of 0 and -0 it is 0, exchanged -0");
});
