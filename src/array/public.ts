export * from "./distributions.ts";
export {
  allocate,
  bytesOf,
  converters,
  type DType,
  dtypes,
  isDType,
  isFloat,
  type NumericKind,
  type TypedArray,
} from "./dtype.ts";
export * from "./errors.ts";
export * from "./ndarray.ts";
export type { Normalization } from "./normalization.ts";
export * from "./random.ts";
export {
  broadcastShapes,
  formatShape,
  normalizeAxes,
  normalizeAxis,
  type Shape,
  sameShape,
  sizeOf,
  stridesOf,
} from "./shape.ts";
