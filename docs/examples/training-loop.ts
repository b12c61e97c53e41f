import { compile, f32, i32, nn, optim } from "fovea";
import { batches, digits } from "fovea/data";

const { train } = digits({ train: 512, test: 1 });
const layers = nn.sequential(nn.flatten(), nn.linear(32), nn.relu(), nn.linear(10));
const model = nn.Model.build(layers, { input: [1, 28, 28], normalization: train.normalization, seed: 1 });
const optimizer = optim.sgd({ momentum: 0.9 });
const step = compile(
  (images, labels) => {
    const loss = nn.crossEntropy(model(images, { training: true }), labels);
    optim.minimize(loss, optimizer);
    return { loss };
  },
  [{ ...f32(64, 1, 28, 28), dtype: "u8" }, i32(64)],
);

// The batches that fit would take, and a learning rate that is set before each epoch: nothing is compiled again.
const losses: number[] = [];
for (let epoch = 0; epoch < 4; epoch++) {
  optim.setLearningRate(optimizer, 0.05 / (epoch + 1));
  let sum = 0;
  for await (const { images, labels } of batches(train, { batch: 64, seed: 1, epoch }))
    sum += (await step(images, labels)).loss.item();
  losses.push(sum / 8);
}
console.log(`the loss falls: ${losses.every((loss, epoch) => epoch === 0 || loss < losses[epoch - 1])}`);
// → the loss falls: true
