import * as image from "fovea/image";

// A bright rectangle, 14 × 8 pixels, on a dark ground of 24 × 16.
const picture: image.BytePicture = {
  width: 24,
  height: 16,
  channels: 1,
  data: Uint8Array.from({ length: 384 }, (_, i) => (i % 24 > 4 && i % 24 < 19 && i > 95 && i < 288 ? 230 : 20)),
};

const edges = image.canny(picture, { low: 100, high: 200 });
for (let y = 2; y < 6; y++) {
  console.log(Array.from(edges.data.subarray(24 * y, 24 * (y + 1)), (value) => (value > 0 ? "#" : ".")).join(""));
}
// → ........................
// → ......############......
// → .....#............#.....
// → ....#.............#.....

const corners = image.harris(picture, { block: 3, distance: 5, threshold: 0.1 });
console.log(corners.map(({ x, y }) => `${x},${y}`).join(" "));
// → 5,4 18,4 5,11 18,11
