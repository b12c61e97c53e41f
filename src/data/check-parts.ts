/** Checks of the parts of a data set of inputs, labels and classes. */
import { checkObject, DataError, describeGiven, NdArray } from "../array/index.ts";
import type { PictureRows } from "./dataset.ts";

/** Whether values are rows that are fetched. */
export const isRows = (images: unknown): images is PictureRows =>
  typeof images === "object" && images !== null && "take" in images && "shape" in images && "dtype" in images;

/** What each part of a data set must be, and how to fix it. */
const partChecks = {
  images: {
    accepts: (images: unknown) => images instanceof NdArray || isRows(images),
    expects: "an NdArray [count, …]",
    hint: "give the numbers a shape: new NdArray(numbers, [count, channels, height, width], dtype)",
  },
  labels: {
    accepts: (labels: unknown) => labels instanceof NdArray,
    expects: "an NdArray i32 [count]",
    hint: 'such as array([0, 2, 1], "i32")',
  },
  classes: {
    accepts: (classes: unknown) => Array.isArray(classes) && classes.every((one) => typeof one === "string"),
    expects: "a list of their names",
    hint: 'such as ["cat", "dog"]',
  },
};

type PartsGiven = { readonly [name in keyof typeof partChecks | "name"]?: unknown };

/** Checks these parts of a data set and returns it. @throws DataError for invalid parts */
export function checkParts<D extends PartsGiven>(data: D, ...names: readonly (keyof typeof partChecks)[]): D {
  checkObject("a data set, { name, images, labels, classes }", data);
  const given: PartsGiven = data;
  for (const part of names) {
    const { accepts, expects, hint } = partChecks[part];
    if (accepts(given[part])) continue;
    const name = typeof given.name === "string" ? given.name : "without a name";
    throw new DataError(`data set ${name}: ${part} must be ${expects}, got ${describeGiven(given[part])}; ${hint}`);
  }
  return data;
}
