/** Points as coordinates and as maps: losses, figures, answers, drawings. */
import { describe, expect, it } from "vitest";
import { array, NdArray, OptionError, ShapeError } from "../../array/index.ts";
import { dataset, picture, points } from "../../data/index.ts";
import { compile } from "../../engines/index.ts";
import * as nn from "../../nn/index.ts";
import * as optim from "../../optim/index.ts";
import { answer, evaluateModel, fit, keyPointMetrics } from "../index.ts";
import { type PoseEstimationOptions, poseEstimation, type Scene } from "./index.ts";

/** Float32 sums of a few terms. */
const DIGITS = 4;

const f32 = (values: unknown[]): NdArray => array(values as number[], "f32");
const scene: Scene = { names: {}, shapes: {}, input: [1, 8, 16], training: false };

/** The loss of one batch. */
async function lossOf(output: NdArray, truth: NdArray, options: PoseEstimationOptions = {}): Promise<number> {
  const task = poseEstimation(options);
  const step = compile(
    (given, points) => ({ loss: task.loss({ points: given }, { points }, scene) }),
    [output, truth],
    {
      engine: "interpreter",
    },
  );
  return (await step(output, truth)).loss.item();
}

/** Maps of 2 × 4 cells of 4 pixels, with a score in one of them. */
const maps = (column: number, row: number, score = 40): NdArray => {
  const data = new Float32Array(8);
  data[4 * row + column] = score;
  return new NdArray(data, [1, 1, 2, 4], "f32");
};
const unknown = f32([[[NaN, NaN]]]);

describe("losses of maps", () => {
  it("are the distance of the expected place, cross-entropy with a Gaussian, or their sum", async () => {
    // The middle of cell (2, 1) is at 9.5, 5.5.
    const there = f32([[[9.5, 5.5]]]);
    const near = { loss: "coordinates", beta: 0.01 } as const;
    expect(await lossOf(maps(2, 1), there, near)).toBeCloseTo(0, DIGITS);
    // A cell to the left: 4 of 16 pixels, smooth L1 |e| − β/2 in x, mean of two coordinates.
    expect(await lossOf(maps(1, 1), there, near)).toBeCloseTo((0.25 - 0.005) / 2, DIGITS);
    // With a narrow Gaussian, −log of the cell's probability: flat maps have 1/8.
    expect(await lossOf(maps(0, 0, 0), there, { loss: "maps", sigma: 0.1 })).toBeCloseTo(Math.log(8), DIGITS);
    const parts = await Promise.all(
      (["coordinates", "maps"] as const).map((loss) => lossOf(maps(1, 0, 1), there, { loss })),
    );
    expect(await lossOf(maps(1, 0, 1), there)).toBeCloseTo(parts[0] + parts[1], DIGITS);
  });

  it("leave out points that are unknown, and maps of points outside", async () => {
    expect(await lossOf(maps(1, 1), unknown)).toBe(0);
    expect(await lossOf(maps(1, 1), f32([[[900, 4]]]), { loss: "maps" })).toBe(0);
    const both = new NdArray(Float32Array.from([...maps(2, 1).data, ...maps(0, 0).data]), [1, 2, 2, 4], "f32");
    for (const loss of ["coordinates", "maps"] as const)
      expect(
        await lossOf(
          both,
          f32([
            [
              [9.5, 5.5],
              [NaN, NaN],
            ],
          ]),
          { loss },
        ),
      ).toBeCloseTo(
        // biome-ignore format: points
        await lossOf(maps(2, 1), f32([[[9.5, 5.5]]]), { loss }),
        DIGITS,
      );
  });

  it("are for maps whose cells are squares of whole pixels", async () => {
    const odd = new NdArray(new Float32Array(12), [1, 1, 3, 4], "f32");
    await expect(lossOf(odd, unknown)).rejects.toThrow(
      new ShapeError(
        "poseEstimation: maps f32[1,1,3,4] do not divide pictures of 8×16 into square cells of whole pixels; " +
          "give pictures whose sides the network's stride divides",
      ),
    );
  });

  it("and coordinates have one loss alone, whatever is chosen", async () => {
    const [given, truth] = [f32([[[0.5, 0.5]]]), f32([[[4, 4]]])];
    const losses = (["coordinates", "maps", "both"] as const).map((loss) => lossOf(given, truth, { loss }));
    expect(new Set(await Promise.all(losses)).size).toBe(1);
  });
});

