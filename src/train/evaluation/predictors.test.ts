import { describe, expect, it } from "vitest";
import { distance } from "../../../tests/support/random.ts";
import { halves, smallNetwork } from "../../../tests/support/training.ts";
import { array, DataError, type NdArray, OptionError, ShapeError, sameArray, zeros } from "../../array/index.ts";
import { fiveCrop, tenCrop } from "../../data/index.ts";
import { crops } from "../../data/pictures/ten-crop.ts";
import * as nn from "../../nn/index.ts";
import {
  classification,
  cropVote,
  ensemble,
  evaluateModel,
  type Predictor,
  predict,
  predictedClasses,
  predictProbabilities,
  type ReportOptions,
  reportOn,
  singleView,
  vote,
} from "../index.ts";

const data = halves(30);
const modelOf = (seed: number, classes?: readonly string[]) =>
  nn.Model.build(smallNetwork(), { input: [1, 8, 8], seed, classes });
const model = modelOf(1);
const other = modelOf(2);

/** One that says the same of every picture. */
const stubborn = (row: readonly number[], classes?: readonly string[]): Predictor => ({
  classCount: row.length,
  classes,
  checkInput: () => {},
  predict: async (images) => array(Array.from({ length: images.shape[0] }, () => row)),
});

/** What a model says of pictures. */
const probabilitiesOf = async (model: nn.Model, images: NdArray) => (await predict(model, images)).probabilities;

describe("a model that looks once", () => {
  it("gives the probabilities that predict gives", async () => {
    expect(await singleView(model).predict(data.images)).toEqual((await predict(model, data.images)).probabilities);
    expect(singleView(model)).toMatchObject({ classCount: 4, classes: undefined });
    expect(singleView(modelOf(1, data.classes)).classes).toEqual(data.classes);
  });

  it("says what it takes, and takes nothing else", async () => {
    const view = singleView(model);
    expect(() => view.checkInput([1, 8, 8])).not.toThrow();
    expect(() => view.checkInput([1, 8, 9])).toThrow(
      new ShapeError("the model takes inputs [1,8,8], got [1,8,9]; give it such, or crops of larger pictures"),
    );
    expect(() => view.predict(zeros([2, 1, 8, 9]))).toThrow(ShapeError);
    expect(() => singleView(model, { batch: 3 } as never)).toThrow(OptionError);
  });

  it("must tell classes apart", () => {
    const maps = nn.Model.build(nn.conv2d(2, { kernel: 3 }), { input: [1, 8, 8] });
    const marked = nn.Model.build(smallNetwork(), { input: [1, 8, 8], task: { type: "multiLabelClassification" } });
    expect(() => singleView(marked)).toThrow("the model was trained for multiLabelClassification; only models that");
    expect(() => singleView(maps)).toThrow("the model gives f32[1,2,6,6] for one input, expected scores [1, classes]");
  });
});

describe("a model that votes over crops", () => {
  it("says the mean of what it says of each crop", async () => {
    for (const [count, cropsOf] of [
      [10, tenCrop],
      [5, fiveCrop],
    ] as const) {
      const crops = cropsOf(data.images, { size: 8, padding: 2, fill: 100 });
      const views = await Promise.all(Array.from({ length: count }, (_, i) => probabilitiesOf(model, crops.row(i))));
      for (const voting of ["probabilities", "classes"] as const) {
        const votes = await cropVote(model, { crops: count, padding: 2, fill: 100, voting }).predict(data.images);
        expect(votes).toEqual(vote(views, voting));
      }
    }
  });

  it("takes pictures that are larger than its input, and its input's size where that is enough", async () => {
    const large = zeros([3, 1, 12, 10], "u8");
    expect((await cropVote(model).predict(large)).shape).toEqual([3, 4]);
    expect(() => cropVote(model).checkInput([1, 12, 10])).not.toThrow();
    // Five times the same picture is that picture.
    const same = await cropVote(model, { crops: 5 }).predict(data.images);
    expect(predictedClasses(same)).toEqual(predictedClasses(await probabilitiesOf(model, data.images)));
    expect(() => cropVote(model, { padding: 1 }).checkInput([1, 6, 5])).toThrow(
      new ShapeError("crops: 8×8 do not fit into pictures of 6×5 with a padding of 1; it takes 2"),
    );
    expect(() => cropVote(model).checkInput([3, 12, 10])).toThrow(
      new ShapeError("the model takes inputs [1,8,8], got [3,8,8]; give it such, or crops of larger pictures"),
    );
  });

  it("sees each picture in a mirror too, unless told otherwise", async () => {
    // The scores are the two pixels, which a mirror exchanges.
    const pixels = nn.Model.build(nn.flatten(), { input: [1, 1, 2] });
    const images = array([[[[3, 0]]]]);
    const probabilities = await cropVote(pixels).predict(images);
    expect(probabilities.toNested()).toEqual([[0.5, 0.5]]);
    expect(predictedClasses(await cropVote(pixels, { crops: 5 }).predict(images)).item()).toBe(0);
    expect(await cropVote(pixels, { crops: 5 }).predict(images)).toEqual(await probabilitiesOf(pixels, images));
  });

  it("looks at the middle of larger pictures, if it is told to take one crop", async () => {
    const larger = zeros([3, 1, 10, 12]);
    larger.data.forEach((_, i) => {
      larger.data[i] = (i * 37) % 101;
    });
    const [middle] = crops(larger, { size: 8 }, 1);
    expect(middle).toEqual(fiveCrop(larger, { size: 8 }).row(4));
    expect(await cropVote(model, { crops: 1 }).predict(larger)).toEqual(await probabilitiesOf(model, middle));
  });

  it("is refused for what is no picture, and for other numbers of crops", () => {
    const line = nn.Model.build(nn.linear(2), { input: [5] });
    expect(() => cropVote(line)).toThrow(
      new ShapeError("cropVote: the model takes inputs [5], not [channels, height, width]"),
    );
    expect(() => cropVote(model, { crops: 9 } as never)).toThrow(
      new OptionError("cropVote: crops must be 1, 5 or 10, got 9"),
    );
    expect(() => cropVote(model, { voting: "loud" } as never)).toThrow("cropVote: there is no voting 'loud'");
    expect(() => cropVote(model, { paddings: 1 } as never)).toThrow(OptionError);
  });
});

