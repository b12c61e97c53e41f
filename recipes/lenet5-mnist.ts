/**
 * LeNet-5 on MNIST, on the digits as they are or on distorted ones.
 *
 * Source: LeCun, Bottou, Bengio, Haffner, "Gradient-based learning applied to document recognition" (1998): 0.95 % of the
 * test digits read wrongly, and 0.8 % after training with planar distortions (shifts, scaling, squeezing, shearing).
 * Rate and decay were chosen on 10 000 of the training digits, as they are; distorted ones have five times less decay and
 * twice as many epochs, which was not tuned.
 *
 *   npm run recipe recipes/lenet5-mnist.ts
 *   npm run recipe recipes/lenet5-mnist.ts -- --distort
 */
import { optim } from "fovea";
import { affine, firstSamples, mnist } from "fovea/data";
import { lenet5 } from "fovea/models";
import { evaluateModel, fit } from "fovea/train";
import { percent, readSetting, reportEpochs } from "./support.ts";

const { seed, epochs, limit, engine, switches } = await readSetting({ epochs: 20 }, ["distort"]);
const distort = switches.has("distort");
const { train, test } = await mnist();

const { model } = await fit(lenet5(), firstSamples(train, limit), {
  epochs: distort ? 2 * epochs : epochs,
  batch: 64,
  seed,
  engine,
  optimizer: optim.sgd({ learningRate: 0.05, momentum: 0.9, nesterov: true, weightDecay: distort ? 2e-4 : 1e-3 }),
  schedule: optim.oneCycle(),
  augment: distort ? [affine({ rotation: 10, translation: 2, scale: 1.15, shear: 10, stretch: 1.1 })] : [],
  onEvent: reportEpochs(distort ? "LeNet-5, distorted digits" : "LeNet-5"),
});
const { figures, details, count } = await evaluateModel(model, firstSamples(test, limit), { engine });
console.log(`test error ${percent(1 - figures.accuracy)} %: ${count - details.correct} of ${count} digits`);
