/** Positions in a network's input as positions in the picture that it shows a part of. */
import { NdArray } from "../../array/index.ts";
import type { Rectangle } from "../../image/index.ts";
import type { Scene } from "./task.ts";

/** The part of the picture that the input shows; without one the input is the picture. */
export const viewOf = ({ view, input }: Scene): Rectangle => {
  const [height, width] = input.slice(-2);
  return view ?? { x: 0, y: 0, width, height };
};

/** The same numbers as positions, x and y in turn; pixel centers are at 0, 1, … or, along edges, at 0.5, 1.5, … */
function moved(numbers: NdArray, scene: Scene, center: number): NdArray {
  const [height, width] = scene.input.slice(-2);
  const view = viewOf(scene);
  const [scaleX, scaleY] = [view.width / width, view.height / height];
  const data = Float32Array.from(numbers.data, (value, i) =>
    i % 2 === 0 ? view.x + (value + center) * scaleX - center : view.y + (value + center) * scaleY - center,
  );
  return new NdArray(data, numbers.shape, "f32");
}

/** Boxes [… , 4] of the input, along the edges of pixels, as boxes of the picture. */
export const boxesInPicture = (boxes: NdArray, scene: Scene): NdArray => moved(boxes, scene, 0);

/** Points [… , 2] of the input, where the center of a pixel is a whole number, as points of the picture. */
export const pointsInPicture = (points: NdArray, scene: Scene): NdArray => moved(points, scene, 0.5);
