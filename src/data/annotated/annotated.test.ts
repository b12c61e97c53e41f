import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { pngFile } from "../../../tests/support/png-files.ts";
import { tarOf } from "../../../tests/support/tar.ts";
import { DataError, FormatError, type NdArray, OptionError } from "../../array/index.ts";
import { encodePng } from "../../image/index.ts";
import { rowOf } from "../columns/column.ts";
import type { DataTable } from "../dataset.ts";
import { cocoSet, maskFolder, pictureListSet, pointTableSet, readMaskColors, vocSet, yoloSet } from "./index.ts";

let root = "";
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "fovea-annotated-"));
});
afterEach(() => rm(root, { recursive: true }));

const at = (path: string): string => join(root, path);
async function put(path: string, content: string | Uint8Array): Promise<void> {
  await mkdir(dirname(at(path)), { recursive: true });
  await writeFile(at(path), content);
}
const putJson = (path: string, value: unknown): Promise<void> => put(path, JSON.stringify(value));

/** A picture whose red grows to the right and whose green grows downward, by 10 a pixel. */
async function pictureOf(width: number, height: number): Promise<Uint8Array> {
  const data = new Uint8Array(width * height * 3);
  for (let y = 0, i = 0; y < height; y++) for (let x = 0; x < width; x++, i += 3) data.set([10 * x, 10 * y, 100], i);
  return encodePng({ width, height, channels: 3, data });
}
const putPicture = async (path: string, width = 8, height = 6): Promise<void> =>
  put(path, await pictureOf(width, height));

const rows = ({ columns }: DataTable, name: string, row: number): number[] => [
  ...rowOf(columns[name].values, row).data,
];
const planeOf = (set: DataTable, row: number): string[] => {
  const { data, shape } = rowOf(set.columns.mask.values, row);
  return Array.from({ length: shape[0] }, (_, y) => [...data.subarray(y * shape[1], (y + 1) * shape[1])].join(" "));
};

