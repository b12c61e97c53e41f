// Two answers from one trunk: which digit it is, and where.
import { nn, optim, Random, zeros } from "fovea";
import { boxes, classes, type Dataset, dataset, digits, picture } from "fovea/data";
import { classification, evaluateModel, fit, localization, together } from "fovea/train";

const SIDE = 40;
/** Digits somewhere in larger pictures, and the boxes around their bright pixels. */
function scenes({ name, images, labels, classes: names }: Dataset) {
  const random = new Random(4, `places ${name}`);
  const [pixels, edges] = [zeros([labels.size, 1, SIDE, SIDE], "u8"), zeros([labels.size, 1, 4])];
  for (let i = 0; i < labels.size; i++) {
    const [left, top] = [random.integer(SIDE - 27), random.integer(SIDE - 27)];
    const [xs, ys]: number[][] = [[], []];
    for (const [at, byte] of images.row(i).data.entries()) {
      const [x, y] = [left + (at % 28), top + Math.floor(at / 28)];
      pixels.data[(i * SIDE + y) * SIDE + x] = byte;
      if (byte <= 64) continue;
      xs.push(x);
      ys.push(y);
    }
    edges.data.set([Math.min(...xs), Math.min(...ys), Math.max(...xs) + 1, Math.max(...ys) + 1], 4 * i);
  }
  return dataset(name, { image: picture(pixels), digit: classes(labels, names), box: boxes(edges) });
}
const block = (filters: number) =>
  nn.sequential(nn.conv2d(filters, { kernel: 3, padding: 1 }), nn.batchNorm2d(), nn.relu(), nn.maxPool2d(2));
const trunk = nn.sequential(block(16), block(32), block(64), nn.flatten());
const locate = nn.sequential(nn.linear(64), nn.relu(), nn.linear(4));
const network = nn.network({ image: [1, SIDE, SIDE] }, ({ image }) => {
  const features = trunk(image);
  return { digit: nn.linear(10)(features), box: locate(features) };
});
const { train, test } = digits({ train: 10000, test: 1000 });
const task = together({ digit: classification(), box: localization() }, { weights: { box: 10 } });
const optimizer = optim.adamW({ learningRate: 3e-3 });
const { model } = await fit(network, scenes(train), { task, epochs: 8, optimizer, schedule: "oneCycle" });
const { figures } = await evaluateModel(model, scenes(test), { task });
const { "digit.accuracy": accuracy, "box.meanIoU": overlap } = figures;
console.log(`class ${(100 * accuracy).toFixed(1)} %, box IoU ${overlap.toFixed(3)}`);
