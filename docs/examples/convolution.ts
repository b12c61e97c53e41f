import { array, constant, conv, evaluate } from "fovea";

// One picture of one channel, [n, channels, height, width], and a filter [out, channels, kh, kw] for vertical edges.
const picture = array([
  [
    [
      [0, 0, 1, 1],
      [0, 0, 1, 1],
      [0, 0, 1, 1],
    ],
  ],
]);
const edges = array([[[[-1, 1]]]]);

const { plain, strided } = await evaluate(() => ({
  plain: conv(constant(picture), constant(edges)),
  strided: conv(constant(picture), constant(edges), { stride: 2, padding: [0, 1] }),
}));
console.log(JSON.stringify(plain.toNested()));
// → [[[[0,1,0],[0,1,0],[0,1,0]]]]
console.log(`${strided.shape}: ⌊(3 + 0 − 1) / 2⌋ + 1 rows, ⌊(4 + 2 − 2) / 2⌋ + 1 columns`);
// → 1,1,2,3: ⌊(3 + 0 − 1) / 2⌋ + 1 rows, ⌊(4 + 2 − 2) / 2⌋ + 1 columns
