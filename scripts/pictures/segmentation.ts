/**
 * Draws the picture of docs/segmentation.md with a run of `recipes/segmentation.ts --data scenes`: test scenes, what is there, and
 * what the network finds. `npm run -s recipe scripts/pictures/segmentation.ts RUN`.
 */
import { fileURLToPath } from "node:url";
import { type NdArray, nn } from "fovea";
import { firstSamples, maskScenes } from "fovea/data";
import {
  type BytePicture,
  batchToPictures,
  categoryColor,
  type GridCell,
  pictureGrid,
  writePicture,
} from "fovea/image";
import { answer } from "fovea/train";

const [SHOWN, ZOOM] = [6, 2];
const [run] = process.argv.slice(2);
if (run === undefined) throw new Error("name a run folder of recipes/segmentation.ts");
const model = await nn.Model.load(`${run}/model.safetensors`);
const { image, mask } = firstSamples(maskScenes({ train: 0, validation: 0, test: SHOWN, seed: 0 }).test, SHOWN).columns;
const images = image.values as NdArray;
const pictures = batchToPictures(images);

/** Classes in their colors, the background white. */
const painted = ({ data, shape: [height, width] }: NdArray): BytePicture => ({
  ...{ width, height, channels: 3 },
  data: Uint8Array.from(Array.from(data).flatMap((k) => (k === 0 ? [255, 255, 255] : [...categoryColor(k)]))),
});
const found = await answer(model, images);
const cells = (caption: string, all: readonly Parameters<typeof pictureGrid>[0][number]["picture"][]): GridCell[] =>
  all.map((picture, i) => ({ picture, ...(i === 0 && { caption }) }));
const sheet = pictureGrid(
  [
    ...cells("scenes", pictures),
    ...cells("what is there", pictures.map((_, i) => painted((mask.values as NdArray).row(i)))), // biome-ignore format: a row
    ...cells("what U-Net finds", found.map(({ draw }, i) => draw!(pictures[i]))), // biome-ignore format: a row
  ],
  { columns: SHOWN, scale: ZOOM },
);
await writePicture(fileURLToPath(new URL("../../docs/pictures/segmentation.png", import.meta.url)), sheet);
