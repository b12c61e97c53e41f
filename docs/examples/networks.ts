import { compile, constant, f32, gradient, i32, mean, nn, sum, type Tensor, zeros } from "fovea";
import { summarize } from "fovea/inspect";

// One encoder for both pictures: called twice, it has its parameters once.
const encoder = nn.named("encoder", nn.sequential(nn.conv2d(4, { kernel: 3 }), nn.relu(), nn.globalAvgPool()));

const network = nn.network({ left: [1, 8, 8], right: [1, 8, 8] }, ({ left, right }) => {
  const [a, b] = [encoder(left), encoder(right)];
  const difference = a.sub(b).named("difference");
  return { distance: difference.mul(difference).sum(1), scores: nn.linear(3)(nn.concat(a, b)) };
});

const model = nn.Model.build(network, { seed: 1 });
console.log(model.variables.map(({ name }) => name).join(" "));
// → encoder.0.weight encoder.0.bias linear.weight linear.bias
console.log(model.outputs.join(" "));
// → distance scores

const types = [f32(2, 1, 8, 8), f32(2, 1, 8, 8)];
const compare = compile((left, right) => ({ ...model.apply({ left, right }) }), types);
const picture = zeros([2, 1, 8, 8]);
const { distance, scores } = await compare(picture, picture);
console.log(`${distance.toNested()}, ${scores.shape}`);
// → 0,0, 2,3

// Inner values by path: how the distance changes with the last maps of the encoder.
const look = compile((left, right) => {
  const { "encoder.1": maps, difference } = nn.tap(model, { left, right }, ["encoder.1", "difference"]);
  return { slope: gradient(mean(sum(difference, 1)), [maps])[0] };
}, types);
console.log(`${(await look(picture, picture)).slope.shape}`);
// → 2,4,6,6

for (const { path, from, parameters } of summarize(model).layers.filter(({ path }) => !path.includes(".")))
  console.log(`${path} of ${from?.join(" and ")}: ${parameters}`);
// → difference of encoder.2 and encoder_2.2: 0
// → mul of difference: 0
// → sum of mul: 0
// → concat of encoder.2 and encoder_2.2: 0
// → linear of concat: 27

// A residual block of ops and layers. It says only what its input is called, and so fits wherever its layers do.
const block = nn.network(["x"], ({ x }) => nn.conv2d(4, { kernel: 3, padding: 1 })(x).add(x).relu());
const stacked = nn.Model.build(nn.sequential(nn.conv2d(4, { kernel: 1 }), block, nn.flatten()), { input: [1, 4, 4] });
const loaded = nn.Model.fromBytes(await stacked.toBytes());
const flat = await compile(() => loaded(constant(zeros([1, 1, 4, 4]))), [])();
console.log(`${flat.shape}`);
// → 1,64

// Auxiliary heads, in a loop of one's own.
const deep = nn.sequential({
  first: nn.linear(8),
  aux: nn.auxiliary({ fc: nn.linear(3) }, { weight: 0.3 }),
  last: nn.linear(3),
});
const net = nn.Model.build(deep, { input: [4] });
const losses = compile(
  (x, labels) => {
    const heads: Tensor[] = [];
    const scores = net(x, {
      training: true,
      onAuxiliary: (_path, output, weight) => heads.push(nn.crossEntropy(output, labels).mul(weight)),
    });
    return { loss: heads.reduce((sum, head) => sum.add(head), nn.crossEntropy(scores, labels)) };
  },
  [f32(2, 4), i32(2)],
);
const { loss } = await losses(zeros([2, 4]), zeros([2], "i32"));
console.log(`${loss.shape.length} axes`);
// → 0 axes
