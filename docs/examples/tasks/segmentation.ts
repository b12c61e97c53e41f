// Segmentation: which pixels belong to a digit, among dots that do not.
import { NdArray, nn, optim, Random } from "fovea";
import { type Dataset, dataset, digits, mask, picture } from "fovea/data";
import { evaluateModel, fit, segmentation } from "fovea/train";

/** Digits under dots of the same brightness. The mask has 1 where the digit is bright. */
function scenes({ name, images }: Dataset) {
  const [count, , height, width] = images.shape;
  const bright = images.data.map((byte) => (byte > 100 ? 1 : 0));
  const digit = mask(new NdArray(bright, [count, height, width], "u8"), { classes: ["ground", "digit"] });
  const random = new Random(2, `dots ${name}`);
  for (let dot = 0; dot < 12 * count; dot++) {
    const [x, y] = [random.integer(width - 1), random.integer(height - 1)];
    const corner = (Math.floor(dot / 12) * height + y) * width + x;
    for (const pixel of [0, 1, width, width + 1]) images.data[corner + pixel] = 230;
  }
  return dataset(name, { image: picture(images), mask: digit });
}
/** Sees far through gaps between the taps of its filters, and keeps the size. */
const conv = (dilation: number) =>
  nn.sequential(nn.conv2d(16, { kernel: 3, padding: dilation, dilation }), nn.batchNorm2d(), nn.relu());
const network = nn.sequential(conv(1), conv(2), conv(4), conv(1), nn.conv2d(2, { kernel: 1 }));
const { train, test } = digits({ train: 2000, test: 500 });
const { model } = await fit(network, scenes(train), {
  task: segmentation(),
  epochs: 6,
  batch: 32,
  optimizer: optim.adam({ learningRate: 5e-3 }),
  schedule: "linear",
});
const { figures, details } = await evaluateModel(model, scenes(test), { task: segmentation() });
console.log(`mean IoU ${figures.meanIoU.toFixed(3)}, of digits ${details.classIoU.digit.toFixed(3)}`);
