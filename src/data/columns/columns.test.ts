import { describe, expect, it } from "vitest";
import { array, NdArray, sameArray, zeros } from "../../array/index.ts";
import { vocabulary } from "../../text/index.ts";
import { takeRows } from "../batches.ts";
import {
  alignClasses,
  type Batch,
  balancedWeights,
  batches,
  boxes,
  type Column,
  centerCropped,
  classColumn,
  classCounts,
  classes,
  columnKinds,
  columnsOf,
  dataset,
  defineColumn,
  describeDataset,
  firstSamples,
  flip,
  holdOut,
  inTurns,
  Loader,
  loadSamples,
  mask,
  mixup,
  multiLabel,
  none,
  numbers,
  type PictureRows,
  picture,
  points,
  ragged,
  randomCrop,
  sampleCount,
  showSample,
  subset,
  tokens,
  waveform,
} from "../index.ts";

const N = 12;
const counted = (...shape: number[]): NdArray => {
  const all = zeros([N, ...shape], "f32");
  all.data.forEach((_, i) => {
    all.data[i] = i;
  });
  return all;
};
const bytes = (array: NdArray): NdArray => array.cast("u8");
const words = vocabulary(["a b c d"]);
const labels = array(
  Array.from({ length: N }, (_, i) => i % 3),
  "i32",
);
const names = ["x", "y", "z"];
const text = ragged(Array.from({ length: N }, (_, i) => new Int32Array(1 + (i % 4)).fill(2 + (i % 4))));

const everything = () =>
  dataset("everything", {
    image: picture(bytes(counted(1, 4, 6)), { normalization: { mean: [0.5], std: [0.25] } }),
    mask: mask(bytes(counted(4, 6)), { classes: undefined }),
    boxes: boxes(ragged(Array.from({ length: N }, (_, i) => Array.from({ length: i % 3 }, () => [1, 1, 3, 2])))),
    points: points(zeros([N, 2, 2])),
    label: classes(labels, names),
    several: multiLabel(ragged(Array.from({ length: N }, (_, i) => Int32Array.from([i % 3, 0]))), names),
    price: numbers(counted()),
    text: tokens(text, words),
    sound: waveform(ragged(Array.from({ length: N }, (_, i) => new Float32Array(i + 1))), { rate: 4 }),
  });

/** Every batch of the plans. */
async function loaded(data: ReturnType<typeof everything>, options: object): Promise<Batch[]> {
  const plans = [
    [3, 1],
    [5, 5, 0],
  ].map((rows, epoch) => ({ epoch, rows: Int32Array.from(rows) }));
  const loader = new Loader(data, plans, options);
  return [(await loader.next())!, (await loader.next())!];
}

