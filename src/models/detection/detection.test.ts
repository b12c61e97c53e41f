import { describe, expect, it } from "vitest";
import { FoveaError, NdArray, OptionError, Random } from "../../array/index.ts";
import { boxes, classes, type DataTable, dataset, picture, ragged } from "../../data/index.ts";
import type { Tensor } from "../../graph/index.ts";
import * as nn from "../../nn/index.ts";
import { trace } from "../../ops/index.ts";
import * as optim from "../../optim/index.ts";
import { classification, detection, evaluateModel, fit, localization, together } from "../../train/index.ts";
import { classAndBox, detector } from "./index.ts";

const SIDE = 32;

/** Noise with up to `most` squares, bright ones of 8 pixels and dark ones of 12, and what they cover last. */
function squares(count: number, seed: number, least: number, most: number) {
  const random = new Random(seed, "squares");
  const images = new Uint8Array(count * SIDE * SIDE).map(() => 100 + random.integer(40));
  const rows = Array.from({ length: count }, (_, i) =>
    Array.from({ length: least + random.integer(most - least + 1) }, (_, k) => {
      const kind = random.integer(2);
      const side = kind === 0 ? 8 : 12;
      // Objects are side by side, so that none hides another.
      const [left, top] = [k * 16 + random.integer(16 - side + 1), random.integer(SIDE - side)];
      for (let y = top; y < top + side; y++)
        for (let x = left; x < left + side; x++) images[(i * SIDE + y) * SIDE + x] = kind === 0 ? 220 : 10;
      return { kind, box: [left, top, left + side, top + side] };
    }),
  );
  return { images: picture(new NdArray(images, [count, 1, SIDE, SIDE], "u8")), rows };
}

const names = ["bright", "dark"];

/** Pictures of any number of squares. */
function several(count: number, seed: number, least = 0, most = 2): DataTable {
  const { images, rows } = squares(count, seed, least, most);
  return dataset("squares", {
    image: images,
    boxes: boxes(
      ragged(rows.map((row) => new NdArray(Float32Array.from(row.flatMap(({ box }) => box)), [row.length, 4])), "f32", { lengths: 1 }), // biome-ignore format: one step
    ),
    labels: classes(ragged(rows.map((row) => Int32Array.from(row, ({ kind }) => kind)), "i32", { lengths: 1 }), names), // biome-ignore format: one step
  });
}

const train = (data: DataTable, network = detector({ classes: 2, maps: [8, 16], width: 16 }), epochs = 12) =>
  fit(network, data, {
    ...{ task: detection(), epochs, batch: 16, seed: 1 },
    optimizer: optim.adam({ learningRate: 0.01 }),
  });

describe("detector", () => {
  it("finds objects and their classes", async () => {
    const { model } = await train(several(64, 1));
    const { figures } = await evaluateModel<object>(model, several(32, 2));
    expect(figures.ap50).toBeGreaterThan(0.8);
  });

  it("trains on pictures without any, and finds none", async () => {
    const { model } = await train(several(8, 1, 0, 0), undefined, 1);
    const { figures } = await evaluateModel<object>(model, several(8, 2, 0, 0));
    expect(figures.loss).toBeGreaterThan(0);
    expect(figures.map).toBeNaN();
  });

  it("says what sizes it takes", async () => {
    const odd = dataset("odd", {
      image: picture(new NdArray(new Uint8Array(2 * 30 * 32), [2, 1, 30, 32], "u8")),
      boxes: boxes(ragged([new NdArray(new Float32Array(4), [1, 4]), new NdArray(new Float32Array(4), [1, 4])], "f32")),
      labels: classes(ragged([Int32Array.of(0), Int32Array.of(0)], "i32"), names),
    });
    await expect(train(odd)).rejects.toThrow(FoveaError);
  });

  it("has cells of 4 or 8 pixels, and as many levels as it is told", () => {
    const shapesOf = (options: object): readonly (readonly number[])[] => {
      const model = nn.Model.build(detector({ classes: 3, maps: [4, 6, 8], ...options }), { input: [3, 64, 32] });
      const shapes: (readonly number[])[] = [];
      const apply = (input: Tensor): Tensor => {
        const { scores, edges } = model.apply({ input });
        shapes.push(scores.shape, edges.shape);
        return scores;
      };
      trace(apply, [{ shape: [1, 3, 64, 32], dtype: "f32" }]);
      return shapes;
    };
    expect(shapesOf({})).toEqual([[1, 3, 16, 8], [1, 4, 16, 8]]); // biome-ignore format: a list
    expect(shapesOf({ stride: 8 })).toEqual([[1, 3, 8, 4], [1, 4, 8, 4]]); // biome-ignore format: a list
    expect(() => detector({ classes: 2, stride: 5 as never })).toThrow("stride must be one of 4, 8");
    expect(() => detector({ classes: 2, maps: [8] })).toThrow(OptionError);
  });
});

it("classAndBox learns a class and four corners on one trunk", async () => {
  const one = (count: number, seed: number): DataTable => {
    const { images, rows } = squares(count, seed, 1, 1);
    return dataset("one square", {
      image: images,
      labels: classes(new NdArray(Int32Array.from(rows, ([{ kind }]) => kind), [count]), names), // biome-ignore format: one step
      boxes: boxes(new NdArray(Float32Array.from(rows.flatMap(([{ box }]) => box)), [count, 1, 4])),
    });
  };
  const box = localization({ corners: true, loss: "squared" });
  const { model } = await fit(classAndBox({ classes: 2, maps: [8, 16], width: 32 }), one(128, 1), {
    ...{ task: together({ class: classification(), box }, { weights: { box: 100 } }), epochs: 20, batch: 16, seed: 1 },
    optimizer: optim.adam({ learningRate: 0.003 }),
  });
  const { figures } = await evaluateModel<object>(model, one(32, 2));
  expect(figures["class.accuracy"]).toBeGreaterThan(0.9);
  expect(figures["box.meanIoU"]).toBeGreaterThan(0.4);
});
