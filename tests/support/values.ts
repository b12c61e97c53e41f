/**
 * Numbers in, numbers out: for tests of what ops, layers and optimizers mean. They ask the interpreter, which defines it;
 * that other engines agree is for the contract suite.
 */
import type { NdArray, Nested } from "../../src/array/index.ts";
import { compile, createInterpreter } from "../../src/engines/index.ts";
import type { Tensor } from "../../src/graph/index.ts";
import { gradient, sum } from "../../src/ops/index.ts";

/** `compile`, for the interpreter. */
export const interpreted: typeof compile = (body, types) => compile(body, types, { engine: createInterpreter() });

/** What `body` makes of the inputs. */
export async function compute(body: (...inputs: Tensor[]) => Tensor, ...inputs: NdArray[]): Promise<NdArray> {
  return (await interpreted((...tensors) => ({ y: body(...tensors) }), inputs)(...inputs)).y;
}

/** The same, as nested numbers. */
export const numbersOf = async (body: (...inputs: Tensor[]) => Tensor, ...inputs: NdArray[]): Promise<Nested> =>
  (await compute(body, ...inputs)).toNested();

/** The derivatives of the sum of what `body` makes of the inputs with respect to each of them, as flat lists. */
export async function derivatives(
  body: (...inputs: Tensor[]) => Tensor,
  ...inputs: NdArray[]
): Promise<readonly number[][]> {
  const run = interpreted((...tensors) => ({ all: gradient(sum(body(...tensors)), tensors) }), inputs);
  return (await run(...inputs)).all.map(({ data }) => [...data]);
}
