export {
  checkSameClasses,
} from "./checks.ts";
export {
  alignMembers,
  answersFrom,
  arraysByName,
} from "./evaluation/index.ts";
export {
  weightsKind,
} from "./losses.ts";
export {
  perBatchType,
  type BatchProgram,
} from "./programs.ts";
export * from "./public.ts";
export {
  fitSchema,
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
