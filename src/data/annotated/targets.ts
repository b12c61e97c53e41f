/** What can be taken from annotations: for each, the rows of the pictures that have it, and the columns made of these. */
import { FoveaError, NdArray } from "../../array/index.ts";
import type { Tokenizer } from "../../text/index.ts";
import { boxes } from "../columns/boxes.ts";
import { classes as classColumn, multiLabel } from "../columns/classes.ts";
import { mask } from "../columns/mask.ts";
import { numbers } from "../columns/numbers.ts";
import type { picture } from "../columns/picture.ts";
import { points } from "../columns/points.ts";
import { ragged } from "../columns/ragged.ts";
import { tokens } from "../columns/tokens.ts";
import type { Columns } from "../dataset.ts";
import { targetTokens } from "../texts/sentence-pairs.ts";
import type { Annotations, FoundObject } from "./annotations.ts";
import { boxInFrame, type CheckedBox, type CheckedPoint, pointsInFrame } from "./check-objects.ts";
import type { Findings } from "./findings.ts";
import { type LoadedPicture, planeInFrame } from "./frames.ts";

/** What rows and columns are made with. */
export interface TargetContext {
  readonly classes: readonly string[];
  readonly joints: readonly string[];
  readonly findings: Findings;
  /** The maximum number of words in a sentence. */
  readonly longest: number;
  /** Whether a damaged annotation is an error. */
  readonly strict: boolean;
}

/** Makes the rows of a picture, of which there may be none or several, and columns of all rows. */
interface Target<Row, C extends Columns> {
  readonly rows: (loaded: LoadedPicture, context: TargetContext) => Promise<readonly Row[]> | readonly Row[];
  readonly columns: (rows: readonly Row[], context: TargetContext, tokenizer: Tokenizer | undefined) => C;
  /** The names of the classes of its column. */
  readonly classes: (annotations: Annotations) => readonly string[];
  /** The classes that a row counts for. */
  readonly labels: (row: Row) => Iterable<number>;
  /** Whether rows have classes. */
  readonly hasLabels: boolean;
}

const define = <Row, C extends Columns>(target: Target<Row, C>): Target<Row, C> => target;

const objectsOf = ({ picture, frame }: LoadedPicture): readonly FoundObject[] => picture.objects?.(frame.size) ?? [];

/** Objects of listed classes, others are reported. */
const listed = (loaded: LoadedPicture, { findings }: TargetContext): (FoundObject & { readonly label: number })[] =>
  objectsOf(loaded).filter((object): object is FoundObject & { readonly label: number } => {
    if (object.label === undefined) findings.add("unknownClass", object.place);
    return object.label !== undefined;
  });

interface BoxRow {
  readonly boxes: readonly CheckedBox[];
  readonly labels: readonly number[];
}

/** All boxes of a picture. */
const boxTarget = define({
  rows: (loaded, context): BoxRow[] => {
    const found = listed(loaded, context).flatMap((object) => {
      const box = boxInFrame(object, loaded.frame, context.findings);
      return box === undefined ? [] : [{ box, label: object.label }];
    });
    if (found.length === 0) context.findings.add("emptyPicture", loaded.picture.name);
    return [{ boxes: found.map(({ box }) => box), labels: found.map(({ label }) => label) }];
  },
  columns: (rows, { classes }) => ({
    boxes: boxes(
      ragged(
        rows.map(({ boxes }) => new NdArray(Float32Array.from(boxes.flat()), [boxes.length, 4])),
        "f32",
      ),
    ),
    labels: classColumn(
      ragged(
        rows.map(({ labels }) => Int32Array.from(labels)),
        "i32",
      ),
      classes,
    ),
  }),
  classes: ({ classes }) => classes,
  labels: ({ labels }) => labels,
  hasLabels: true,
});

/** A plane that is painted, or of zeros. @throws what the outline throws, with `strict` */
function paintObjects(loaded: LoadedPicture, context: TargetContext): Uint8Array {
  const { width, height } = loaded.frame.size;
  const plane = new Uint8Array(width * height);
  const objects = listed(loaded, context);
  if (objects.length === 0) context.findings.add("emptyPicture", loaded.picture.name);
  for (const { paint, label, place } of objects) {
    if (paint === undefined) context.findings.add("noOutline", place);
    else
      try {
        paint(plane, label + 1);
      } catch (error) {
        if (!(error instanceof FoveaError) || context.strict) throw error;
        context.findings.add("damagedOutline", error.message);
      }
  }
  return plane;
}

interface MaskRow {
  readonly plane: Uint8Array;
  readonly shape: readonly [height: number, width: number];
}

const maskRow = ({ frame }: LoadedPicture, plane: Uint8Array): MaskRow => ({
  plane: planeInFrame(frame, plane),
  shape: [frame.height, frame.width],
});