describe("a data set of columns", () => {
  it("is frozen, counts its samples, and says what it is", () => {
    const data = everything();
    expect(Object.isFrozen(data) && Object.isFrozen(data.columns) && Object.isFrozen(data.columns.image)).toBe(true);
    expect(sampleCount(data)).toBe(N);
    expect(describeDataset(subset(data, [0, 1]))).toBe(
      "everything: image, pictures u8 [2,1,4,6]; mask, masks u8 [2,4,6]; boxes, boxes f32 [2,up to 2,4]; " +
        "points, points f32 [2,2,2]; label, labels i32 [2], 3 classes; several, labels f32 [2,3], any of 3 classes; " +
        "price, numbers f32 [2]; text, tokens i32 [2,up to 4], a vocabulary of 6; sound, waveforms f32 [2,up to 12], 4 Hz",
    );
  });

  it("has the columns of a set of inputs and labels under the names of these", () => {
    const kinds = (images: NdArray) =>
      Object.entries(columnsOf({ name: "s", images, labels, classes: names })).map(([name, { kind }]) => [name, kind]);
    expect(kinds(counted(1, 2, 2))).toEqual([["images", picture.kind], ["labels", classes.kind]]); // biome-ignore format: one line
    expect(kinds(counted(5))[0]).toEqual(["images", numbers.kind]);
    expect(kinds(zeros([N, 5], "i32"))[0]).toEqual(["images", tokens.kind]);
    expect(columnsOf(everything()).text.kind).toBe(tokens.kind);
  });

  it("gives batches of all columns, padded where rows differ in length", async () => {
    const [, batch] = await loaded(everything(), {});
    expect(Object.keys(batch)).toEqual([
      ...["image", "mask", "boxes", "boxes.length", "points", "label", "several", "price"],
      ...["text", "text.length", "sound", "sound.length"],
    ]);
    expect(batch.text.toNested()).toEqual([[3, 3], [3, 3], [2, 0]]); // biome-ignore format: one line
    expect([...batch["text.length"].data]).toEqual([2, 2, 1]);
    expect(batch.boxes.toNested()).toEqual(
      [5, 5, 0].map((row) => [0, 1].map((k) => (k < row % 3 ? [1, 1, 3, 2] : [0, 0, 0, 0]))),
    );
    expect([...batch.price.data]).toEqual([5, 5, 0]);
    expect(batch.several.toNested()).toEqual([[1, 0, 1], [1, 0, 1], [1, 0, 0]]); // biome-ignore format: one line
  });

  it("is cut up with all columns together", async () => {
    const data = everything();
    const check = (part: typeof data): void => {
      const { price, label, image, text } = part.columns;
      const rows = Array.from((price.values as NdArray).data);
      expect(sampleCount(part)).toBe(rows.length);
      expect([...(label.values as NdArray).data]).toEqual(rows.map((row) => row % 3));
      expect(rows.map((_, i) => (image.values as NdArray).row(i).data[0])).toEqual(
        rows.map((row) => Math.min(255, 24 * row)),
      );
      expect(Array.from((text.values as typeof text.values & { offsets: Int32Array }).offsets).slice(1)).toEqual(
        rows.map((_, i) => rows.slice(0, i + 1).reduce((sum, row) => sum + 1 + (row % 4), 0)),
      );
    };
    const { train, validation } = holdOut(data, 3, 1, { stratified: true });
    check(train);
    check(validation);
    expect([sampleCount(train), sampleCount(validation), validation.name]).toEqual([9, 3, "everything (held out)"]);
    expect([...classColumn(validation)!.labels.data].sort()).toEqual([0, 1, 2]);
    for (const part of [firstSamples(data, 5), inTurns(data), subset(data, [7, 2]), await loadSamples(data)])
      check(part);
    const first = firstSamples(data, 5).columns.image.values as NdArray;
    expect(first.data.buffer).toBe((data.columns.image.values as NdArray).data.buffer);
    const { columns } = dataset("no classes", { price: numbers(counted()) });
    expect(holdOut({ name: "no classes", columns }, 0.25, 0)).toMatchObject({ notices: [] });
  });

  it("has the classes of pixels, elements and indicators brought into another order", () => {
    const seen = mask(array([[[0, 1, 255]], [[1, 1, 2]]], "u8"), { classes: names }); // biome-ignore format: one line
    const tags = classes(ragged([[0, 1, -1], [2]], "i32"), names);
    const several = multiLabel(array([[1, 0, 0.5], [0, 1, 0]]), names); // biome-ignore format: one line
    const data = dataset("d", { seen, tags, several });
    const wanted = ["new", "z", "x"];
    const labelsOf = (column: string): unknown => {
      const aligned = alignClasses(data, wanted, { column, unknownClasses: "leave out" });
      expect(aligned).toMatchObject({ missing: ["new"], classes: wanted });
      const { values } = aligned.data.columns[column as "seen"];
      return [((values as { values?: NdArray }).values ?? (values as NdArray)).toNested(), aligned.leftOut];
    };
    expect(labelsOf("seen")).toEqual([[[[2, 255, 255]], [[255, 255, 1]]], [{ name: "y", samples: 2 }]]);
    expect(labelsOf("tags")).toEqual([[2, -1, -1, 1], [{ name: "y", samples: 1 }]]);
    expect(labelsOf("several")).toEqual([[[0, 0.5, 1], [0, 0, 0]], [{ name: "y", samples: 1 }]]); // biome-ignore format: one line
    expect(alignClasses(data, [...names]).data).toBe(data);
    expect(() => alignClasses(data, ["x", "y"])).toThrow('data set d: the model does not know its class "z"');
    expect(() => alignClasses(data, ["w"], { unknownClasses: "leave out" })).toThrow("knows none of its classes");
  });

  it("has its classes brought into another order, counted and weighed", () => {
    const data = everything();
    const { data: aligned, missing } = alignClasses(data, ["z", "y", "x", "w"]);
    expect([...classColumn(aligned)!.labels.data].slice(0, 3)).toEqual([2, 1, 0]);
    expect(missing).toEqual(["w"]);
    expect(aligned.columns.price).toBe(data.columns.price);
    const some = alignClasses(data, ["y"], { unknownClasses: "leave out", column: "label" });
    expect([...(some.data.columns.price.values as NdArray).data]).toEqual([1, 4, 7, 10]);
    expect(classCounts(data)).toEqual([4, 4, 4]);
    expect(balancedWeights(data)).toEqual([1, 1, 1]);
  });
});

