/** What the engine and its backends agree about: a step's kernels, memory, checks and barriers. */
export type { Backend, Instance, Memory, StepCode, StepKernel, StepPlan } from "./backend.ts";
export { hasBarrierBefore, type Ordered } from "./barriers.ts";
export { checkStep } from "./check-step.ts";
export { Pace } from "./pace.ts";
export { type Extent, type Lifetime, type MemoryPlan, planMemory, sizeInMemory } from "./plan.ts";
export { operationsOf, workOf } from "./work.ts";
