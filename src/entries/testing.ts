/** The contract of an op: `fovea/testing`. */
export {
  ContractError,
  checkAlgebra,
  checkDerivatives,
  checkEngine,
  checkGradient,
  checkOp,
  checkRecord,
  checkSample,
  compare,
  DIFFERENCE_TOLERANCE,
  FLOAT32_TOLERANCE,
} from "../testing/index.ts";
