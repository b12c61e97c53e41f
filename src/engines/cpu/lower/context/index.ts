/** What every lowering works with: the target, where tensors lie, kernels in order, loops over elements. */
export { aroundAxis, pointed, whenInside, withIndex } from "./around-axis.ts";
export { LoweringContext, type LoweringOptions, type Step } from "./context.ts";
export type { Part } from "./homes.ts";
export { everyChoice, largestDivisor, range, volumeOf } from "./lists.ts";
export { alignedWith, copyInto, mapInto, type Reader } from "./map.ts";
export { clear, nest } from "./nest.ts";
export type { Target, TileShape } from "./target.ts";
export { isPaged, type Tuning, x86 } from "./tuning.ts";
export { unaffected } from "./unaffected.ts";
export { canVectorize, loadAlong, mapLoop, storeLanes, vectorLoop } from "./vector-loops.ts";
export {
  batchInnermost,
  collapseInOrder,
  contiguous,
  isBatchInnermost,
  isContiguous,
  isDense,
  isMovement,
  laneOfType,
  moved,
  movedAlong,
  orderOf,
  partOf,
  positionIn,
  rowMajor,
  type StridedAxis,
  type View,
} from "./views.ts";
