export * from "./distributions.ts";
export * from "./dtype.ts";
export * from "./errors.ts";
export * from "./given.ts";
export * from "./names.ts";
export * from "./ndarray.ts";
export * from "./random.ts";
export * from "./shape.ts";
