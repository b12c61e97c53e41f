export { type AttentionCaptioningOptions, attentionCaptioning } from "./attention.ts";
export type { CaptioningOptions } from "./parts.ts";
export { vectorCaptioning } from "./vector.ts";
