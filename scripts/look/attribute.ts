/**
 * Pictures of the attributions in docs/looking-inside.md: `npm run recipe scripts/look/attribute.ts`. Reads the photographs and
 * SqueezeNet's weights from FOVEA_DATA.
 */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { NdArray } from "../../src/array/index.ts";
import {
  crop,
  encodePicture,
  type GridCell,
  loadPicture,
  type Picture,
  pictureGrid,
  picturesToBatch,
  resize,
  toRgb,
} from "../../src/image/index.ts";
import { type AttributeOptions, attribute, attributionMap, showAttribution } from "../../src/inspect/index.ts";
import { architectures } from "../../src/models/index.ts";
import type { Model } from "../../src/nn/index.ts";

const DATA = process.env.FOVEA_DATA ?? "../shared/data";
const FOLDER = new URL("../../docs/pictures/looking-inside/", import.meta.url);
const [SIDE, HALF] = [227, 113];

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
  const half = resize(picture, HALF, HALF);
  const cells: GridCell[] = [{ picture: half, caption: index ?? name }];
  for (const options of methods) {
    const found = await attribute(model, input, {
      ...options,
      ...(index !== undefined && { index }),
    } as AttributeOptions);
    const rule = "rule" in options ? ` ${options.rule}` : "";
    cells.push({
      picture: showAttribution(half, { ...found, maps: { input: halved(found.maps.input) } }),
      caption: `${options.method}${rule}`,
    });
    const gap = found.gap && found.expected ? ` gap ${found.gap.item() / found.expected.item()}` : "";
    console.log(
      name,
      options.method + rule,
      model.classes?.[found.index!.item()],
      found.target.item(),
      gap,
      found.fit?.item() ?? "",
    );
  }
  return cells;
}

/** The channels' sum in half the size: of each 2×2 pixels the number of the largest magnitude. */
function halved(maps: NdArray): NdArray {
  const map = attributionMap(maps);
  const data = Float32Array.from({ length: HALF * HALF }, (_, i) => {
    const at = 2 * Math.floor(i / HALF) * SIDE + 2 * (i % HALF);
    const four = [0, 1, SIDE, SIDE + 1].map((step) => map.data[at + step]);
    return four.reduce((most, value) => (Math.abs(value) > Math.abs(most) ? value : most));
  });
  return new NdArray(data, [1, 1, HALF, HALF], "f32");
}

const model = await architectures.squeezenet1_0({
  weights: join(DATA, "pretrained-squeezenet/squeezenet_v1.0.safetensors.gz"),
});
for (const [file, name, index] of [["attributions-bird.png", "bird.jpg", undefined]] as const) {
  const cells = await cellsOf(model, name, index);
  await writeFile(new URL(file, FOLDER), await encodePicture(pictureGrid(cells, { columns: 7 })));
}
