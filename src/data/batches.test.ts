import { describe, expect, it } from "vitest";
import { halves } from "../../tests/support/training.ts";
import { array, DataError, type NdArray, OptionError, zeros } from "../array/index.ts";
import {
  checkDataset,
  epochOrder,
  firstSamples,
  holdOut,
  inputShape,
  loadSamples,
  sampleCount,
  sliceRows,
  subset,
  takeRows,
} from "./batches.ts";
import { numbers as numberColumn } from "./columns/numbers.ts";
import { dataset } from "./columns/table.ts";

const numbers = (count: number) => Array.from({ length: count }, (_, i) => i);
const sorted = (list: Iterable<number>) => [...list].sort((a, b) => a - b);

/** A data set whose pictures of one pixel say their own number. */
const numbered = (count: number) => ({
  name: "numbered",
  images: array(numbers(count).map((i) => [[[i]]])),
  labels: array(
    numbers(count).map((i) => i % 3),
    "i32",
  ),
  classes: ["a", "b", "c"],
});

describe("rows", () => {
  const rows = array(
    [
      [1, 2],
      [3, 4],
      [5, 6],
    ],
    "u8",
  );

  it("are taken in any order, any number of times, as a copy", () => {
    const taken = takeRows(rows, [2, 0, 2]);
    expect(taken.toNested()).toEqual([
      [5, 6],
      [1, 2],
      [5, 6],
    ]);
    expect(taken.dtype).toBe("u8");
    taken.data.fill(0);
    expect(rows.toNested()).toEqual([
      [1, 2],
      [3, 4],
      [5, 6],
    ]);
    expect(takeRows(rows, []).shape).toEqual([0, 2]);
  });

  it("are cut out without a copy", () => {
    const cut = sliceRows(rows, 1, 3);
    expect(cut.toNested()).toEqual([
      [3, 4],
      [5, 6],
    ]);
    expect(cut.data.buffer).toBe(rows.data.buffer);
    expect(sliceRows(rows, 1, 1).shape).toEqual([0, 2]);
  });

  it("keep pictures and labels together", () => {
    const some = subset(numbered(9), [8, 1, 3], "some");
    expect([...some.images.data]).toEqual([8, 1, 3]);
    expect([...some.labels.data]).toEqual([2, 1, 0]);
    expect(some).toMatchObject({ name: "some", classes: ["a", "b", "c"] });
    expect(subset(numbered(2), [0]).name).toBe("numbered");
    expect([...firstSamples(numbered(9), 4).images.data]).toEqual([0, 1, 2, 3]);
    expect([...firstSamples(numbered(9), 4).labels.data]).toEqual([0, 1, 2, 0]);
    for (const count of [100, Infinity]) expect(sampleCount(firstSamples(numbered(9), count))).toBe(9);
    expect(inputShape(halves(3))).toEqual([1, 8, 8]);
  });
});

describe("samples that are set aside", () => {
  const heldOut = (count: number, amount: number, seed = 1) => {
    const { train, validation } = holdOut(numbered(count), amount, seed);
    return { train: [...train.images.data], validation: [...validation.images.data] };
  };

  it.each([
    [60, 0.25, 15],
    [60, 1 / 12, 5],
    [60, 1, 1],
    [60, 57, 57],
    [60, 0.01, 1],
    [7, 0.5, 4],
    [4, 1, 1],
  ])("of %i, %d: every sample is in one of the two parts, %i in the validation part", (count, amount, held) => {
    const { train, validation } = heldOut(count, amount);
    expect(validation).toHaveLength(held);
    expect(sorted([...train, ...validation])).toEqual(numbers(count));
  });

  it("stay with those of the same number", () => {
    const [n, each] = [20, 3];
    const groups = array(numbers(n * each).map((i) => (7 * i) % n));
    const data = dataset("pairs", { own: numberColumn(array(numbers(n * each))), groups: numberColumn(groups) });
    const { train, validation } = holdOut(data, 10, 1, { together: "groups" });
    const of = ({ columns }: typeof data, name: "own" | "groups") => [...(columns[name].values as NdArray).data];
    expect(sorted([...of(train, "own"), ...of(validation, "own")])).toEqual(numbers(n * each));
    // Whole groups of three, until there are ten.
    expect(of(validation, "own")).toHaveLength(12);
    expect(of(train, "groups").filter((group) => of(validation, "groups").includes(group))).toEqual([]);
    const options = { together: "groups" };
    expect(() => holdOut(data, 58, 1, options)).toThrow("those that stay together are 20 groups only");
    expect(() => holdOut(data, 3, 1, { together: "pictures" })).toThrow(
      "'pictures' is no column of one number a sample",
    );
    expect(() => holdOut(data, 3, 1, { ...options, stratified: true })).toThrow("stratified and together");
  });

  it("are chosen by chance, and by the seed alone", () => {
    const first = heldOut(60, 20);
    expect(heldOut(60, 20)).toEqual(first);
    expect(heldOut(60, 20, 2)).not.toEqual(first);
    expect(sorted(first.validation)).not.toEqual(numbers(20));
    // Whoever sets more aside sets the same ones aside, and some more.
    expect(heldOut(60, 30).validation.slice(0, 20)).toEqual(first.validation);
  });

  it("keep their labels, and are told apart by name", () => {
    const { train, validation } = holdOut(numbered(30), 10, 1);
    for (const set of [train, validation]) {
      expect([...set.labels.data]).toEqual(Array.from(set.images.data, (i) => i % 3));
    }
    expect([train.name, validation.name]).toEqual(["numbered", "numbered (held out)"]);
  });

  it.each([0, -0.5, -3, 60, 61, 1.5, 0.001, 0.9999, Number.NaN, Number.POSITIVE_INFINITY])(
    "cannot be %d of 60",
    (amount) => {
      expect(() => holdOut(numbered(60), amount, 1)).toThrow(
        new OptionError(
          `validation: ${amount} of 60 samples cannot be set aside; give a share below 1, or a count below 60`,
        ),
      );
    },
  );
});

