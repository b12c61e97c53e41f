/**
 * The pointing game (Zhang et al. 2016) on blood smears, BCCD: `npm run recipe scripts/look/pointing-game.ts`. Reads the folder
 * `bccd` (bccd.tar.gz unpacked) in FOVEA_DATA or the folder named.
 *
 * A small convolutional network learns whether a crop of 128×128 pixels has a white blood cell in it; it never sees a box. Its
 * filters and the mean over the maps fit pictures of any size, so it is then applied to whole pictures of 256×192 that it has not
 * seen (validation and test), and each method points where the score of the class `WBC` comes from. A hit is a point in a box of a
 * white cell. Chance is the mean share of a picture's area in these boxes.
 */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { NdArray, nn, Random } from "fovea";
import type { Dataset } from "fovea/data";
import { crop, encodePicture, loadPicture, type Picture, pictureGrid, picturesToBatch, toRgb } from "fovea/image";
import {
  type AttributeOptions,
  attributionMap,
  createAttributor,
  showAttribution,
  strongestPoint,
} from "fovea/inspect";
import { fit } from "fovea/train";

const FOLDER = process.argv[2] ?? join(process.env.FOVEA_DATA ?? "../shared/data", "bccd-boxes/bccd");
const [SIDE, CROPS, WHITE] = [128, 3000, 1];

interface Annotated {
  readonly file: string;
  readonly split: string;
  readonly boxes: readonly (readonly [kind: number, x0: number, y0: number, x1: number, y1: number])[];
}

const { images } = JSON.parse(await readFile(join(FOLDER, "annotations.json"), "utf8")) as { images: Annotated[] };
const pictures = new Map<string, Picture>();
for (const { file } of images) pictures.set(file, toRgb(await loadPicture(join(FOLDER, file))));
const whiteBoxes = ({ boxes }: Annotated) => boxes.filter(([kind]) => kind === WHITE);

/** The largest share of a white cell's box inside a crop. */
const shareInside = (image: Annotated, x: number, y: number): number =>
  Math.max(
    0,
    ...whiteBoxes(image).map(([, x0, y0, x1, y1]) => {
      const width = Math.min(x1, x + SIDE) - Math.max(x0, x);
      const height = Math.min(y1, y + SIDE) - Math.max(y0, y);
      return (Math.max(0, width) * Math.max(0, height)) / ((x1 - x0) * (y1 - y0));
    }),
  );

/** Crops with at least 70 % of a white cell, and as many with at most 5 %. */
function cropsOf(): Dataset {
  const random = new Random(1, "crops");
  const train = images.filter(({ split }) => split === "train");
  const found: [Picture[], Picture[]] = [[], []];
  while (Math.min(found[0].length, found[1].length) < CROPS / 2) {
    const image = train[random.integer(train.length)];
    const picture = pictures.get(image.file)!;
    const [x, y] = [random.integer(picture.width - SIDE + 1), random.integer(picture.height - SIDE + 1)];
    const share = shareInside(image, x, y);
    const label = share >= 0.7 ? 1 : 0;
    if ((share > 0.05 && share < 0.7) || found[label].length >= CROPS / 2) continue;
    found[label].push(crop(picture, { x, y, width: SIDE, height: SIDE }));
  }
  const labels = Int32Array.from({ length: CROPS }, (_, i) => Number(i >= CROPS / 2));
  return {
    name: "crops",
    images: picturesToBatch(found.flat()),
    labels: new NdArray(labels, [CROPS], "i32"),
    classes: ["none", "WBC"],
  };
}

const block = (filters: number, stride: number) =>
  nn.sequential({
    conv: nn.conv2d(filters, { kernel: 3, stride, padding: 1, bias: false }),
    bn: nn.batchNorm2d(),
    act: nn.relu(),
  });
const network = nn.sequential({
  b1: block(16, 2),
  b2: block(32, 2),
  b3: block(64, 2),
  b4: block(64, 1),
  pool: nn.globalAvgPool(),
  flat: nn.flatten(),
  fc: nn.linear(2),
});
const { model: small } = await fit(network, cropsOf(), {
  epochs: 4,
  batch: 50,
  seed: 1,
});
const { normalization, classes } = small;
const whole = nn.Model.build(network, { input: [3, 192, 256], normalization, classes });
for (const [i, variable] of whole.variables.entries()) variable.value = (await small.variables[i].fetch()).copy();

const tested = images.filter((image) => image.split !== "train" && whiteBoxes(image).length > 0);
const inBox = (image: Annotated, { row, column }: { row: number; column: number }): boolean =>
  whiteBoxes(image).some(
    ([, x0, y0, x1, y1]) => column + 0.5 >= x0 && column + 0.5 <= x1 && row + 0.5 >= y0 && row + 0.5 <= y1,
  );
const area = (image: Annotated): number =>
  Array.from({ length: 192 * 256 }, (_, i) =>
    Number(inBox(image, { row: Math.floor(i / 256), column: i % 256 })),
  ).reduce((a, b) => a + b) /
  (192 * 256);
const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
console.log(
  `${tested.length} pictures with white cells, chance ${percent(tested.reduce((sum, image) => sum + area(image), 0) / tested.length)}`,
);

const methods: readonly AttributeOptions[] = [
  { method: "grad-cam", layer: "b4" },
  { method: "grad-cam++", layer: "b4" },
  { method: "score-cam", layer: "b4" },
  { method: "occlusion", window: 48, stride: 24 },
  { method: "integrated-gradients" },
  { method: "gradient-times-input" },
  { method: "gradient" },
  { method: "guided-backpropagation" },
  { method: "lrp", rule: "z-plus" },
];
const cells = [];
for (const options of methods) {
  const explain = createAttributor(whole, options);
  let hits = 0;
  for (const [i, image] of tested.entries()) {
    const picture = pictures.get(image.file)!;
    const found = await explain(picturesToBatch([picture]), "WBC");
    const map = attributionMap(found.maps.input);
    if (inBox(image, strongestPoint(map))) hits++;
    if (options.method === "grad-cam" && i < 6) cells.push({ picture }, { picture: showAttribution(picture, found) });
  }
  console.log(`${options.method}: ${hits} of ${tested.length}, ${percent(hits / tested.length)}`);
}
if (process.argv[3] !== undefined)
  await writeFile(process.argv[3], await encodePicture(pictureGrid(cells, { columns: 4 })));
