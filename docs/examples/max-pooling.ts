import { array, avgPool, constant, evaluate, gradient, maxPoolWithPositions, sum } from "fovea";

// Windows of three, one apart, overlap: the 9 wins twice and gets the derivative of both.
const row = array([[[1, 9, 2, 3]]]);

const { values, positions, derivative, means } = await evaluate(() => {
  const x = constant(row);
  const { values, positions } = maxPoolWithPositions(x, { kernel: 3, stride: 1 });
  const [derivative] = gradient(sum(values), [x]);
  return { values, positions, derivative, means: avgPool(x, { kernel: 2 }) };
});
console.log(JSON.stringify(values.toNested()), "at", JSON.stringify(positions.toNested()));
// → [[[9,9]]] at [[[1,1]]]
console.log(JSON.stringify(derivative.toNested()));
// → [[[0,2,0,0]]]
console.log(JSON.stringify(means.toNested()));
// → [[[5,2.5]]]
