import { describe, expect, it } from "vitest";
import { array, NdArray, ShapeError } from "../array/index.ts";
import { confusionCells, EXAMPLES, mistakeCells, mistakeSheet } from "./eval-pictures.ts";

/** RGB pictures of 1×2 whose bytes are all different. */
const data = {
  name: "pixels",
  images: new NdArray(Uint8Array.from({ length: 24 }, (_, i) => i), [4, 3, 1, 2], "u8"), // biome-ignore format: numbers
  labels: array([0, 0, 1, 1], "i32"),
  classes: ["cat", "dog", "owl"],
};
const mistake = { sample: 2, label: 1, predicted: 0, confidence: 0.9731 };

describe("the pictures of mistakes", () => {
  it("show the sample, and say what it is, what it was taken for, and how surely", async () => {
    expect(await mistakeCells([mistake], data)).toEqual([
      {
        // Channels interleaved.
        picture: { width: 2, height: 1, channels: 3, data: Uint8Array.of(12, 14, 16, 13, 15, 17) },
        caption: "dog→cat 97 %",
      },
    ]);
  });

  it("are in floats where the data are", async () => {
    const floats = { ...data, images: data.images.cast("f32") };
    const [{ picture }] = await mistakeCells([mistake], floats);
    expect(picture.data).toEqual(Float32Array.of(12, 14, 16, 13, 15, 17));
  });

  it("are not to be had of what is no picture", async () => {
    const odd = { ...data, images: data.images.reshape([4, 6, 1, 1]) };
    await expect(mistakeCells([mistake], odd)).rejects.toThrow(ShapeError);
  });

  it("are enlarged on a sheet, so that there is room for words", async () => {
    const { width, height } = mistakeSheet(await mistakeCells([mistake], data));
    expect(width).toBeGreaterThanOrEqual(96);
    expect(height).toBeGreaterThanOrEqual(48);
  });
});

describe("the pictures of confused classes", () => {
  it("are a row for each pair, the surest first, filled up with black", async () => {
    const probabilities = array([[0.25, 0.75, 0], [0.125, 0.875, 0], [0, 1, 0], [0, 0.25, 0.75]]); // biome-ignore format: a matrix
    const pairs = [
      { label: 0, predicted: 1, count: 2, share: 1 },
      { label: 1, predicted: 2, count: 1, share: 0.5 },
    ];
    const cells = await confusionCells(pairs, probabilities, data);
    expect(cells).toHaveLength(2 * EXAMPLES);
    expect(cells.map(({ caption }) => caption).filter(Boolean)).toEqual([
      "cat→dog 88 %",
      "cat→dog 75 %",
      "dog→owl 75 %",
    ]);
    expect(cells[EXAMPLES].caption).toBe("dog→owl 75 %");
    expect(cells[2].picture).toEqual({ width: 2, height: 1, channels: 3, data: new Uint8Array(6) });
  });
});