describe("an ensemble", () => {
  it("says the mean of what its members say, whatever these are", async () => {
    const members = [
      singleView(model),
      cropVote(other, { padding: 1 }),
      ensemble([singleView(model), singleView(other)]),
    ];
    const views = await Promise.all(members.map((member) => member.predict(data.images)));
    const together = await ensemble(members).predict(data.images);
    expect(together).toEqual(vote(views));
    expect(views.some((view) => sameArray(view, together))).toBe(false);
    expect(await ensemble(members, { voting: "classes" }).predict(data.images)).toEqual(vote(views, "classes"));
  });

  it("weighs how sure its members are, or counts heads", async () => {
    const doubtful = [[0.6, 0.4], [0.6, 0.4], [0.1, 0.9]].map((row) => stubborn(row)); // biome-ignore format: members
    const images = zeros([1, 1, 1, 1]);
    const says = async (voting: "probabilities" | "classes") =>
      predictedClasses(await ensemble(doubtful, { voting }).predict(images)).item();
    expect(await says("probabilities")).toBe(1);
    expect(await says("classes")).toBe(0);
  });

  it("must have members that tell the same classes apart", () => {
    expect(() => ensemble([])).toThrow(new DataError("ensemble: it has no members; give at least one predictor"));
    expect(() => ensemble([stubborn([1, 0]), stubborn([1, 0, 0])])).toThrow(
      new DataError("ensemble: member 1 tells 3 classes apart, member 0 2; they must be the same"),
    );
    const named = (...names: string[]) => stubborn([1, 0], names);
    expect(() => ensemble([stubborn([1, 0]), named("cat", "dog"), named("dog", "cow")])).toThrow(
      new DataError(
        'ensemble: member 2 has a class "cow" that member 1 does not know; all must tell the same classes apart',
      ),
    );
    expect(() => ensemble([named("cat", "dog"), named("cat", "cat")])).toThrow(
      new DataError('ensemble: member 1 has the class "cat" twice; each must have a name of its own'),
    );
    expect(ensemble([stubborn([1, 0]), named("cat", "dog")]).classes).toEqual(["cat", "dog"]);
    expect(() => ensemble([stubborn([1, 0])], { voting: "loud" } as never)).toThrow(OptionError);
  });

  it("matches its members' classes by name, whatever their order", async () => {
    const images = zeros([1, 1, 1, 1]);
    const members = [
      stubborn([0.5, 0.5, 0]),
      stubborn([0.25, 0.5, 0.25], ["cat", "dog", "cow"]),
      stubborn([0, 0, 1], ["dog", "cow", "cat"]),
    ];
    const together = ensemble(members);
    expect(together.classes).toEqual(["cat", "dog", "cow"]);
    expect((await together.predict(images)).toNested()).toEqual([
      [(0.5 + 0.25 + 1) / 3, 1 / 3, 0.25 / 3].map(Math.fround),
    ]);
  });

  it("must have members that take the pictures", () => {
    const large = singleView(nn.Model.build(smallNetwork(), { input: [1, 10, 10] }));
    const mixed = ensemble([singleView(model), large]);
    expect(() => mixed.checkInput([1, 8, 8])).toThrow(
      "member 1 of the ensemble: the model takes inputs [1,10,10], got [1,8,8]",
    );
    // Crops of the larger pictures suit the smaller model.
    expect(() => ensemble([cropVote(model), large]).checkInput([1, 10, 10])).not.toThrow();
  });
});

