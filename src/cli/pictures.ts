/** Pictures as arguments of commands. */
import { InvalidArgumentError } from "commander";
import { pictureEndings } from "../image/index.ts";

/** An argument that names a picture to write. */
export function picturePath(path: string): string {
  if (pictureEndings.some((ending) => path.toLowerCase().endsWith(ending))) return path;
  throw new InvalidArgumentError(`Expected a file name ending in ${pictureEndings.join(", ")}.`);
}

/** The formats that can be read. */
export const pictureKinds = "PNG and plain JPEG; WebP, AVIF, GIF, TIFF and the rest with the package sharp";

/** The arguments of a command that turns one picture into another. */
export const pictureArguments = {
  in: ["<in>", `a picture (${pictureKinds})`],
  out: ["<out>", "the picture to write, in the format of its ending", picturePath],
} as const;