/** Two pictures of 8 × 16 with three points; the second picture has no nose, and the third none at all. */
const names = ["left eye", "right eye", "nose"];
const truth = f32([
  [[4, 2], [8, 2], [6, 4]],
  [[4, 2], [8, 5], [NaN, NaN]],
  [[NaN, NaN], [NaN, NaN], [NaN, NaN]],
]); // biome-ignore format: points
const faces = dataset("faces", {
  image: picture(new NdArray(new Uint8Array(3 * 8 * 16), [3, 1, 8, 16], "u8")),
  points: points(truth, { names }),
});

/** A network that sees every face at the same points, in pixels. */
function constantNetwork(places: readonly number[]): nn.Layer {
  const values = places.map((place, i) => place / (i % 2 === 0 ? 16 : 8));
  const biases = values.map((value) =>
    nn.linear(1, { biasInitializer: { type: "constant", value }, initializer: "zeros" }),
  );
  return nn.network({ image: [1, 8, 16] }, ({ image }) => {
    const flat = nn.flatten()(image);
    return { points: nn.concat(...biases)(flat) };
  });
}

describe("figures of points", () => {
  const guess = [4, 3, 8, 2, 6, 4];
  const predicted = f32([0, 1, 2].map(() => [[4, 3], [8, 2], [6, 4]])); // biome-ignore format: points

  it("compare distances with the picture and with a length in it, as keyPointMetrics does", async () => {
    const model = nn.Model.build(constantNetwork(guess), { seed: 1 });
    const task = poseEstimation({ within: 0.125, reference: ["left eye", "right eye"], withinReference: 0.25 });
    const { figures, details } = await evaluateModel(model, faces, { task });
    // Distances 1, 0, 0; 1, 3; bound 2; lengths 4 and 5.
    expect(figures.meanDistance).toBeCloseTo(5 / 5, DIGITS);
    expect(figures.pck).toBeCloseTo(4 / 5, DIGITS);
    expect(figures.shareOfReference).toBeCloseTo((1 / 4 + 1 / 5 + 3 / 5) / 5, DIGITS);
    expect(figures.pckOfReference).toBeCloseTo(4 / 5, DIGITS);
    expect(details.points["left eye"]).toEqual({ distance: 1, pck: 1 });
    expect(details.points["right eye"]).toEqual({ distance: 1.5, pck: 0.5 });
    expect(details.points.nose).toEqual({ distance: 0, pck: 1 });
    const own = keyPointMetrics(truth, predicted, { reference: [0, 1], alpha: 0.25 });
    expect(figures.shareOfReference).toBeCloseTo(own.meanShare, DIGITS);
    expect(figures.pckOfReference).toBeCloseTo(own.pck, DIGITS);
  });

  it.each<[PoseEstimationOptions["reference"], string]>([
    [["left eye", "left ear"], 'reference has the point "left ear", which is not there'],
    [[0, 3], "reference has the point 3, which is not there; there are 3, 0 to 2"],
  ])("need a reference that is there: %j", async (reference, message) => {
    const model = nn.Model.build(constantNetwork(guess), { seed: 1 });
    await expect(evaluateModel(model, faces, { task: poseEstimation({ reference }) })).rejects.toThrow(message);
  });

  it("refuse a reference of anything but two different points", () => {
    for (const reference of [["nose"], ["nose", "nose"], [0, -1], "nose", [0, 0.5]])
      expect(() => poseEstimation({ reference: reference as never })).toThrow(OptionError);
  });
});

