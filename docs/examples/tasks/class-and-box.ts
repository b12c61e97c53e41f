// Two answers from one trunk: which digit it is, and where.
import { NdArray, nn, optim, Random } from "fovea";
import { boxes, classes, dataset, drawDigits, picture } from "fovea/data";
import { classification, evaluateModel, fit, localization, together } from "fovea/train";

/** Digits somewhere in 48×48 pixels, their classes, and the boxes around their bright pixels. */
function scenes(count: number, split: "train" | "test") {
  const { images, labels } = drawDigits({ count, seed: 3, split });
  const random = new Random(4, `places ${split}`);
  const pixels = new Uint8Array(count * 48 * 48);
  const edges = Float32Array.from({ length: count * 4 }, (_, k) => (k % 4 < 2 ? 48 : 0));
  for (let i = 0; i < count; i++) {
    const [left, top] = [random.integer(21), random.integer(21)];
    for (let at = 0; at < 784; at++) {
      const [x, y, byte] = [left + (at % 28), top + Math.floor(at / 28), images.data[i * 784 + at]];
      pixels[i * 2304 + y * 48 + x] = byte;
      if (byte < 64) continue;
      edges.set([Math.min(edges[4 * i], x), Math.min(edges[4 * i + 1], y)], 4 * i);
      edges.set([Math.max(edges[4 * i + 2], x + 1), Math.max(edges[4 * i + 3], y + 1)], 4 * i + 2);
    }
  }
  const image = picture(new NdArray(pixels, [count, 1, 48, 48], "u8"));
  const names = Array.from({ length: 10 }, (_, digit) => String(digit));
  return dataset(`scenes/${split}`, {
    image,
    digit: classes(labels, names),
    box: boxes(new NdArray(edges, [count, 1, 4], "f32")),
  });
}
const block = (filters: number) => [
  nn.conv2d(filters, { kernel: 3, padding: 1 }),
  nn.batchNorm2d(),
  nn.relu(),
  nn.maxPool2d(2),
];
const trunk = nn.sequential(...block(16), ...block(32), ...block(64), nn.flatten(), nn.linear(128), nn.relu());
const network = nn.network({ image: [1, 48, 48] }, ({ image }) => {
  const seen = trunk(image);
  return { digit: nn.linear(10)(seen), box: nn.op("reshape", { shape: [-1, 1, 4] })(nn.linear(4)(seen)) };
});
const task = together({ digit: classification(), box: localization() }, { weights: { box: 3 } });
const { model } = await fit(network, scenes(4000, "train"), {
  ...{ task, epochs: 10, batch: 64, seed: 1 },
  ...{ optimizer: optim.adam({ learningRate: 1e-3 }), schedule: optim.linear() },
});
const { figures } = await evaluateModel(model, scenes(500, "test"), { task });
console.log(`class ${(100 * figures["digit.accuracy"]).toFixed(1)} %, box IoU ${figures["box.meanIoU"].toFixed(3)}`);
