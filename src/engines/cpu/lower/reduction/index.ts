/** Sums, maxima, softmax and positions of maxima along axes. */
export { lowerArgMax } from "./arg-max.ts";
export { lowerReduction } from "./reduce.ts";
export { lowerSoftmax } from "./softmax.ts";
export { lowerTopPositions } from "./top.ts";
