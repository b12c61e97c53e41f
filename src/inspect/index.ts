export { type LayerSummary, type ModelSummary, summarize } from "./summary.ts";
export { toDot } from "./to-dot.ts";
