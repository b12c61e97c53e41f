export { checkIndex } from "./checks.ts";
export { innerValues } from "./inner-values.ts";
export {
  type BackwardRules,
  createProbe,
  type Probe,
  type Probed,
  type ProbeOptions,
} from "./probe.ts";
export {
  type ClassTargetOptions,
  channelTarget,
  classIndex,
  classTarget,
  type Inside,
  layerTarget,
  resolveIndex,
  type Target,
  unitTarget,
} from "./targets.ts";
