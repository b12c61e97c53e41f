/**
 * Pictures of the attributions in docs/looking-inside.md: `npm run recipe scripts/look/attribute.ts`. Reads the photographs and
 * SqueezeNet's weights from FOVEA_DATA.
 */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { crop, encodePicture, type GridCell, loadPicture, type Picture, pictureGrid, picturesToBatch, resize, toRgb } from "../../src/image/index.ts";
import { type AttributeOptions, attribute, attributionMap, showAttribution } from "../../src/inspect/index.ts";
import { architectures } from "../../src/models/index.ts";
import type { Model } from "../../src/nn/index.ts";

const DATA = process.env.FOVEA_DATA ?? "../shared/data";
const FOLDER = new URL("../../docs/pictures/looking-inside/", import.meta.url);
const SIDE = 227;

/** The middle of a photograph whose shorter side has 256 pixels, in 227×227. */
async function photograph(name: string): Promise<Picture> {
  const picture = toRgb(await loadPicture(join(DATA, "photos", name)));
  const scale = 256 / Math.min(picture.width, picture.height);
  const scaled = resize(picture, Math.round(picture.width * scale), Math.round(picture.height * scale));
  const [x, y] = [scaled.width, scaled.height].map((length) => Math.floor((length - SIDE) / 2));
  return crop(scaled, { x, y, width: SIDE, height: SIDE });
}

const methods: readonly AttributeOptions[] = [
  { method: "gradient" },
  { method: "gradient-times-input" },
  { method: "smooth-grad" },
  { method: "integrated-gradients", steps: 64 },
  { method: "guided-backpropagation" },
  { method: "deconvnet" },
  { method: "lrp", rule: "epsilon", epsilon: 0.1 },
  { method: "lrp", rule: "z-plus" },
  { method: "grad-cam", layer: "features.12" },
  { method: "grad-cam++", layer: "features.12" },
  { method: "score-cam", layer: "features.12" },
  { method: "occlusion", window: 45, stride: 15 },
  { method: "lime", segments: 60, samples: 600 },
];

async function cellsOf(model: Model, name: string, index?: string): Promise<GridCell[]> {
  const picture = await photograph(name);
  const input = picturesToBatch([picture]);
  const cells: GridCell[] = [{ picture, caption: index ?? name }];
  for (const options of methods) {
    const found = await attribute(model, input, { ...options, ...(index !== undefined && { index }) } as AttributeOptions);
    const map = attributionMap(found.maps.input);
    const rule = "rule" in options ? ` ${options.rule}` : "";
    cells.push({ picture: showAttribution(picture, map), caption: `${options.method}${rule}` });
    const gap = found.gap && found.expected ? ` gap ${found.gap.item() / found.expected.item()}` : "";
    console.log(name, options.method + rule, model.classes?.[found.index!.item()], found.target.item(), gap, found.fit?.item() ?? "");
  }
  return cells;
}

const small = (cells: readonly GridCell[]): GridCell[] =>
  cells.map(({ picture, caption }) => ({ picture: resize(picture, 113, 113), caption }));

const model = await architectures.squeezenet1_0({ weights: join(DATA, "pretrained-squeezenet/squeezenet_v1.0.safetensors.gz") });
for (const [file, name, index] of [
  ["attributions-bird.png", "bird.jpg", undefined],
  ["attributions-pets.png", "pets.jpg", undefined],
] as const) {
  const cells = await cellsOf(model, name, index);
  await writeFile(new URL(file, FOLDER), await encodePicture(pictureGrid(small(cells), { columns: 7 })));
}
