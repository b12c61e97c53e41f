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

const [cellsRun, scenesRun] = process.argv.slice(2);

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
const scenes = boxScenes({ train: 1, validation: 1, test: 12 });
const grid = pictureGrid(
  [
    ...(await drawn(cellsRun, cells.test!.columns.image.values as NdArray, [0, 24, 48], 2)),
    ...(await drawn(scenesRun, scenes.test.columns.image.values as NdArray, [0, 1, 2, 3, 4, 5], 4)),
  ],
  { columns: 3, scale: 1 },
);
await writePicture(fileURLToPath(new URL("../../docs/pictures/boxes.png", import.meta.url)), grid);
