/** Pictures as arguments of commands. */
import { InvalidArgumentError } from "commander";
import { pictureEndings } from "../image/index.ts";

/** An argument that names a picture to write. */
export function picturePath(path: string): string {
  if (pictureEndings.some((ending) => path.toLowerCase().endsWith(ending))) return path;
  throw new InvalidArgumentError(`Expected a file name ending in ${pictureEndings.join(", ")}.`);
}

/** The arguments of a command that makes one picture of another. */
export const pictureArguments = {
  in: ["<in>", "a picture (PNG; JPEG and others when the package sharp is installed)"],
  out: ["<out>", "the picture to write, in the format of its ending", picturePath],
} as const;
