/** The loop language: what kernels are written in, checked, printed and interpreted. */
export { like, SIGN_BIT, shift } from "./arithmetic.ts";
export {
  apply,
  at,
  computed,
  constant,
  float,
  forMemory,
  indexValue,
  integer,
  KernelBuilder,
  laneOf,
  plus,
  scalar,
  splat,
  times,
} from "./builder.ts";
export { type CheckOptions, checkKernel } from "./check.ts";
export {
  type Bounds,
  type Division,
  divisionOf,
  isDivided,
  isSerial,
  type Pair,
  type RowBound,
  type ShareBound,
} from "./division.ts";
export { bitsOfFloat } from "./float-bits.ts";
export { fusedMultiplyAdd } from "./interpret.ts";
export {
  type Buffer,
  type Counter,
  type Index,
  type Kernel,
  type Lane,
  type Local,
  type Loop,
  MOST_ELEMENTS,
  type Operation,
  type Statement,
  type Value,
  type ValueType,
} from "./ir.ts";
export * as math from "./math.ts";
export { bufferOver } from "./over.ts";
export { ELEMENT_BYTES, Pointers, type Sum } from "./pointers.ts";
export { buffersOf, printKernel } from "./print.ts";
export { beginningAt, endingAt, extentsOf, inOrder, type Repeat, type Repeated, timesOf } from "./repeats.ts";
export { isShuffle, shuffles } from "./shuffles.ts";
export { cos, sin } from "./sine.ts";
export { forPairsOfTiles, forTiles, type TileBody } from "./tiles.ts";
export { storeColumns, transposed } from "./transpose.ts";
