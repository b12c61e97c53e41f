export { type Colour, drawCircle, drawLine, type Point } from "./draw.ts";
export {
  type BytePicture,
  type FloatPicture,
  type Picture,
  type PictureData,
  resize,
  toBytes,
  toFloats,
  toGrey,
  toRgb,
  withoutAlpha,
} from "./picture.ts";
export { type ReadPictureOptions, readPicture } from "./read-picture.ts";
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
