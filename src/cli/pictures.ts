/** Pictures as the command line names them: read from files of any kind, written as PNG. */
import { InvalidArgumentError } from "commander";
import { readFile, writeFileAtomic } from "#platform";
import { encodePng } from "../formats/index.ts";
import { type BytePicture, type Picture, readPicture, toBytes } from "../image/index.ts";

/** @throws DataError when the file cannot be read, FormatError when it holds no sound picture */
export const loadPicture = async (path: string): Promise<BytePicture> => readPicture(await readFile(path), path);

/** Floats are cut to 0 … 1. @throws DataError when the file cannot be written */
export async function writePicture(path: string, picture: Picture): Promise<void> {
  await writeFileAtomic(path, await encodePng(toBytes(picture)));
}

/** An argument that names the file to write. */
export function pngPath(path: string): string {
  if (/\.png$/i.test(path)) return path;
  throw new InvalidArgumentError("Expected a file name ending in .png.");
}

/** The arguments of a command that makes one picture of another. */
export const pictureArguments = {
  in: ["<in>", "a picture (PNG; JPEG and others when the package sharp is installed)"],
  out: ["<out>", "the PNG to write", pngPath],
} as const;
