// A Siamese network: do two drawings show the same digit? One encoder looks at both.
import { NdArray, nn, optim, Random } from "fovea";
import { classes, type Dataset, dataset, digits, picture } from "fovea/data";
import { evaluateModel, fit, ranking } from "fovea/train";

/** Each drawing with a partner: half of them with one of the same digit, half of them with any. */
function pairs({ name, images, labels }: Dataset) {
  const count = labels.size;
  const digit = Array.from(labels.data);
  const byDigit = Array.from({ length: 10 }, (_, k) => [...digit.keys()].filter((i) => digit[i] === k));
  const random = new Random(5, `pairs ${name}`);
  const partners = digit.map((k, i) => {
    const alike = byDigit[k];
    return i % 2 === 0 ? alike[random.integer(alike.length)] : random.integer(count);
  });
  const right = new NdArray(new Uint8Array(images.size), images.shape, "u8");
  for (const [i, partner] of partners.entries()) right.row(i).data.set(images.row(partner).data);
  const isSame = Int32Array.from(partners, (partner, i) => (digit[i] === digit[partner] ? 1 : 0));
  return dataset(name, {
    left: picture(images),
    right: picture(right),
    same: classes(new NdArray(isSame, [count], "i32"), ["different", "same"]),
  });
}
const conv = (filters: number) =>
  nn.sequential(nn.conv2d(filters, { kernel: 5 }), nn.batchNorm2d(), nn.relu(), nn.maxPool2d(2));
const encoder = nn.sequential(conv(16), conv(32), nn.flatten(), nn.linear(32));
const network = nn.network({ left: [1, 28, 28], right: [1, 28, 28] }, ({ left, right }) => ({
  score: nn.linear(1)(encoder(left).sub(encoder(right)).abs()),
}));
const { train, test } = digits({ train: 5000, test: 2000 });
const { model } = await fit(network, pairs(train), {
  task: ranking(),
  epochs: 8,
  optimizer: optim.adam({ learningRate: 2e-3 }),
  schedule: "linear",
});
const { figures } = await evaluateModel(model, pairs(test), { task: ranking() });
console.log(`pairs in the right order ${(100 * figures.auc).toFixed(1)} %`);