it("one point is enough, and figures of none are NaN", async () => {
  const one = (place: readonly number[]) =>
    dataset("one", {
      image: picture(new NdArray(new Uint8Array(8 * 16), [1, 1, 8, 16], "u8")),
      points: points(f32([[place]]), { names: ["tip"] }),
    });
  const model = nn.Model.build(constantNetwork([4, 3]), { seed: 1 });
  const options = { task: poseEstimation() };
  expect((await evaluateModel(model, one([4, 4]), options)).figures.meanDistance).toBeCloseTo(1, DIGITS);
  // Places outside of the picture count; unknown ones do not.
  expect((await evaluateModel(model, one([20, 3]), options)).figures.meanDistance).toBeCloseTo(16, DIGITS);
  const { figures, details } = await evaluateModel(model, one([NaN, NaN]), options);
  expect(figures).toMatchObject({ loss: 0, meanDistance: NaN, pck: NaN });
  expect(details.points.tip).toEqual({ distance: NaN, pck: NaN });
});

describe("answers", () => {
  it("name the points, in pixels of the picture that the input shows", async () => {
    const { model } = await fit(constantNetwork([4, 3, 8, 2, 6, 4]), faces, {
      ...{ task: poseEstimation(), epochs: 1, batch: 3, seed: 1 },
      optimizer: optim.sgd({ learningRate: 1e-9 }),
    });
    const image = new NdArray(new Uint8Array(8 * 16), [1, 1, 8, 16], "u8");
    const [plain] = await answer(model, image);
    expect(plain.text).toBe("left eye 4.0, 3.0; right eye 8.0, 2.0; nose 6.0, 4.0");
    const [own] = await answer(model, image, { views: [{ x: 100, y: 0, width: 32, height: 16 }] });
    // Twice as large: the middle of pixel 4 is at 9 of the picture's edges, its center at 8.5.
    expect(own.json).toEqual({
      points: [
        { name: "left eye", x: 108.5, y: 6.5 },
        { name: "right eye", x: 116.5, y: 4.5 },
        { name: "nose", x: 112.5, y: 8.5 },
      ],
    });
    const drawn = own.draw!({ width: 200, height: 16, channels: 3, data: new Uint8Array(3 * 200 * 16) });
    const colorAt = (x: number, y: number) => [...drawn.data.subarray(3 * (200 * y + x), 3 * (200 * y + x) + 3)];
    expect(colorAt(109, 7)).toEqual([0, 150, 255]);
    expect(colorAt(117, 5)).toEqual([255, 120, 0]);
    expect(colorAt(10, 10)).toEqual([0, 0, 0]);
  });

  it("of models without names have numbers, also of coordinates in one row", async () => {
    const model = nn.Model.build(constantNetwork([4, 3, 8, 2]), { seed: 1 });
    const image = new NdArray(new Uint8Array(8 * 16), [1, 1, 8, 16], "u8");
    const [{ text }] = await answer(model, image, { task: poseEstimation() });
    expect(text).toBe("0 4.0, 3.0; 1 8.0, 2.0");
  });
});

it("models are for the points that they were trained with, in their order", async () => {
  const { model } = await fit(constantNetwork([4, 3, 8, 2, 6, 4]), faces, {
    ...{ task: poseEstimation(), epochs: 1, batch: 3, seed: 1 },
    optimizer: optim.sgd({ learningRate: 1e-9 }),
  });
  const others = dataset("others", {
    ...faces.columns,
    points: points(truth, { names: ["nose", ...names.slice(0, 2)] }),
  });
  await expect(evaluateModel(model, others)).rejects.toThrow(
    'data set others: column points has other points than were trained with: point 0 is "nose", expected "left eye"; ' +
      "give the same points in that order",
  );
});
