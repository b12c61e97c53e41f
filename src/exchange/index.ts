export { onnxOptions } from "./onnx/to-onnx.ts";
export * from "./public.ts";
