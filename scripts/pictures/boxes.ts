/**
 * Boxes that networks of the recipe `boxes.ts` find in test pictures: blood cells, and scenes of several objects. The runs are
 * those that the recipe keeps:
 *
 *   FOVEA_DATA=… npm run recipe scripts/pictures/boxes.ts -- runs/boxes-detector-cells-1 runs/boxes-detector-scenes-1
 */
import { fileURLToPath } from "node:url";
import { type NdArray, nn } from "fovea";
import { boxScenes, pictureListSet } from "fovea/data";
import { arrayToPicture, type GridCell, pictureGrid, writePicture } from "fovea/image";
import { answer } from "fovea/train";

const SCENES = /scenes/;

/** Some pictures of an array [n, 3, height, width] with what a run finds in them. */
async function drawn(run: string, pictures: NdArray, rows: readonly number[], zoom: number): Promise<GridCell[]> {
  const model = await nn.Model.load(`${run}/model.safetensors`);
  const cells: GridCell[] = [];
  for (const row of rows) {
    const image = pictures.row(row);
    const [{ draw }] = await answer(model, image.reshape([1, ...image.shape]));
    cells.push({ picture: draw!(arrayToPicture(image), zoom) });
  }
  return cells;
}

const cells = await pictureListSet(`${process.env.FOVEA_DATA}/bccd-boxes/bccd.tar.gz`, { take: "boxes" });
const scenes = boxScenes({ train: 1, validation: 1, test: 6 });
const drawings: GridCell[] = [];
for (const run of process.argv.slice(2)) {
  const [set, rows, zoom] = SCENES.test(run)
    ? [scenes.test, [0, 1, 2, 3, 4, 5], 8]
    : [cells.test!, [0, 12, 24, 36, 48, 60], 2];
  drawings.push(...(await drawn(run, set.columns.image.values as NdArray, rows as number[], zoom as number)));
}
const grid = pictureGrid(drawings, { columns: 3, scale: 1 });
await writePicture(fileURLToPath(new URL("../../docs/pictures/boxes.png", import.meta.url)), grid);
