export { relu } from "./elementwise.ts";
export { expressionOf, findGroups, type Groups, isElementwise, isReduction } from "./groups.ts";
