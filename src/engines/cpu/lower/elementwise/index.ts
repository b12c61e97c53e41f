/** Elementwise ops as expressions, and which of them are computed together. */
export { isElementwise, relu } from "./elementwise.ts";
export { expressionOf, isPartOf } from "./expression.ts";
export { findGroups, type Groups, isReduction } from "./groups.ts";
