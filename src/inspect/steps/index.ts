export { explainStep, type Meeting, type Step, type StepOptions, type StepTerm } from "./explain-step.ts";
export type { StepForward } from "./forward.ts";
