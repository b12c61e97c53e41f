export { type PoseMapsOptions, poseMaps } from "./pose-maps.ts";
export { type PoseRegressionOptions, poseRegression } from "./pose-regression.ts";