describe("the order of an epoch", () => {
  it("has every sample once, and depends on seed and epoch alone", () => {
    const order = epochOrder(50, 7, 3);
    expect(sorted(order)).toEqual(numbers(50));
    expect(epochOrder(50, 7, 3)).toEqual(order);
    for (const other of [epochOrder(50, 7, 4), epochOrder(50, 8, 3), Int32Array.from(numbers(50))]) {
      expect(other).not.toEqual(order);
    }
  });

  it("brings every sample to every place about equally often", () => {
    const epochs = 2000;
    const places = zeros([6, 6], "i32");
    for (let epoch = 0; epoch < epochs; epoch++) {
      epochOrder(6, 0, epoch).forEach((sample, place) => {
        places.data[sample * 6 + place]++;
      });
    }
    // Binomial with p = 1/6: the deviation is √(2000 · 5/36) ≈ 16.7; the 36 counts of a fair shuffle stay within 5 of it.
    for (const count of places.data) expect(Math.abs(count - epochs / 6)).toBeLessThan(5 * 16.7);
  });
});

describe("a data set", () => {
  const fine = numbered(6);

  it("is fine when pictures, labels and classes agree", () => {
    expect(checkDataset(fine)).toBe(fine);
    expect(checkDataset(halves(4)).images.dtype).toBe("u8");
  });

  it.each([
    [{ images: zeros([6, 1, 1, 1], "i32") }, "pictures must be u8 or f32, got i32"],
    [{ labels: zeros([6], "u8") }, "labels must be i32 [count], got u8 [6]"],
    [{ labels: zeros([6, 1], "i32") }, "labels must be i32 [count], got i32 [6,1]"],
    [{ labels: zeros([5], "i32") }, "6 pictures, but 5 labels"],
    [{ labels: array([0, 1, 2, 3, 0, 9], "i32") }, "label 3 is 3; there are 3 classes, 0 to 2"],
    [{ labels: array([0, -1, 2, 0, 0, 0], "i32") }, "label 1 is -1; there are 3 classes, 0 to 2"],
  ])("is refused with %o", (change, message) => {
    expect(() => checkDataset({ ...fine, ...change })).toThrow(new DataError(`data set numbered: ${message}`));
  });
});

describe("samples that are not in memory", () => {
  const held = numbered(9);
  /** Rows that are counted when they are fetched. */
  function streamed() {
    const fetched: number[] = [];
    const take = async (rows: Int32Array) => {
      fetched.push(...rows);
      return takeRows(held.images, rows);
    };
    return { fetched, data: { ...held, images: { shape: held.images.shape, dtype: "f32", take } as const } };
  }

  it("are chosen, cut and set aside as those in memory are, without being fetched", async () => {
    const { data, fetched } = streamed();
    const { train, validation } = holdOut(data, 3, 1);
    const expected = holdOut(held, 3, 1);
    const chosen = firstSamples(subset(subset(data, [8, 1, 5, 3]), [3, 0, 1]), 2);
    expect([sampleCount(train), inputShape(train), checkDataset(chosen)]).toEqual([6, [1, 1, 1], chosen]);
    expect(fetched).toEqual([]);
    expect(await loadSamples(train)).toEqual(expected.train);
    expect(await loadSamples(validation)).toEqual(expected.validation);
    fetched.length = 0;
    expect([...(await loadSamples(chosen)).images.data]).toEqual([3, 8]);
    expect(fetched).toEqual([3, 8]);
  });

  it("leave a class of one sample in training, and say so", () => {
    const data = { ...numbered(30), labels: array([...Array(29).fill(0), 2], "i32") };
    for (const stratified of [true, false])
      for (let seed = 0; seed < 10; seed++) {
        const { train, validation, notices } = holdOut(data, 0.5, seed, { stratified });
        expect(train.labels.data).toContain(2);
        expect(sampleCount(validation)).toBe(15);
        expect(notices).toEqual(["numbered (held out) has no samples of b, c"]);
      }
    expect(holdOut(numbered(30), 0.5, 1, { stratified: true }).notices).toEqual([]);
  });

  it("have labels that name classes", () => {
    const data = { ...numbered(3), labels: array([0, 3, -1], "i32") };
    expect(() => holdOut(data, 1, 1)).toThrow("data set numbered: label 1 is 3; there are 3 classes, 0 to 2");
  });

  it("may be of every class alike when they are set aside", () => {
    const { train, validation } = holdOut(numbered(30), 0.2, 1, { stratified: true });
    const countOf = (labels: ArrayLike<number>) =>
      [0, 1, 2].map((label) => Array.from(labels).filter((l) => l === label).length);
    expect([countOf(train.labels.data), countOf(validation.labels.data)]).toEqual([
      [8, 8, 8],
      [2, 2, 2],
    ]);
    expect(sorted([...train.images.data, ...validation.images.data])).toEqual(numbers(30));
  });
});
