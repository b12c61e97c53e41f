import { array, compile, f32, nn } from "fovea";

// A recurrent network over a sequence that comes step by step: its states are carried from call to call.
const network = nn.sequential(nn.lstm(8), nn.linear(2));
const model = nn.Model.build(network, { input: [4, 1], seed: 1 });
const sequence = [0.3, -0.2, 0.9, 0.1];
const { whole } = await compile((x) => ({ whole: model(x) }), [f32(1, 4, 1)])(array([sequence.map((x) => [x])]));

const carried = nn.carryStates(model, { batch: 1 });
const next = compile((x) => ({ y: carried(x) }), [f32(1, 1, 1)]);
let last = 0;
for (const x of sequence) last = (await next(array([[[x]]]))).y.data[0];
console.log(`step by step it ends where the whole does: ${Math.abs(last - whole.data[6]) < 1e-6}`);
// → step by step it ends where the whole does: true

carried.reset();
console.log([...carried.states.keys()].join(" "));
// → 0.h 0.c
