/** The contract of an op: `import { checkOp } from "fovea/testing"`. */
export { checkAlgebra } from "./check-algebra.ts";
export { checkGradient, DIFFERENCE_TOLERANCE } from "./check-gradient.ts";
export { checkDerivatives, checkEngine, checkOp, checkRecord, checkSample } from "./check-op.ts";
export { ContractError, compare, FLOAT32_TOLERANCE } from "./compare.ts";
