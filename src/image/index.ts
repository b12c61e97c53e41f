export {
  type AffineMatrix,
  type AffineParts,
  affineMatrix,
  applyAffine,
  centreOf,
  composeAffine,
  invertAffine,
} from "./affine.ts";
export {
  type BytePicture,
  type FloatPicture,
  type Picture,
  type PictureData,
  resize,
  toBytes,
  toFloats,
  toGrey,
  withoutAlpha,
} from "./picture.ts";
export { type ReadPictureOptions, readPicture } from "./read-picture.ts";
export { type Fill, type WarpOptions, type WarpPlanesOptions, warpAffine, warpPlanes } from "./warp.ts";
