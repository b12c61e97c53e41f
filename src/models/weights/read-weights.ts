/** A file of weights: its tensors, and what it says of the pictures and classes that they are for. */
import type { NdArray, Normalization } from "../../array/index.ts";
import { isRecord, loadTensors, readTensors, type TensorFile } from "../../formats/index.ts";

/** The contents of a file of weights. */
export interface WeightsFile {
  readonly tensors: ReadonlyMap<string, NdArray>;
  /** Of a model that Fovea has saved: what pictures are normalized by. */
  readonly normalization?: Normalization | undefined;
  /** Of a model that Fovea has saved: the names of its classes. */
  readonly classes?: readonly string[] | undefined;
}

/** The weights in the bytes of a file. @throws FormatError when it is damaged, or of no known format */
export const readWeights = async (bytes: Uint8Array, name: string): Promise<WeightsFile> =>
  described(await readTensors(bytes, name));

/** The weights in a file, or in several with a list. @throws DataError when it cannot be read, FormatError as above */
export const readWeightsFile = async (path: string): Promise<WeightsFile> => described(await loadTensors(path));

const described = ({ tensors, metadata }: TensorFile): WeightsFile => ({ tensors, ...describedIn(metadata) });

const isNumbers = (value: unknown): value is readonly number[] =>
  Array.isArray(value) && value.every((item) => Number.isFinite(item));
const isNames = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((item) => typeof item === "string");

/** What the description of a saved model says beside its architecture, as far as it is sound. */
function describedIn(metadata: Readonly<Record<string, string>>): Omit<WeightsFile, "tensors"> {
  const json = parse(metadata.fovea);
  const { normalization, classes } = isRecord(json) ? json : {};
  const { mean, std } = isRecord(normalization) ? normalization : {};
  return {
    ...(isNumbers(mean) && isNumbers(std) && { normalization: { mean, std } }),
    ...(isNames(classes) && { classes }),
  };
}

function parse(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? "null");
  } catch {
    return undefined;
  }
}