describe("predictions for a data set", () => {
  it("are the same in any batches, and told of as they come", async () => {
    const whole = await probabilitiesOf(model, data.images);
    for (const batch of [1, 7, 30, 31]) {
      const told: string[] = [];
      const onProgress = (done: number, total: number) => told.push(`${done}/${total}`);
      const parts = await predictProbabilities(singleView(model), data, { batch, onProgress });
      expect(parts.shape).toEqual([30, 4]);
      expect(distance(parts, whole)).toBeLessThan(ROUNDING);
      expect(told).toHaveLength(Math.ceil(30 / batch));
      expect(told.at(-1)).toBe("30/30");
    }
  });

  it("are refused for data that the predictor does not suit", async () => {
    const view = singleView(modelOf(1, data.classes));
    const given = (change: Partial<typeof data>) => predictProbabilities(view, { ...data, ...change });
    await expect(given({ classes: ["a", "b", "c", "d", "e"] })).rejects.toThrow(
      'data set halves: its classes are not the predictor\'s, in the predictor\'s order; the data have "a", "b", "c", "d", "e", ' +
        'the model "top", "bottom", "left", "right"; bring the data into that order first: alignClasses(data, predictor.classes)',
    );
    await expect(given({ classes: ["top", "left", "bottom", "right"] })).rejects.toThrow(DataError);
    await expect(
      predictProbabilities(singleView(model), { ...data, classes: ["a", "b", "c", "d", "e"] }),
    ).rejects.toThrow(new DataError("data set halves has 5 classes, 4 are told apart"));
    await expect(given({ images: zeros([30, 1, 8, 9], "u8") })).rejects.toThrow(
      "data set halves: the model takes inputs [1,8,8], got [1,8,9]",
    );
    await expect(given({ images: zeros([0, 1, 8, 8], "u8"), labels: zeros([0], "i32") })).rejects.toThrow(
      "data set halves: it is empty",
    );
    await expect(predictProbabilities(view, data, { batch: 0 })).rejects.toThrow(
      "predictProbabilities: batch must be an integer of at least 1, got 0",
    );
    const careless = { ...view, predict: async () => zeros([30, 3]) };
    await expect(predictProbabilities(careless, data)).rejects.toThrow(
      new ShapeError("the predictor gives f32[30,3], expected probabilities f32[30,4]"),
    );
  });
});

/** Tiles are summed in another order in other batches: some roundings of numbers below 1 in float32. */
const ROUNDING = 1e-6;

/** What evaluation reports when it is asked to. */
async function reportOf(predictor: Predictor, set: typeof data, report: true | ReportOptions = true, options = {}) {
  const { details } = await evaluateModel(predictor, set, { task: classification({ report }), ...options });
  return details.report!;
}

describe("a report", () => {
  it("has the figures that evaluation has, and those that the metrics give", async () => {
    const report = await reportOf(singleView(model), data, true, { batch: 8 });
    const { figures, details, count } = await evaluateModel(model, data);
    const { loss, accuracy } = figures;
    expect(report).toMatchObject({ ...details, accuracy, count });
    // Logarithms of float32 probabilities against logarithms of sums of exponentials.
    expect(report.loss).toBeCloseTo(loss, 5);
    expect(report.perClass.map(({ name, support }) => [name, support])).toEqual(
      data.classes.map((name, k) => [name, [8, 8, 7, 7][k]]),
    );
    expect(report.topK).toEqual({ 1: report.accuracy });
    expect(report.calibration.bins).toHaveLength(15);
    expect(report.mistakes).toHaveLength(Math.min(20, report.count - report.correct));
  });

  it("tells as much as it is asked for", async () => {
    const report = await reportOf(singleView(model), data, { topK: [2, 4], bins: 3, confused: 1, mistakes: 2 });
    expect(Object.keys(report.topK)).toEqual(["2", "4"]);
    expect(report.topK[4]).toBe(1);
    expect(report.calibration.bins).toHaveLength(3);
    expect([report.confused.length, report.mistakes.length]).toEqual([1, 2]);
    const ten = { ...data, classes: [..."abcdefghij"] };
    const certain = stubborn([1, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    expect(Object.keys((await reportOf(certain, ten)).topK)).toEqual(["1", "5"]);
  });

  it("is refused for options that mean nothing", async () => {
    const asked = async (options: object) =>
      reportOn(await predictProbabilities(singleView(model), data), data, options);
    await expect(asked({ topk: [1] })).rejects.toThrow("reportOn: there is no option 'topk'; did you mean topK?");
    await expect(asked({ topK: [0] })).rejects.toThrow("reportOn: topK must be an integer of at least 1, got 0");
    await expect(asked({ mistakes: -1 })).rejects.toThrow(
      new OptionError("reportOn: mistakes must be an integer of at least 0, or Infinity, got -1"),
    );
  });
});
