export { type FilterOptions, type FilterPictures, filterPictures } from "./filters.ts";
export { drawHistogram, type Histogram, type HistogramOptions, histogram } from "./histogram.ts";
export type { LayerStatistics } from "./layer-sums.ts";
export { type MapPictureOptions, mapPictures } from "./map-pictures.ts";
export {
  type LayerStatisticsOptions,
  layerStatistics,
  type NetworkStatistics,
  type ParameterStatistics,
} from "./statistics.ts";
export {
  type TrainedParameterStatistics,
  type TrainingStatistics,
  type TrainingStatisticsOptions,
  trainingStatistics,
} from "./training-statistics.ts";
export { createUpdateMeter, type UpdateRatio } from "./update-meter.ts";
