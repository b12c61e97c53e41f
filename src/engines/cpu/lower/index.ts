export { canLower, hasKernel, type Lowered, lower } from "./lower.ts";