describe("rows that are fetched", () => {
  const held = everything();
  const fetched = (name: "image" | "price"): PictureRows => {
    const values = held.columns[name].values as NdArray;
    return { shape: values.shape, dtype: values.dtype as "u8", take: async (rows) => takeRows(values, rows) };
  };
  const streamed = () =>
    dataset("everything", { ...held.columns, image: picture(fetched("image")), price: numbers(fetched("price")) });

  it("may be of any column", async () => {
    const options = { augment: [flip()], workers: 0 };
    const [expected, got] = await Promise.all([loaded(held, options), loaded(streamed(), options)]);
    expect(got).toEqual(expected);
    expect((await loadSamples(subset(streamed(), [4, 2]))).columns.price).toEqual(subset(held, [4, 2]).columns.price);
  });
});

describe("augmentation of columns", () => {
  const pixels = bytes(counted(1, 4, 6));

  it("carries along what belongs to a picture, and leaves the rest alone", async () => {
    const data = dataset("d", {
      text: tokens(text, words),
      seen: mask(pixels.reshape([N, 4, 6])),
      image: picture(pixels),
      target: picture(pixels, { of: "image" }),
      seenTwice: mask(pixels.reshape([N, 4, 6]).cast("i32")),
      box: boxes(
        new NdArray(
          new Float32Array(4 * N).map((_, i) => [0, 1, 2, 3][i % 4]),
          [N, 1, 4],
        ),
      ),
      corner: points(zeros([N, 1, 2])),
    });
    let flipped = 0;
    for await (const batch of batches(data, { batch: 4, augment: [flip()], workers: 0 })) {
      expect(batch.target).toEqual(batch.image);
      expect([...batch.seen.data]).toEqual([...batch.image.data]);
      expect([...batch.seenTwice.data]).toEqual([...batch.image.data]);
      for (let i = 0; i < 4; i++) {
        const [left, right] = batch.image.row(i).data;
        const isFlipped = left > right;
        flipped += Number(isFlipped);
        expect([...batch.box.row(i).data]).toEqual(isFlipped ? [4, 1, 6, 3] : [0, 1, 2, 3]);
        expect([...batch.corner.row(i).data]).toEqual(isFlipped ? [5, 0] : [0, 0]);
      }
    }
    expect(flipped).toBeGreaterThan(1);
    expect(flipped).toBeLessThan(N - 1);
  });

  it("is the same as of a set of pictures and labels", async () => {
    const augment = [flip(), randomCrop({ padding: 1 }), mixup()];
    const plain = { name: "p", images: pixels, labels, classes: names };
    const columns = dataset("p", { images: picture(pixels), labels: classes(labels, names) });
    const [expected, got] = [[], []] as Batch[][];
    for await (const batch of batches(plain, { batch: 5, augment, workers: 0 })) expected.push(batch);
    for await (const batch of batches(columns, { batch: 5, augment, workers: 0 })) got.push(batch);
    expect(got).toEqual(expected);
    expect(got[0].labels.shape).toEqual([5, 3]);
  });

  it("draws for each picture of a row by itself", async () => {
    const data = dataset("pairs", { left: picture(pixels), right: picture(pixels) });
    const [batch] = [(await batches(data, { batch: N, augment: [flip()], workers: 0 }).next()).value as Batch];
    const same = Array.from({ length: N }, (_, i) => sameArray(batch.left.row(i), batch.right.row(i)));
    expect(new Set(same)).toEqual(new Set([true, false]));
  });

  it("crops the middles of pictures, and what belongs to them", async () => {
    const data = dataset("d", {
      image: picture(pixels),
      seen: mask(pixels.reshape([N, 4, 6])),
      box: boxes(ragged(Array.from({ length: N }, () => [[0, 0, 3, 3]]))),
      price: numbers(counted()),
    });
    const { columns } = centerCropped(data, [1, 2, 4]);
    expect([...(columns.image.values as NdArray).row(0).data]).toEqual([7, 8, 9, 10, 13, 14, 15, 16]);
    expect((columns.seen.values as NdArray).data).toEqual((columns.image.values as NdArray).data);
    expect((columns.box.values as { values: NdArray }).values.row(3).toNested()).toEqual([0, 0, 2, 2]);
    expect(columns.price).toBe(data.columns.price);
    expect(centerCropped(data, [1, 4, 6])).toBe(data);
  });
});