describe("cocoSet", () => {
  const file = {
    images: [
      { id: 1, file_name: "a.png", width: 8, height: 6 },
      { id: 2, file_name: "b.png", width: 8, height: 6 },
    ],
    categories: [
      { id: 5, name: "cat" },
      { id: 9, name: "dog", keypoints: ["nose", "tail"] },
    ],
  };
  const read = async <T extends "boxes" | "mask" | "points" | "sentences">(
    take: T,
    annotations: readonly object[],
    options: object = {},
  ) => {
    await putPicture("pictures/a.png");
    await putPicture("pictures/b.png");
    await putJson("coco.json", { ...file, annotations });
    return cocoSet(at("coco.json"), { pictures: at("pictures"), take, ...options });
  };

  it("has boxes and classes, and pictures without any", async () => {
    const { train, classes, report } = await read("boxes", [
      { image_id: 1, category_id: 9, bbox: [1, 2, 3, 3] },
      { image_id: 1, category_id: 5, bbox: [0, 0, 8, 6] },
      { image_id: 1, category_id: 5, bbox: [0, 0, 8, 6], iscrowd: 1 },
    ]);
    expect(classes).toEqual(["cat", "dog"]);
    expect([rows(train, "boxes", 0), rows(train, "labels", 0)]).toEqual([
      [1, 2, 4, 5, 0, 0, 8, 6],
      [1, 0],
    ]);
    expect([rows(train, "boxes", 1), rows(train, "labels", 1)]).toEqual([[], []]);
    expect(rows(train, "image", 0)[7]).toBe(70);
    expect(report).toMatchObject({ pictures: { train: 2 }, counts: { train: [1, 1] } });
    expect(report.notices).toEqual(["1 picture without objects\n  b.png"]);
  });

  it.each<[string, number[], number[], string]>([
    ["reaches beyond the picture", [6, 4, 9, 9], [6, 4, 8, 6], "1 object partly outside of the picture, clipped"],
    ["lies outside", [20, 0, 3, 3], [], "1 object outside of the picture, left out"],
    ["is empty", [1, 1, 0, 3], [], "1 object whose box has no area, left out"],
    ["ends before it begins", [5, 1, -2, 3], [], "1 object whose box ends before it begins"],
    ["is infinite", [0, 0, Infinity, 3], [], "1 object with a place that is no finite number, left out"],
    ["is rounded", [0, 0, 8.4, 6], [0, 0, 8, 6], ""],
  ])("clips or leaves out, and reports, a box that %s", async (_, bbox, expected, notice) => {
    await putPicture("pictures/a.png");
    const text = JSON.stringify({
      ...file,
      images: [file.images[0]],
      annotations: [{ image_id: 1, category_id: 5, bbox }],
    });
    await put("coco.json", text.replace("null", "1e999"));
    const { train, report } = await cocoSet(at("coco.json"), { pictures: at("pictures"), take: "boxes" });
    expect(rows(train, "boxes", 0)).toEqual(expected);
    expect(report.notices.join("\n")).toContain(notice);
  });

  it("reports pictures that are not there, strangers and classes without objects", async () => {
    await putPicture("pictures/a.png");
    await putJson("coco.json", {
      ...file,
      annotations: [
        { image_id: 1, category_id: 5, bbox: [1, 2, 3, 3] },
        { image_id: 77, category_id: 5, bbox: [1, 2, 3, 3] },
        { image_id: 1, category_id: 66, bbox: [1, 2, 3, 3] },
        { image_id: 1, category_id: 5 },
      ],
    });
    const notices: string[] = [];
    const options = {
      pictures: at("pictures"),
      take: "boxes",
      onNotice: (notice: string) => notices.push(notice),
    } as const;
    const { report } = await cocoSet(at("coco.json"), options);
    expect(report.notices).toEqual([
      "1 picture named but not there, left out\n  b.png",
      "1 annotation of pictures that are not listed, left out\n  annotations[1], of picture 77",
      "1 object of a class that is not listed, left out\n  annotations[2]",
      "1 object without a box, left out\n  annotations[3]",
      "train has no objects of dog",
    ]);
    expect(notices).toEqual(report.notices.map((notice) => `pictures: ${notice}`));
    const strict = cocoSet(at("coco.json"), { ...options, strict: true });
    await expect(strict).rejects.toThrow("pictures: picture b.png is not there; without strict it is left out");
  });

  it("leaves out damaged pictures and those of another size", async () => {
    await put("pictures/a.png", "no picture");
    await putPicture("pictures/b.png", 8, 7);
    await putPicture("pictures/c.png");
    const images = [...file.images, { id: 3, file_name: "c.png" }];
    await putJson("coco.json", { ...file, images, annotations: [{ image_id: 3, category_id: 5, bbox: [1, 2, 3, 3] }] });
    const { report } = await cocoSet(at("coco.json"), { pictures: at("pictures"), take: "boxes" });
    expect(report.skipped.map(({ path }) => path)).toEqual(["a.png", "b.png"]);
    expect(report.skipped[1].reason).toBe("it is 8×7, but was annotated as 8×6");
    expect(report.notices[0]).toMatch(/^2 pictures left out, because/);
  });

  it("paints polygons and run lengths, later ones over earlier ones, and groups as unknown", async () => {
    // Of 48 pixels, column by column: pixels 36 to 47, the last two columns; compressed: 36 = 4 + 32 is "T1", 12 is "<".
    const { train, classes } = await read("mask", [
      { image_id: 1, category_id: 5, segmentation: [[0, 0, 4, 0, 4, 2, 0, 2]] },
      { image_id: 1, category_id: 9, segmentation: [[3, 1, 5, 1, 5, 3, 3, 3]] },
      { image_id: 1, category_id: 5, segmentation: { size: [6, 8], counts: "T1<" }, iscrowd: 1 },
      { image_id: 2, category_id: 9, segmentation: { size: [6, 8], counts: [0, 6, 42] } },
    ]);
    expect(classes).toEqual(["background", "cat", "dog"]);
    expect(planeOf(train, 0)).toEqual([
      "1 1 1 1 0 0 255 255",
      "1 1 1 2 2 0 255 255",
      "0 0 0 2 2 0 255 255",
      ...new Array<string>(3).fill("0 0 0 0 0 0 255 255"),
    ]);
    expect(planeOf(train, 1)).toEqual(new Array<string>(6).fill("2 0 0 0 0 0 0 0"));
  });

  it.each([
    ["beyond the picture", { size: [6, 8], counts: [0, 49] }, "the run lengths have 49 pixels"],
    ["of another picture", { size: [8, 6], counts: [0, 48] }, "a mask of 6×8, its picture is 8×6"],
    ["that are cut off", { size: [6, 8], counts: "T" }, "run 0 does not end"],
  ])("reports run lengths %s", async (_, segmentation, reason) => {
    const annotations = [{ image_id: 1, category_id: 5, segmentation }];
    const { train, report } = await read("mask", annotations);
    expect(new Set(rows(train, "mask", 0))).toEqual(new Set([0]));
    expect(report.notices[1]).toContain(`1 object whose outline cannot be read, left out\n  annotations[0]: ${reason}`);
    await expect(read("mask", annotations, { strict: true })).rejects.toThrow(FormatError);
  });

  it("has the points of the largest object, and leaves out pictures without", async () => {
    const { train, joints, report } = await read("points", [
      { image_id: 1, category_id: 9, bbox: [0, 0, 2, 2], keypoints: [1, 1, 2, 2, 2, 2] },
      { image_id: 1, category_id: 9, bbox: [0, 0, 6, 6], keypoints: [3, 4, 1, 20, 2, 2] },
      { image_id: 2, category_id: 9, bbox: [0, 0, 6, 6], keypoints: [0, 0, 0, 0, 0, 0] },
    ]);
    expect(joints).toEqual(["nose", "tail"]);
    expect([rows(train, "points", 0), rows(train, "visible", 0)]).toEqual([
      [3, 4, NaN, NaN],
      [0, 0],
    ]);
    expect(report.notices).toEqual([
      "1 picture without a labeled point, left out\n  b.png",
      "1 picture with several objects that have points; the largest counts\n  a.png",
      "1 point outside of the picture, taken for not labeled\n  annotations[1]: point 1 at 20, 2",
    ]);
  });

  it("has a row for each sentence, and reports empty and long ones", async () => {
    const { train, tokenizer, report } = await read(
      "sentences",
      [
        { image_id: 1, caption: "a cat" },
        { image_id: 1, caption: " \n" },
        { image_id: 1, caption: "a dog ".repeat(5000) },
        { image_id: 2, caption: "" },
      ],
      { longest: 4 },
    );
    const texts = [0, 1].map((row) => tokenizer?.decode(rows(train, "sentence", row)));
    expect(texts).toEqual(["a cat", "a dog a dog"]);
    expect([...(train.columns.pictures.values as NdArray).data]).toEqual([0, 0]);
    expect(train.columns.image.values).toMatchObject({ shape: [2, 3, 6, 8] });
    expect(report.pictures).toEqual({ train: 1 });
    expect(report.notices).toEqual([
      "1 picture without a sentence, left out\n  b.png",
      "2 sentences without a word, left out\n  a.png: sentence 1\n  b.png: sentence 0",
      "1 sentence longer than the option longest, cut\n  a.png: sentence 2",
    ]);
  });

  it("moves boxes and points with pictures that are scaled, and cuts off what is beyond", async () => {
    // 8×6 covers 3×3 by half, so that one pixel on either side is cut off: x → (x − 1) / 2, y → y / 2.
    const annotations = [
      { image_id: 1, category_id: 9, bbox: [1, 2, 4, 2], keypoints: [2.5, 3.5, 2, 0, 3, 2] },
      { image_id: 1, category_id: 5, bbox: [0, 0, 1, 6] },
    ];
    const boxes = await read("boxes", annotations, { size: [3, 3] });
    expect(rows(boxes.train, "boxes", 0)).toEqual([0, 1, 2, 2]);
    expect(boxes.report.notices[1]).toContain(
      "1 object outside of the part of the picture that the option size leaves",
    );
    const points = await read("points", annotations, { size: [3, 3] });
    expect(rows(points.train, "points", 0)).toEqual([0.5, 1.5, NaN, NaN]);
  });

  it("takes the order of given classes", async () => {
    const { train, report } = await read("boxes", [{ image_id: 1, category_id: 9, bbox: [1, 2, 3, 3] }], {
      classes: ["rat", "dog"],
    });
    expect(rows(train, "labels", 0)).toEqual([1]);
    expect(report.counts).toEqual({ train: [0, 1] });
  });

  it("refuses wrong options, and folders without the pictures", async () => {
    await expect(read("boxes", [], { size: [3] })).rejects.toThrow("cocoSet: size must be [height, width] in pixels");
    await expect(read("boxes", [], { sizes: 3 })).rejects.toThrow(OptionError);
    await expect(read("faces" as "boxes", [])).rejects.toThrow(
      "take must be one of 'boxes', 'mask', 'points', 'sentences'",
    );
    await mkdir(at("empty"));
    const none = cocoSet(at("coco.json"), { pictures: at("empty"), take: "boxes" });
    await expect(none).rejects.toThrow("empty: none of its 2 annotated pictures is there, such as a.png");
    await expect(cocoSet(at("coco.json"), { pictures: at("x"), take: "boxes" })).rejects.toThrow(DataError);
  });
});

