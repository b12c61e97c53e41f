import { array, constant, convTranspose, evaluate, maxPoolWithPositions, maxUnpool } from "fovea";

const { larger, back } = await evaluate(() => {
  // Each element lays a scaled filter of length 3, two apart; what overlaps adds up.
  const larger = convTranspose(constant(array([[[1, 2, 3]]])), constant(array([[[1, 1, 1]]])), { stride: 2 });
  // Unpooling puts maxima back to where they were found.
  const { values, positions } = maxPoolWithPositions(constant(array([[[4, 1, 2, 8]]])), { kernel: 2 });
  return { larger, back: maxUnpool(values, positions, [4]) };
});
console.log(JSON.stringify(larger.toNested()));
// → [[[1,1,3,2,5,3,3]]]
console.log(JSON.stringify(back.toNested()));
// → [[[4,0,0,8]]]
