/** What a user reads when columns are not what they should be, or do not go together. */
import { describe, expect, it } from "vitest";
import { array, NdArray, zeros } from "../../src/array/index.ts";
import * as data from "../../src/data/index.ts";
import { vocabulary } from "../../src/text/index.ts";

const { boxes, classes, dataset, mask, multiLabel, numbers, picture, points, ragged, tokens, waveform } = data;

const names = ["cat", "dog"];
const words = vocabulary(["a b c"]);
const image = picture(zeros([3, 1, 4, 6]));
const label = classes(array([0, 1, 0], "i32"), names);
const text = tokens(ragged([[2], [3, 4], [2, 2]], "i32"), words);
const loose = (value: unknown): never => value as never;
const table = (columns: Record<string, unknown>) => () => dataset("d", columns as Record<string, data.Column>);
/** Where a value is wrong whose offsets were right when they were given. */
const fallen = () => {
  const rows = ragged([[2], [3, 4], [2]], "i32");
  rows.offsets.set([0, 3, 1, 4]);
  return rows;
};

type Row = readonly [what: string, program: () => unknown, error: string, message: string];

describe("values", () => {
  it.each<Row>([
    [
      "pictures without channels",
      table({ image: picture(zeros([3, 4, 6])) }),
      "DataError",
      "data set d: column image: pictures must be u8 or f32 [n, channels, height, width], got f32 [3,4,6]",
    ],
    [
      "a normalization of other channels",
      table({ image: picture(zeros([3, 3, 4, 6]), { normalization: { mean: [0], std: [1] } }) }),
      "DataError",
      "data set d: column image: the normalization has 1 means and deviations, but the pictures have 3 channels",
    ],
    [
      "a label that names no class",
      table({ label: classes(array([0, 2, 1], "i32"), names) }),
      "DataError",
      "data set d: column label: the label of row 1 is 2; there are 2 classes, 0 to 1",
    ],
    [
      "labels as floats",
      table({ label: classes(array([0, 1]), names) }),
      "DataError",
      "data set d: column label: labels must be i32 [n], or [n, length] of one class for each element of a sequence, got f32 [2]",
    ],
    [
      "several labels out of range",
      () => multiLabel(ragged([[0], [2]], "i32"), names),
      "DataError",
      "multiLabel: row 1 has the class 2; there are 2 classes, 0 to 1",
    ],
    [
      "shares above 1",
      table({ label: multiLabel(array([[0, 1], [0, 7]]), names) }), // biome-ignore format: one line
      "DataError",
      "data set d: column label: row 1 has the label 7; labels are 0 … 1 for each class",
    ],
    [
      "shares of other classes",
      table({ label: multiLabel(zeros([2, 3]), names) }),
      "DataError",
      "data set d: column label: labels have 3 numbers each, but there are 2 classes",
    ],
    [
      "tokens outside the vocabulary",
      table({ text: tokens(ragged([[2], [], [4, 5]], "i32"), words) }),
      "DataError",
      "data set d: column text: row 2 has the token 5; the vocabulary has 5 words, 0 to 4",
    ],
    [
      "tokens below 0",
      table({ text: tokens(array([[0, -1]], "i32")) }),
      "DataError",
      "data set d: column text: row 0 has the token -1; tokens count from 0",
    ],
    [
      "tokens as floats",
      table({ text: tokens(ragged([[2], [3]])) }),
      "DataError",
      "data set d: column text: tokens must be i32 [n, length], got f32 [2,up to 1]",
    ],
    [
      "offsets that fall",
      table({ text: tokens(fallen()) }),
      "DataError",
      "data set d: column text: offsets must not fall, but offset 2 is 1 after 3",
    ],
    [
      "offsets that fall, at once",
      () => ragged({ values: zeros([4]), offsets: Int32Array.of(0, 3, 1, 4) }),
      "DataError",
      "ragged: offsets must not fall, but offset 2 is 1 after 3",
    ],
    [
      "offsets that end too early",
      () => ragged({ values: zeros([4]), offsets: Int32Array.of(0, 3) }),
      "DataError",
      "ragged: offsets must go from 0 to the number of values, 4, got 0 to 3",
    ],
    [
      "rows that differ in more than their length",
      () => ragged([zeros([1, 4]), zeros([2, 3])]),
      "DataError",
      "ragged: row 1 is f32 [2,3], others are f32 [length,4]; rows may differ in length only",
    ],
    [
      "rows that are none",
      () => ragged(loose([[1], "two"])),
      "OptionError",
      'ragged: row 1 must be a list of numbers or an array [length, …], got "two"',
    ],
    [
      "masks with a class too many",
      table({ image, seen: mask(new NdArray(new Uint8Array(72).fill(2, 30), [3, 4, 6]), { classes: names }) }),
      "DataError",
      "data set d: column seen: row 1 has a pixel of class 2; there are 2 classes, 0 to 1, and 255 stands for unknown",
    ],
    [
      "boxes with NaN",
      table({ image, box: boxes(array([[[0, 0, 1, 1]], [[0, Number.NaN, 1, 1]], [[0, 0, 0, 0]]])) }), // biome-ignore format: one line
      "DataError",
      "data set d: column box: row 1 has the box 0, NaN, 1, 1; boxes are finite numbers left, top, right, bottom in this order",
    ],
    [
      "boxes inside out, of different numbers",
      table({ image, box: boxes(ragged([[], [[0, 0, 1, 1]], [[0, 0, 1, 1], [3, 0, 1, 1]]])) }), // biome-ignore format: one line
      "DataError",
      "data set d: column box: row 2 has the box 3, 0, 1, 1; boxes are finite numbers left, top, right, bottom in this order",
    ],
    [
      "points that are infinite",
      table({ at: points(new NdArray(Float32Array.of(0, 1, 2, Infinity), [2, 1, 2])) }),
      "DataError",
      "data set d: column at: row 1 has a point at Infinity; a point that is not there is NaN, NaN",
    ],
    [
      "numbers that are none",
      table({ price: numbers(array([1, Number.NaN])) }),
      "DataError",
      "data set d: column price: row 1 has a value that is not a number (NaN); replace it, or leave the row out",
    ],
    [
      "sound that is infinite",
      table({ sound: waveform(ragged([[0], [0, Number.POSITIVE_INFINITY]])) }),
      "DataError",
      "data set d: column sound: row 1 has the sample Infinity; samples are finite numbers",
    ],
    [
      "a list for an array",
      () => numbers(loose([1, 2])),
      "DataError",
      "numbers: expects numbers as an NdArray [n, …], got [1,2]; ragged([…]) takes rows of different lengths",
    ],
  ])("%s", (_, program, error, message) => {
    expect(program).toThrow(expect.objectContaining({ name: error, message }));
  });
});