describe("vocSet", () => {
  const object = (name: string, ...[left, top, right, bottom]: (number | string)[]) =>
    `<object><name>${name}</name><bndbox><xmin>${left}</xmin><ymin>${top}</ymin><xmax>${right}</xmax><ymax>${bottom}</ymax></bndbox></object>`;
  const putVoc = (name: string, ...objects: string[]) =>
    put(`Annotations/${name}.xml`, `<annotation><filename>${name}.png</filename>${objects.join("")}</annotation>`);

  it("has boxes of pixels that count from 1, in the parts of its lists", async () => {
    for (const name of ["a", "b"]) await putPicture(`JPEGImages/${name}.png`);
    await putVoc("a", object("dog", 1, 1, 8, 6), object("cat", 3, 2, 3, 2));
    await putVoc("b", object("cat", "x", 1, 2, 3), object("cat", 5, 1, 2, 3));
    await put("Annotations/c.xml", '<!DOCTYPE a [<!ENTITY b "c">]><annotation/>');
    await put("ImageSets/Main/train.txt", "a\n");
    await put("ImageSets/Main/val.txt", "b\r\n");
    const { train, validation, classes, report } = await vocSet(root);
    expect(classes).toEqual(["cat", "dog"]);
    expect([rows(train, "boxes", 0), rows(train, "labels", 0)]).toEqual([
      [0, 0, 8, 6, 2, 1, 3, 2],
      [1, 0],
    ]);
    expect(rows(validation!, "boxes", 0)).toEqual([]);
    expect(report.notices).toEqual([
      "1 annotation that cannot be read, left out\n  Annotations/c.xml: has a document type, which is not read; remove <!DOCTYPE …>",
      "1 picture without objects\n  b.png",
      "1 object with a place that is no finite number, left out\n  Annotations/b.xml: object 0",
      "1 object whose box ends before it begins (right < left or bottom < top), left out\n  Annotations/b.xml: object 1",
      "validation has no objects of cat, dog",
    ]);
    await expect(vocSet(root, { strict: true })).rejects.toThrow(FormatError);
  });

  it("refuses a folder without annotations", async () => {
    await expect(vocSet(root)).rejects.toThrow("has no .xml files; expected annotations of Pascal VOC");
  });
});

