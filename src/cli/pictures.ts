/** Pictures that commands read and write. */
import { readFile, writeFileAtomic } from "#platform";
import { encodePng } from "../formats/index.ts";
import { type BytePicture, readPicture } from "../image/index.ts";

/** The picture in a file of any kind that can be decoded. @throws DataError, FormatError or CapabilityError, with the path */
export const loadPicture = async (path: string): Promise<BytePicture> => readPicture(await readFile(path), path);

/** Writes a picture as PNG. @throws DataError when it cannot be written */
export const savePicture = async (path: string, picture: BytePicture): Promise<void> =>
  writeFileAtomic(path, await encodePng(picture));
