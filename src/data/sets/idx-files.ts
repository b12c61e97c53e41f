/** IDX files as parts of data sets: pictures [count, height, width] and labels [count]. */
import { gunzip, readFile } from "#platform";
import { FormatError, formatShape, type NdArray } from "../../array/index.ts";
import { readIdx } from "../../formats/index.ts";

/** A file's contents, and its name in messages. */
export interface IdxFile {
  readonly array: NdArray;
  readonly name: string;
}

/** The maximum size of an unpacked file. The longest published ones have half a gigabyte. */
const UNPACKED_IDX_LIMIT = 2 ** 31 - 1;

/** A file, gzipped or not. @throws DataError when it cannot be read, FormatError when it is damaged */
export const readIdxFile = async (path: string): Promise<IdxFile> => unpackIdx(await readFile(path), path);

/** The array in the bytes of a file, gzipped or not. @throws FormatError, beginning with `name` */
export async function unpackIdx(bytes: Uint8Array, name: string): Promise<IdxFile> {
  const isPacked = bytes[0] === 0x1f && bytes[1] === 0x8b;
  return { array: readIdx(isPacked ? await gunzip(bytes, UNPACKED_IDX_LIMIT, name) : bytes, name), name };
}

/** @throws FormatError unless the files are `u8` pictures of the size and as many labels, `u8` or `i32` */
export function checkPair(images: IdxFile, labels: IdxFile, [height, width]: readonly number[]): void {
  const [count] = images.array.shape;
  expectIdxShape(images, [count, height, width], "pictures", ["u8"]);
  expectIdxShape(labels, [labels.array.shape[0]], "labels", ["u8", "i32"]);
  if (count === labels.array.size) return;
  throw new FormatError(
    `${images.name} has ${count} pictures, ${labels.name} has ${labels.array.size} labels; they must match`,
  );
}

function expectIdxShape(
  { array, name }: IdxFile,
  shape: readonly number[],
  what: string,
  dtypes: readonly string[],
): void {
  const [count, ...rest] = shape;
  const expected = `u8 [n${rest.map((size) => `,${size}`).join("")}]`;
  const found = `${array.dtype} ${formatShape(array.shape)}`;
  const fits = dtypes.includes(array.dtype) && formatShape(array.shape) === formatShape(shape);
  if (!fits) throw new FormatError(`${name}: ${what} are ${found}, expected ${expected}`);
  if (count === 0)
    throw new FormatError(`${name}: there are no ${what}: ${found}, expected ${expected} with n from 1 on`);
}

/** The labels as class indices. @throws FormatError for an invalid label */
export function labelsBelow(classes: number, { array, name }: IdxFile): NdArray {
  const wrong = array.data.findIndex((label: number) => label < 0 || label >= classes);
  if (wrong < 0) return array.cast("i32");
  throw new FormatError(`${name}: label ${array.data[wrong]} at position ${wrong}, expected 0 to ${classes - 1}`);
}
