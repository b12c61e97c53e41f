/** Elementwise ops as expressions, and which of them are computed together. */
export type { Bundle } from "./bundles.ts";
export { isElementwise, relu } from "./elementwise.ts";
export { expressionOf, expressionsOf, isPartOf } from "./expression.ts";
export { findGroups, type Groups, isReduction } from "./groups.ts";
