import { array, constant, evaluate, leakyRelu, logSoftmax, maxout, nn, relu, softmax } from "fovea";

const { rectified, leaky, largest, shares, sum } = await evaluate(() => {
  const x = constant(array([[-2, 1, 0.5, 3]]));
  return {
    rectified: relu(x),
    leaky: leakyRelu(x, 0.5),
    largest: maxout(x, 2),
    shares: softmax(constant(array([[2, 2, 2, 2]]))),
    sum: logSoftmax(constant(array([[1000, 1000]]))),
  };
});
for (const y of [rectified, leaky, largest, shares]) console.log(JSON.stringify(y.toNested()));
// → [[0,1,0.5,3]]
// → [[-1,1,0.5,3]]
// → [[1,3]]
// → [[0.25,0.25,0.25,0.25]]
console.log(`log-softmax stays finite: ${sum.data[0].toFixed(3)}`);
// → log-softmax stays finite: -0.693

// The same as layers, between fully connected ones.
const network = nn.sequential(
  nn.flatten(),
  nn.linear(8),
  nn.elu(),
  nn.linear(8),
  nn.maxout(2),
  nn.linear(3),
  nn.softmax(),
);
const model = nn.Model.build(network, { input: [2, 2], seed: 1 });
console.log(model.variables.map(({ name, shape }) => `${name} [${shape}]`).join(", "));
// → 1.weight [8,4], 1.bias [8], 3.weight [8,8], 3.bias [8], 5.weight [3,4], 5.bias [3]
