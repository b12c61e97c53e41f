/** Names and pairs of points, and what mirroring does with them. */
import { describe, expect, it } from "vitest";
import { array, DataError, OptionError, zeros } from "../../array/index.ts";
import { augmentColumns, augmentPasses } from "../augment/passes.ts";
import { dataset, flip, multiLabel, picture, points, ragged } from "../index.ts";
import { mirrorPairs, type PointsOptions } from "./points.ts";

const images = () => picture(zeros([1, 1, 2, 4], "u8"));
const eyes = array([[[0, 0], [2, 1], [1, 1]]]); // biome-ignore format: points

/** The points of the mirrored picture. */
function mirrored(options: PointsOptions) {
  const data = dataset("faces", { image: images(), eyes: points(eyes, options) });
  const steps = [flip({ horizontal: 1 })];
  const batch = { image: zeros([1, 1, 2, 4], "u8"), eyes };
  const passes = JSON.parse(JSON.stringify(augmentPasses(data, steps)));
  return augmentColumns(steps, passes, batch, { seed: 1, epoch: 0, samples: [0] }).eyes.toNested();
}

describe("pairs of points", () => {
  it("are exchanged when the picture is mirrored, by number or by name", () => {
    const exchanged = [[[1, 1], [3, 0], [2, 1]]]; // biome-ignore format: points
    expect(mirrored({ pairs: [[0, 1]] })).toEqual(exchanged);
    expect(mirrored({ names: ["left eye", "right eye", "nose"] })).toEqual(exchanged);
    expect(mirrored({})).toEqual([[[3, 0], [1, 1], [2, 1]]]); // biome-ignore format: points
    expect(mirrored({ names: ["left eye", "right eye", "nose"], pairs: [] })).toEqual(mirrored({}));
  });

  it("follow from names that differ in left and right alone", () => {
    const pairsOf = (...names: string[]) => mirrorPairs({ names });
    expect(pairsOf("nose", "rightEye", "leftEye", "Left ear", "Right ear")).toEqual([[1, 2], [3, 4]]); // biome-ignore format: pairs
    expect(pairsOf("LEFT_HIP", "knee left", "RIGHT_HIP", "knee right")).toEqual([[0, 2], [1, 3]]); // biome-ignore format: pairs
    expect(pairsOf("r_hip", "l_hip", "hand.R", "hand.L")).toEqual([[0, 1], [2, 3]]); // biome-ignore format: pairs
    expect(pairsOf("left eye", "right ear", "neck")).toEqual([]);
    expect(pairsOf("rear", "lear", "collar", "corral")).toEqual([]);
  });

  it("exchange what is known about them, too", () => {
    const data = dataset("faces", {
      image: images(),
      eyes: points(eyes, { names: ["left eye", "right eye", "nose"] }),
      visible: multiLabel(array([[1, 0, 1]]), ["left eye", "right eye", "nose"], { of: "eyes" }),
    });
    const steps = [flip({ horizontal: 1 })];
    const batch = { image: zeros([1, 1, 2, 4], "u8"), eyes, visible: array([[1, 0, 1]]) };
    const out = augmentColumns(steps, augmentPasses(data, steps), batch, { seed: 1, epoch: 0, samples: [0] });
    expect(out.visible.toNested()).toEqual([[0, 1, 1]]);
    expect(batch.visible.toNested()).toEqual([[1, 0, 1]]);
    const wrong = { ...data.columns, visible: multiLabel(array([[1, 0]]), ["a", "b"], { of: "eyes" }) };
    for (const columns of [wrong, { ...data.columns, visible: multiLabel(array([[1]]), ["a"], { of: "nose" }) }])
      expect(() => dataset("faces", columns)).toThrow(DataError);
  });

  it.each<[PointsOptions, string]>([
    [{ names: ["a", "b"] }, "there are 3 points, but 2 names"],
    [{ pairs: [[0, 3]] }, "a pair has point 3; there are 3, 0 to 2"],
  ])("must fit the points: %j", (options, problem) => {
    expect(() => dataset("faces", { image: images(), eyes: points(eyes, options) })).toThrow(
      new DataError(`data set faces: column eyes: ${problem}`),
    );
  });

  it("must be pairs, each point in one, of rows that have the same points", () => {
    for (const pairs of [[0, 1], [[0]], [[0, 1.5]], [[0, -1]], [[1, 1]], [[0, 1], [1, 2]]]) // biome-ignore format: lists
      expect(() => points(eyes, { pairs: pairs as never })).toThrow(OptionError);
    expect(() => points(eyes, { names: ["a", "a", "b"] })).toThrow(OptionError);
    const rows = ragged([array([[0, 0], [1, 1]])]); // biome-ignore format: points
    expect(() => dataset("faces", { image: images(), eyes: points(rows, { pairs: [[0, 1]] }) })).toThrow(
      "names and pairs are for rows with the same points each",
    );
  });
});
