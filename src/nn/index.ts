export { type ConvLayerOptions, conv1d, conv2d, conv3d } from "./conv.ts";
export { type InitializerName, initializerNames } from "./initializers.ts";
export {
  defineLayer,
  type Layer,
  type LayerFactory,
  type LayerJson,
  layers,
  type NamedLayer,
  type Scope,
} from "./layer.ts";
export { type LinearOptions, linear } from "./linear.ts";
export * from "./losses.ts";
export { type BuildOptions, type LoadOptions, Model, type ModelDescription, type Normalization } from "./model.ts";
export { TensorSource } from "./model-file.ts";
export { maxPool1d, maxPool2d, maxPool3d, meanPool1d, meanPool2d, meanPool3d } from "./pool.ts";
export { sequential } from "./sequential.ts";
export { dropout, flatten, logSoftmax, relu, sigmoid, softmax, tanh } from "./simple.ts";
export type { ApplyOptions, RandomState } from "./store.ts";
