import { array, compile, f32, nn } from "fovea";

// Two layers of LSTM cells in both directions over sequences of five steps with three channels.
const network = nn.sequential(nn.lstm(4, { layers: 2, bidirectional: true, output: "last" }), nn.linear(2));
const model = nn.Model.build(network, { input: [5, 3], seed: 1 });
const classify = compile((x) => model(x), [f32(1, 5, 3)]);
const scores = await classify(array(Array.from({ length: 15 }, (_, i) => Math.sin(i))).reshape([1, 5, 3]));
console.log(`${scores.shape}`);
// → 1,2

// Elman's network adds up what it sees when its weights are 1 and its function leaves positive numbers unchanged.
const counter = nn.Model.build(nn.rnn(1, { activation: "relu", bias: false, initializer: "ones" }), { input: [4, 1] });
const running = await compile((x) => counter(x), [f32(1, 4, 1)])(array([[[1], [2], [3], [4]]]));
console.log(JSON.stringify(running.toNested()));
// → [[[1],[3],[6],[10]]]
