import { nn, optim } from "fovea";
import { digits } from "fovea/data";
import { evaluateModel, fit } from "fovea/train";

const { train, test } = digits({ train: 600, test: 100 });
const network = nn.sequential(
  nn.conv2d(6, { kernel: 5 }),
  nn.relu(),
  nn.maxPool2d(4),
  nn.flatten(),
  nn.dropout(0.5),
  nn.linear(10),
);
// Momentum and weight decay as the lectures have them; the rate is divided by 10 when validation does not get better, and
// the run ends when it has not for five epochs.
const { model, history, bestEpoch } = await fit(network, train, {
  validation: test,
  epochs: 8,
  batch: 32,
  seed: 1,
  optimizer: optim.sgd({ learningRate: 0.05, momentum: 0.9, weightDecay: 5e-4 }),
  schedule: optim.plateau({ patience: 2 }),
  patience: 5,
});
const { figures } = await evaluateModel(model, test);
console.log(`the best of the first ${history.length} epochs is kept: ${bestEpoch <= history.length}`);
// → the best of the first 8 epochs is kept: true
console.log(`reads most digits by other hands: ${figures.accuracy > 0.7}`);
// → reads most digits by other hands: true
