/**
 * A small residual net that learns CIFAR-10 in minutes on two cores; then votes over ten crops, and of several nets.
 *
 * The shape of the net, pooling before normalization, and an eighth of the scores before the softmax are after D. Page, "How
 * to train your ResNet" (2018), with half the filters; one cycle of the learning rate after L. Smith, "Super-convergence"
 * (2018); crops and mirror images after He et al. (2016), cutout after DeVries and Taylor (2017). 2 500 of the training
 * pictures are held out to see how it goes; by them the ten crops were chosen to be a pixel apart. Each net is kept in
 * `runs/cifar10-fast-SEED.safetensors`.
 *
 *   npm run recipe recipes/cifar10-fast.ts
 *   npm run recipe recipes/cifar10-fast.ts -- --nets 3
 */
import { nn, optim } from "fovea";
import { cifar10, cutout, firstSamples, flip, holdOut, randomCrop } from "fovea/data";
import { classification, cropVote, ensemble, evaluateModel, fit, type Predictor, singleView } from "fovea/train";
import { percent, readSetting, reportEpochs } from "./support.ts";

const { seed, epochs, nets, limit, engine } = await readSetting({ epochs: 24, nets: 1 });
const sets = await cifar10();
const { train, validation } = holdOut(firstSamples(sets.train, limit), 1 / 20, 1);
const test = firstSamples(sets.test, limit);

const convolution = (filters: number) => nn.conv2d(filters, { kernel: 3, padding: 1, bias: false });
const block = (filters: number) => [convolution(filters), nn.batchNorm2d(), nn.relu()];
/** Pooled before it is normalized: a quarter of the values to go through. */
const halving = (filters: number) => [convolution(filters), nn.maxPool2d(2), nn.batchNorm2d(), nn.relu()];
const residual = (filters: number) => nn.residual(nn.sequential(...block(filters), ...block(filters)));

const network = nn.sequential(
  ...block(32), // [n, 32, 32, 32]
  ...halving(64), // [n, 64, 16, 16]
  residual(64),
  ...halving(128), // [n, 128, 8, 8]
  ...halving(256), // [n, 256, 4, 4]
  residual(256),
  nn.globalMaxPool(),
  nn.flatten(),
  nn.linear(10),
  nn.rescale(1 / 8),
);

/** The mean of the training pictures, which the net sees as 0. */
const MEAN_COLOR = [125, 123, 114];

async function trained(number: number): Promise<nn.Model> {
  const { model } = await fit(network, train, {
    ...{ validation, epochs, batch: 64, seed: seed + number, engine },
    augment: [randomCrop({ padding: 4, fill: "reflect" }), flip(), cutout({ size: 8, fill: MEAN_COLOR })],
    task: classification({ loss: (scores, labels) => nn.crossEntropy(scores, labels, { labelSmoothing: 0.1 }) }),
    optimizer: optim.sgd({
      learningRate: 0.1,
      momentum: 0.9,
      nesterov: true,
      weightDecay: 5e-4,
      groups: [optim.withoutDecay],
    }),
    schedule: optim.oneCycle({ rise: 0.25 }),
    onEvent: reportEpochs(`net ${number + 1}`),
  });
  await model.save(`runs/cifar10-fast-${seed + number}.safetensors`);
  return model;
}

const models: nn.Model[] = [];
for (let number = 0; number < nets; number++) models.push(await trained(number));

async function print(what: string, predictor: Predictor): Promise<void> {
  const { figures } = await evaluateModel(predictor, test);
  console.log(`${what.padEnd(28)} ${percent(figures.accuracy)} % of ${test.labels.size} test pictures`);
}
const looks = {
  "one look": (model: nn.Model) => singleView(model, { engine }),
  "ten crops": (model: nn.Model) => cropVote(model, { crops: 10, padding: 1, engine }),
};
for (const [look, predictorOf] of Object.entries(looks)) {
  for (const [i, model] of models.entries()) await print(`net ${i + 1}, ${look}`, predictorOf(model));
  if (nets > 1) await print(`all ${nets} nets, ${look}`, ensemble(models.map(predictorOf)));
}
