/** Pictures by path, where there are files: reading recognizes the format by the first bytes, writing by the extension. */
import { readFile, writeFileAtomic } from "#platform";
import { checkOptions, checkPath, OptionError } from "../array/index.ts";
import { type EncodePictureOptions, encodePicture, type PictureFormat } from "./encode-picture.ts";
import type { BytePicture, Picture } from "./picture.ts";
import { type ReadPictureOptions, readPicture } from "./read-picture.ts";

/**
 * The picture in a file, as `readPicture` decodes it.
 * @throws DataError when the file cannot be read, and what `readPicture` throws, beginning with the path
 */
export const loadPicture = async (path: string, options?: ReadPictureOptions): Promise<BytePicture> =>
  readPicture(await readFile(path), path, options);

const formats: Readonly<Record<string, PictureFormat>> = {
  png: "png",
  jpg: "jpeg",
  jpeg: "jpeg",
  webp: "webp",
  avif: "avif",
};

/**
 * Writes a picture, atomically. The extension determines the format, unless `format` does: .png, .jpg, .jpeg, .webp or
 * .avif.
 * @throws OptionError for another extension, DataError if the file cannot be written, and what `encodePicture` throws
 */
export async function writePicture(path: string, picture: Picture, options: EncodePictureOptions = {}): Promise<void> {
  checkPath("writePicture", path);
  checkOptions("writePicture", options);
  const format = options.format ?? formatOf(path);
  await writeFileAtomic(path, await encodePicture(picture, { ...options, format }));
}

/** The extensions that `writePicture` accepts. */
export const pictureEndings: readonly string[] = Object.keys(formats).map((name) => `.${name}`);

function formatOf(path: string): PictureFormat {
  const ending = /\.(\w+)$/.exec(path)?.[1].toLowerCase() ?? "";
  if (Object.hasOwn(formats, ending)) return formats[ending];
  throw new OptionError(
    `writePicture: ${path} does not end in ${pictureEndings.join(", ")}; rename it, or pass format`,
  );
}