describe("kinds of columns", () => {
  it("show rows to people", () => {
    const show = ({ kind, options }: Column, row: NdArray): unknown => kind.show(row, options);
    const { columns } = everything();
    expect(show(columns.image, zeros([1, 2, 3], "u8"))).toMatchObject({ width: 3, height: 2, channels: 1 });
    expect(show(columns.mask, array([[0, 1, 255]], "u8"))).toMatchObject({ width: 3, data: expect.any(Uint8Array) });
    expect(show(columns.boxes, array([[0, 0, 0, 0], [1, 2, 3.25, 4]]))).toBe("(1, 2, 3.3, 4)"); // biome-ignore format: one line
    expect(show(columns.points, array([[1, 2], [NaN, NaN]]))).toBe("(1, 2)"); // biome-ignore format: one line
    expect(show(columns.label, array(2, "i32"))).toBe("z");
    expect(show(columns.several, array([1, 0, 1]))).toBe("x, z");
    expect(show(columns.several, array([0, 0, 0]))).toBe("none");
    expect(show(columns.price, counted())).toBe("0, 1, 2, 3, 4, 5, 6, 7, … (12 in all)");
    expect(show(columns.text, array([2, 1, 0], "i32"))).toBe("a <unk>");
    expect(show(tokens(text), array([2, 1], "i32"))).toBe("2 1");
    expect(show(columns.sound, array([0.5, -0.75]))).toBe("0.50 s, peak 0.75");
  });

  it("show a whole sample, wherever its rows are", async () => {
    const values = zeros([2, 1, 2, 2], "u8");
    const fetched: PictureRows = { shape: values.shape, dtype: "u8", take: async (rows) => takeRows(values, rows) };
    const data = dataset("d", {
      image: picture(fetched),
      text: tokens(ragged([[2], [3, 4]], "i32"), words),
      label: classes(array([1, 0], "i32"), names),
    });
    expect(await showSample(data, 1)).toMatchObject({ image: { width: 2, height: 2 }, text: "b c", label: "x" });
    await expect(showSample(data, 2)).rejects.toThrow("showSample: expects the number of a sample, 0 to 1, got 2");
  });

  it("have names of their own", () => {
    const found = Object.values(columnKinds).map(({ kind }) => kind.name);
    expect(new Set(found).size).toBe(found.length);
  });

  it("may be made by anyone", async () => {
    const angle = defineColumn({
      kind: "angle",
      noun: "angles",
      options: {},
      dtypes: ["f32"],
      expects: "[n]",
      fits: (shape) => shape.length === 0,
      problem: (data, { rowOf }) => {
        const wrong = data.findIndex((value) => Math.abs(value) > 180);
        return wrong < 0 ? undefined : `row ${rowOf(wrong)} has the angle ${data[wrong]}; angles are −180° to 180°`;
      },
      augment: none("a turn is not known here"),
      show: (row) => `${row.item()}°`,
    });
    const data = dataset("d", { turn: angle(array([1, 2])) });
    expect((await batches(data, { shuffle: false }).next()).value).toEqual({ turn: array([1, 2]) });
    expect(() => dataset("d", { turn: angle(array([1, 270])) })).toThrow(
      "data set d: column turn: row 1 has the angle 270; angles are −180° to 180°",
    );
  });
});
