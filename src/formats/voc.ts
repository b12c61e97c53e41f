/**
 * Annotations of Pascal VOC: an XML file for each picture. Their pixels count from 1, and a box has its last ones.
 * Source: Everingham and Winn, "The PASCAL Visual Object Classes Challenge 2012 Development Kit", section 4.
 */
import { FormatError } from "../array/index.ts";
import type { Fail } from "./fail.ts";
import { quoted } from "./json.ts";
import { childOf, parseXml, type XmlElement } from "./xml.ts";

/** An object in a picture. */
export interface VocObject {
  /** The name of its class. */
  readonly name: string;
  /** Left, top, right, bottom, as the file has them; NaN for what is no number. */
  readonly box: readonly [left: number, top: number, right: number, bottom: number];
  /** Whether it is hard to recognize, and does not count in the challenge. */
  readonly isDifficult: boolean;
}

/** The annotation of a picture. */
export interface VocAnnotation {
  /** The name of the picture's file; undefined where the annotation does not say. */
  readonly file: string | undefined;
  /** In pixels; undefined where the annotation does not say. */
  readonly width: number | undefined;
  /** In pixels; undefined where the annotation does not say. */
  readonly height: number | undefined;
  /** In the order of the file. */
  readonly objects: readonly VocObject[];
}

const numberIn = (element: XmlElement | undefined, name: string): number => {
  const text = element && childOf(element, name)?.text;
  return text ? Number(text) : Number.NaN;
};

/**
 * The annotation in an XML file.
 * @param name the file's name in messages
 * @throws FormatError for what is not XML, has a document type, or is no annotation
 */
export function readVoc(bytes: Uint8Array, name = "the annotation"): VocAnnotation {
  const fail: Fail = (problem) => new FormatError(`${name}: ${problem}`);
  const root = parseXml(bytes, fail);
  if (root.name !== "annotation") throw fail(`begins with ${quoted(`<${root.name}>`)}, expected <annotation>`);
  const size = childOf(root, "size");
  const lengthOf = (side: string): number | undefined => {
    const length = numberIn(size, side);
    return length > 0 ? length : undefined;
  };
  return {
    file: childOf(root, "filename")?.text || undefined,
    ...{ width: lengthOf("width"), height: lengthOf("height") },
    objects: root.children.filter((child) => child.name === "object").map((object, i) => readObject(object, i, fail)),
  };
}

function readObject(object: XmlElement, i: number, fail: Fail): VocObject {
  const name = childOf(object, "name")?.text;
  if (!name) throw fail(`object ${i} has no <name>`);
  const box = childOf(object, "bndbox");
  if (box === undefined) throw fail(`object ${i} (${quoted(name)}) has no <bndbox>`);
  const [left, top, right, bottom] = ["xmin", "ymin", "xmax", "ymax"].map((side) => numberIn(box, side));
  return { name, box: [left, top, right, bottom], isDifficult: childOf(object, "difficult")?.text === "1" };
}
