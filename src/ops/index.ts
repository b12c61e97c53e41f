export * from "./catalog.ts";
export { type Arithmetic, type Cell, cells } from "./cells.ts";
export { gatherInside, pick } from "./gather.ts";
export { initialEntry } from "./recurrence-steps.ts";
export { eachRecurrentShape, type RecurrentSizes, recurrentShapes } from "./recurrent.ts";
export { allOps, byRecord, isUseOf, recordsOf } from "./registry.ts";
export { numbersBelow } from "./tables.ts";
export { trace } from "./trace.ts";
export { type Axis, paddingPerAxis, paddingWords, windowAxes } from "./window.ts";
