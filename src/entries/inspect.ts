/** Networks in numbers, drawn, and looked into: `fovea/inspect`. */
export {
  type ClassTargetOptions,
  channelTarget,
  classTarget,
  createProbe,
  type Inside,
  type LayerSummary,
  layerTarget,
  type ModelSummary,
  type Probe,
  type Probed,
  type ProbeOptions,
  summarize,
  type Target,
  toDot,
  unitTarget,
} from "../inspect/index.ts";
