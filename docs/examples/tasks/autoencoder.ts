// An autoencoder: digits through 32 numbers and back.
import { nn, optim } from "fovea";
import { dataset, digits, picture } from "fovea/data";
import { evaluateModel, fit, reconstruction } from "fovea/train";

const { train, test } = digits({ train: 4000, test: 500 });
const pictures = dataset("digits", { image: picture(train.images) });
const unseen = dataset("unseen digits", { image: picture(test.images) });

const autoencoder = nn.sequential(
  ...[nn.flatten(), nn.linear(256), nn.relu(), nn.linear(32)],
  ...[nn.linear(256), nn.relu(), nn.linear(784)],
  nn.op("reshape", { shape: [-1, 1, 28, 28] }),
);
const { model } = await fit(autoencoder, pictures, {
  task: reconstruction({ loss: "binaryCrossEntropy" }),
  epochs: 12,
  batch: 64,
  seed: 1,
  optimizer: optim.adam({ learningRate: 2e-3 }),
  schedule: optim.linear(),
});
const { figures } = await evaluateModel(model, unseen);

// What the mean picture of the training digits would cost.
const [size, count] = [28 * 28, train.labels.size];
const mean = new Float64Array(size);
for (let i = 0; i < train.images.size; i++) mean[i % size] += train.images.data[i] / 255 / count;
const squares = Array.from(test.images.data, (byte, i) => (byte / 255 - mean[i % size]) ** 2);
const meanError = squares.reduce((a, b) => a + b) / squares.length;
console.log(
  `mean squared error ${figures.mse.toFixed(4)}, ${(meanError / figures.mse).toFixed(1)} times below that of the mean picture`,
);
