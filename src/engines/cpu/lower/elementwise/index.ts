export { isElementwise, relu } from "./elementwise.ts";
export { expressionOf } from "./expression.ts";
export { findGroups, type Groups, isReduction } from "./groups.ts";
