/** Checks shared by shape rules. Messages omit the op's name: `defineOp` adds it. */
import { dtypes, isFloat, normalizeAxis, ShapeError, sameShape } from "../array/index.ts";
import { expectTensors, formatType, naming, type Tensor, type TensorType } from "../graph/index.ts";

export function expectFloat(...types: readonly TensorType[]): void {
  for (const type of types) {
    if (!isFloat(type.dtype)) throw new ShapeError(`needs floating-point values, cast ${formatType(type)} first`);
  }
  expectSameType(...types);
}

/** Floats or 32-bit integers. */
export function expectNumber(...types: readonly TensorType[]): void {
  for (const type of types) {
    if (!isFloat(type.dtype) && type.dtype !== "i32") {
      throw new ShapeError(`needs floats or i32, cast ${formatType(type)} first`);
    }
  }
  expectSameType(...types);
}

export function expectBool(...types: readonly TensorType[]): void {
  for (const type of types) {
    if (type.dtype !== "bool") throw new ShapeError(`needs bool, got ${formatType(type)}; compare to make one`);
  }
}

export function expectInteger(type: TensorType, what: string): void {
  if (type.dtype !== "i32") throw new ShapeError(`${what} must be i32, got ${formatType(type)}`);
}

export function expectSameType(...types: readonly TensorType[]): void {
  const [first] = types;
  for (const type of types) {
    if (type.dtype !== first.dtype) {
      throw new ShapeError(`element types differ: ${first.dtype} and ${type.dtype}; cast one of them`);
    }
  }
}

export function expectSameShape(...types: readonly TensorType[]): void {
  const [first] = types;
  for (const type of types) {
    if (!sameShape(type.shape, first.shape)) {
      throw new ShapeError(`shapes differ: ${formatType(first)} and ${formatType(type)}`);
    }
  }
}

/** Lists that hold one number for each axis. */
export function expectLengths(rank: number, lists: Readonly<Record<string, readonly unknown[]>>): void {
  for (const [name, list] of Object.entries(lists)) {
    if (list.length !== rank) throw new ShapeError(`${name} [${list}] has ${list.length} numbers for ${rank} axes`);
  }
}

/** An axis of `x` counted from the front. @throws ShapeError that begins with the op's name */
export function axisOf(name: string, x: Tensor, axis: number): number {
  expectTensors(name, x);
  return naming(name, () => normalizeAxis(axis, x.shape.length));
}

export const dtypeNames = Object.keys(dtypes) as (keyof typeof dtypes)[];
