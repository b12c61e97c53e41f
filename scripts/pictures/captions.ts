/**
 * Draws what a network with attention says of test scenes and where it looked for each word: `docs/pictures/captions.png`. The
 * model is one of `recipes/captions.ts`, whose path is the argument.
 *
 *   npm run recipe scripts/pictures/captions.ts runs/captions-attention-1.safetensors
 */
import { fileURLToPath } from "node:url";
import type { NdArray } from "fovea";
import { nn } from "fovea";
import { captionScenes, captionTokenizer } from "fovea/data";
import { arrayToPicture, type BytePicture, pictureGrid, resize, writePicture } from "fovea/image";
import { captionPanels, createCaptioner } from "fovea/train";

const ROWS = [13, 5];
const SIDE = 128;

const [path] = process.argv.slice(2);
const captioner = createCaptioner(await nn.Model.load(path), captionTokenizer());
const { test } = captionScenes({ train: 0, validation: 0, test: Math.max(...ROWS) + 1 });
const images = test.columns.image.values as NdArray;
const captions = await captioner.describe(images);

const panels: BytePicture[] = [];
for (const row of ROWS) {
  const picture = arrayToPicture(images.row(row));
  const looked = await captioner.attention(images.row(row), captions[row]);
  panels.push(captionPanels(resize(picture, SIDE, SIDE), captions[row].text, looked));
}
const file = fileURLToPath(new URL("../../docs/pictures/captions.png", import.meta.url));
await writePicture(
  file,
  pictureGrid(
    panels.map((picture) => ({ picture })),
    { columns: 1, scale: 1, gap: 0 },
  ),
);
console.log("docs/pictures/captions.png");
