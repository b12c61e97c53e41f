import { describe, expect, it } from "vitest";
import { FormatError } from "../array/index.ts";
import {
  childOf,
  decodeRunLengths,
  parseRunLengths,
  parseXml,
  readCoco,
  readVoc,
  readYolo,
  readYoloYaml,
} from "./index.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const json = (value: unknown): Uint8Array => bytes(JSON.stringify(value));
const fail = (problem: string): FormatError => new FormatError(`x: ${problem}`);

describe("run lengths", () => {
  // The first two are the examples in the comments of COCO's maskApi.h; their texts are worked out by hand.
  it.each([
    ["231N", [2, 3, 1, 1]],
    ["061", [0, 6, 1]],
    // 40 = 8 + 32 · 1: "X1"; 5 − 40 = −35 = 29 + 32 · (−2): "mN"; 21 − 5 = 16, whose sign bit needs a second character: "`0".
    ["61X13mN000`0", [6, 1, 40, 4, 5, 4, 5, 4, 21]],
    ["", []],
  ])("has %j for %j", (text, counts) => {
    expect(parseRunLengths(text, fail)).toEqual(counts);
  });

  it("fill columns one after the other", () => {
    // Columns 0 0, 1 1, 1 0 of a picture of 3×2.
    expect([...decodeRunLengths([2, 3, 1], 2, 3, fail)]).toEqual([0, 1, 1, 0, 1, 0]);
    expect([...decodeRunLengths([0, 6], 2, 3, fail)]).toEqual([1, 1, 1, 1, 1, 1]);
  });

  it.each<[string, () => unknown, string]>([
    [
      "beyond the picture",
      () => decodeRunLengths([2, 1e15], 2, 3, fail),
      "have 1000000000000002 pixels, the picture of 3×2 has 6",
    ],
    ["too few", () => decodeRunLengths([2], 2, 3, fail), "have 2 pixels"],
    ["negative", () => decodeRunLengths([8, -2], 2, 3, fail), "run 1 is -2, expected a count"],
    ["not finite", () => decodeRunLengths([Infinity], 2, 3, fail), "run 0 is Infinity"],
    ["cut off", () => parseRunLengths("2X", fail), "run 1 does not end"],
    ["endless", () => parseRunLengths("o".repeat(1000), fail), "run 0 does not end"],
    ["other characters", () => parseRunLengths("2\u20ac", fail), "character 1 of the run lengths"],
  ])("refuses what is %s", (_, read, message) => {
    expect(read).toThrow(FormatError);
    expect(read).toThrow(message);
  });
});