describe("yoloSet", () => {
  it("has boxes in pixels, of pictures and labels in their folders", async () => {
    for (const name of ["train/a", "train/b", "val/c"]) await putPicture(`images/${name}.png`);
    await put("labels/train/a.txt", "1 0.5 0.5 0.5 0.5\n7 0.5 0.5 0.5 0.5\n0 0.9 0.5 0.6 0.5\n");
    await put("labels/val/c.txt", "0 0.5 0.5\n");
    await put("data.yaml", "train: images/train\nnames:\n  0: cat\n  1: dog\n");
    const { train, report } = await yoloSet(root);
    const found = rows(train, "boxes", 0).map((edge) => Number(edge.toFixed(3)));
    expect([found, rows(train, "labels", 0)]).toEqual([
      [2, 1.5, 6, 4.5, 4.8, 1.5, 8, 4.5],
      [1, 0],
    ]);
    expect(report.notices.join("\n")).toContain(
      "1 annotation that cannot be read, left out\n  labels/val/c.txt: line 1",
    );
    expect(report.notices).toContain("1 object of a class that is not listed, left out\n  labels/train/a.txt: line 2");
    expect(report.notices).toContain("1 picture without objects\n  images/train/b.png");
  });

  it("paints outlines", async () => {
    await putPicture("a.png");
    await put("a.txt", "0 0 0 0.5 0 0.5 0.5 0 0.5\n");
    await put("classes.txt", "cat\n");
    const { train } = await yoloSet(root, { take: "mask" });
    expect(planeOf(train, 0)[2]).toBe("1 1 1 1 0 0 0 0");
    expect(planeOf(train, 0)[3]).toBe("0 0 0 0 0 0 0 0");
  });

  it("refuses a folder without names of classes", async () => {
    await putPicture("a.png");
    await expect(yoloSet(root)).rejects.toThrow("has no names of classes; expected data.yaml, classes.txt");
  });
});

