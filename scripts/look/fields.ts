/**
 * Draws the pictures of filters, maps and fields in docs/looking-inside.md: SqueezeNet with published weights looks at a
 * photograph. Run by hand: `FOVEA_DATA=… npm run -s recipe -- scripts/look/fields.ts`.
 */
import { fileURLToPath } from "node:url";
import { NdArray } from "fovea";
import {
  type BytePicture,
  drawLine,
  loadPicture,
  overlay,
  pictureGrid,
  pictureToArray,
  resize,
  toBytes,
  toRgb,
  writePicture,
} from "fovea/image";
import { createProbe, effectiveField, filterPictures, mapPictures, receptiveFields } from "fovea/inspect";
import { architectures } from "fovea/models";

const SIDE = 227;
const data = process.env.FOVEA_DATA;
if (data === undefined) throw new Error("FOVEA_DATA must name the folder with pretrained-squeezenet and photos");

const model = await architectures.squeezenet1_0({
  weights: `${data}/pretrained-squeezenet/squeezenet_v1.0.safetensors.gz`,
});

const photo = toRgb(toBytes(resize(toRgb(await loadPicture(`${data}/photos/parrot.jpg`)), SIDE, SIDE))) as BytePicture;
const planes = pictureToArray(photo);
const input = new NdArray(planes.data, [1, ...planes.shape], "u8");

const write = async (name: string, picture: BytePicture): Promise<void> => {
  const path = fileURLToPath(new URL(`../../docs/pictures/looking-inside/${name}.png`, import.meta.url));
  await writePicture(path, picture);
  console.log(path);
};

const { pictures } = filterPictures(model);
await write(
  "filters",
  pictureGrid(
    pictures.map((picture) => ({ picture })),
    { columns: 12, gap: 4, scale: 6 },
  ),
);

const { values } = await createProbe(model, { values: ["features.3"] })(input);
const maps = mapPictures(values["features.3"], { scale: "each" }).slice(0, 31);
await write(
  "maps",
  pictureGrid(
    [
      { picture: resize(photo, 56, 56) as BytePicture, caption: "photo" },
      ...maps.map((picture, c) => ({ picture, caption: String(c) })),
    ],
    { columns: 8, scale: 1 },
  ),
);

const fields = receptiveFields(model);
const cells = [];
for (const path of ["features.0", "features.4", "features.8", "features.12"]) {
  const { size, fieldOf } = fields.of(path);
  const { inside } = fieldOf();
  const { map, area } = await effectiveField(model, path, { inputs: input });
  const roots = map.copy();
  roots.data.set(map.data.map(Math.sqrt));
  const picture = overlay(photo, roots, { scale: "sequential" });
  if (inside !== undefined) outline(picture, inside.first, inside.last);
  console.log(path, size, inside, area);
  cells.push({ picture, caption: `${path}: ${size?.[0]} x ${size?.[1]}` });
}
await write("fields", pictureGrid(cells, { columns: 4, scale: 1 }));

function outline(picture: BytePicture, [top, left]: readonly number[], [bottom, right]: readonly number[]): void {
  const corners = [
    { x: left, y: top },
    { x: right, y: top },
    { x: right, y: bottom },
    { x: left, y: bottom },
  ];
  for (const [i, corner] of corners.entries()) drawLine(picture, corner, corners[(i + 1) % 4], [255, 40, 40]);
}
