/**
 * YOLO's text: for each picture a file with a line for each object, `class x y width height`, the center first, or
 * `class x y x y x y …`, an outline; all in shares of the picture. The classes' names stand in a file of lines, or in the
 * list `names` of a YAML file.
 * Source: Ultralytics' documentation, "Object Detection Datasets Overview" and "Instance Segmentation Datasets Overview".
 */
import { FormatError } from "../array/index.ts";
import { quoted } from "./json.ts";
import { linesOf } from "./lines.ts";

/** An object of a line, in shares of the picture's width and height. */
export interface YoloObject {
  /** The line, from 1. */
  readonly line: number;
  /** The number of its class. */
  readonly label: number;
  /** Left, top, right, bottom. */
  readonly box: readonly [left: number, top: number, right: number, bottom: number];
  /** x, y, x, y, …; undefined where the line has a box alone. */
  readonly polygon: readonly number[] | undefined;
}

/**
 * The objects of a picture.
 * @param name the file's name in messages
 * @throws FormatError for lines of another form
 */
export function readYolo(text: string, name = "the labels"): YoloObject[] {
  return linesOf(text).flatMap((line, i) => (line.trim() === "" ? [] : [readLine(line, i + 1, name)]));
}

function readLine(text: string, line: number, name: string): YoloObject {
  const words = text.trim().split(/\s+/);
  const [label, ...numbers] = words.map(Number);
  const isForm = numbers.length === 4 || (numbers.length >= 6 && numbers.length % 2 === 0);
  if (!isForm || !Number.isInteger(label) || !numbers.every(Number.isFinite))
    throw new FormatError(
      `${name}: line ${line} is ${quoted(text)}, expected the number of a class and x y width height, or x y of three or more points`,
    );
  if (numbers.length > 4) {
    const [xs, ys] = [0, 1].map((axis) => numbers.filter((_, i) => i % 2 === axis));
    return { line, label, box: [least(xs), least(ys), most(xs), most(ys)], polygon: numbers };
  }
  const [x, y, width, height] = numbers;
  return { line, label, box: [x - width / 2, y - height / 2, x + width / 2, y + height / 2], polygon: undefined };
}

const least = (values: readonly number[]): number => values.reduce((a, b) => Math.min(a, b), Infinity);
const most = (values: readonly number[]): number => values.reduce((a, b) => Math.max(a, b), -Infinity);

/** The names of classes in a file of lines. */
export const readYoloNames = (text: string): string[] =>
  linesOf(text)
    .map((line) => line.trim())
    .filter((line) => line !== "");

/**
 * The names of classes in a YAML file: `names: [cat, dog]`, a list of lines `- cat`, or of lines `0: cat`. Nothing else of the
 * file is read.
 * @param name the file's name in messages
 * @throws FormatError for a file without them, or with numbers that do not count from 0
 */
export function readYoloYaml(text: string, name = "the YAML file"): string[] {
  const lines = linesOf(text).map((line) => line.replace(/(^|\s)#.*$/, "").trimEnd());
  const at = lines.findIndex((line) => /^names\s*:/.test(line));
  if (at < 0) throw new FormatError(`${name}: has no list \`names\`; expected names: [cat, dog], or a line for each`);
  const rest = lines[at].replace(/^names\s*:\s*/, "");
  if (rest !== "") return namesInBrackets(rest, lines.slice(at + 1), name);
  const end = lines.findIndex((line, i) => i > at && line !== "" && !/^(\s|-)/.test(line));
  return lines
    .slice(at + 1, end < 0 ? undefined : end)
    .filter((line) => line !== "")
    .map((line, i) => {
      const [, number, word] = /^\s*(?:-|(\d+)\s*:)\s+(.+)$/.exec(line) ?? [];
      if (word === undefined || (number !== undefined && Number(number) !== i))
        throw new FormatError(`${name}: ${quoted(line)} among names, expected \`- NAME\` or \`${i}: NAME\``);
      return unquoted(word);
    });
}

function namesInBrackets(first: string, others: readonly string[], name: string): string[] {
  const all = [first, ...others].join(" ");
  const [, inside] = /^\[([^\]]*)\]/.exec(all) ?? [];
  if (inside === undefined) throw new FormatError(`${name}: names is ${quoted(first)}, expected [cat, dog]`);
  return inside.trim() === "" ? [] : inside.replace(/,\s*$/, "").split(",").map(unquoted);
}

const unquoted = (word: string): string => word.trim().replace(/^(["'])(.*)\1$/, "$2");
