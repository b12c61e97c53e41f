/** A photograph under every kind of augmentation, each drawn three times. */
import { array } from "fovea";
import {
  type Augmentation,
  affine,
  augmentBatch,
  colorJitter,
  cutMix,
  cutout,
  elastic,
  flip,
  gray,
  lecture,
  mixup,
  quarterTurn,
  randomCrop,
  randomResizedCrop,
} from "fovea/data";
import { type BytePicture, batchToPictures, type GridCell, pictureGrid, picturesToBatch, resize } from "fovea/image";
import { photograph } from "./photographs.ts";

const SIDE = 112;
const DRAWS = 3;

/** Each kind by its name, so strong that it shows in a picture of this size. */
const steps: Readonly<Record<string, Augmentation>> = {
  affine: affine({ rotation: 20, translation: 8, scale: 1.2, shear: 10, fill: "reflect" }),
  lecture: lecture(),
  flip: flip(),
  quarterTurn: quarterTurn(),
  elastic: elastic({ alpha: 34, sigma: 5, fill: "reflect" }),
  randomCrop: randomCrop({ padding: 16 }),
  randomResizedCrop: randomResizedCrop({ size: SIDE }),
  colorJitter: colorJitter({ brightness: 0.4, contrast: 0.4, saturation: 0.5, hue: 0.1 }),
  gray: gray({ probability: 0.5 }),
  cutout: cutout({ size: 40 }),
  mixup: mixup({ alpha: 1 }),
  cutMix: cutMix(),
};

/** What a step makes of the first photograph, the second being there to be mixed in. */
function drawn(name: string, seed: number, photographs: readonly BytePicture[]): GridCell[] {
  const batch = { images: picturesToBatch(photographs), labels: array([0, 1], "i32") };
  return Array.from({ length: DRAWS }, (_, epoch) => {
    const { images } = augmentBatch([steps[name]], batch, { seed, epoch, samples: [0, 1] }, 2);
    return { picture: batchToPictures(images)[0], caption: name };
  });
}

export async function augmentationGrid(): Promise<BytePicture> {
  const photographs = await Promise.all([photograph("coffee"), photograph("astronaut")]);
  const small = photographs.map((picture) => resize(picture, SIDE, SIDE));
  const cells = Object.keys(steps).flatMap((name, i) => drawn(name, i + 1, small));
  return pictureGrid(cells, { columns: 2 * DRAWS, scale: 1 });
}
