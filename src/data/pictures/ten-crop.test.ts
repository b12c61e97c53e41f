import { describe, expect, it } from "vitest";
import { array, NdArray, OptionError, ShapeError, zeros } from "../../array/index.ts";
import type { Fill } from "../../image/index.ts";
import { fiveCrop, tenCrop } from "../index.ts";

/** Pictures whose pixels are all different: 100 · picture + 10 · row + column. */
function numbered(count: number, height: number, width: number): NdArray {
  const values = Array.from({ length: count * height * width }, (_, i) => {
    const [x, y] = [i % width, Math.floor(i / width) % height];
    return 100 * Math.floor(i / (height * width)) + 10 * y + x;
  });
  return new NdArray(Float32Array.from(values), [count, 1, height, width], "f32");
}

describe("ten crops", () => {
  it("are the corners, the center and the mirror image of each", () => {
    const all = tenCrop(numbered(1, 4, 5), { size: [2, 3] });
    expect(all.shape).toEqual([10, 1, 1, 2, 3]);
    const crops = Array.from({ length: 10 }, (_, i) => (all.row(i).toNested() as number[][][][])[0][0]);
    expect(crops.slice(0, 5)).toEqual([
      [[0, 1, 2], [10, 11, 12]],
      [[2, 3, 4], [12, 13, 14]],
      [[20, 21, 22], [30, 31, 32]],
      [[22, 23, 24], [32, 33, 34]],
      [[11, 12, 13], [21, 22, 23]],
    ]); // biome-ignore format: a crop in a row
    expect(crops.slice(5)).toEqual(crops.slice(0, 5).map((rows) => rows.map((row) => row.toReversed())));
  });

  it("keep pictures, channels and the type of the values apart", () => {
    const bytes = new NdArray(
      Uint8Array.from({ length: 2 * 3 * 4 * 4 }, (_, i) => i),
      [2, 3, 4, 4],
      "u8",
    );
    const all = tenCrop(bytes, { size: 3 });
    expect([all.dtype, ...all.shape]).toEqual(["u8", 10, 2, 3, 3, 3]);
    for (let picture = 0; picture < 2; picture++) {
      const alone = tenCrop(new NdArray(bytes.row(picture).data, [1, 3, 4, 4], "u8"), { size: 3 });
      for (let crop = 0; crop < 10; crop++) {
        expect(all.row(crop).row(picture)).toEqual(alone.row(crop).row(0));
        for (let c = 0; c < 3; c++) {
          const gray = new NdArray(bytes.row(picture).row(c).data, [1, 1, 4, 4], "u8");
          expect(all.row(crop).row(picture).row(c)).toEqual(tenCrop(gray, { size: 3 }).row(crop).row(0).row(0));
        }
      }
    }
  });

  it("are of the padded picture where there is padding, mirrored or of a given value", () => {
    const picture = array([[[[1, 2], [3, 4]]]]); // biome-ignore format: a picture
    const corner = (options: { fill?: number }, i: number) =>
      (
        tenCrop(picture, { size: 2, padding: 1, ...options })
          .row(i)
          .toNested() as number[][][][]
      )[0][0];
    expect(corner({}, 0)).toEqual([
      [4, 3],
      [2, 1],
    ]);
    expect(corner({ fill: 0 }, 0)).toEqual([
      [0, 0],
      [0, 1],
    ]);
    expect(corner({ fill: 0.5 }, 3)).toEqual([
      [4, 0.5],
      [0.5, 0.5],
    ]);
    expect(corner({}, 4)).toEqual([
      [1, 2],
      [3, 4],
    ]);
    expect(corner({ fill: 9 }, 6)).toEqual([
      [9, 9],
      [9, 2],
    ]);
  });

  it("go on beyond the edges as they are told", () => {
    const picture = array([[[[1, 2, 3]]]]);
    const corner = (fill: Fill, i: number) =>
      tenCrop(picture, { size: [1, 3], padding: 1, fill })
        .row(i)
        .toNested();
    expect(corner("reflect", 0)).toEqual([[[[2, 1, 2]]]]);
    expect(corner("replicate", 6)).toEqual([[[[3, 3, 2]]]]);
    expect(corner([7], 1)).toEqual([[[[7, 7, 7]]]]);
    expect(() => corner([7, 8], 1)).toThrow(OptionError);
  });

  it("are what is cut out of a picture padded by hand, for every size and padding", () => {
    const images = numbered(2, 3, 5);
    for (let padding = 0; padding <= 4; padding++) {
      const [height, width] = [3 + 2 * padding, 5 + 2 * padding];
      const padded = (n: number, y: number, x: number): number => {
        const [row, column] = [y - padding, x - padding];
        return row >= 0 && row < 3 && column >= 0 && column < 5 ? 100 * n + 10 * row + column : 7;
      };
      for (let size = 1; size <= Math.min(height, width); size++) {
        const all = tenCrop(images, { size, padding, fill: 7 });
        const [down, across] = [height - size, width - size];
        const corners = [[0, 0], [0, across], [down, 0], [down, across], [Math.floor(down / 2), Math.floor(across / 2)]]; // biome-ignore format: one row
        const expected = [false, true].flatMap((mirrored) =>
          corners.map(([top, left]) =>
            [0, 1].map((n) => [
              Array.from({ length: size }, (_, y) =>
                Array.from({ length: size }, (_, x) => padded(n, top + y, left + (mirrored ? size - 1 - x : x))),
              ),
            ]),
          ),
        );
        expect(all.toNested()).toEqual(expected);
      }
    }
  });

  it("are five without mirror images", () => {
    const images = numbered(2, 4, 4);
    const [ten, five] = [tenCrop(images, { size: 3 }), fiveCrop(images, { size: 3 })];
    expect(five.shape).toEqual([5, 2, 1, 3, 3]);
    for (let i = 0; i < 5; i++) expect(five.row(i)).toEqual(ten.row(i));
  });

  it("are all the picture itself, and its mirror image, where there is no room", () => {
    const images = numbered(1, 3, 3);
    const all = tenCrop(images, { size: 3 });
    for (let i = 0; i < 5; i++) expect(all.row(i)).toEqual(images);
    expect((all.row(9).toNested() as number[][][][])[0][0][0]).toEqual([2, 1, 0]);
  });

  it("are none of no pictures", () => {
    expect(tenCrop(zeros([0, 3, 4, 4]), { size: 2 }).shape).toEqual([10, 0, 3, 2, 2]);
  });

  it("are refused where they do not fit", () => {
    const images = zeros([1, 1, 28, 30], "u8");
    expect(() => tenCrop(images, { size: 32 })).toThrow(
      new ShapeError("crops: 32×32 do not fit into pictures of 28×30 with a padding of 0; it takes 2"),
    );
    expect(() => tenCrop(images, { size: 33, padding: 2 })).toThrow("with a padding of 2; it takes 3");
    expect(tenCrop(images, { size: 32, padding: 2 }).shape).toEqual([10, 1, 1, 32, 32]);
    expect(() => tenCrop(zeros([28, 28]), { size: 8 })).toThrow(
      new ShapeError("crops: needs pictures [n, channels, height, width], got [28,28]"),
    );
    for (const size of [0, 2.5, [4], [4, 0]]) expect(() => tenCrop(images, { size } as never)).toThrow(OptionError);
    expect(() => tenCrop(images, { size: 8, padding: -1 })).toThrow(
      new OptionError("tenCrop: padding must be an integer of at least 0, got -1"),
    );
    expect(() => tenCrop(images, { size: 8, fill: 0.5 })).toThrow(
      new OptionError("tenCrop: fill must be integers from 0 to 255 for pictures in u8, got 0.5"),
    );
  });
});