describe("XML", () => {
  const parse = (text: string) => parseXml(bytes(text), fail);

  it("has elements and text", () => {
    const text = `<a id="1" of='b'><b> R&amp;D &#65;&#x42; </b><c/><d><![CDATA[<raw>&]]></d></a>`;
    const root = parse(`\ufeff<?xml version="1.0"?>\n<!-- a > b -->${text}\n`);
    expect(root.name).toBe("a");
    expect(root.children.map(({ name, text }) => [name, text])).toEqual([
      ["b", "R&D AB"],
      ["c", ""],
      ["d", "<raw>&"],
    ]);
    expect(childOf(root, "d")?.text).toBe("<raw>&");
    expect(childOf(root, "e")).toBeUndefined();
  });

  it.each([
    ["a document type", '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "has a document type, which is not read"],
    ["a file from outside", '<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>', "has a document type"],
    ["an unknown entity", "<a>&nbsp;</a>", 'has the entity "&nbsp;"'],
    ["a character beyond Unicode", "<a>&#x110000;</a>", 'has the entity "&#x110000;"'],
    ["a bare ampersand", "<a>R & D</a>", 'has the entity "& D"'],
    ["deep nesting", "<a>".repeat(100_000), "has more than 64 elements in each other"],
    ["no end", "<a><b></b>", "<a> is not closed"],
    ["the wrong end", "<a></b>", '"</b>" closes "<a>"'],
    ["an end alone", "</a>", '"</a>" closes nothing'],
    ["two elements", "<a/><b/>", "has 2 outermost elements"],
    ["no element", "hello", "has 0 outermost elements"],
    ["a tag that does not end", "<a", '"<a" does not end'],
    ["broken attributes", "<a b=c></a>", "whose attributes are not"],
    ["a nameless tag", "<>", "which is no tag"],
  ])("refuses %s", (_, text, message) => {
    expect(() => parse(text)).toThrow(FormatError);
    expect(() => parse(text)).toThrow(message);
  });

  it("refuses bytes that are no text", () => {
    expect(() => parseXml(Uint8Array.of(0x3c, 0xff), fail)).toThrow("is not UTF-8 text");
  });
});

describe("COCO", () => {
  const file = {
    images: [{ id: 7, file_name: "a.jpg", width: 4, height: 3 }],
    categories: [{ id: 3, name: "cat", keypoints: ["nose"] }],
    annotations: [
      {
        image_id: 7,
        category_id: 3,
        bbox: [1, 0, 2, 2],
        segmentation: [[1, 0, 3, 0, 3, 2]],
        keypoints: [1, 1, 2],
        iscrowd: 0,
      },
      { image_id: 7, category_id: 3, segmentation: { size: [3, 4], counts: "61" }, iscrowd: 1 },
      { image_id: 7, caption: "a cat" },
    ],
  };

  it("reads boxes, outlines, key points and captions", () => {
    const { images, categories, annotations } = readCoco(json(file));
    expect(images).toEqual([{ id: 7, file: "a.jpg", width: 4, height: 3 }]);
    expect(categories).toEqual([{ id: 3, name: "cat", points: ["nose"] }]);
    expect(annotations[0]).toMatchObject({
      image: 7,
      category: 3,
      box: [1, 0, 2, 2],
      points: [1, 1, 2],
      isCrowd: false,
    });
    expect(annotations.map(({ outline }) => outline)).toEqual([
      { polygons: [[1, 0, 3, 0, 3, 2]] },
      { size: [3, 4], counts: "61" },
      undefined,
    ]);
    expect(annotations[2]).toMatchObject({ caption: "a cat", category: undefined, box: undefined });
  });

  const withAnnotation = (annotation: object) => json({ ...file, annotations: [{ image_id: 7, ...annotation }] });
  it.each<[string, Uint8Array, string]>([
    ["no JSON", bytes("{"), "is not JSON"],
    ["a list", json([]), "is a list of 0, expected an object"],
    ["deep nesting", bytes("[".repeat(300_000)), "is not JSON"],
    ["no images", json({ annotations: [] }), "images is missing, expected a list of objects"],
    ["images that are none", json({ images: [3], annotations: [] }), "images[0] is 3, expected an object"],
    [
      "inherited names",
      bytes('{"images": [{"__proto__": {"id": 1, "file_name": "a"}}], "annotations": []}'),
      "images[0].id is missing",
    ],
    ["a name twice", bytes('{"images": [], "images": []}'), 'has the key "images" twice'],
    [
      "an id twice",
      json({ ...file, images: [file.images[0], file.images[0]] }),
      "images[1].id is 7, which another has",
    ],
    [
      "a box of three",
      withAnnotation({ bbox: [1, 2, 3] }),
      "annotations[0].bbox is a list of 3, expected a list of 4 numbers",
    ],
    ["a box of NaN", withAnnotation({ bbox: [1, 2, 3, Number.NaN] }), "annotations[0].bbox is a list of 4"],
    ["an odd polygon", withAnnotation({ segmentation: [[1, 2, 3]] }), "annotations[0].segmentation[0] is a list of 3"],
    [
      "a polygon of texts",
      withAnnotation({ segmentation: [["1", "2"]] }),
      "annotations[0].segmentation[0] is a list of 2",
    ],
    [
      "runs without size",
      withAnnotation({ segmentation: { counts: [1] } }),
      "annotations[0].segmentation.size is missing",
    ],
    [
      "runs that are none",
      withAnnotation({ segmentation: { size: [1, 1], counts: {} } }),
      "segmentation.counts is an object",
    ],
    ["points in pairs", withAnnotation({ keypoints: [1, 2] }), "annotations[0].keypoints is a list of 2"],
    ["a caption that is none", withAnnotation({ caption: 3 }), "annotations[0].caption is 3, expected a text"],
  ])("refuses %s", (_, given, message) => {
    expect(() => readCoco(given, "f.json")).toThrow(FormatError);
    expect(() => readCoco(given, "f.json")).toThrow(message);
  });
});

describe("Pascal VOC", () => {
  const object = (name: string, box: string) => `<object><name>${name}</name><difficult>1</difficult>${box}</object>`;
  const box = "<bndbox><xmin>1</xmin><ymin>2.5</ymin><xmax>x</xmax></bndbox>";

  it("reads objects, and NaN for what is no number", () => {
    const text = `<annotation><filename>a.jpg</filename><size><width>4</width><height>0</height></size>${object("cat", box)}</annotation>`;
    expect(readVoc(bytes(text))).toEqual({
      ...{ file: "a.jpg", width: 4, height: undefined },
      objects: [{ name: "cat", box: [1, 2.5, NaN, NaN], isDifficult: true }],
    });
  });

  it.each([
    ["other XML", "<html/>", 'begins with "<html>", expected <annotation>'],
    ["an object without a name", `<annotation>${object("", box)}</annotation>`, "object 0 has no <name>"],
    ["an object without a box", `<annotation>${object("cat", "")}</annotation>`, 'object 0 ("cat") has no <bndbox>'],
  ])("refuses %s", (_, text, message) => {
    expect(() => readVoc(bytes(text))).toThrow(FormatError);
    expect(() => readVoc(bytes(text))).toThrow(message);
  });
});

describe("YOLO", () => {
  it("reads boxes and outlines", () => {
    expect(readYolo("1 0.5 0.5 0.5 0.25\n\n0 0 0 1 0 0.5 1\r\n")).toEqual([
      { line: 1, label: 1, box: [0.25, 0.375, 0.75, 0.625], polygon: undefined },
      { line: 3, label: 0, box: [0, 0, 1, 1], polygon: [0, 0, 1, 0, 0.5, 1] },
    ]);
  });

  it.each(["1 2 3", "a 1 2 3 4", "0.5 1 2 3 4", "0 1 2 3 x", "0 1 2 3 4 5", "0 1 2 3 NaN"])(
    "refuses the line %j",
    (line) => {
      expect(() => readYolo(line, "a.txt")).toThrow(FormatError);
      expect(() => readYolo(line, "a.txt")).toThrow("a.txt: line 1 is");
    },
  );

  it.each([
    ["names: [cat, 'dog', \"fat rat\"]\nnc: 3"],
    ["nc: 3\nnames:\n  - cat\n  - dog # a comment\n  - fat rat\npath: x"],
    ["names:\n- cat\n- dog\n- 'fat rat'"],
    ["names:\n  0: cat\n  1: dog\n  2: fat rat\n\ntrain: images"],
    ["names: [cat,\n  dog,\n  fat rat,\n]"],
  ])("reads the names in %j", (text) => {
    expect(readYoloYaml(text)).toEqual(["cat", "dog", "fat rat"]);
  });

  it.each(["nc: 3", "names: cat", "names:\n  1: cat", "names:\n  a:\n    - b"])("refuses %j", (text) => {
    expect(() => readYoloYaml(text)).toThrow(FormatError);
  });
});
