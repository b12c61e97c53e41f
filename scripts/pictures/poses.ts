/** Stick figures that a network for poses has not seen, with the joints that it finds. */
import { type NdArray, optim } from "fovea";
import { augmentations, poseScenes } from "fovea/data";
import { type BytePicture, batchToPictures, pictureGrid } from "fovea/image";
import { poseMaps } from "fovea/models";
import { answer, fit, poseEstimation } from "fovea/train";

const SHOWN = 6;
const ZOOM = 3;

/** A minute and a half of training. */
export async function poseGrid(): Promise<BytePicture> {
  const { train, test } = poseScenes({ train: 1000, validation: 0, test: SHOWN });
  const { model } = await fit(poseMaps({ points: 14 }), train, {
    ...{ task: poseEstimation(), epochs: 6, batch: 32, seed: 1, schedule: "cosine" },
    optimizer: optim.adam({ learningRate: 2e-3 }),
    augment: [augmentations.affine({ rotation: 20, scale: 1.15, translation: 4, flip: 0.5, fill: "replicate" })],
  });
  const images = test.columns.image.values as NdArray;
  const answers = await answer(model, images);
  const pictures = batchToPictures(images);
  return pictureGrid(
    answers.map(({ draw }, i) => ({ picture: draw!(pictures[i], ZOOM) })),
    { columns: SHOWN, scale: 1 },
  );
}
