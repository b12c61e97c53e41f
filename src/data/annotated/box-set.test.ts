import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { tarOf } from "../../../tests/support/tar.ts";
import { encodePng } from "../../image/index.ts";
import { rowOf } from "../columns/column.ts";
import { boxSet } from "./index.ts";

let root = "";
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "fovea-boxes-"));
});
afterEach(() => rm(root, { recursive: true }));

const picture = (): Promise<Uint8Array> =>
  encodePng({ width: 8, height: 6, channels: 3, data: new Uint8Array(8 * 6 * 3) });

async function put(files: Readonly<Record<string, string | object>>): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    const isText = typeof content === "string";
    const bytes = path.endsWith(".png") ? await picture() : isText ? content : JSON.stringify(content);
    await writeFile(join(root, path), bytes);
  }
}

const coco = (name: string, bbox: readonly number[]) => ({
  images: [{ id: 1, file_name: name, width: 8, height: 6 }],
  categories: [{ id: 5, name: "cat" }],
  annotations: [{ image_id: 1, category_id: 5, bbox }],
});

const voc =
  "<annotation><filename>a.png</filename><size><width>8</width><height>6</height></size><object><name>cat</name>" +
  "<bndbox><xmin>2</xmin><ymin>3</ymin><xmax>4</xmax><ymax>5</ymax></bndbox></object></annotation>";

it.each([
  ["COCO", { "a.png": "", "labels.json": coco("a.png", [1, 2, 3, 3]) }],
  [
    "a list",
    { "a.png": "", "annotations.json": { classes: ["cat"], images: [{ file: "a.png", boxes: [[0, 1, 2, 4, 5]] }] } },
  ],
  ["Pascal VOC", { "a.png": "", "a.xml": voc }],
  ["YOLO", { "a.png": "", "a.txt": "0 0.3125 0.583333333 0.375 0.5", "classes.txt": "cat" }],
])("reads %s", async (_, files) => {
  await put(files);
  const { train, classes } = await boxSet(root);
  expect(classes).toEqual(["cat"]);
  for (const [i, edge] of [1, 2, 4, 5].entries())
    expect(rowOf(train.columns.boxes.values, 0).data[i]).toBeCloseTo(edge, 5);
});

it("reads a file of COCO's for each part", async () => {
  await put({
    "train2017/a.png": "",
    "val2017/b.png": "",
    "annotations/instances_train2017.json": coco("a.png", [0, 0, 1, 1]),
    "annotations/instances_val2017.json": coco("b.png", [4, 3, 2, 2]),
  });
  const { train, validation, test } = await boxSet(root);
  expect([...rowOf(train.columns.boxes.values, 0).data]).toEqual([0, 0, 1, 1]);
  expect([...rowOf(validation!.columns.boxes.values, 0).data]).toEqual([4, 3, 6, 5]);
  expect(test).toBeUndefined();
});

it("says what is missing", async () => {
  await put({ "a.png": "" });
  await expect(boxSet(root)).rejects.toThrow("has no annotations of boxes; expected COCO's JSON");
  await put({ "one.json": coco("a.png", [0, 0, 1, 1]), "two.json": coco("a.png", [0, 0, 1, 1]) });
  await expect(boxSet(root)).rejects.toThrow(
    "has 2 files of COCO's annotations, one.json, two.json; expected one, or one",
  );
  await put({ "two.json": "{" });
  await expect(boxSet(root)).rejects.toThrow("two.json is not JSON");
  await expect(boxSet(root, { size: 3 } as never)).rejects.toThrow("boxSet: size must be [height, width]");
  const archive = join(root, "set.tar");
  const parts = { "a.png": await picture(), "one.json": JSON.stringify(coco("a.png", [0, 0, 1, 1])) };
  await writeFile(archive, tarOf(Object.entries(parts).map(([path, bytes]) => ({ path, bytes }))));
  await expect(boxSet(archive)).rejects.toThrow("has annotations of COCO, which are read from folders; unpack it");
});
