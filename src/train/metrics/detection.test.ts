/** COCO's figures: cases worked by hand, and random ones that `tests/fixtures/detection/make.py` worked out by itself. */
import { describe, expect, it } from "vitest";
import cases from "../../../tests/fixtures/detection/detection.json" with { type: "json" };
import { array, DataError, NdArray, OptionError, ShapeError } from "../../array/index.ts";
import { averagePrecision } from "./average-precision.ts";
import { type DetectionPicture, detectionMetrics } from "./index.ts";

/** Means of quotients in double precision. */
const DIGITS = 10;

type Numbers = readonly number[];
const boxesOf = (boxes: readonly Numbers[]) => new NdArray(Float32Array.from(boxes.flat()), [boxes.length, 4], "f32");
const floats = (values: Numbers) => new NdArray(Float32Array.from(values), [values.length], "f32");
const integers = (values: Numbers) => new NdArray(Int32Array.from(values), [values.length], "i32");

interface Drawn {
  readonly truth: Readonly<Record<"classes" | "crowd" | "ignored" | "areas", Numbers>> & {
    readonly boxes: readonly Numbers[];
  };
  readonly found: Readonly<Record<"classes" | "scores", Numbers>> & { readonly boxes: readonly Numbers[] };
}

const pictureOf = ({ truth, found }: Drawn): DetectionPicture => ({
  truth: {
    boxes: boxesOf(truth.boxes),
    classes: integers(truth.classes),
    crowd: integers(truth.crowd),
    ignored: integers(truth.ignored),
    areas: floats(truth.areas),
  },
  found: { boxes: boxesOf(found.boxes), classes: integers(found.classes), scores: floats(found.scores) },
});

type Scored = readonly [score: number, box: Numbers];
type Flags = Partial<Pick<DetectionPicture["truth"], "crowd" | "ignored" | "areas">>;

/** A picture with boxes of one class. */
const picture = (truth: readonly Numbers[], found: readonly Scored[], flags: Flags = {}): DetectionPicture => ({
  truth: { boxes: boxesOf(truth), classes: integers(truth.map(() => 0)), ...flags },
  found: {
    boxes: boxesOf(found.map(([, box]) => box)),
    classes: integers(found.map(() => 0)),
    scores: floats(found.map(([score]) => score)),
  },
});

const ten = [0, 0, 10, 10];
const other = [50, 50, 60, 60];
const nowhere = [80, 80, 90, 90];

describe("average precision", () => {
  it("is the mean of the best precision at 101 recalls", () => {
    // Precision 1 up to a recall of 1/2, which 51 recalls do not exceed; then 2 of 3.
    expect(averagePrecision([true, false, true], 2)).toBeCloseTo((51 + 50 * (2 / 3)) / 101, DIGITS);
    // A better precision at a higher recall counts at lower ones: 2 of 3 everywhere.
    expect(averagePrecision([false, true, true], 2)).toBeCloseTo(2 / 3, DIGITS);
    // A recall of 1/3 is reached by 34 recalls, 0 to 0.33.
    expect(averagePrecision([true], 3)).toBeCloseTo(34 / 101, DIGITS);
    // A recall of 7 of 100 reaches 0.07 itself.
    expect(averagePrecision(new Array<boolean>(7).fill(true), 100)).toBeCloseTo(8 / 101, DIGITS);
  });

  it("is 0 if nothing is found, and NaN if there is nothing to be found", () => {
    expect([averagePrecision([], 2), averagePrecision([false], 2)]).toEqual([0, 0]);
    expect([averagePrecision([], 0), averagePrecision([false], 0)]).toEqual([NaN, NaN]);
  });
});

