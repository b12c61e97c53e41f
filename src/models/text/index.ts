/** Networks for sentences, documents and pairs of texts. */
export { type DocumentNetworkOptions, documentNetwork } from "./documents.ts";
export { type DynamicConvNetOptions, dynamicConvNet } from "./dynamic.ts";
export { type KimOptions, kim } from "./kim.ts";
export { type PairNetworkOptions, pairNetwork } from "./pairs.ts";