describe("columns", () => {
  it.each<Row>([
    [
      "of another number of rows",
      table({ image, label: classes(array([0, 1], "i32"), names) }),
      "DataError",
      "data set d: column image has 3 rows, column label has 2; all columns must have a row for each sample",
    ],
    ["of which there is none", table({}), "DataError", "data set d: has no columns; give at least one"],
    [
      "that no kind made",
      table({ image: zeros([3, 1, 4, 6]) }),
      "DataError",
      "data set d: column image must be made by a kind of column, such as picture(images), got an NdArray f32[3,1,4,6]",
    ],
    [
      "called as lengths are",
      table({ "text.length": label }),
      "DataError",
      'data set d: a column must not be called "text.length"; NAME.length is for lengths of rows',
    ],
    [
      "with masks of another size than the pictures",
      table({ image, seen: mask(zeros([3, 6, 4], "u8")) }),
      "DataError",
      "data set d: column seen has masks of 6×4, column image has pictures of 4×6; sizes must be equal",
    ],
    [
      "of which masks do not say what they belong to",
      table({ left: image, right: image, seen: mask(zeros([3, 4, 6], "u8")) }),
      "DataError",
      'data set d: column seen must say which pictures it belongs to, left or right: { of: "left" }',
    ],
    [
      "that belong to pictures which are not there",
      table({ image, seen: mask(zeros([3, 4, 6], "u8"), { of: "picture" }) }),
      "DataError",
      'data set d: column seen is of "picture", which is not a picture column of its own; there are image',
    ],
    [
      "with an option that their kind does not know",
      () => picture(zeros([3, 1, 4, 6]), loose({ normalisation: { mean: [0], std: [1] } })),
      "OptionError",
      "picture: there is no option 'normalisation'; did you mean normalization?",
    ],
    [
      "with an option of another type",
      () => waveform(zeros([2, 3]), { rate: 0 }),
      "OptionError",
      "waveform: rate must be a number above 0, got 0",
    ],
    [
      "with a class twice",
      () => classes(zeros([2], "i32"), ["cat", "cat"]),
      "OptionError",
      'class: classes must be a list of names, all different, got ["cat","cat"]',
    ],
    [
      "with something for a vocabulary",
      () => tokens(zeros([2, 3], "i32"), loose(["a"])),
      "OptionError",
      'tokens: expects a vocabulary, { words: ["<pad>", "<unk>", …] }, got ["a"]; vocabulary(texts) makes one',
    ],
    [
      "without a name",
      () => dataset("", { image }),
      "DataError",
      'dataset: expects a name, a text that is not empty, got ""',
    ],
  ])("%s", (_, program, error, message) => {
    expect(program).toThrow(expect.objectContaining({ name: error, message }));
  });
});

