/** From a graph to kernels. */
export { canLower, hasKernel, type Lowered, lower } from "./lower.ts";