function maskColumn(rows: readonly MaskRow[], classes: readonly string[]) {
  const [height, width] = rows[0].shape;
  const data = new Uint8Array(rows.length * height * width);
  for (const [i, { plane }] of rows.entries()) data.set(plane, i * height * width);
  return { mask: mask(new NdArray(data, [rows.length, height, width], "u8"), { classes }) };
}

/** The class of each pixel, by objects that are painted one over the other on background, or by the picture's own mask. */
const maskTarget = define({
  rows: async (loaded, context): Promise<MaskRow[]> => {
    const { picture, frame } = loaded;
    return [maskRow(loaded, picture.mask ? await picture.mask(frame.size) : paintObjects(loaded, context))];
  },
  columns: (rows: readonly MaskRow[], { classes }) => maskColumn(rows, classes),
  classes: ({ pictures, classes }) => (pictures.some(({ mask }) => mask) ? classes : ["background", ...classes]),
  hasLabels: true,
  labels: ({ plane }) => [...new Set(plane)].filter((label) => label !== 255),
});

const pointTarget = define({
  rows: (loaded, context): (readonly CheckedPoint[])[] => {
    const { findings } = context;
    const withPoints = objectsOf(loaded).filter(({ points }) => points?.some(([, , seen]) => seen !== 0));
    if (withPoints.length > 1) findings.add("crowdedPicture", loaded.picture.name);
    const [largest] = withPoints.sort((a, b) => areaOf(b) - areaOf(a));
    const found = largest && pointsInFrame(largest, loaded.frame, findings);
    if (found?.some(({ x }) => !Number.isNaN(x))) return [found];
    findings.add("pointlessPicture", loaded.picture.name);
    return [];
  },
  columns: (rows, { joints }) => ({
    points: points(
      new NdArray(Float32Array.from(rows.flatMap((row) => row.flatMap(({ x, y }) => [x, y]))), [
        rows.length,
        joints.length,
        2,
      ]),
      { names: joints },
    ),
    visible: multiLabel(
      new NdArray(Float32Array.from(rows.flatMap((row) => row.map(({ isVisible }) => Number(isVisible)))), [
        rows.length,
        joints.length,
      ]),
      joints,
    ),
  }),
  classes: ({ classes }) => classes,
  labels: () => [],
  hasLabels: false,
});

/** Of its box, or of the one around its points. */
function areaOf({ box, points = [] }: FoundObject): number {
  if (box !== undefined) return (box[2] - box[0]) * (box[3] - box[1]);
  const seen = points.filter(([, , seen]) => seen !== 0);
  const [width, height] = ([0, 1] as const).map((axis) => {
    const values = seen.map((point) => point[axis]);
    return Math.max(...values) - Math.min(...values);
  });
  return width * height;
}

/** A sentence, and the picture that it is on. */
export interface SentenceRow {
  readonly sentence: string;
  readonly picture: string;
}

const sentenceTarget = define({
  rows: ({ picture }, { findings, longest }): SentenceRow[] => {
    const found = (picture.sentences ?? []).flatMap((sentence, i) => {
      const words = sentence.trim().split(/\s+/);
      const place = `${picture.name}: sentence ${i}`;
      if (words[0] === "") findings.add("emptySentence", place);
      if (words.length > longest) findings.add("longSentence", place);
      return words[0] === "" ? [] : [{ sentence: words.slice(0, longest).join(" "), picture: picture.name }];
    });
    if (found.length === 0) findings.add("speechlessPicture", picture.name);
    return found;
  },
  columns: (rows: readonly SentenceRow[], _, tokenizer) => ({
    sentence: tokens(
      ragged(
        rows.map(({ sentence }) => targetTokens(tokenizer!, sentence)),
        "i32",
      ),
      tokenizer!.vocabulary,
    ),
    pictures: numbers(numbered(rows.map(({ picture }) => picture))),
  }),
  classes: ({ classes }) => classes,
  labels: () => [],
  hasLabels: false,
});

/** Equal names have the same number, from 0 in their order: `f32` [n]. */
function numbered(names: readonly string[]): NdArray {
  const known = new Map([...new Set(names)].map((name, i) => [name, i]));
  return new NdArray(
    Float32Array.from(names, (name) => known.get(name)!),
    [names.length],
  );
}

/** By name. */
export const targets = { boxes: boxTarget, mask: maskTarget, points: pointTarget, sentences: sentenceTarget } as const;

/** What is taken from annotations. */
export type TargetName = keyof typeof targets;

/** A target whose rows are known to itself alone. */
export type AnyTarget = Target<unknown, Columns>;

/** The target of a name. */
export const anyTarget = (name: TargetName): AnyTarget => targets[name] as unknown as AnyTarget;

/** The columns of a data set that has what is taken. */
export type AnnotatedColumns<T extends TargetName> = ReturnType<(typeof targets)[T]["columns"]> & {
  readonly image: ReturnType<typeof picture>;
};
