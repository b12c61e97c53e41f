/** `--draw`: answers drawn on their pictures, to a file for one picture or a folder for several. */
import { mkdir } from "node:fs/promises";
import { basename, extname, join } from "node:path";
import { OptionError } from "../array/index.ts";
import { pictureEndings, readPicture, writePicture } from "../image/index.ts";
import type { Answer } from "../train/index.ts";

/** Pictures whose longer side is shorter than this are enlarged, so that lines and labels can be seen. */
const LEAST_SIDE = 384;

/** Writes drawings; gives the path of each. */
export type Drawer = (answer: Answer, file: { readonly path: string; readonly bytes: Uint8Array }) => Promise<string>;

/** A drawer to a path: a picture file if it ends like one, else a folder, where drawings have the names of the pictures. */
export function drawerTo(path: string): Drawer {
  const isFile = pictureEndings.includes(extname(path).toLowerCase());
  const taken = new Set<string>();
  const placeFor = async (picture: string): Promise<string> => {
    if (isFile) {
      if (taken.size > 0) throw new OptionError(`--draw ${path} is one file; for several pictures name a folder`);
      taken.add(path);
      return path;
    }
    await mkdir(path, { recursive: true });
    const stem = basename(picture, extname(picture));
    let name = stem;
    for (let i = 2; taken.has(name); i++) name = `${stem}-${i}`;
    taken.add(name);
    return join(path, `${name}.png`);
  };
  return async ({ draw }, file) => {
    if (draw === undefined) throw new OptionError("--draw: the answers of this model are not drawn; leave it out");
    const picture = await readPicture(file.bytes, file.path);
    const zoom = Math.max(1, Math.ceil(LEAST_SIDE / Math.max(picture.width, picture.height)));
    const place = await placeFor(file.path);
    await writePicture(place, draw(picture, zoom));
    return place;
  };
}
