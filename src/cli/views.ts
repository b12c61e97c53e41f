/** How a model looks at pictures: as they are, at the middle of larger ones, or at crops. */
import { type NdArray, type Shape, sameShape } from "../array/index.ts";
import { crops } from "../data/index.ts";
import type { Engine } from "../engines/index.ts";
import type { Rectangle } from "../image/index.ts";
import type { Model } from "../nn/index.ts";
import { type CropVoteOptions, cropVote, type Predictor, singleView } from "../train/index.ts";

/** Whether the middle of a picture is what a model takes, as after training on crops. */
export const isLarger = (picture: Shape, input: Shape): boolean =>
  picture.length === 3 &&
  picture[0] === input[0] &&
  picture.every((n, i) => n >= input[i]) &&
  !sameShape(picture, input);

/** A model that looks at each picture once: at all of it, or at its middle if it is larger than the model takes. */
export const plainView = (model: Model, picture: Shape, engine: Engine, options: CropVoteOptions = {}): Predictor =>
  isLarger(picture, model.input) ? cropVote(model, { ...options, engine, crops: 1 }) : singleView(model, { engine });

/** The middle of pictures [n, channels, height, width] that are larger than a model takes. */
export const middleOf = (images: NdArray, input: Shape): NdArray =>
  isLarger(images.shape.slice(1), input) ? centerOf(images, input) : images;

/** The part of a picture that its middle shows. @param view the part that the picture [channels, height, width] shows itself */
export function viewOfMiddle(view: Rectangle, [, height, width]: Shape, input: Shape): Rectangle {
  const [down, across] = [height - input[1], width - input[2]].map((rest) => Math.max(0, rest));
  const [scaleX, scaleY] = [view.width / width, view.height / height];
  return {
    x: view.x + Math.floor(across / 2) * scaleX,
    y: view.y + Math.floor(down / 2) * scaleY,
    width: (width - across) * scaleX,
    height: (height - down) * scaleY,
  };
}

function centerOf(images: NdArray, [, height, width]: Shape): NdArray {
  const [first] = crops(images, { size: [height, width] }, 1);
  return first;
}

export const describeMiddle = (name: string, [, height, width]: Shape): string =>
  `${name} takes pictures of ${height}×${width}: it looks at the middle of each`;
