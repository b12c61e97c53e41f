import { nn } from "fovea";
import { summarize } from "fovea/inspect";

// The part of the picture that a unit sees: a window of reach k adds (k − 1) times the distance of neighboring units.
const network = nn.sequential(
  nn.conv2d(4, { kernel: 5 }),
  nn.maxPool2d(2),
  nn.conv2d(8, { kernel: 5 }),
  nn.maxPool2d(2),
);
const { layers } = summarize(nn.Model.build(network, { input: [1, 32, 32] }));
console.log(layers.map(({ receptiveField }) => receptiveField?.join("×")).join(", "));
// → 5×5, 6×6, 14×14, 16×16