describe("pictureListSet", () => {
  const image = { file: "images/a.png", width: 8, height: 6 };

  it("has boxes, from a folder or an archive", async () => {
    const list = {
      classes: ["cat", "dog"],
      images: [
        { ...image, boxes: [[1, 1, 2, 3, 4]] },
        { ...image, split: "val", boxes: [] },
      ],
    };
    const bytes = new TextEncoder().encode(JSON.stringify(list));
    await put("set/annotations.json", bytes);
    await putPicture("set/images/a.png");
    const files = [
      { path: "set/annotations.json", bytes },
      { path: "set/images/a.png", bytes: await pictureOf(8, 6) },
    ];
    await put("set.tar", tarOf(files));
    for (const path of ["set", "set.tar"]) {
      const { train, validation } = await pictureListSet(at(path), { take: "boxes" });
      expect([rows(train, "boxes", 0), rows(train, "labels", 0)]).toEqual([[1, 2, 3, 4], [1]]);
      expect(rows(validation!, "boxes", 0)).toEqual([]);
    }
  });

  it("has points, with names or without", async () => {
    await putPicture("images/a.png");
    await putJson("annotations.json", { joints: ["nose", "tail"], images: [{ ...image, joints: [[1, 2, 1], [0, 0, 0]] }] }); // biome-ignore format: one line
    const named = await pictureListSet(root, { take: "points" });
    expect([rows(named.train, "points", 0), rows(named.train, "visible", 0)]).toEqual([
      [1, 2, NaN, NaN],
      [1, 0],
    ]);
    await putJson("list.json", { images: [{ file: "a.png", points: [1, 2, 3, 4] }] });
    const bare = await pictureListSet(root, { take: "points", list: "list.json" });
    expect([bare.joints, rows(bare.train, "points", 0)]).toEqual([
      ["0", "1"],
      [1, 2, 3, 4],
    ]);
  });

  it.each<[string, object, string]>([
    ["no images", {}, "images is missing, expected a list of objects"],
    ["an image without a file", { images: [{}] }, "images[0] is an object, expected an object with a text `file`"],
    ["an unknown part", { images: [{ ...image, split: "some" }] }, 'images[0].split is "some", expected "train"'],
    [
      "a box of four",
      { images: [{ ...image, boxes: [[1, 2, 3, 4]] }] },
      "images[0].boxes[0] is a list of 4, expected [class",
    ],
    ["points that are odd", { images: [{ ...image, points: [1] }] }, "images[0].points is a list of 1"],
    [
      "points of two numbers",
      {
        images: [
          { ...image, points: [1, 2] },
          { ...image, points: [1, 2, 3, 4] },
        ],
      },
      "images[1] has 2 points, expected 1",
    ],
    ["classes that are none", { classes: [1], images: [] }, "classes is a list of 1, expected a list of names"],
  ])("refuses %s", async (_, list, message) => {
    await putJson("annotations.json", list);
    const read = pictureListSet(root, { take: "points" });
    await expect(read).rejects.toThrow(FormatError);
    await expect(read).rejects.toThrow(`annotations.json: ${message}`);
  });
});