describe("what is done with columns", () => {
  const sentences = dataset("sentences", { text });
  const all = dataset("all", { image, label, text });

  it.each<Row>([
    [
      "flips of words",
      () => data.batches(sentences, { augment: [data.flip()] }),
      "ShapeError",
      "augment: flip is for pictures, data set sentences has no picture column; leave augment out",
    ],
    [
      "mixtures of words",
      () => data.batches(all, { augment: [data.mixup()] }),
      "OptionError",
      "mixup: mixes samples, but cannot mix column text (tokens) of data set all; leave out one of them",
    ],
    [
      "mixtures of pairs",
      () => data.batches(dataset("pairs", { left: image, right: image }), { augment: [data.mixup()] }),
      "OptionError",
      "mixup: data set pairs has several pictures in a row, left and right, which would be mixed with different rows; leave it out",
    ],
    [
      "classes where there are none",
      () => data.classCounts(sentences),
      "DataError",
      "classCounts: data set sentences has no column with a class for each row; there is none: classes(labels, names) makes one",
    ],
    [
      "classes of another column",
      () => data.alignClasses(all, ["dog"], { column: "text" }),
      "DataError",
      'alignClasses: data set all has no column "text" with a class for each row; there are label',
    ],
    [
      "middles of pictures that are not named",
      () => data.centerCropped(dataset("pairs", { left: image, right: image }), [1, 2, 2]),
      "DataError",
      "centerCropped: data set pairs has the picture columns left, right; name one of them",
    ],
    [
      "orders without a batch",
      () => data.batchOrder(all, loose({ seed: 1, epoch: 0 })),
      "OptionError",
      "batchOrder: batch must be an integer of at least 1, got nothing",
    ],
    [
      "padding of batches of nothing",
      () => data.paddingOf(all, Int32Array.of(0), 0),
      "OptionError",
      "paddingOf: batch must be an integer of at least 1, got 0",
    ],
    [
      "padding of a list",
      () => data.paddingOf(all, loose([0]), 1),
      "OptionError",
      "paddingOf: expects an order of samples, an Int32Array, got [0]",
    ],
    [
      "columns of nothing",
      () => data.columnsOf(loose(undefined)),
      "DataError",
      "expected a data set, { name, images, labels, classes }, got nothing",
    ],
    [
      "an order of a network",
      () => data.batchOrder(loose({ name: "net" }), { seed: 1, epoch: 0, batch: 1 }),
      "DataError",
      'data set net: labels must be an NdArray i32 [count], got nothing; such as array([0, 2, 1], "i32")',
    ],
    [
      "a loader of nothing",
      () => new data.Loader(loose(undefined), []),
      "DataError",
      "expected a data set, { name, images, labels, classes }, got nothing",
    ],
    [
      "a class column of nothing",
      () => data.classColumn(loose(null)),
      "DataError",
      "expected a data set, { name, images, labels, classes }, got null",
    ],
    [
      "columns of something else",
      () => data.sampleCount(loose({ name: "d", columns: { image: 3 } })),
      "DataError",
      "data set d: column image must be made by a kind of column, such as picture(images), got 3",
    ],
  ])("%s", (_, program, error, message) => {
    expect(program).toThrow(expect.objectContaining({ name: error, message }));
  });

  it("plans of rows that are not there", async () => {
    const loader = new data.Loader(all, [{ epoch: 0, rows: Int32Array.of(0, 3) }]);
    await expect(loader.next()).rejects.toThrow(
      "Loader: the rows of a plan must be an Int32Array of numbers below 3, got 3",
    );
  });
});
