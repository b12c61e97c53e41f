export { optimizerKind, scheduleKind } from "./by-name.ts";
export { isOptimizer } from "./optimizer.ts";
export * from "./public.ts";
export { isSchedule } from "./schedules.ts";