describe("pointTableSet", () => {
  it("has points by name, empty ones and hidden ones", async () => {
    await putPicture("faces/a.png");
    await put(
      "points.csv",
      "image,eye_x,eye_y,nose_x,nose_y,nose_v\na.png,1,2,3,4,1\na.png,,,3,9,2\nb.png,1,2,3,4,1\n",
    );
    const { train, joints, report } = await pointTableSet(at("points.csv"), { pictures: at("faces") });
    expect(joints).toEqual(["eye", "nose"]);
    expect([rows(train, "points", 0), rows(train, "visible", 0)]).toEqual([
      [1, 2, 3, 4],
      [1, 0],
    ]);
    expect(report.notices).toEqual([
      "1 picture named but not there, left out\n  b.png",
      "1 picture without a labeled point, left out\n  a.png",
      "1 point outside of the picture, taken for not labeled\n  line 3: point 1 at 3, 9",
    ]);
  });

  it("takes columns that are numbered for x and y in turns", async () => {
    await putPicture("faces/a.png");
    await put("points.csv", ",0,1,2,3\na.png,1,2,3,4\n");
    const { train, joints } = await pointTableSet(at("points.csv"), { pictures: at("faces") });
    expect([joints, rows(train, "points", 0)]).toEqual([
      ["0", "1"],
      [1, 2, 3, 4],
    ]);
  });

  it.each([
    [
      "a field that is no number",
      "file,a_x,a_y\na.png,1,left\n",
      FormatError,
      'line 2: "a_y" is "left", expected a number',
    ],
    ["a table without points", "file,a,b\na.png,1,2\n", DataError, "has no columns NAME_x and NAME_y"],
  ])("refuses %s", async (_, table, type, message) => {
    await putPicture("faces/a.png");
    await put("points.csv", table);
    const read = pointTableSet(at("points.csv"), { pictures: at("faces") });
    await expect(read).rejects.toThrow(type);
    await expect(read).rejects.toThrow(message);
  });
});

