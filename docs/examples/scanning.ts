import { array, compile, f32, nn, slice } from "fovea";

// A network that looks at three steps of a recording with two channels …
const network = nn.sequential(nn.flatten(), nn.linear(5), nn.tanh(), nn.linear(2));
const model = nn.Model.build(network, { input: [2, 3], seed: 1 });
// … is a time-delay network when it looks everywhere.
const scanning = nn.toConvolutional(model, { input: [2, 8] });

const everywhere = compile((x) => scanning(x), [f32(1, 2, 8)]);
const atTwo = compile((x) => model(slice(x, 2, 2, 5)), [f32(1, 2, 8)]);
const recording = array(Array.from({ length: 16 }, (_, i) => Math.sin(i))).reshape([1, 2, 8]);
const [maps, scores] = [await everywhere(recording), await atTwo(recording)];
console.log(`${maps.shape}: two scores at each of six places`);
// → 1,2,6: two scores at each of six places
console.log([0, 1].every((k) => Math.abs(maps.data[6 * k + 2] - scores.data[k]) < 1e-6));
// → true
