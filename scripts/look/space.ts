/**
 * docs/pictures/looking-inside/cka-resnet20.png: how alike the blocks of resnet20 are, over the test set of CIFAR-10. The
 * other pictures of neighbors and maps are made by the commands that they hold. Reads FOVEA_DATA.
 *
 *   npm run recipe -- scripts/look/space.ts resnet20-12fca82f.th
 */
import { fileURLToPath } from "node:url";
import { cifar10, firstSamples } from "fovea/data";
import { colorize, pictureGrid, writePicture } from "fovea/image";
import { ckaMatrix } from "fovea/inspect";
import { resnet20 } from "fovea/models";

const SAMPLES = 2048;
const PIXELS_A_CELL = 32;

const model = await resnet20({ weights: "cifar10", file: process.argv[2] });
const { test } = await cifar10();
const blocks = [1, 2, 3].flatMap((stage) => [0, 1, 2].map((block) => `layer${stage}.${block}`));
const { rows, values } = await ckaMatrix(model, firstSamples(test, SAMPLES), model, {
  layers: ["bn1", ...blocks, "output"],
});
console.log(rows.join(" "));
for (let i = 0; i < rows.length; i++) console.log(Array.from(values.row(i).data, (x) => x.toFixed(2)).join(" "));
const scale = { scale: "sequential", range: [0, 1] } as const;
const path = fileURLToPath(new URL("../../docs/pictures/looking-inside/cka-resnet20.png", import.meta.url));
const matrix = { picture: colorize(values, scale), caption: `${rows[0]} … ${rows.at(-1)}, 0 black … 1 white` };
await writePicture(path, pictureGrid([matrix], { scale: PIXELS_A_CELL, title: "CKA of resnet20's blocks" }));
