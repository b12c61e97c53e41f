export { type ModelFileKind, modelFiles } from "./model-files.ts";
export { onnxOptions } from "./onnx/to-onnx.ts";
export * from "./public.ts";
