/** What is too large: told in advance, by an error that says how much was asked for. */
import { totalmem } from "node:os";
import { describe, expect, it } from "vitest";
import { array, CapabilityError, full, isRefusedMemory, ShapeError, zeros } from "../../src/array/index.ts";
import { compile, selectEngine } from "../../src/engines/index.ts";
import { f32, i32, type Tensor, type TensorType } from "../../src/graph/index.ts";
import { add, broadcastTo, gather, sum } from "../../src/ops/index.ts";
import { usable } from "../support/engines.ts";

const names = [...new Set(usable.map(({ name }) => name.replace(/ .*/, "")))];
const compiled = names.filter((name) => name !== "interpreter");

const build = (name: string, body: (...inputs: Tensor[]) => Tensor, ...types: TensorType[]) =>
  compile(body, types, { engine: selectEngine(name) });
const failure = (attempt: () => unknown): Error => {
  try {
    attempt();
  } catch (error) {
    return error as Error;
  }
  throw new Error("did not fail");
};

describe.each(compiled)("engine %s", (name) => {
  it("refuses tensors of more elements than it counts", () => {
    const attempt = () => build(name, (x, index) => gather(x, index, 0), f32(2 ** 31), i32(1));
    expect(attempt).toThrow(CapabilityError);
    expect(attempt).toThrow(
      `f32[2147483648] has 2147483648 elements, and a tensor of the engine ${name} at most 2147483647; use a smaller batch`,
    );
    expect(() => build(name, (x) => sum(broadcastTo(x, [2 ** 16, 2 ** 16])), f32(2 ** 16))).toThrow(CapabilityError);
  });

  it("refuses programs that need more memory than there is", () => {
    const length = 2 ** 31 - 1;
    const inputs = new Array<TensorType>(Math.ceil(totalmem() / length / 4) + 1).fill(f32(length));
    const attempt = () => build(name, (...inputs) => sum(inputs.reduce((a, b) => add(a, b))), ...inputs);
    expect(attempt).toThrow(CapabilityError);
    expect(attempt).toThrow(/^the program needs \d+\.\d GiB of memory at once, and .* [GT]iB; use a smaller batch$/);
  });
});

it("the interpreter says how much it could not get", () => {
  const run = build("interpreter", (x) => sum(broadcastTo(x, [2 ** 20, 2 ** 20])), f32(1));
  return expect(run(array([1]))).rejects.toThrow(
    /^out of memory: cannot get 4\.0 TiB for 1099511627776 elements of type f32 \(.*\); use a smaller batch$/,
  );
});

it("arrays say how much they could not get", () => {
  for (const make of [zeros, (shape: number[]) => full(shape, 1)]) {
    expect(failure(() => make([2 ** 25, 2 ** 25]))).toBeInstanceOf(CapabilityError);
    expect(() => make([2 ** 25, 2 ** 25])).toThrow("cannot get 4096.0 TiB for 1125899906842624 elements of type f32");
    expect(() => make([2, -1])).toThrow(new ShapeError("a shape is a list of lengths, such as [2, 3], got [2,-1]"));
    expect(() => make([1.5])).toThrow(ShapeError);
  }
});

it("refused memory is told from mistakes", () => {
  for (const refusal of [() => new Float32Array(2 ** 50), () => new ArrayBuffer(2 ** 52), () => new Array(2 ** 32)])
    expect(isRefusedMemory(failure(refusal))).toBe(true);
  expect(isRefusedMemory(new RangeError("Maximum call stack size exceeded"))).toBe(false);
  expect(isRefusedMemory(failure(() => (1).toFixed(200)))).toBe(false);
  expect(isRefusedMemory(new TypeError("memory"))).toBe(false);
});
