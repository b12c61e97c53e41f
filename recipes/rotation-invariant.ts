/**
 * A net that does not mind quarter turns, beside plain ones, on MNIST's digits turned by 0, 90, 180 or 270° at random.
 *
 * Every filter of the invariant net is applied in its four quarter turns, the largest response counts, and the last maps
 * are pooled over all positions: turning the picture turns the maps and changes nothing in the scores. It learns from
 * upright digits only. The plain net has the same layers with ordinary filters; it learns from upright digits, and once
 * more from digits turned anew in each epoch. Source: CMU 11-785, "Transform invariance".
 *
 *   npm run recipe recipes/rotation-invariant.ts
 */
import { nn, optim } from "fovea";
import { type Augmentation, augmentBatch, type Dataset, firstSamples, mnist, quarterTurn } from "fovea/data";
import { evaluateModel, fit } from "fovea/train";
import { percent, readSetting, reportEpochs } from "./support.ts";

const { seed, epochs, limit, engine } = await readSetting({ epochs: 4 });
const sets = await mnist();
const [train, test] = [firstSamples(sets.train, limit), firstSamples(sets.test, limit)];

type Convolution = (filters: number, options: { kernel: number; padding: number }) => nn.Layer;

const network = (convolution: Convolution): nn.Layer =>
  nn.sequential(
    convolution(16, { kernel: 5, padding: 2 }), // [n, 16, 28, 28]
    nn.batchNorm2d(),
    nn.relu(),
    nn.maxPool2d(2),
    convolution(32, { kernel: 5, padding: 2 }), // [n, 32, 14, 14]
    nn.batchNorm2d(),
    nn.relu(),
    nn.maxPool2d(2),
    convolution(64, { kernel: 5, padding: 2 }), // [n, 64, 7, 7]
    nn.batchNorm2d(),
    nn.relu(),
    nn.globalMaxPool(),
    nn.flatten(),
    nn.linear(10),
  );

/** Each picture turned by a number of quarters that is drawn once. */
function turned(data: Dataset): Dataset {
  const samples = Int32Array.from(data.labels.data, (_, i) => i);
  const { images } = augmentBatch([quarterTurn()], data, { seed, epoch: 0, samples }, data.classes.length);
  return { ...data, name: `${data.name} (turned)`, images };
}

async function trained(what: string, layer: nn.Layer, augment: readonly Augmentation[]): Promise<nn.Model> {
  const { model } = await fit(layer, train, {
    ...{ epochs, batch: 64, seed, engine, augment },
    optimizer: optim.sgd({ learningRate: 0.05, momentum: 0.9, weightDecay: 5e-4 }),
    schedule: optim.oneCycle(),
    onEvent: reportEpochs(what),
  });
  return model;
}

const plain: Convolution = (filters, options) => nn.conv2d(filters, options);
const invariant: Convolution = (filters, options) =>
  nn.transformConv2d(filters, { ...options, transforms: nn.turns(4) });

const nets = {
  "plain, upright digits": await trained("plain", network(plain), []),
  "plain, turned digits": await trained("plain, turned", network(plain), [quarterTurn()]),
  "invariant, upright digits": await trained("invariant", network(invariant), []),
};
const turnedTest = turned(test);
console.log("test error, %                upright   turned");
for (const [name, model] of Object.entries(nets)) {
  const errors: string[] = [];
  for (const data of [test, turnedTest]) {
    const { figures } = await evaluateModel(model, data, { engine });
    errors.push(percent(1 - figures.accuracy).padStart(7));
  }
  console.log(`${name.padEnd(26)}  ${errors.join("  ")}`);
}
