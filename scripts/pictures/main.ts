/**
 * Draws the pictures of the documentation: `npm run pictures` writes them to `docs/pictures`. They are made of the
 * photographs for tests, from fixed seeds, and are the same each time.
 */
import { fileURLToPath } from "node:url";
import { writePicture } from "fovea/image";
import { augmentationGrid } from "./augmentations.ts";
import { featureGrid } from "./features.ts";
import { filterGrid } from "./filters.ts";
import { poseGrid } from "./poses.ts";

const pictures = { filters: filterGrid, features: featureGrid, augmentations: augmentationGrid, poses: poseGrid };

for (const [name, draw] of Object.entries(pictures)) {
  const path = fileURLToPath(new URL(`../../docs/pictures/${name}.png`, import.meta.url));
  await writePicture(path, await draw());
  console.log(`docs/pictures/${name}.png`);
}
