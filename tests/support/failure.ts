/** Programs that must fail while they are traced, with the message that a user reads. */
import { expect } from "vitest";
import { OptionError, ShapeError, StateError } from "../../src/array/index.ts";
import { atPath, type Tensor, type TensorType, trace } from "../../src/graph/index.ts";

/** Takes anything, as plain JavaScript would: these programs are what the compiler warns of. */
export type Program = (...inputs: never[]) => unknown;

export const errors = { ShapeError, OptionError, StateError };

/** Traces a program under a layer path, and expects the error. */
export function expectFailure(program: Program, types: readonly TensorType[], message: string): void {
  const [name, ...rest] = message.split(": ");
  const error = new errors[name as keyof typeof errors](rest.join(": "));
  const body = program as (...inputs: Tensor[]) => Tensor;
  expect(() => trace((...inputs) => atPath("features.3", () => body(...inputs)), types)).toThrow(error);
}
