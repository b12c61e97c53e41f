/** The built-in scenes as data sets: one for each kind of thing that a network is to say about a picture. */
import { NdArray } from "../../../array/index.ts";
import { readOptions } from "../../../options/index.ts";
import { readTokenizer, type Tokenizer, type Vocabulary } from "../../../text/index.ts";
import { boxes } from "../../columns/boxes.ts";
import { classes, multiLabel } from "../../columns/classes.ts";
import { mask } from "../../columns/mask.ts";
import { points } from "../../columns/points.ts";
import { ragged } from "../../columns/ragged.ts";
import { tokens } from "../../columns/tokens.ts";
import type { Dataset } from "../../dataset.ts";
import type { Part } from "../../part-names.ts";
import { SENTENCE_MARKS } from "../../texts/sentence-pairs.ts";
import { jointNames } from "./figure.ts";
import {
  drawParts,
  floats,
  normalization,
  planes,
  type ScenesOptions,
  type SeveralScenesOptions,
  scenesOptions,
  severalScenesOptions,
} from "./parts.ts";
import { drawDescribed, drawFigureScene, drawSeveral, drawSingle, type SceneAddress } from "./scene.ts";
import { describe, sentenceWords } from "./sentence.ts";
import { shapeNames } from "./shapes.ts";

/** The classes of masks of objects. */
const maskClasses = Object.freeze(["background", ...shapeNames]);

/**
 * Scenes of one object, for classification and localization: `image`; `labels`, its shape; `boxes` [n, 1, 4], where it is.
 * @throws OptionError for invalid options
 */
export function objectScenes(options: ScenesOptions = {}) {
  return drawParts("scenes/object", readOptions("objectScenes", scenesOptions, options), drawSingle, (scenes) => ({
    labels: classes(
      new NdArray(
        Int32Array.from(scenes, ({ objects: [{ shape }] }) => shape),
        [scenes.length],
      ),
      shapeNames,
    ),
    boxes: boxes(
      floats(
        scenes.map(({ boxes: [box] }) => box),
        [1, 4],
      ),
    ),
  }));
}

/**
 * Scenes of several objects, for detection: `image`; `boxes`, ragged, where each object is seen, from back to front;
 * `labels`, ragged, their shapes in the same order. At least 60 % of every object is visible.
 * @throws OptionError for invalid options
 */
export function boxScenes(options: SeveralScenesOptions = {}) {
  const { objects: most, ...rest } = readOptions("boxScenes", severalScenesOptions, options);
  return drawParts(
    "scenes/boxes",
    rest,
    (address) => drawSeveral(address, most),
    (scenes) => ({
      boxes: boxes(
        ragged(
          scenes.map(({ boxes }) => floats(boxes, [4])),
          "f32",
        ),
      ),
      labels: classes(
        ragged(
          scenes.map(({ objects }) => Int32Array.from(objects, ({ shape }) => shape)),
          "i32",
        ),
        shapeNames,
      ),
    }),
  );
}

/**
 * The scenes of `boxScenes`, for segmentation: `image`; `mask`, for each pixel 0, background, or 1 + the shape that it shows.
 * @throws OptionError for invalid options
 */
export function maskScenes(options: SeveralScenesOptions = {}) {
  const { objects: most, ...rest } = readOptions("maskScenes", severalScenesOptions, options);
  return drawParts(
    "scenes/masks",
    rest,
    (address) => drawSeveral(address, most),
    (scenes, size) => ({
      mask: mask(
        planes(
          scenes.map(({ instances, objects }) => instances.map((k) => (k === 0 ? 0 : 1 + objects[k - 1].shape))),
          size,
        ),
        { classes: maskClasses },
      ),
    }),
  );
}

/**
 * Stick figures, for pose estimation: `image`; `points` [n, 14, 2], all joints, hidden ones included, in the order of
 * Leeds Sports Pose; `visible` [n, 14], 1 for joints that no object hides; `boxes` [n, 1, 4], where the figure is seen. The figure
 * faces the viewer: its right side is on the left.
 * @throws OptionError for invalid options
 */
export function poseScenes(options: ScenesOptions = {}) {
  return drawParts(
    "scenes/pose",
    readOptions("poseScenes", scenesOptions, options),
    drawFigureScene,
    (scenes, size) => ({
      points: points(
        floats(
          scenes.map(({ figure }) => jointNames.flatMap((name) => figure.body[name])),
          [14, 2],
        ),
        { names: jointNames },
      ),
      visible: multiLabel(
        floats(
          scenes.map(({ figure, hidden }) =>
            jointNames.map((name) => {
              const [x, y] = figure.body[name].map(Math.round);
              return 1 - hidden[y * size + x];
            }),
          ),
          [14],
        ),
        jointNames,
        { of: "points" },
      ),
      boxes: boxes(
        floats(
          scenes.map(({ box }) => box),
          [1, 4],
        ),
      ),
    }),
  );
}

/** Words and marks of the sentences of `captionScenes`, by number. */
const vocabulary: Vocabulary = Object.freeze({ words: sentenceWords, special: SENTENCE_MARKS });

/** The tokenizer of the sentences of `captionScenes`: `encode` and `decode`, and the numbers of `<bos>` and `<eos>`. */
export const captionTokenizer = (): Tokenizer => readTokenizer({ type: "spaces", vocabulary });

/**
 * Scenes of one object or two with a sentence, for captions: `image`; `sentence`, ragged tokens, `<bos> a small red circle left
 * of a large blue square <eos>`; `names`, ragged, for each token the object that it names, −1 for words that are not the noun
 * of one; `instances`, masks: the object that each pixel shows. Object k of a picture is class k of `names`, and class k + 1
 * of `instances`, whose class 0 is the background. There is one right sentence for each picture: the smaller object comes
 * first; of two of a size, the one on the left, or above.
 * @throws OptionError for invalid options
 */
export function captionScenes(options: ScenesOptions = {}) {
  const [begin, end] = SENTENCE_MARKS;
  const numbers = new Map(sentenceWords.map((word, i) => [word, i]));
  const draw = (address: SceneAddress) => {
    const { pixels, instances, objects } = drawDescribed(address);
    return { pixels, instances, ...describe(objects) };
  };
  return drawParts("scenes/captions", readOptions("captionScenes", scenesOptions, options), draw, (scenes, size) => ({
    sentence: tokens(
      ragged(
        scenes.map(({ words }) => [begin, ...words, end].map((word) => numbers.get(word)!)),
        "i32",
      ),
      vocabulary,
    ),
    names: classes(
      ragged(
        scenes.map(({ names }) => [-1, ...names, -1]),
        "i32",
      ),
      ["first object", "second object"],
    ),
    instances: mask(
      planes(
        scenes.map(({ instances }) => instances),
        size,
      ),
      {
        classes: ["background", "first object", "second object"],
      },
    ),
  }));
}

/** Scenes of one object as a data set for classification, by shape. */
export function shapeScenes(options: ScenesOptions = {}): { train: Dataset; validation: Dataset; test: Dataset } {
  const toSamples = ({ name, columns: { image, labels } }: ReturnType<typeof objectScenes>[Part]): Dataset => ({
    ...{ name, images: image.values as NdArray, labels: labels.values as NdArray },
    ...{ classes: shapeNames, normalization },
  });
  const { train, validation, test } = objectScenes(options);
  return { train: toSamples(train), validation: toSamples(validation), test: toSamples(test) };
}
