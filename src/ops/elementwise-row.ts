/** Makes ops of the rows of the elementwise table: functions of one or two elements. */
import type { DType, TypedArray } from "../array/index.ts";
import { defineOp, type OpFunction, pointwise, type Tensor, type TensorType } from "../graph/index.ts";
import { expectBool, expectNumber, expectSameShape } from "./rules.ts";

/** The derivatives with respect to the inputs, from the one with respect to the output `y`. */
export type Derivative = (dy: Tensor, y: Tensor, ...inputs: Tensor[]) => readonly (Tensor | undefined)[];

/** A row of the table. */
export interface ElementwiseRow {
  /** The accepted element types; comparisons accept any. */
  readonly accepts: (...types: readonly TensorType[]) => void;
  /** The element type of the result. Default: that of the inputs. */
  readonly gives?: DType;
  /** The result for one element. */
  readonly meaning: (a: number, b: number) => number;
  /** The result for `i32`, where doubles would lose digits. Default: `meaning`. */
  readonly integerMeaning?: (a: number, b: number) => number;
  readonly derivative: Derivative;
  /** The same result by other ops. An op with this needs no kernel. */
  readonly expand?: (...inputs: Tensor[]) => Tensor;
  /** Whether exchanged inputs give the same bits. Default false. */
  readonly commutative?: boolean;
  /** The range of the samples, if −2 … 2 leaves the op's domain. */
  readonly domain?: readonly [low: number, high: number];
}

/** The op of a row, with inputs called x and, for an arity of 2, y. */
export function defineElementwise(name: string, arity: 1 | 2, row: ElementwiseRow): OpFunction {
  const { expand } = row;
  return defineOp({
    name,
    inputs: ["x", "y"].slice(0, arity),
    attributes: {},
    shape: (_, ...types) => {
      row.accepts(...types);
      expectSameShape(...types);
      return { shape: types[0].shape, dtype: row.gives ?? types[0].dtype };
    },
    sees: pointwise,
    elementwise: true,
    commutative: row.commutative,
    gradient: ({ inputs, outputs: [y] }, [dy]) => row.derivative(dy, y, ...inputs),
    reference: (_, [a, b], [y]) => {
      const meaning = a.dtype === "i32" ? (row.integerMeaning ?? row.meaning) : row.meaning;
      forEachElement(meaning, y.data, a.data, b?.data ?? a.data);
    },
    samples: samplesOf(row, arity),
    expand: expand && (({ inputs }) => [expand(...inputs)]),
  });
}

function forEachElement(meaning: ElementwiseRow["meaning"], y: TypedArray, a: TypedArray, b: TypedArray): void {
  for (let i = 0; i < y.length; i++) y[i] = meaning(a[i], b[i]);
}

function samplesOf({ accepts, domain: [low, high] = [-2, 2] }: ElementwiseRow, arity: number) {
  const isBool = accepts === expectBool;
  const of = (shape: number[]) => ({
    inputs: Array.from({ length: arity }, () =>
      isBool ? { shape, dtype: "bool" as const, low: 0, high: 2 } : { shape, low, high },
    ),
  });
  const integers = {
    inputs: Array.from({ length: arity }, () => ({ shape: [7], dtype: "i32" as const, low: -9, high: 9 })),
  };
  return [of([2, 3, 5]), of([]), of([0, 3]), ...(accepts === expectNumber ? [integers] : [])];
}

/** The ops of a table, by name. */
export const defineElementwiseTable = <T extends Readonly<Record<string, ElementwiseRow>>>(table: T, arity: 1 | 2) =>
  Object.fromEntries(
    Object.entries(table).map(([name, row]) => [name, defineElementwise(name, arity, row)]),
  ) as Readonly<Record<keyof T, OpFunction>>;
