import { describe, expect, it } from "vitest";
import { layOut } from "./folder-layout.ts";

const membersOf = (paths: readonly (string | undefined)[]) => {
  const { classes, members, outside } = layOut(paths);
  return { classes, members: Object.fromEntries(members), outside };
};

describe("the layout of a folder of pictures", () => {
  it("is a folder for each class, sorted by name and not by language", () => {
    expect(membersOf(["dog/1.jpg", "Cat/1.jpg", "élan/1.jpg", "dog/2.jpg", "cat/1.jpg"])).toEqual({
      classes: ["Cat", "cat", "dog", "élan"],
      members: { train: [[1], [4], [0, 3], [2]] },
      outside: [],
    });
  });

  it("is parts with folders for classes, under any of their names", () => {
    for (const [validation, test] of [
      ["val", "test"],
      ["valid", "testing"],
      ["validation", "test"],
    ])
      expect(membersOf(["train/a/1", "train/b/1", `${validation}/b/1`, `${test}/a/1`])).toEqual({
        classes: ["a", "b"],
        members: { train: [[0], [1]], validation: [[], [2]], test: [[3], []] },
        outside: [],
      });
  });

  it("is parts by words in names where these hold the same classes, and says so where not", () => {
    for (const [train, test] of [
      ["images_train", "images_test"],
      ["01-Train", "02-Test"],
      ["train2017", "eval2017"],
      ["my training data", "my test data"],
    ])
      expect(membersOf([`${train}/a/1`, `${train}/b/1`, `${test}/a/1`])).toEqual({
        classes: ["a", "b"],
        members: { train: [[0], [1]], test: [[2], []] },
        outside: [],
      });
    expect(layOut(["train_1/a/1", "train_2/a/1", "test_1/a/1"]).problem).toContain("are both called as the part train");
    const apart = layOut(["seg_train/x/1", "seg_test/y/1"]);
    expect(apart.classes).toEqual(["seg_test", "seg_train"]);
    expect(apart.remarks).toHaveLength(2);
    const classes = layOut(["train station/day/1", "bus/day/1", "test tube/1"]);
    expect(classes.classes).toEqual(["bus", "test tube", "train station"]);
    expect(layOut(["train station/1", "bus/1"]).remarks).toEqual([]);
  });

  it("may lie in folders that hold all of it, and classes may have folders in them", () => {
    expect(membersOf(["pets/v2/a/1", "pets/v2/b/deep/er/1"]).members).toEqual({ train: [[0], [1]] });
    expect(membersOf(["data/train/a/1", "data/train/b/1"]).classes).toEqual(["a", "b"]);
    expect(membersOf(["train/a/1", "train/b/1"]).classes).toEqual(["a", "b"]);
  });

  it("may have classes that are called as parts are", () => {
    expect(membersOf(["test/1", "val/1"])).toEqual({
      classes: ["test", "val"],
      members: { train: [[0], [1]] },
      outside: [],
    });
  });

  it("has pictures that are in no class", () => {
    expect(membersOf(["1.jpg", "a/1", "b/1"]).outside).toEqual([0]);
    expect(membersOf(["train/a/1", "train/b/1", "train/x.jpg", "extra/c/1"])).toMatchObject({
      classes: ["a", "b"],
      outside: [2, 3],
    });
  });

  it("passes over pictures that do not count", () => {
    expect(membersOf([undefined, "a/1", "b/1"]).members).toEqual({ train: [[1], [2]] });
    expect(membersOf([]).classes).toEqual([]);
  });
});
