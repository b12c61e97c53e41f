/** What users get of this room: `fovea/onnx`. */
export { exportModel } from "./model-files.ts";
export { type OnnxOptions, toOnnx } from "./onnx/to-onnx.ts";
