export { type FilterOptions, type FilterPictures, filterPictures } from "./filters.ts";
export { drawHistogram, type Histogram, type HistogramOptions, histogram } from "./histogram.ts";
export { type MapPictureOptions, mapPictures } from "./map-pictures.ts";
export {
  type LayerStatistics,
  type LayerStatisticsOptions,
  layerStatistics,
  type NetworkStatistics,
  type ParameterStatistics,
} from "./statistics.ts";
export { createUpdateMeter, type UpdateRatio } from "./update-meter.ts";
