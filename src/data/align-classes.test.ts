import { describe, expect, it } from "vitest";
import { array, DataError, OptionError } from "../array/index.ts";
import { alignClasses, type Dataset, type StreamedDataset } from "./index.ts";

const fruit: Dataset = {
  name: "fruit",
  images: array([[0], [1], [2], [3], [4], [5]]),
  labels: array([0, 1, 2, 0, 1, 2], "i32"),
  classes: ["apple", "banana", "cherry"],
};
const streamed: StreamedDataset = {
  ...fruit,
  images: {
    shape: [6, 1],
    dtype: "f32",
    take: async (rows) => array(Array.from(rows, (row) => [row])),
  },
};

describe("classes of data and of a model", () => {
  it("are left as they are where they agree, or the model has no names", () => {
    expect(alignClasses(fruit, undefined)).toEqual({ data: fruit, classes: fruit.classes, missing: [], leftOut: [] });
    const same = alignClasses(fruit, [...fruit.classes]);
    expect(same.data).toBe(fruit);
  });

  it("are matched by name, whatever their order, and those that the data lack are named", () => {
    const classes = ["cherry", "date", "apple", "banana"];
    const { data, missing, leftOut, rows } = alignClasses(fruit, classes);
    expect(data).toEqual({ ...fruit, classes, labels: array([2, 3, 0, 2, 3, 0], "i32") });
    expect({ missing, leftOut, rows }).toEqual({ missing: ["date"], leftOut: [], rows: undefined });
    expect(data.images).toBe(fruit.images);
  });

  it("are refused where the model does not know one", () => {
    expect(() => alignClasses(fruit, ["cherry", "apple", "plum"])).toThrow(
      new DataError(
        'data set fruit: the model does not know its class "banana"; the data have "apple", "banana", "cherry", the model ' +
          '"cherry", "apple", "plum"; classes are matched by name: rename those of the data, or leave unknown ones out with ' +
          "unknownClasses: 'leave out'",
      ),
    );
    const many = Array.from({ length: 30 }, (_, i) => `class ${i}`);
    expect(() => alignClasses(fruit, many)).toThrow('"class 19", … (30 in all)');
    expect(() => alignClasses(fruit, many, { unknownClasses: "leave out" })).toThrow(
      "data set fruit: the model knows none of its classes",
    );
    expect(() => alignClasses(fruit, many, { unknownClasses: "ignore" as never })).toThrow(
      new OptionError("alignClasses: unknownClasses must be one of 'refuse', 'leave out', got \"ignore\""),
    );
  });

  it("are left out where they are not known, if that is asked for, and counted", async () => {
    const classes = ["cherry", "apple"];
    for (const given of [fruit, streamed]) {
      const { data, leftOut, rows } = alignClasses(given, classes, { unknownClasses: "leave out" });
      expect(leftOut).toEqual([{ name: "banana", samples: 2 }]);
      expect(rows).toEqual(Int32Array.of(0, 2, 3, 5));
      expect(data.labels).toEqual(array([1, 0, 1, 0], "i32"));
      const images = "take" in data.images ? await data.images.take(Int32Array.of(0, 1, 2, 3)) : data.images;
      expect(images).toEqual(array([[0], [2], [3], [5]]));
    }
  });

  it("must have different names", () => {
    expect(() => alignClasses({ ...fruit, classes: ["apple", "apple", "cherry"] }, undefined)).toThrow(
      new DataError(
        'data set fruit: has the class "apple" twice; classes are told apart by their names, so each must have its own',
      ),
    );
  });
});
