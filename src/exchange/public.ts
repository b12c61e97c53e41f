/** What users get of this room: `fovea/onnx`. */
export { type OnnxOptions, toOnnx } from "./onnx/to-onnx.ts";
