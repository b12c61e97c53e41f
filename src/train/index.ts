export {
  checkData,
  checkSameClasses,
} from "./checks.ts";
export {
  alignMembers,
  answersFrom,
  arraysByName,
} from "./evaluation/index.ts";
export { writingOptions } from "./generation/index.ts";
export {
  callback,
  weightsKind,
} from "./losses.ts";
export {
  type BatchProgram,
  perBatchType,
} from "./programs.ts";
export * from "./public.ts";
export {
  configPath,
  metricsPath,
} from "./run-folder.ts";
export {
  fitSchema,
  inputsKind,
} from "./settings.ts";
export {
  defaultTask,
  isDefaultTask,
  isTask,
} from "./tasks/index.ts";
export {
  inputColumns,
  targetColumns,
  wire,
} from "./wiring.ts";
