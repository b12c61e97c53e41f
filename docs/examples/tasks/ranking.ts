// A Siamese network: do two drawings show the same digit? One encoder looks at both.
import { NdArray, nn, optim } from "fovea";
import { classes, dataset, drawDigits, picture } from "fovea/data";
import { evaluateModel, fit, ranking } from "fovea/train";

/** Pairs of drawings, half of them of one digit. */
function pairs(count: number, split: "train" | "test") {
  const { images, labels } = drawDigits({ count: 2 * count, seed: 5, split });
  const byDigit = Array.from({ length: 10 }, (_, digit) =>
    [...labels.data.keys()].filter((i) => labels.data[i] === digit),
  );
  const first = Int32Array.from({ length: count }, (_, i) => i);
  const second = first.map((i) => {
    const own = byDigit[labels.data[i]];
    return i % 2 === 0 ? own[(i * 7 + 1) % own.length] : count + ((i * 13) % count);
  });
  const rows = (numbers: Int32Array) => {
    const data = new Uint8Array(count * 784);
    numbers.forEach((from, to) => data.set(images.data.subarray(from * 784, (from + 1) * 784) as Uint8Array, to * 784));
    return picture(new NdArray(data, [count, 1, 28, 28], "u8"));
  };
  const same = Int32Array.from(first, (i) => (labels.data[i] === labels.data[second[i]] ? 1 : 0));
  return dataset(`pairs/${split}`, {
    ...{ left: rows(first), right: rows(second) },
    same: classes(new NdArray(same, [count], "i32"), ["different", "same"]),
  });
}
const encoder = nn.sequential(
  ...[
    nn.conv2d(16, { kernel: 5 }),
    nn.relu(),
    nn.maxPool2d(2),
    nn.conv2d(32, { kernel: 5 }),
    nn.relu(),
    nn.maxPool2d(2),
  ],
  ...[nn.flatten(), nn.linear(32)],
);
const network = nn.network({ left: [1, 28, 28], right: [1, 28, 28] }, ({ left, right }) => {
  const distance = nn.op("abs")(nn.op("sub")(encoder(left), encoder(right)));
  return { score: nn.linear(1)(distance) };
});
const { model } = await fit(network, pairs(4000, "train"), {
  ...{ task: ranking(), epochs: 8, batch: 64, seed: 1, optimizer: optim.adam({ learningRate: 2e-3 }) },
});
const { figures } = await evaluateModel(model, pairs(1000, "test"));
console.log(`pairs in the right order ${(100 * figures.auc).toFixed(1)} %`);
