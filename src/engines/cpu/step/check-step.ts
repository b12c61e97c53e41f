/** What must hold of a step before any of it becomes code, on every backend. */
import { type CheckOptions, checkKernel } from "../loops/index.ts";
import type { StepPlan } from "./backend.ts";
import { checkPlacement } from "./plan.ts";

/**
 * @param start where buffers may begin
 * @throws StateError if a kernel breaks a rule of the loop language, or one of its buffers has not got its place in memory
 */
export function checkStep({ kernels, memory }: StepPlan, options: CheckOptions, start: number): void {
  const checked: CheckOptions["checked"] = new Map();
  for (const { kernel } of kernels) checkPlacement(checkKernel(kernel, { ...options, checked }), memory, start);
}
