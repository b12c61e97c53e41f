import { array, compile, f32, nn, reshape } from "fovea";

// Filters in four turns, the strongest of which counts: scores do not change when the picture is turned.
const network = nn.sequential(
  nn.transformConv2d(4, { kernel: 3, transforms: nn.turns(4) }),
  nn.relu(),
  nn.globalMaxPool(),
  nn.linear(2),
);
const model = nn.Model.build(network, { input: [1, 4, 4], seed: 1 });
const scores = compile((x) => model(reshape(x, [1, 1, 4, 4])), [f32(4, 4)]);

const picture = [
  [1, 0, 0, 0],
  [1, 0, 0, 0],
  [1, 1, 1, 0],
  [0, 0, 0, 0],
];
const turned = picture.map((row, i) => row.map((_, j) => picture[3 - j][i]));
const [upright, lying] = [await scores(array(picture)), await scores(array(turned))];
console.log(upright.data.every((score, i) => Math.abs(score - lying.data[i]) < 1e-6));
// → true
