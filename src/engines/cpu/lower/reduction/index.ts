export { lowerReduction } from "./reduce.ts";
export { lowerSoftmax } from "./softmax.ts";
export { lowerTopPositions } from "./top.ts";
