export { joinBytes } from "./bytes.ts";
export { concatenate } from "./concatenate.ts";
export { describeGiven } from "./describe.ts";
export * from "./distributions.ts";
export {
  allocate,
  bytesOf,
  checkDType,
  converters,
  type DType,
  dtypes,
  isDType,
  isFloat,
  type NumericKind,
  type TypedArray,
} from "./dtype.ts";
export * from "./errors.ts";
export * from "./given.ts";
export { mapValues } from "./map-values.ts";
export * from "./memory.ts";
export * from "./names.ts";
export * from "./ndarray.ts";
export type { Normalization } from "./normalization.ts";
export { namePattern } from "./patterns.ts";
export * from "./random.ts";
export {
  broadcastShapes,
  checkShape,
  formatShape,
  MAX_RANK,
  normalizeAxes,
  normalizeAxis,
  type Shape,
  sameShape,
  sizeOf,
  stridesOf,
} from "./shape.ts";
export { shorten } from "./shorten.ts";