describe("figures of detection, worked by hand", () => {
  const of = (...pictures: DetectionPicture[]) => detectionMetrics(pictures, 1);

  it("count a box at each overlap that it reaches", () => {
    // 60 of 100 pixels: a hit at 0.5, 0.55 and 0.6.
    const { map, ap50, ap75 } = of(picture([ten], [[1, [0, 0, 6, 10]]]));
    expect(map).toBeCloseTo(0.3, DIGITS);
    expect([ap50, ap75]).toEqual([1, 0]);
  });

  it("compare scores in all pictures", () => {
    const { map } = of(picture([ten], [[0.9, ten], [0.8, nowhere]]), picture([other], [[0.7, other]])); // biome-ignore format: pictures
    expect(map).toBeCloseTo((51 + 50 * (2 / 3)) / 101, DIGITS);
  });

  it("count a second box on the same object as a miss, whichever is nearer", () => {
    // The first takes the object though the second fits better: 1 of 1, then 1 of 2.
    expect(of(picture([ten], [[0.9, [0, 0, 9, 10]], [0.8, ten]])).ap50).toBe(1); // biome-ignore format: boxes
    expect(
      of(
        picture(
          [ten, other],
          [
            [0.9, ten],
            [0.8, ten],
            [0.7, other],
          ],
        ),
      ).map,
    ).toBeCloseTo(
      // biome-ignore format: boxes
      (51 + 50 * (2 / 3)) / 101,
      DIGITS,
    );
  });

  it("let a box take the object that it overlaps most", () => {
    const near = [0, 0, 10, 8];
    // The first overlaps both; it takes the nearer one and leaves the other to the second.
    expect(of(picture([ten, near], [[0.9, near], [0.8, ten]])).map).toBeCloseTo(1, DIGITS); // biome-ignore format: boxes
  });

  it("count misses in pictures where nothing is", () => {
    expect(of(picture([ten], [[0.5, ten]]), picture([], [[0.9, nowhere]])).map).toBeCloseTo(1 / 2, DIGITS);
    expect(of(picture([], []), picture([ten], [[0.5, ten]])).map).toBe(1);
  });

  it("neither want nor punish what is ignored", () => {
    const ignored = integers([0, 1]);
    const found: Scored[] = [[0.9, other], [0.8, ten]]; // biome-ignore format: boxes
    expect(of(picture([ten, other], found, { ignored })).map).toBe(1);
    expect(of(picture([ten, other], [[0.8, ten]], { ignored })).map).toBe(1);
    // A second box on the ignored one is a miss: 1 of 1 before it by score, or 1 of 2 after it.
    expect(of(picture([ten, other], [[0.95, other], ...found], { ignored })).map).toBeCloseTo(1 / 2, DIGITS);
  });

  it("let any number of boxes lie in a crowd, by the share of them that is inside", () => {
    const crowd = integers([0, 1]);
    const people = [40, 40, 80, 80];
    const inside: Scored[] = [[0.9, [41, 41, 45, 45]], [0.8, [60, 60, 65, 65]], [0.7, ten]]; // biome-ignore format: boxes
    expect(of(picture([ten, people], inside, { crowd })).map).toBe(1);
    // Half of it outside is a miss above an overlap of 0.5.
    const { ap50, ap75 } = of(picture([ten, people], [[0.9, [30, 40, 50, 50]], [0.7, ten]], { crowd })); // biome-ignore format: boxes
    expect([ap50, ap75]).toEqual([1, 1 / 2]);
  });

  it("prefer an object to a crowd that overlaps more", () => {
    const crowd = integers([1, 0]);
    expect(of(picture([[0, 0, 20, 20], ten], [[1, [0, 0, 8, 10]]], { crowd })).ap50).toBe(1);
  });

  it("tell sizes apart, with both ends in", () => {
    const [small, medium, large] = [[0, 0, 32, 32], [100, 0, 196, 96], [300, 0, 400, 100]]; // biome-ignore format: boxes
    const found: Scored[] = [[1, [300, 0, 400, 90]]];
    const {
      map,
      small: ofSmall,
      medium: ofMedium,
      large: ofLarge,
      perClass,
    } = of(picture([small, medium, large], found));
    // The found box is large, 0.9 of its object: 9 of 10 overlaps. Of 32² is small and medium, of 96² medium and large.
    expect(ofLarge).toBeCloseTo((0.9 * 51) / 101, DIGITS);
    expect([ofSmall, ofMedium]).toEqual([0, 0]);
    expect(map).toBeCloseTo((0.9 * 34) / 101, DIGITS);
    expect(perClass[0].support).toBe(3);
    // The area of an object may be that of its mask.
    expect(of(picture([large], [[1, large]], { areas: floats([900]) })).small).toBe(1);
  });

  it("leave classes out that are nowhere, and count the 100 best boxes of a picture", () => {
    const { map, perClass } = detectionMetrics([picture([ten], [[1, ten]])], 2);
    expect(map).toBe(1);
    expect(perClass[1]).toEqual({ map: NaN, ap50: NaN, ap75: NaN, support: 0 });
    const many: Scored[] = Array.from({ length: 100 }, (_, i) => [1 - i / 1000, nowhere]);
    expect(of(picture([ten], [...many, [0.1, ten]])).map).toBe(0);
    expect(of(picture([ten], [...many.slice(1), [0.1, ten]])).map).toBeCloseTo(1 / 100, DIGITS);
    expect(detectionMetrics([], 1)).toMatchObject({ map: NaN, ap50: NaN, small: NaN });
  });

  it("never match boxes without area", () => {
    const flat = [5, 5, 5, 10];
    expect(of(picture([flat], [[1, flat]])).map).toBe(0);
    expect(of(picture([ten], [[1, flat], [0.5, ten]])).map).toBeCloseTo(1 / 2, DIGITS); // biome-ignore format: boxes
  });
});

