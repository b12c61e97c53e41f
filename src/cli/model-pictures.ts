/** Pictures as a trained model takes them. */
import { DataError, NdArray, type Shape } from "../array/index.ts";
import { coveringPart, decodePlanes } from "../data/index.ts";
import type { Rectangle } from "../image/index.ts";
import type { Model } from "../nn/index.ts";
import type { TrainedModel } from "./load-model.ts";
import type { NamedFile } from "./predict-files.ts";
import { isLarger } from "./views.ts";

export interface ModelPictureFlags {
  /** Whether dark and light are exchanged. */
  readonly invert?: boolean;
  /** Whether pictures are scaled to the model's input size. */
  readonly resize?: boolean;
}

/** The shape of the pictures that a model takes, [channels, height, width]: of its only input that is no sequence. */
export function pictureShape({ inputs }: Model): Shape {
  const [only, ...others] = Object.values(inputs).filter(({ sequence }) => !sequence);
  const shape = only?.shape ?? [];
  const [channels] = shape;
  if (others.length > 0 || shape.length !== 3 || (channels !== 1 && channels !== 3))
    throw new DataError(`the model takes inputs [${Object.values(inputs).map((input) => input.shape)}], not pictures`);
  return shape;
}

/** What pictures are brought to, [channels, height, width]; undefined where they must have the model's size themselves. */
export function wantedShape({ model, size }: TrainedModel, { resize }: ModelPictureFlags): Shape | undefined {
  const input = pictureShape(model);
  const [channels] = input;
  if (resize) return input;
  if (size === undefined) return undefined;
  const asTrained = [channels, ...size];
  return isLarger(asTrained, input) ? asTrained : input;
}

/** A picture as a model takes it. */
export interface ModelPicture {
  /** `u8` [1, channels, height, width]. */
  readonly input: NdArray;
  /** The part of the picture in the file that the input shows. */
  readonly view: Rectangle;
}

/** Reads a picture for a model. @throws DataError for one of another size than wanted, and what decoding throws */
export async function inputOf(
  file: NamedFile,
  model: Model,
  wanted: Shape | undefined,
  flags: ModelPictureFlags,
): Promise<ModelPicture> {
  if ("error" in file) throw file.error;
  const { path, bytes } = file;
  const taken = pictureShape(model);
  const [channels, height, width] = taken;
  const planes = await decodePlanes(bytes, path, wanted ?? [channels, 0, 0]);
  if (wanted === undefined && (planes.width !== width || planes.height !== height)) {
    throw new DataError(
      `${path} is ${planes.width}×${planes.height}, the model takes ${width}×${height}; --resize scales it`,
    );
  }
  const data = flags.invert ? planes.data.map((value) => 255 - value) : planes.data;
  const shape = wanted ?? taken;
  const { left, top, width: across, height: down } = coveringPart(planes, shape[2], shape[1]);
  return {
    input: new NdArray(data, [1, ...shape], "u8"),
    view: { x: left, y: top, width: across, height: down },
  };
}
