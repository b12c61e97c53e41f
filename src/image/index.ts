export { arrayToPicture, batchToPictures, picturesToBatch, pictureToArray } from "./arrays.ts";
export { type EncodePictureOptions, encodePicture, type PictureFormat, pictureFormats } from "./encode-picture.ts";
export { pictureGrid } from "./grid.ts";
export type { Colour, GridCell, GridOptions } from "./grid-layout.ts";
export { pictureGridSvg } from "./grid-svg.ts";
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
export { loadPicture, writePicture } from "./picture-files.ts";
export { type ReadPictureOptions, readPicture } from "./read-picture.ts";
export { crop, flipHorizontally, flipVertically, quarterTurns, type Rectangle } from "./turns.ts";
