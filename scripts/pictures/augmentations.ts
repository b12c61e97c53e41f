/** Two photographs under every kind of augmentation, each drawn three times. */
import { array } from "fovea";
import { type Augmentation, augmentations, augmentBatch } from "fovea/data";
import { type BytePicture, batchToPictures, type GridCell, pictureGrid, picturesToBatch, resize } from "fovea/image";
import { photograph } from "./photographs.ts";

const SIDE = 112;
const DRAWS = 3;

/** Options with which a step shows what it does in a picture of this size; the others show it by themselves. */
const telling: Readonly<Record<string, object>> = {
  affine: { rotation: 20, translation: 8, scale: 1.2, shear: 10, fill: "reflect" },
  elastic: { alpha: 24, sigma: 5 },
  randomCrop: { padding: 16 },
  centerCrop: { size: 80 },
  cutout: { size: 40 },
};

/** What the steps make of the first picture, and of both where they are mixed. */
function drawn(step: Augmentation, photographs: readonly BytePicture[]): GridCell[] {
  const batch = { images: picturesToBatch(photographs), labels: array([0, 1], "i32") };
  return Array.from({ length: DRAWS }, (_, epoch) => {
    const { images } = augmentBatch([step], batch, { seed: 1, epoch, samples: [0, 1] }, 2);
    return { picture: batchToPictures(images)[0], caption: step.type };
  });
}

export async function augmentationGrid(): Promise<BytePicture> {
  const photographs = await Promise.all([photograph("coffee"), photograph("astronaut")]);
  const small = photographs.map((picture) => resize(picture, SIDE, SIDE));
  const cells = Object.entries(augmentations).flatMap(([name, create]) => drawn(create(telling[name] ?? {}), small));
  return pictureGrid(cells, { columns: 2 * DRAWS, scale: 1 });
}
