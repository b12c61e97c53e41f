/**
 * A class for each pixel: road scenes of CamVid, or the built-in scenes.
 *
 * U-Net (Ronneberger et al. 2015) beside SegNet (Badrinarayanan et al. 2015), which unpools at remembered positions, and the same
 * with transposed convolutions. CamVid's 367 training pictures are mirrored, scaled, turned and recolored; rare classes count more,
 * by 1 / ln(1.1 + p) with their share p of the pixels, after Paszke et al. 2016 ("ENet"). `--net pretrained` is a U-Net over SqueezeNet
 * with ImageNet's weights. The best epoch by the validation pictures is tested, on all pictures at their size. With `--hold` nothing
 * is tested: choices are made by the validation pictures.
 * The model is kept in `runs/segmentation-…`, for `fovea predict RUN PICTURE --draw out.png`.
 *
 *   npm run recipe recipes/segmentation.ts -- --data scenes
 *   FOVEA_DATA=… npm run recipe recipes/segmentation.ts -- --net pretrained
 *   FOVEA_DATA=… npm run recipe recipes/segmentation.ts -- --net unpooling
 */
import { type NdArray, nn, optim } from "fovea";
import { augmentations, firstSamples, maskFolder, maskScenes } from "fovea/data";
import { loadWeights, segnet, squeezenet1_0, squeezenetUnet, unet } from "fovea/models";
import { createNextRunFolder, evaluateModel, fit, segmentation } from "fovea/train";
import { dataFolder, percent, readSetting, reportEpochs } from "./support.ts";

const setting = await readSetting({ epochs: 0, batch: 4 }, ["hold"], {
  data: ["camvid", "scenes"],
  net: ["unet", "unpooling", "transposed", "pretrained"],
});
const { seed, limit, engine, data, net, batch } = setting;

const roads = {
  classes: "Sky Building Pole Road Pavement Tree SignSymbol Fence Car Pedestrian Bicyclist".split(" "),
  ignore: [11],
};

/** How each data set is learned. */
const plans = {
  camvid: {
    load: () => maskFolder(`${dataFolder("camvid")}/camvid.tar.gz`, { ...roads, onNotice: console.error }),
    epochs: 30,
    maps: [16, 32, 64, 128, 256],
    augment: [
      augmentations.affine({ flip: 0.5, scale: [0.8, 1.6], rotation: 5, translation: 20 }),
      augmentations.colorJitter({ brightness: 0.3, contrast: 0.3, saturation: 0.3, hue: 0.03 }),
    ],
  },
  scenes: {
    load: async () => maskScenes({ train: 4000, seed: 0 }),
    epochs: 15,
    maps: [16, 32, 64, 128],
    augment: [augmentations.flip()],
  },
};
const { load, epochs, maps, augment } = plans[data];
const parts = await load();
const [train, validation, test] = [parts.train, parts.validation!, parts.test!].map((part) =>
  firstSamples(part, limit),
);
const classes = train.columns.mask.options.classes!;

/** The share of each class in the training pixels of known class. */
function shares(): number[] {
  const counts = classes.map(() => 0);
  const { data: pixels } = train.columns.mask.values as { readonly data: ArrayLike<number> };
  for (let i = 0; i < pixels.length; i++) if (pixels[i] < counts.length) counts[pixels[i]]++;
  const known = counts.reduce((sum, count) => sum + count, 0);
  return counts.map((count) => count / known);
}

const options = { classes: classes.length, maps };

/** A U-Net whose encoder has ImageNet's weights. Its first layer, whose input has another scale, keeps them. */
async function pretrained(): Promise<nn.Model> {
  const weights = `${dataFolder("pretrained-squeezenet")}/squeezenet_v1.0.safetensors.gz`;
  const { variables, normalization } = await squeezenet1_0({ weights });
  const [, ...input] = (train.columns.image.values as NdArray).shape;
  const model = nn.Model.build(squeezenetUnet({ classes: classes.length }), { input, seed, normalization });
  const values = new Map(variables.map((variable) => [variable.name, variable.value]));
  await loadWeights(model, values, { partial: true });
  return model;
}

const networks = {
  pretrained,
  unet: () => unet(options),
  unpooling: () => segnet({ ...options, up: "unpool" }),
  transposed: () => segnet({ ...options, up: "transposed" }),
};
const run = await createNextRunFolder(`runs/segmentation-${net}-${data}-${seed}`, {
  recipe: "segmentation",
  seed,
  net,
});
const { model, bestEpoch } = await fit(await networks[net](), train, {
  freeze: net === "pretrained" ? ["features.0"] : [],
  ...{
    validation,
    epochs: setting.epochs || (net === "pretrained" ? 40 : epochs),
    batch,
    seed,
    engine,
    augment,
    store: run,
  },
  task: segmentation({ classWeights: shares().map((share) => 1 / Math.log(1.1 + share)) }),
  optimizer: optim.adamW({
    ...{ learningRate: 2e-3, weightDecay: 1e-3, average: 0.99 },
    // What was learned from a million pictures is only adjusted.
    groups: net === "pretrained" ? [{ match: "features.*", learningRateFactor: 0.1 }] : [],
  }),
  schedule: optim.oneCycle(),
  onEvent: reportEpochs(`${net} on ${data}`, "meanIoU"),
});
const held = setting.switches.has("hold");
const { figures, details } = await evaluateModel(model, held ? validation : test, { task: segmentation(), engine });
for (const [name, overlap] of Object.entries(details.classIoU)) console.log(`${name.padEnd(12)} ${percent(overlap)} %`);
console.log(
  `${net} on ${data}, epoch ${bestEpoch}: mean IoU ${percent(figures.meanIoU)} %, ` +
    `pixels ${percent(figures.pixelAccuracy)} % of the ${held ? "validation" : "test"} pictures`,
);
