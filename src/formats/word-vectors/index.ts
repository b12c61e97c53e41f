export type { WordVectors, WordVectorsOptions } from "./collector.ts";
export { readHalfVectors } from "./half-vectors.ts";
export { readWordVectors } from "./read-word-vectors.ts";
