/**
 * Boxes around objects: the lecture's network, which tells the class and the four corners of one object, and a one-stage detector
 * of all of them, on the built-in scenes and on blood cells under a microscope (BCCD).
 *
 *   export FOVEA_DATA=../shared/data
 *   npm run recipe recipes/boxes.ts                                      # the detector on blood cells
 *   npm run recipe recipes/boxes.ts -- --data scenes
 *   npm run recipe recipes/boxes.ts -- --net lecture --data scenes       # one object a picture
 *   npm run recipe recipes/boxes.ts -- --net lecture                     # one cell at a time, cut out around it
 *
 * The best epoch by the validation pictures is tested. With `--hold` nothing is tested: choices are made by the validation pictures.
 * The model is kept in `runs/boxes-…`, for `fovea predict RUN PICTURE --draw out.png`.
 *
 * Sources: CMU 11-785, "Convolutional networks"; Zhou, Wang, Krähenbühl 2019, "Objects as Points".
 */
import { optim } from "fovea";
import {
  type AnyDataset,
  type Augmentation,
  affine,
  boxScenes,
  colorJitter,
  type DataTable,
  firstSamples,
  flip,
  objectScenes,
  pictureListSet,
} from "fovea/data";
import { classAndBox, detector } from "fovea/models";
import {
  classification,
  createNextRunFolder,
  detection,
  evaluateModel,
  fit,
  localization,
  together,
} from "fovea/train";
import { oneCellAtATime } from "./cell-windows.ts";
import { dataFolder, percent, readSetting, reportEpochs } from "./support.ts";

const given = await readSetting({ epochs: 0 }, ["hold"], { net: ["detector", "lecture"], data: ["cells", "scenes"] });
const { net, data, seed, limit, engine } = given;

interface Parts {
  readonly train: DataTable;
  readonly validation: DataTable;
  readonly test: DataTable;
  readonly classes: readonly string[];
}

const cells = async (): Promise<Parts> => {
  const set = await pictureListSet(`${dataFolder("bccd-boxes")}/bccd.tar.gz`, { take: "boxes" });
  return { ...set, validation: set.validation!, test: set.test! };
};

const shapes = (parts: ReturnType<typeof boxScenes> | ReturnType<typeof objectScenes>): Parts => ({
  ...parts,
  classes: parts.train.columns.labels.options.classes,
});

/** Cells have no upside, and come in all colors that staining and lamps give. */
const ofCells = [
  affine({ flip: 0.5, scale: 1.4, translation: 24, stretch: 1.1 }),
  flip({ horizontal: 0, vertical: 0.5 }),
  colorJitter({ brightness: 0.2, contrast: 0.2, saturation: 0.2 }),
];

interface Course {
  readonly load: () => Promise<Parts> | Parts;
  readonly augment: readonly Augmentation[];
  readonly epochs: number;
  readonly batch: number;
  readonly learningRate: number;
}

const courses: Readonly<Record<`${typeof net} ${typeof data}`, Course>> = {
  "detector cells": { load: cells, augment: ofCells, epochs: 40, batch: 8, learningRate: 0.003 },
  "detector scenes": {
    load: () => shapes(boxScenes({ train: 4000, seed: 0 })),
    augment: [affine({ flip: 0.5, scale: 1.2, translation: 6 })],
    ...{ epochs: 20, batch: 16, learningRate: 0.003 },
  },
  "lecture scenes": {
    load: () => shapes(objectScenes({ train: 8000, seed: 0 })),
    augment: [affine({ flip: 0.5, scale: 1.15, translation: 5 })],
    ...{ epochs: 25, batch: 64, learningRate: 0.002 },
  },
  "lecture cells": {
    load: async () => oneCellAtATime(await cells()),
    augment: [affine({ flip: 0.5, scale: 1.15, translation: 6 }), ...ofCells.slice(1)],
    ...{ epochs: 15, batch: 64, learningRate: 0.002 },
  },
};

const { load, augment, learningRate, ...course } = courses[`${net} ${data}`];
const { classes, ...parts } = await load();
const [train, validation, test] = [parts.train, parts.validation, parts.test].map((part) => firstSamples(part, limit));
const count = classes.length;
const oneObject = together(
  { class: classification(), box: localization({ corners: true, loss: "squared" }) },
  { weights: { box: 100 }, best: "box" },
);
const [network, task] =
  net === "lecture" ? [classAndBox({ classes: count }), oneObject] : [detector({ classes: count }), detection()];
const run = await createNextRunFolder(`runs/boxes-${net}-${data}-${seed}`, { recipe: "boxes", seed, net, data });
const { model, bestEpoch } = await fit(network, train, {
  ...{
    task,
    validation,
    seed,
    engine,
    augment,
    batch: course.batch,
    epochs: given.epochs || course.epochs,
    store: run,
  },
  optimizer: optim.adamW({ learningRate, weightDecay: 0.01, clipNorm: 10 }),
  schedule: optim.oneCycle(),
  onEvent: reportEpochs(`${net} on ${data}`, net === "lecture" ? "box.meanIoU" : "map"),
});

interface Told {
  readonly figures: Readonly<Record<string, number>>;
  readonly perClass?: Readonly<Record<string, { readonly ap50: number; readonly support: number }>>;
}

async function tested(part: AnyDataset): Promise<Told> {
  const { figures, details } = await evaluateModel<object>(model, part, { engine, batch: 32 });
  return { figures, ...details };
}

for (const [name, part] of Object.entries({ validation, ...(given.switches.has("hold") ? {} : { test }) })) {
  const { figures, perClass = {} } = await tested(part);
  const told =
    net === "lecture"
      ? `class ${percent(figures["class.accuracy"])} %, mean IoU ${figures["box.meanIoU"].toFixed(3)}`
      : `AP50 ${figures.ap50.toFixed(3)}, mAP ${figures.map.toFixed(3)}, AP75 ${figures.ap75.toFixed(3)}`;
  console.log(`${name}, epoch ${bestEpoch}: ${told}`);
  for (const [label, { ap50, support }] of Object.entries(perClass))
    console.log(`  ${label}: AP50 ${ap50.toFixed(3)} of ${support}`);
}
