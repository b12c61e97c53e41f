export {
  type AffineMatrix,
  type AffineParts,
  affineMatrix,
  applyAffine,
  centerOf,
  composeAffine,
  invertAffine,
} from "./affine.ts";
export {
  type Annotation,
  annotate,
  type BoxAnnotation,
  type DotAnnotation,
  type LineAnnotation,
} from "./annotate.ts";
export { arrayToPicture, batchToPictures, picturesToBatch, pictureToArray } from "./arrays.ts";
export { type Border, borders } from "./borders.ts";
export { type CannyOptions, canny, cannyOptions } from "./canny.ts";
export {
  type ColorizeOptions,
  type ColorScale,
  colorBar,
  colorize,
  colorScales,
  type OverlayOptions,
  overlay,
  type ValueScale,
  valueScale,
} from "./color-scale.ts";
export { type Color, drawCircle, drawLine, type Point } from "./draw.ts";
export { type EncodePictureOptions, encodePicture, type PictureFormat, pictureFormats } from "./encode-picture.ts";
export { type FilterOptions, filter, filterOptions, weightsCancel } from "./filter.ts";
export { type GradientOptions, type Gradients, gradients } from "./gradients.ts";
export { pictureGrid } from "./grid.ts";
export type { GridCell, GridOptions, Rgb } from "./grid-layout.ts";
export { escapeXml, pictureGridSvg, type SvgGridOptions } from "./grid-svg.ts";
export {
  type Corner,
  type CornerOptions,
  cornerOptions,
  type HarrisOptions,
  harris,
  harrisResponse,
} from "./harris.ts";
export { type HeatMapOptions, heatMap, heatMapSvg, type SvgHeatMapOptions } from "./heat-map.ts";
export { type KernelFactory, kernelNames, kernels } from "./kernels.ts";
export { MAX_PIXELS } from "./limits.ts";
export { type MarkOptions, markPoints } from "./marks.ts";
export { type MatrixOptions, matrixPlot, matrixPlotSvg, type SvgMatrixOptions } from "./matrix.ts";
export { paintRectangle } from "./paint.ts";
export { categoryColor } from "./palette.ts";
export {
  type BytePicture,
  type FloatPicture,
  type Picture,
  type PictureData,
  resample,
  resize,
  resizeTaps,
  toBytes,
  toFloats,
  toGray,
  toRgb,
  withoutAlpha,
} from "./picture.ts";
export { loadPicture, pictureEndings, writePicture } from "./picture-files.ts";
export { decodePng, decodePngNumbers, encodePng } from "./png/png.ts";
export { type PngText, readPngText } from "./png/text.ts";
export { fillPolygon } from "./polygon.ts";
export { decodersHere, type ReadPictureOptions, readPicture } from "./read-picture.ts";
export { createRow, nearestRow, planesOf, type Sampling, sampleRow, samplingOf } from "./sampling.ts";
export { type SvgScatterOptions, scatterPlot, scatterPlotSvg } from "./scatter.ts";
export type { ScatterOptions } from "./scatter-layout.ts";
export {
  drawKeypoints,
  drawMatches,
  type Keypoint,
  type Match,
  type MatchOptions,
  matchDescriptors,
  type SiftFeatures,
  type SiftOptions,
  sift,
} from "./sift/index.ts";
export { matchOptions } from "./sift/match.ts";
export { siftOptions } from "./sift/sift.ts";
export type { Kernel } from "./sliding.ts";
export { type SuperpixelOptions, type Superpixels, superpixels } from "./superpixels.ts";
export { crop, flipHorizontally, flipVertically, quarterTurns, type Rectangle } from "./turns.ts";
export {
  type Fill,
  fillKind,
  surroundingsOf,
  type WarpOptions,
  type WarpPlanesOptions,
  warpAffine,
  warpPlanes,
} from "./warp.ts";
