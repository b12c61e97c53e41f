/** What a kernel's statements count for, as often as loops repeat them. */
import { expect, it } from "vitest";
import { apply, at, type Buffer, constant, KernelBuilder, laneOf } from "../loops/index.ts";
import { operationsOf, workOf } from "./work.ts";

const buffer: Buffer = { name: "x", lane: "f32", length: 64 };

it("multiply-adds count two operations a lane, wherever they stand; other operations none", () => {
  const b = new KernelBuilder(8);
  const type = { lane: "f32", lanes: 8 } as const;
  const one = constant(1, type);
  const sum = b.local(apply("fma", one, one, apply("add", one, one)));
  b.loop(5, () => b.set(sum, apply("fma", one, one, apply("fma", one, one, sum))));
  b.store(buffer, at(0), laneOf(apply("fma", one, one, sum), 3));
  b.when(apply("ne", laneOf(sum, 0), laneOf(sum, 0)), () => b.set(sum, apply("fma", one, one, sum)), { isRare: true });
  const kernel = b.finish("k");
  expect(operationsOf(kernel)).toBe(2 * 8 * (1 + 5 * 2 + 1));
  expect(workOf(kernel)).toBe(1 + 5 + 1);
});
