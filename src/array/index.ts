export { describeGiven } from "./describe.ts";
export { checkDType } from "./dtype.ts";
export * from "./given.ts";
export * from "./memory.ts";
export * from "./names.ts";
export * from "./public.ts";
export { checkShape } from "./shape.ts";