describe("maskFolder", () => {
  const classes = ["sky", "road", "car"];
  /** A mask of 4×2 pixels with the numbers 0 1 2 3 / 0 1 2 9. */
  const numbers = (color: 0 | 3, depth: 4 | 8) =>
    pngFile({ width: 4, height: 2, color, depth, before: color === 3 ? [{ type: "PLTE", data: new Uint8Array(48) }] : [] }, (x, y) => (y === 1 && x === 3 ? 9 : x)); // biome-ignore format: one line

  it.each([
    ["gray", 0, 8],
    ["gray of 4 bits", 0, 4],
    ["indices of a palette", 3, 8],
    ["indices of 4 bits", 3, 4],
  ] as const)("reads numbers from %s, and reports those of no class", async (_, color, depth) => {
    await putPicture("train/a.png", 4, 2);
    await put("trainannot/a.png", numbers(color, depth));
    const { train, report } = await maskFolder(root, { classes, ignore: [3] });
    expect(planeOf(train, 0)).toEqual(["0 1 2 255", "0 1 2 255"]);
    expect(report.counts).toEqual({ train: [1, 1, 1] });
    expect(report.notices).toEqual(["1 mask with pixels of no class, taken for unknown\n  trainannot/a.png: 9"]);
  });

  it("reads colors", async () => {
    const data = Uint8Array.from([128, 128, 128, 128, 64, 128, 1, 2, 3, 0, 0, 0]);
    await putPicture("images/a.png", 4, 1);
    await put("masks/a_L.png", await encodePng({ width: 4, height: 1, channels: 3, data }));
    const maskColors = readMaskColors("128 128 128\tSky\n128 64 128\tRoad\n0 0 0\t\tVoid\n");
    const { train, report } = await maskFolder(root, { classes: ["Road", "Sky"], maskColors });
    expect(planeOf(train, 0)).toEqual(["1 0 255 255"]);
    expect(report.notices).toEqual(["1 mask with pixels of no class, taken for unknown\n  masks/a_L.png: (1, 2, 3)"]);
  });

  it("leaves out pictures without a mask and masks of another size, and finds parts", async () => {
    for (const name of ["train/a", "train/b", "train/c", "val/d"]) await putPicture(`images/${name}.png`, 4, 2);
    for (const name of ["train/a", "val/d"]) await put(`masks/${name}.png`, numbers(0, 8));
    await put(
      "masks/train/b.png",
      pngFile({ width: 2, height: 2, color: 0, depth: 8 }, () => 0),
    );
    const { train, validation, report } = await maskFolder(root, { classes });
    expect([train, validation].map((set) => (set!.columns.image.values as NdArray).shape[0])).toEqual([1, 1]);
    expect(report.skipped).toEqual([
      { path: "images/train/b.png", reason: "its mask masks/train/b.png is 2×2, the picture is 4×2" },
    ]);
    expect(report.notices).toContain("1 picture without a mask, left out\n  images/train/c.png");
    await expect(maskFolder(root, { classes, strict: true })).rejects.toThrow("images/train/c.png has no mask");
  });

  it("scales masks by the nearest pixel", async () => {
    await putPicture("images/a.png", 4, 2);
    await put("masks/a.png", numbers(0, 8));
    const { train } = await maskFolder(root, { classes, size: [4, 8] });
    expect(planeOf(train, 0)[0]).toBe("0 0 1 1 2 2 255 255");
  });

  it("refuses masks in color without a table, and wrong options", async () => {
    await putPicture("images/a.png");
    await putPicture("masks/a.png");
    await expect(maskFolder(root, { classes })).rejects.toThrow(
      "has colors or 16 bits, expected numbers of 8 bits; give maskColors",
    );
    await expect(maskFolder(root, {})).rejects.toThrow("give classes");
    await expect(maskFolder(root, { classes, maskColors: { sky: [1, 2, 3] } })).rejects.toThrow(
      "class road has no color",
    );
    await expect(maskFolder(root, { maskColors: { a: [1, 2, 300] } })).rejects.toThrow(OptionError);
    await expect(maskFolder(root, { classes, masks: "other" })).rejects.toThrow("no picture has a mask");
  });

  it.each(["1 2 Sky", "1 2 300 Sky", "1 2 3 Sky\n1 2 3 Road", "1 2 3 Sky\n1 2 4 Sky"])(
    "refuses the colors %j",
    (text) => {
      expect(() => readMaskColors(text)).toThrow(DataError);
    },
  );
});
