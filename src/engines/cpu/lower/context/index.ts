export { CACHE_LINE, isPaged, NEAR, PAGE } from "./cache.ts";
export { clear, LoweringContext, type LoweringOptions, nest, positionIn, type Step } from "./context.ts";
export { everyChoice, largestDivisor, range, sizeOf } from "./lists.ts";
export {
  alignedWith,
  canVectorize,
  copyInto,
  loadAlong,
  mapInto,
  mapLoop,
  type Reader,
  storeLanes,
  vectorLoop,
} from "./map.ts";
export {
  batchInnermost,
  collapseInOrder,
  contiguous,
  isBatchInnermost,
  isContiguous,
  isMovement,
  laneOfType,
  moved,
  orderOf,
  partOf,
  rowMajor,
  type View,
} from "./views.ts";
