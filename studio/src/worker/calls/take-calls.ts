/** The network as files for other programs. */
import { toDot } from "fovea/inspect";
import { toOnnx } from "fovea/onnx";
import type { TakeCalls } from "../api/look.ts";
import type { OpenRun } from "../open-run.ts";

export const takeCalls = (current: () => OpenRun): TakeCalls => ({
  onnxBytes: () => toOnnx(current().model),
  networkDot: async () => toDot(current().model),
});
