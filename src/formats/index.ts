export { readIdx, writeIdx } from "./idx.ts";
export { type Picture, resize, toGrey, withoutAlpha } from "./picture.ts";
export { decodePng, encodePng } from "./png.ts";
export { type ReadPictureOptions, readPicture } from "./read-picture.ts";
export { readSafetensors, type Safetensors, writeSafetensors } from "./safetensors.ts";
