/** The photographs that the pictures are made of. */
import { fileURLToPath } from "node:url";
import { type BytePicture, loadPicture } from "fovea/image";

export const photograph = (name: "camera" | "astronaut" | "coffee" | "rocket"): Promise<BytePicture> =>
  loadPicture(fileURLToPath(new URL(`../../tests/fixtures/pictures/${name}.png`, import.meta.url)));
