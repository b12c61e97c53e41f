// Segmentation: which pixels belong to a digit, among lines and dots that do not.
import { NdArray, nn, optim, Random } from "fovea";
import { dataset, drawDigits, mask, picture } from "fovea/data";
import { evaluateModel, fit, segmentation } from "fovea/train";

/** Digits in 28×28 pixels with clutter of the same brightness. The mask has 1 where the digit is bright. */
function scenes(count: number, split: "train" | "test") {
  const { images } = drawDigits({ count, seed: 1, split });
  const masks = images.data.map((byte) => (byte > 100 ? 1 : 0));
  const random = new Random(2, `clutter ${split}`);
  for (let i = 0; i < count; i++)
    for (let dot = 0; dot < 12; dot++) {
      const [x, y] = [random.integer(26), random.integer(26)];
      for (const [dx, dy] of [
        [0, 0],
        [1, 0],
        [0, 1],
        [1, 1],
      ])
        images.data[i * 784 + (y + dy) * 28 + x + dx] = 230;
    }
  return dataset(`scenes/${split}`, {
    image: picture(images),
    mask: mask(new NdArray(masks, [count, 28, 28], "u8"), { classes: ["clutter", "digit"] }),
  });
}
const conv = (filters: number, dilation = 1) => nn.conv2d(filters, { kernel: 3, padding: dilation, dilation });
const network = nn.sequential(
  ...[
    conv(16),
    nn.relu(),
    conv(16, 2),
    nn.relu(),
    conv(16, 4),
    nn.relu(),
    conv(16),
    nn.relu(),
    nn.conv2d(2, { kernel: 1 }),
  ],
);
const { model } = await fit(network, scenes(1000, "train"), {
  task: segmentation(),
  epochs: 6,
  batch: 32,
  seed: 1,
  optimizer: optim.adam({ learningRate: 3e-3 }),
  schedule: optim.linear(),
});
const { figures, details } = await evaluateModel(model, scenes(200, "test"), { task: segmentation() });
console.log(`mean IoU ${figures.meanIoU.toFixed(3)}, of digits ${details.classIoU.digit.toFixed(3)}`);
