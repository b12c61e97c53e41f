import * as image from "fovea/image";

// A gray picture of 5 × 5 pixels: a bright square on a dark ground.
const picture: image.FloatPicture = {
  width: 5,
  height: 5,
  channels: 1,
  data: Float32Array.of(0, 0, 0, 0, 0, 0, 1, 1, 1, 0, 0, 1, 1, 1, 0, 0, 1, 1, 1, 0, 0, 0, 0, 0, 0),
};
const rows = ({ width, height, data }: image.FloatPicture) =>
  Array.from({ length: height }, (_, y) =>
    Array.from(data.subarray(y * width, (y + 1) * width), (value) => Number(value.toFixed(2))),
  );

console.log(JSON.stringify(rows(image.filter(picture, image.kernels.blur(), { border: "valid" }))));
// → [[0.5,0.7,0.5],[0.7,1,0.7],[0.5,0.7,0.5]]

// A custom kernel. Correlation applies it as it is, convolution flips it.
const toTheRight = [[-1, 1]];
console.log(JSON.stringify(rows(image.filter(picture, toTheRight, { border: "zero" }))[1]));
// → [0,1,0,0,-1]
console.log(JSON.stringify(rows(image.filter(picture, toTheRight, { border: "zero", mode: "convolution" }))[1]));
// → [-1,0,0,1,0]

// Bright where it is brighter on the right; normalized, a step from 0 to 1 gives 1.
const slope = image.filter(picture, image.kernels.sobelX(), { normalize: true, step: [2, 1] });
console.log(JSON.stringify(rows(slope)));
// → [[0,0.5,0,-0.5,0],[0,1,0,-1,0],[0,0.5,0,-0.5,0]]
