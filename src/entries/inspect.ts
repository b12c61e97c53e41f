/** Networks in numbers, and drawn: `fovea/inspect`. */
export { type LayerSummary, type ModelSummary, summarize, toDot } from "../inspect/index.ts";
