export { canLower, hasKernel, type Lowered, lower } from "./lower.ts";
export { along, aroundAxis, pointed, whenInside } from "./rest.ts";
