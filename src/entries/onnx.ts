/** Models as ONNX files: `fovea/onnx`. */
export * from "../exchange/public.ts";
