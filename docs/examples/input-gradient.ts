import { array, constant, conv, convTranspose, evaluate, gradient, sum } from "fovea";

const x = array([[[1, 2, 3, 4]]]);
const filter = array([[[1, 10]]]);
const flipped = array([[[10, 1]]]);

// The derivative of a sum of maps by the input: by the gradient itself, by scanning the flipped filter over the padded
// derivative map, and by laying the filter at every place.
const { byGradient, byScan, byScatter } = await evaluate(() => {
  const input = constant(x);
  const maps = conv(input, constant(filter));
  const [byGradient] = gradient(sum(maps), [input]);
  const derivatives = constant(array([[[1, 1, 1]]]));
  return {
    byGradient,
    byScan: conv(derivatives, constant(flipped), { padding: "full" }),
    byScatter: convTranspose(derivatives, constant(filter)),
  };
});
for (const way of [byGradient, byScan, byScatter]) console.log(JSON.stringify(way.toNested()));
// → [[[1,11,11,10]]]
// → [[[1,11,11,10]]]
// → [[[1,11,11,10]]]
