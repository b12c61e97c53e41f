/**
 * Pictures through 32 numbers and back: a convolutional autoencoder on MNIST or CIFAR-10, and what its code is good for.
 *
 * Three figures: the mean squared error of test pictures, values in 0 … 1; of MNIST the accuracy of a linear classifier that sees
 * the codes of 100 labeled training digits, ten of each class, and of one that sees their pixels; and how often the nearest
 * neighbor among the codes of all training pictures has the same class.
 *
 * `--net aligned` turns, shifts and stretches each picture at random. From the whole code it has to give that picture, and from half
 * of the code the picture before: so this half holds what it is, and the other half how it is turned and where it is. `--net
 * variational` has a distribution of codes in place of points (Kingma and Welling 2014). With `--hold`, a sixth of the training
 * pictures takes the place of the test set: choices are made by it. Pictures are written to `runs/autoencoder-…`: pairs of input
 * and output, and for the variational net samples and a walk between two pictures.
 *
 *   FOVEA_DATA=… npm run recipe recipes/autoencoder.ts -- --net aligned
 *   FOVEA_DATA=… npm run recipe recipes/autoencoder.ts
 *   FOVEA_DATA=… npm run recipe recipes/autoencoder.ts -- --data cifar10 --net variational
 */
import { NdArray, nn, optim, Random } from "fovea";
import {
  type Augmentation,
  augmentations,
  cifar10,
  classes,
  type Dataset,
  type DataTable,
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
import { autoencoder, pictureDecoder, pictureEncoder, variationalAutoencoder } from "fovea/models";
import { createNextRunFolder, evaluateModel, fit, predict, reconstruction, type Task, together } from "fovea/train";
import { meanAndDeviation, percent, readSetting, reportEpochs } from "./support.ts";

const CODE = 32;
const [LABELS, DRAWS] = [10, 5];
const setting = await readSetting({ epochs: 0 }, ["hold"], {
  data: ["mnist", "cifar10"],
  net: ["plain", "aligned", "variational"],
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

const [, channels, height, width] = train.images.shape;
const options = { size: [height, width] as const, channels, maps: plan.maps, units: plan.units };
const toFloats = (images: NdArray): NdArray =>
  new NdArray(
    Float32Array.from(images.data, (byte) => byte / 255),
    images.shape,
    "f32",
  );

const pictures = ({ images, normalization }: Dataset) => ({ image: picture(images, { normalization }) });
const table = (part: Dataset) => dataset(part.name, pictures(part));

/** A network with what it has to do. */
interface Plan {
  readonly network: nn.Layer;
  readonly task: Task;
  readonly augment?: Augmentation[];
  /** What it learns from and is tested with. Default: the pictures alone. */
  readonly table?: (part: Dataset) => DataTable;
  /** The figure of the error. Default `mse`. */
  readonly error?: string;
}

/** From the whole code the distorted picture, from half of it the picture as it was. */
const aligned = (): Plan => ({
  network: nn.network({ image: [channels, height, width] }, ({ image }) => {
    const features = nn.named("encoder", pictureEncoder(options))(image);
    const [what, how] = ["what", "how"].map((name) => nn.named(name, nn.linear(CODE / 2))(features));
    const code = nn.named("code", nn.identity())(nn.concat(what, how));
    return {
      values: nn.named("decoder", pictureDecoder(options))(code),
      before: nn.named("aligned", pictureDecoder(options))(what),
    };
  }),
  task: together({ values: reconstruction({ target: "image" }), before: reconstruction({ target: "clean" }) }),
  error: "values.mse",
  augment: [augmentations.affine({ rotation: 15, translation: 2, scale: 1.2, shear: 15, stretch: 1.1 })],
  table: (part) => dataset(part.name, { ...pictures(part), clean: numbers(toFloats(part.images)) }),
});

const nets: Record<typeof net, () => Plan> = {
  plain: () => ({ network: autoencoder({ ...options, code: CODE }), task: reconstruction() }),
  aligned,
  variational: () => ({
    network: variationalAutoencoder({ ...options, code: CODE }),
    task: reconstruction({ loss: "binaryCrossEntropy", divergence: 1 }),
  }),
};
const chosen = nets[net]();
const own = chosen.table ?? table;
const inputs = net === "plain" ? undefined : { image: "image" };
const run = await createNextRunFolder(`runs/autoencoder-${net}-${data}-${seed}`, { recipe: "autoencoder", net, seed });
const { model } = await fit(chosen.network, own(train), {
  ...{ epochs: setting.epochs || plan.epochs, batch: 128, seed, engine, store: run, inputs },
  ...{ task: chosen.task, augment: chosen.augment },
  optimizer: optim.adam({ learningRate: 2e-3 }),
  schedule: optim.oneCycle(),
  onEvent: reportEpochs(`${net} autoencoder`, chosen.error ?? "mse", (value) => value.toFixed(5)),
});
const { figures } = await evaluateModel(model, own(test), { engine, inputs });
const error = figures[chosen.error ?? "mse"];
console.log(`${net} autoencoder, ${CODE} numbers: mean squared error ${error.toFixed(5)} of ${test.name}`);
if ("divergence" in figures) console.log(`the codes hold ${figures.divergence.toFixed(1)} nats`);

const codes = {
  train: await layerFeatures(model, table(train), "code", { engine }),
  test: await layerFeatures(model, table(test), "code", { engine }),
};
const { rows } = await nearestNeighbors(codes.train, { queries: codes.test, k: 1, engine });
const same = Array.from(rows.data).filter((row, i) => train.labels.data[row] === test.labels.data[i]);
console.log(`nearest neighbor of the same class: ${percent(same.length / rows.size)} %`);

/** A linear classifier of rows of numbers, which has seen the labels of some training rows. */
async function accuracyOf(rows: typeof codes, chosen: Int32Array): Promise<number> {
  const labeled = (values: NdArray, labels: NdArray) =>
    dataset("rows", { x: numbers(values), label: classes(labels, train.classes) });
  const some = subset(labeled(rows.train, train.labels), chosen);
  const classifier = nn.sequential(nn.batchNorm1d({ affine: false }), nn.linear(train.classes.length));
  const fitted = await fit(classifier, some, {
    ...{ epochs: 200, batch: chosen.length, seed, engine },
    optimizer: optim.adamW({ learningRate: 0.02, weightDecay: 1 }),
    schedule: "linear",
  });
  return (await evaluateModel(fitted.model, labeled(rows.test, test.labels), { engine })).figures.accuracy;
}

/** Ten rows of each class. */
function draw(draws: number): Int32Array {
  const order = new Random(draws, "labels").permutation(train.labels.size);
  const seen = train.classes.map(() => 0);
  return order.filter((row) => seen[train.labels.data[row]]++ < LABELS);
}
const flat = (images: NdArray): NdArray => toFloats(images).reshape([images.shape[0], channels * height * width]);
const pixels = { train: flat(train.images), test: flat(test.images) };
for (const [what, rows] of Object.entries({ codes, pixels })) {
  const accuracies: number[] = [];
  for (let i = 1; i <= DRAWS; i++) accuracies.push(100 * (await accuracyOf(rows, draw(i))));
  console.log(`a linear classifier on the ${what} of ${LABELS} pictures a class: ${meanAndDeviation(accuracies, 1)} %`);
}

const SHOWN = 10;
const some = firstSamples(test, SHOWN).images;
const predicted = await predict(model, some, { engine });
const values = predicted.values ?? predicted["values.values"];
const cells = [...batchToPictures(some), ...batchToPictures(values)].map((one) => ({ picture: one }));
await writePicture(`${run.path}/pairs.png`, pictureGrid(cells, { columns: SHOWN, scale: 2 }));
if (net === "variational") {
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
