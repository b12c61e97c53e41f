/**
 * Pictures through 32 numbers and back: a convolutional autoencoder on MNIST or CIFAR-10, and what its code is good for.
 *
 * Three figures: the mean squared error of test pictures, values in 0 … 1; of MNIST the accuracy of a linear classifier that sees
 * the codes of 100 labeled training digits, ten of each class, against one that sees their pixels; and how often the nearest
 * neighbor among the codes of all training pictures has the same class. With `--hold`, the last sixth of the training pictures
 * takes the place of the test set: choices are made by it. `--net variational` has a distribution of codes (Kingma and Welling
 * 2014) in place of points. Pictures are written to `runs/autoencoder-…`: pairs of input and output, and for the variational net
 * samples and a walk between two pictures.
 *
 *   FOVEA_DATA=… npm run recipe recipes/autoencoder.ts
 *   FOVEA_DATA=… npm run recipe recipes/autoencoder.ts -- --data cifar10 --net variational
 */
import { NdArray, nn, optim, Random } from "fovea";
import {
  cifar10,
  classes,
  type Dataset,
  dataset,
  firstSamples,
  holdOut,
  loadSamples,
  mnist,
  numbers,
  picture,
  subset,
} from "fovea/data";
import { batchToPictures, pictureGrid, writePicture } from "fovea/image";
import { createDecoder, layerFeatures, nearestNeighbors, walk } from "fovea/inspect";
import { autoencoder, variationalAutoencoder } from "fovea/models";
import { createNextRunFolder, evaluateModel, fit, predict, reconstruction } from "fovea/train";
import { meanAndDeviation, percent, readSetting, reportEpochs } from "./support.ts";

const CODE = 32;
const [LABELS, DRAWS] = [10, 5];
const setting = await readSetting({ epochs: 0 }, ["hold"], {
  data: ["mnist", "cifar10"],
  net: ["plain", "variational"],
});
const { seed, limit, engine, data, net } = setting;
const plan = {
  mnist: { load: mnist, epochs: 12, maps: [32, 64], units: 256 },
  cifar10: { load: cifar10, epochs: 15, maps: [32, 64, 128], units: 512 },
}[data];

const loaded = await plan.load();
const held = setting.switches.has("hold");
const { train: all, validation } = holdOut(loaded.train, 1 / 6, 0, { stratified: true });
const train = await loadSamples(firstSamples(held ? all : loaded.train, limit));
const test = await loadSamples(firstSamples(held ? validation : loaded.test, limit));

const pictures = ({ name, images, normalization }: Dataset) =>
  dataset(name, { image: picture(images, { normalization }) });
const [, channels, height, width] = train.images.shape;
const isVariational = net === "variational";
const options = { size: [height, width] as const, channels, code: CODE, maps: plan.maps, units: plan.units };
const run = await createNextRunFolder(`runs/autoencoder-${net}-${data}-${seed}`, { recipe: "autoencoder", net, seed });
const { model } = await fit(isVariational ? variationalAutoencoder(options) : autoencoder(options), pictures(train), {
  ...{ epochs: setting.epochs || plan.epochs, batch: 128, seed, engine, store: run },
  task: isVariational ? reconstruction({ loss: "binaryCrossEntropy", divergence: 1 }) : reconstruction(),
  optimizer: optim.adam({ learningRate: 2e-3 }),
  schedule: optim.oneCycle(),
  onEvent: reportEpochs(`${net} autoencoder`, "mse"),
});
const { figures } = await evaluateModel(model, pictures(test), { engine });
console.log(
  `${net} autoencoder, ${CODE} numbers: mean squared error ${figures.mse.toFixed(5)} of ${data}'s ${test.name}`,
);
if (isVariational)
  console.log(`its codes diverge by ${figures.divergence.toFixed(1)} nats from the normal distribution`);

const codes = {
  train: await layerFeatures(model, pictures(train), "code", { engine }),
  test: await layerFeatures(model, pictures(test), "code", { engine }),
};
const pixels = (images: NdArray): NdArray =>
  new NdArray(
    Float32Array.from(images.data, (byte) => byte / 255),
    [images.shape[0], channels * height * width],
    "f32",
  );

const { rows } = await nearestNeighbors(codes.train, { queries: codes.test, k: 1, engine });
const same = Array.from(rows.data).filter((row, i) => train.labels.data[row] === test.labels.data[i]);
console.log(`nearest neighbor of the same class: ${percent(same.length / rows.size)} %`);

/** A linear classifier of rows of numbers, which has seen the labels of some training rows. */
async function accuracyOf(rows: typeof codes, chosen: Int32Array): Promise<number> {
  const table = (values: NdArray, labels: NdArray) =>
    dataset("rows", { x: numbers(values), label: classes(labels, train.classes) });
  const some = subset(table(rows.train, train.labels), chosen);
  const classifier = nn.sequential(nn.batchNorm1d({ affine: false }), nn.linear(train.classes.length));
  const fitted = await fit(classifier, some, {
    ...{ epochs: 200, batch: chosen.length, seed, engine },
    optimizer: optim.adamW({ learningRate: 0.02, weightDecay: 1 }),
    schedule: "linear",
  });
  return (await evaluateModel(fitted.model, table(rows.test, test.labels), { engine })).figures.accuracy;
}

/** Ten rows of each class. */
function draw(draws: number): Int32Array {
  const order = new Random(draws, "labels").permutation(train.labels.size);
  const seen = train.classes.map(() => 0);
  return order.filter((row) => seen[train.labels.data[row]]++ < LABELS);
}
const inPixels = { train: pixels(train.images), test: pixels(test.images) };
for (const [what, rows] of Object.entries({ codes, pixels: inPixels })) {
  const accuracies: number[] = [];
  for (let i = 1; i <= DRAWS; i++) accuracies.push(100 * (await accuracyOf(rows, draw(i))));
  console.log(`a linear classifier on the ${what} of ${LABELS} pictures a class: ${meanAndDeviation(accuracies, 1)} %`);
}

const SHOWN = 10;
const some = firstSamples(test, SHOWN).images;
const { values } = await predict(model, some, { engine });
const cells = [...batchToPictures(some), ...batchToPictures(values)].map((one) => ({ picture: one }));
await writePicture(`${run.path}/pairs.png`, pictureGrid(cells, { columns: SHOWN, scale: 2 }));
if (isVariational) {
  const decode = createDecoder(model, { engine });
  const random = new Random(seed, "samples");
  const drawn = new NdArray(
    Float32Array.from({ length: 3 * SHOWN * CODE }, () => random.normal()),
    [3 * SHOWN, CODE],
    "f32",
  );
  const shares = (scores: NdArray): NdArray =>
    new NdArray(
      scores.data.map((x) => 1 / (1 + Math.exp(-x))),
      scores.shape,
      "f32",
    );
  const between = await decode(walk(codes.test.row(0), codes.test.row(1), SHOWN));
  const found = [...batchToPictures(shares(await decode(drawn))), ...batchToPictures(shares(between))];
  await writePicture(
    `${run.path}/samples.png`,
    pictureGrid(
      found.map((one) => ({ picture: one })),
      { columns: SHOWN, scale: 2 },
    ),
  );
}
console.log(`pictures are in ${run.path}`);
