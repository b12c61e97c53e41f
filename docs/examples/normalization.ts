import { array, compile, f32, nn } from "fovea";

// Network in network: 1×1 convolutions between normalized maps, and a mean over whole maps at the end.
const network = nn.sequential(
  nn.conv2d(8, { kernel: 3, padding: 1, bias: false }),
  nn.batchNorm2d(),
  nn.relu(),
  nn.localResponseNorm(5),
  nn.conv2d(4, { kernel: 1 }),
  nn.dropout(0.5),
  nn.globalAvgPool(),
);
const model = nn.Model.build(network, { input: [3, 6, 6], seed: 1 });
const predict = compile((x) => model(x), [f32(2, 3, 6, 6)]);
const pictures = array(Array.from({ length: 2 * 3 * 6 * 6 }, (_, i) => i % 7)).reshape([2, 3, 6, 6]);

const [first, second] = [await predict(pictures), await predict(pictures)];
console.log(`${first.shape}: one number for each of four maps`);
// → 2,4: one number for each of four maps
console.log(`nothing is dropped when predicting: ${first.data.every((y, i) => y === second.data[i])}`);
// → nothing is dropped when predicting: true