describe("figures of detection of random boxes", () => {
  it.each(cases.map((one, i) => [i, one] as const))("case %i", (_, { classes, pictures, figures }) => {
    const { perClass, ...means } = detectionMetrics(pictures.map(pictureOf), classes);
    const orNaN = (value: number | null) => value ?? NaN;
    for (const [name, value] of Object.entries(means))
      expect(value, name).toBeCloseTo(orNaN(figures[name as "map"]), DIGITS);
    perClass.forEach((own, k) => {
      for (const name of ["map", "ap50", "ap75"] as const)
        expect(own[name], `${name} of class ${k}`).toBeCloseTo(orNaN(figures.perClass[k][name]), DIGITS);
    });
  });
});

describe("figures of detection refuse", () => {
  const { truth, found } = picture([ten], [[1, ten]]);
  it.each<[string, DetectionPicture, Error]>([
    [
      "a class that does not exist",
      { truth: { ...truth, classes: integers([1]) }, found },
      new DataError("detectionMetrics: picture 0: truth: box 0 is of class 1; there are 1 classes, 0 to 0"),
    ],
    [
      "NaN as a score",
      { truth, found: { ...found, scores: floats([NaN]) } },
      new DataError("detectionMetrics: picture 0: found: the score of box 0 is NaN; leave such boxes out"),
    ],
    [
      "other numbers of scores",
      { truth, found: { ...found, scores: floats([1, 2]) } },
      new ShapeError("detectionMetrics: picture 0: found: scores must have a number for each of 1 boxes, got f32[2]"),
    ],
    [
      "other numbers of areas",
      { truth: { ...truth, areas: floats([]) }, found },
      new ShapeError("detectionMetrics: picture 0: truth: areas must have a number for each of 1 boxes, got f32[0]"),
    ],
  ])("%s", (_, one, error) => {
    expect(() => detectionMetrics([one], 1)).toThrow(error);
  });

  it("what is no list, and no number of classes", () => {
    expect(() => detectionMetrics(picture([], []) as never, 1)).toThrow(OptionError);
    expect(() => detectionMetrics([], 0)).toThrow(OptionError);
    expect(() => detectionMetrics([{ truth, found: { ...found, boxes: array([1]) } }], 1)).toThrow(ShapeError);
  });
});
