/**
 * Where points are: joints of the built-in stick figures, four points of a mouse, 68 points of faces, joints of people in sports.
 *
 * `poseMaps` gives a map of scores for each point, whose expected place is the point (Luvizon, Tabia, Picard 2019), and learns from
 * distances and from Gaussians (Tompson et al. 2014); `--net regression` gives coordinates (Toshev and Szegedy 2014). Pictures are
 * turned, scaled, shifted, mirrored and recolored anew in every epoch, which the small sets live on. Beside the figures stands
 * what the mean of the training points has. With `--hold` a sixth of the training pictures is held out and tested with, for
 * choices; else the test part is, once. The model is kept in `runs/pose-…`, for `fovea predict RUN PICTURE --draw out.png`.
 *
 *   npm run recipe recipes/pose.ts -- --data sticks
 *   FOVEA_DATA=… npm run recipe recipes/pose.ts -- --data mouse
 *   FOVEA_DATA=… npm run recipe recipes/pose.ts -- --data faces --net regression --hold
 */
import { type NdArray, optim } from "fovea";
import {
  type Augmentation,
  augmentations,
  type DataTable,
  faceNames,
  firstSamples,
  holdOut,
  type PointsOptions,
  pictureListSet,
  poseScenes,
} from "fovea/data";
import { poseMaps, poseRegression } from "fovea/models";
import { createNextRunFolder, evaluateModel, fit, keyPointMetrics, poseEstimation } from "fovea/train";
import { dataFolder, percent, readSetting, reportEpochs } from "./support.ts";

const setting = await readSetting({ epochs: 0 }, ["hold"], {
  data: ["sticks", "mouse", "faces", "people"],
  net: ["maps", "regression"],
});
const { seed, limit, engine, data, net, switches } = setting;

const { affine, colorJitter } = augmentations;
const colors = colorJitter({ brightness: 0.3, contrast: 0.3, saturation: 0.2, hue: 0.02 });

/** How a data set is learned. */
interface Plan {
  readonly load: () => Promise<{ readonly train: DataTable; readonly test?: DataTable | undefined }>;
  readonly epochs: number;
  readonly batch: number;
  readonly stride: number;
  readonly maps: readonly number[];
  /** Pixels of a picture in its file along one here. */
  readonly scale: number;
  /** Two points whose distance errors are compared with. */
  readonly reference: readonly [from: string, to: string];
  readonly augment: readonly Augmentation[];
}

const plans: Readonly<Record<typeof data, Plan>> = {
  sticks: {
    load: async () => poseScenes({ train: 2000, seed: 0 }),
    ...{ epochs: 10, batch: 32, stride: 2, maps: [32, 64, 96, 128], scale: 1, reference: ["neck", "head top"] },
    augment: [affine({ rotation: 20, scale: 1.15, translation: 4, flip: 0.5, fill: "replicate" }), colors],
  },
  mouse: {
    load: () => pictureListSet(`${dataFolder("pose-mouse")}/openfield.tar.gz`, { take: "points", size: [120, 160] }),
    ...{ epochs: 200, batch: 8, stride: 2, maps: [32, 64, 96, 128], scale: 2, reference: ["snout", "tailbase"] },
    augment: [affine({ rotation: 180, scale: 1.25, translation: 15, flip: 0.5, fill: "replicate" }), colors],
  },
  faces: {
    load: () =>
      pictureListSet(`${dataFolder("face-keypoints")}/faces.tar.gz`, {
        ...{ take: "points", joints: faceNames, colors: "gray" },
      }),
    ...{ epochs: 20, batch: 32, stride: 4, maps: [64, 96, 128], scale: 1 },
    reference: ["right eye outer corner", "left eye outer corner"],
    augment: [affine({ rotation: 20, scale: 1.15, translation: 5, flip: 0.5, fill: "replicate" }), colors],
  },
  people: {
    load: () => pictureListSet(`${dataFolder("pose-lspet")}/lspet400.tar.gz`, { take: "points", size: [128, 128] }),
    ...{ epochs: 120, batch: 8, stride: 4, maps: [48, 64, 96, 128], scale: 1, reference: ["neck", "head_top"] },
    augment: [affine({ rotation: 40, scale: 1.25, translation: 10, flip: 0.5, fill: "replicate" }), colors],
  },
};

const { load, epochs, batch, stride, maps, scale, reference, augment } = plans[data];
const parts = await load();
const held = switches.has("hold");
const own = held ? holdOut(parts.train, 1 / 6, 0) : { train: parts.train, validation: parts.test! };
const [train, test] = [own.train, own.validation].map((part) => firstSamples(part, limit));
const [seen, truth] = [train, test].map((part) => part.columns.points.values as NdArray);
const points = truth.shape[1];
const { names = [] } = train.columns.points.options as PointsOptions;

const networks = {
  maps: () => poseMaps({ points, stride, maps }),
  regression: () => poseRegression({ points, maps: [32, 64, 96, 128], dropout: 0.2 }),
};
const task = poseEstimation({ reference, sigma: 1 });
const run = await createNextRunFolder(`runs/pose-${net}-${data}-${seed}`, { recipe: "pose", seed, net, data });
const { model } = await fit(networks[net](), train, {
  ...{ task, epochs: setting.epochs || epochs, batch, seed, engine, augment, store: run },
  optimizer: optim.adamW({ learningRate: 2e-3, weightDecay: 1e-3, average: 0.99 }),
  schedule: optim.oneCycle(),
  onEvent: reportEpochs(`${net} of ${data}`, "pck"),
});
const { figures, details } = await evaluateModel(model, test, { task, engine });

/** The mean of each training point at every picture of the test. */
function meanPoints() {
  const { data: places, size } = seen;
  const row = 2 * points;
  const means = Array.from({ length: row }, (_, at) => {
    const known = Array.from({ length: size / row }, (_, i) => places[i * row + at]).filter((x) => !Number.isNaN(x));
    return known.reduce((sum, x) => sum + x, 0) / known.length;
  });
  const same = truth.copy();
  for (let i = 0; i < same.size; i++) same.data[i] = means[i % row];
  return same;
}
const pair = [names.indexOf(reference[0]), names.indexOf(reference[1])] as const;
const mean = keyPointMetrics(truth, meanPoints(), { reference: pair, alpha: 0.5 });

const width = Math.max(...names.map((name) => name.length));
if (points <= 20)
  for (const [name, { distance, pck }] of Object.entries(details.points))
    console.log(`${name.padEnd(width)}  ${(scale * distance).toFixed(2)} px, PCK@0.1 ${percent(pck)} %`);
const { meanDistance, pck, shareOfReference, pckOfReference } = figures;
const told = `${(scale * meanDistance).toFixed(2)} px, ${percent(shareOfReference)} % of ${reference.join(" – ")}`;
console.log(
  `${net} of ${data}: ${told}, PCK@0.1 ${percent(pck)} %, within half of that length ${percent(pckOfReference)} % ` +
    `(mean points: ${(scale * mean.meanDistance).toFixed(2)} px, ${percent(mean.meanShare)} %, ${percent(mean.pck)} %), ` +
    `${held ? "held-out" : "test"} pictures`,
);
