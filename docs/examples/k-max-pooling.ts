import { array, constant, dynamicK, evaluate, fold, kMaxPool } from "fovea";

const { largest, folded } = await evaluate(() => {
  const sentence = constant(
    array([
      [
        [3, 1, 4, 1, 5],
        [0, 2, 0, 2, 0],
      ],
    ]),
  );
  return { largest: kMaxPool(sentence, 3), folded: fold(sentence) };
});
console.log(JSON.stringify(largest.toNested()));
// → [[[3,4,5],[0,2,2]]]
console.log(JSON.stringify(folded.toNested()));
// → [[[3,3,4,3,5]]]
// A sentence of 18 words through three layers, the topmost of which keeps three.
console.log([1, 2, 3].map((layer) => dynamicK({ top: 3, layer, layers: 3, length: 18 })));
// → [ 12, 6, 3 ]
