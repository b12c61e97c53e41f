/**
 * Fovea: convolutional networks in TypeScript.
 *
 * Arrays and symbolic tensors, the ops over them, gradients, compilation; layers as `nn`, optimizers as `optim`. Data
 * sets, training, ready architectures and file formats have entries of their own: `fovea/data`, `fovea/train`,
 * `fovea/models`, `fovea/formats`.
 */
export * from "./array/public.ts";
export * from "./engines/index.ts";
export * from "./graph/index.ts";
export * as nn from "./nn/index.ts";
export * from "./ops/index.ts";
export { trace } from "./ops/trace.ts";
export * as optim from "./optim/index.ts";
export * from "./options/index.ts";
