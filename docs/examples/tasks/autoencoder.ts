// An autoencoder: digits through 32 numbers and back.
import { nn, optim } from "fovea";
import { type Dataset, dataset, digits, picture } from "fovea/data";
import { evaluateModel, fit, reconstruction } from "fovea/train";

const { train, test } = digits({ train: 4000, test: 500 });
const pictures = ({ name, images }: Dataset) => dataset(name, { image: picture(images) });
const autoencoder = nn.sequential(
  nn.flatten(),
  nn.linear(256),
  nn.relu(),
  nn.linear(32),
  nn.linear(256),
  nn.relu(),
  nn.linear(28 * 28),
  nn.op("reshape", { shape: [-1, 1, 28, 28] }),
);
const { model } = await fit(autoencoder, pictures(train), {
  task: reconstruction({ loss: "binaryCrossEntropy" }),
  epochs: 12,
  optimizer: optim.adam({ learningRate: 2e-3 }),
  schedule: "linear",
});
const { figures } = await evaluateModel(model, pictures(test));

// What the mean picture of the training digits has for an error.
const [size, count] = [28 * 28, train.labels.size];
const mean = new Float64Array(size);
for (const [i, byte] of train.images.data.entries()) mean[i % size] += byte / 255 / count;
const squares = Array.from(test.images.data, (byte, i) => (byte / 255 - mean[i % size]) ** 2);
const ratio = squares.reduce((a, b) => a + b) / squares.length / figures.mse;
const error = figures.mse.toFixed(4);
console.log(`mean squared error ${error}, ${ratio.toFixed(1)} times below that of the mean picture`);
