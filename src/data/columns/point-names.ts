/**
 * The names of points of sets that have them by number alone, and what names tell: sides, and which points a line joins. Names
 * differ in spelling, `left_hip`, `L.hip`, `leftHip`: they are compared as words in lower case, `left hip`.
 */

const SIDES: Readonly<Record<string, string>> = { l: "left", r: "right" };

/** The words of a name, without what spellings differ in: `r_hip`, `RightHip` and `right hip` are `right hip`. */
export const plainName = (name: string): string =>
  name
    .replace(/([a-z])([A-Z])/g, "$1 $2")
    .toLowerCase()
    .replace(/(left|right)(?=[a-z])/g, "$1 ")
    .split(/[_.\-\s]+/)
    .filter((word) => word !== "")
    .map((word) => SIDES[word] ?? word)
    .join(" ");

/** `right brow 1`, …, `right brow 5`. */
const numbered = (name: string, count: number): string[] => Array.from({ length: count }, (_, i) => `${name} ${i + 1}`);

/** The jaw from ear to ear: points of a side count away from the chin, so that their names are mirror images. */
const jaw = [...numbered("right jaw", 8).reverse(), "chin", ...numbered("left jaw", 8)];

/** Eyes from their outer corners over the upper lids; the left one is the mirror image, and begins at its inner corner. */
const eye = ["outer corner", "upper outer", "upper inner", "inner corner", "lower inner", "lower outer"];
const leftEye = [3, 2, 1, 0, 5, 4].map((k) => `left eye ${eye[k]}`);

const lips = (name: string, side: readonly string[], low: readonly string[]): string[] => [
  ...side.map((at) => `right ${name} ${at}`),
  `${name} upper middle`,
  ...side.toReversed().map((at) => `left ${name} ${at}`),
  ...low.map((at) => `left ${name} ${at}`),
  `${name} lower middle`,
  ...low.toReversed().map((at) => `right ${name} ${at}`),
];

/**
 * The 68 points of faces that are known by their numbers, in order; left and right are the person's own. Source: Gross, Matthews,
 * Cohn, Kanade, Baker 2010, "Multi-PIE"; Sagonas, Tzimiropoulos, Zafeiriou, Pantic 2013, "300 Faces in-the-Wild Challenge".
 */
export const faceNames: readonly string[] = Object.freeze([
  ...jaw,
  ...numbered("right brow", 5).toReversed(),
  ...numbered("left brow", 5),
  ...numbered("nose bridge", 4),
  ...["right nostril outer", "right nostril inner", "nose base", "left nostril inner", "left nostril outer"],
  ...eye.map((at) => `right eye ${at}`),
  ...leftEye,
  ...lips("lips", ["corner", "upper outer", "upper inner"], ["lower inner", "lower outer"]),
  ...lips("mouth", ["corner", "upper"], ["lower"]),
]);
