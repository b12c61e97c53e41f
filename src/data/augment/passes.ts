/**
 * Maps columns onto augmentation. Steps know one set of pictures and their masks, boxes, points and labels; a data set may
 * have several, and each picture column is a group: itself, the masks, boxes and points that belong to it, targets that are
 * pictures, and the classes. A group is augmented in passes, each with at most one column of a kind; draws are by address,
 * so all passes of a group transform alike. Plain data, for threads.
 */
import { checkList, NdArray, OptionError, ShapeError, zeros } from "../../array/index.ts";
import { multiLabel } from "../columns/classes.ts";
import { type Column, elementShape, isOfKind, valuesDType } from "../columns/column.ts";
import { mirrorPairs, type PointPair } from "../columns/points.ts";
import { columnsOf, isDataTable, mainPictures, pictureFor } from "../columns/table.ts";
import type { AnyDataset, Batch, Columns } from "../dataset.ts";
import { augmentBatch, augmentedShape, mixesLabels } from "./augment-batch.ts";
import { stepTypeOf } from "./catalog.ts";
import type { Augmentation, AugmentedBatch, Draw } from "./step.ts";

/** One pass of a batch through the steps: the names of its arrays. */
export interface AugmentPass {
  readonly images: string;
  readonly labels?: { readonly name: string; readonly classes: number } | undefined;
  readonly masks?: string | undefined;
  readonly boxes?: string | undefined;
  readonly keyPoints?: string | undefined;
  /** Key points that are exchanged in mirrored pictures. */
  readonly pairs?: readonly PointPair[] | undefined;
  /** Labels of the key points. */
  readonly keyPointLabels?: string | undefined;
  /** The picture column whose draws are used, where there are several. */
  readonly column?: string | undefined;
}

/**
 * The augmentation passes of a data set's batches; none without steps.
 * @throws OptionError for invalid steps, and for steps that mix samples with columns that cannot be mixed; ShapeError for
 *   data without pictures, and for pictures that do not suit a step
 */
export function augmentPasses(data: AnyDataset, steps: readonly Augmentation[]): AugmentPass[] {
  checkList("augment", "steps of augmentation, such as flip()", steps);
  if (steps.length === 0) return [];
  const columns = columnsOf(data);
  const mains = mainPictures(columns);
  if (mains.length === 0 && isDataTable(data))
    throw new ShapeError(
      `augment: ${steps[0].type} is for pictures, data set ${data.name} has no picture column; leave augment out`,
    );
  for (const name of isDataTable(data) ? mains : ["images"]) augmentedShape(steps, elementShape(columns[name].values));
  if (mixesLabels(steps)) checkMixing(data.name, columns, mains, steps);
  return mains.flatMap((main) => passesOfColumn(columns, main, mains.length > 1, mixesLabels(steps)));
}

/** Whether rows have one class each, or shares of classes. */
const hasClassPerRow = ({ kind, values, options }: Column): boolean =>
  kind.augment === "labels" &&
  values instanceof NdArray &&
  values.shape.length === (valuesDType(values) === "i32" ? 1 : 2) &&
  (options as { of?: string }).of === undefined;

const classesIn = ({ options }: Column): number => (options as { classes: readonly string[] }).classes.length;

function passesOfColumn(columns: Columns, main: string, hasOthers: boolean, isMixed: boolean): AugmentPass[] {
  const column = hasOthers ? main : undefined;
  const along = (role: string): string[] =>
    Object.keys(columns).filter((name) => columns[name].kind.augment === role && pictureFor(columns, name) === main);
  const [pictures, masks, boxes, keyPoints] = ["images", "masks", "boxes", "keyPoints"].map(along);
  const labeled = hasOthers ? [] : Object.keys(columns).filter((name) => hasClassPerRow(columns[name]));
  const labels = isMixed ? labeled : labeled.slice(0, 1);
  const count = Math.max(1, masks.length, boxes.length, keyPoints.length, labels.length);
  const passes = Array.from(
    { length: count },
    (_, i): AugmentPass => ({
      ...{ images: main, masks: masks[i], boxes: boxes[i], keyPoints: keyPoints[i], column },
      pairs: keyPoints[i] === undefined ? undefined : mirrorPairs(columns[keyPoints[i]].options),
      keyPointLabels: keyPoints[i] === undefined ? undefined : labelsOfPoints(columns, keyPoints[i]),
      labels: labels[i] === undefined ? undefined : { name: labels[i], classes: classesIn(columns[labels[i]]) },
    }),
  );
  return [...passes, ...pictures.filter((name) => name !== main).map((images) => ({ images, column }))];
}

/** The column of labels that are about points. */
const labelsOfPoints = (columns: Columns, points: string): string | undefined =>
  Object.keys(columns).find((name) => isOfKind(columns[name], multiLabel) && columns[name].options.of === points);

function checkMixing(where: string, columns: Columns, mains: readonly string[], steps: readonly Augmentation[]): void {
  const { type } = steps.find((step) => stepTypeOf(step).mixesLabels)!;
  if (mains.length > 1)
    throw new OptionError(
      `${type}: data set ${where} has several pictures in a row, ${mains.join(" and ")}, which would be mixed with different rows; leave it out`,
    );
  const wrong = Object.entries(columns).find(
    ([, column]) =>
      typeof column.kind.augment !== "string" || (column.kind.augment === "labels" && !hasClassPerRow(column)),
  );
  if (wrong !== undefined)
    throw new OptionError(
      `${type}: mixes samples, but cannot mix column ${wrong[0]} (${wrong[1].kind.noun}) of data set ${where}; leave out one of them`,
    );
}

/** Applies the steps to a batch in all passes; other columns are not changed. */
export function augmentColumns(
  steps: readonly Augmentation[],
  passes: readonly AugmentPass[],
  batch: Batch,
  draw: Draw,
): Batch {
  const out: Record<string, NdArray> = { ...batch };
  for (const { labels, pairs, column, ...names } of passes) {
    const given: AugmentedBatch = {
      images: batch[names.images],
      labels: labels ? batch[labels.name] : zeros([draw.samples.length], "i32"),
      ...(names.masks && { masks: batch[names.masks] }),
      ...(names.boxes && { boxes: batch[names.boxes] }),
      ...(names.keyPoints && { keyPoints: batch[names.keyPoints], keyPointPairs: pairs }),
      ...(names.keyPointLabels && { keyPointLabels: batch[names.keyPointLabels] }),
    };
    const made = augmentBatch(steps, given, column === undefined ? draw : { ...draw, column }, labels?.classes ?? 1);
    for (const role of ["images", "masks", "boxes", "keyPoints", "keyPointLabels"] as const) {
      const [name, array] = [names[role], made[role]];
      if (name && array) out[name] = array;
    }
    if (labels) out[labels.name] = made.labels;
  }
  return out;
}
