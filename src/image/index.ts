export { type GridCell, type GridOptions, pictureGrid } from "./grid.ts";
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
