export {
  type ClassTargetOptions,
  channelTarget,
  classIndex,
  classTarget,
  createProbe,
  type Inside,
  layerTarget,
  type Probe,
  type Probed,
  type ProbeOptions,
  type Target,
  unitTarget,
} from "./probe/index.ts";
export { type LayerSummary, type ModelSummary, summarize } from "./summary.ts";
export { toDot } from "./to-dot.ts";
