export { type LayerSummary, type ModelSummary, summarize } from "./summary.ts";
