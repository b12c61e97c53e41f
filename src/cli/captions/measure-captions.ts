/** What sentences on pictures are worth: written by greedy and beam search, and compared with those of people. */
import type { NdArray } from "../../array/index.ts";
import { type DataTable, type PictureRows, type Ragged, subset } from "../../data/index.ts";
import type { Tokenizer } from "../../text/index.ts";
import { captionMetrics, createCaptioner, describeCaptions } from "../../train/index.ts";
import type { MeasureFurther } from "../train-tasks/train-task.ts";

/** Pictures, each once, and the sentences of people on each. */
export interface Described {
  readonly pictures: NdArray | PictureRows;
  readonly references: readonly (readonly string[])[];
}

/** The pictures of a data set with `image` and `sentence`, and `pictures`, the number of each row's picture, where it has these. */
export function describedPictures(data: DataTable, tokenizer: Tokenizer): Described {
  const { sentence, pictures } = data.columns;
  const { values, offsets } = sentence.values as Ragged;
  const numberOf = (row: number): number => (pictures === undefined ? row : (pictures.values as NdArray).data[row]);
  const first = new Map<number, number>();
  const references = new Map<number, string[]>();
  for (let row = 0; row + 1 < offsets.length; row++) {
    const text = tokenizer.decode(values.data.subarray(offsets[row], offsets[row + 1]));
    const number = numberOf(row);
    if (!first.has(number)) first.set(number, row);
    references.set(number, [...(references.get(number) ?? []), text]);
  }
  const { image } = subset(data, Int32Array.from(first.values())).columns;
  return { pictures: image.values as NdArray | PictureRows, references: [...references.values()] };
}

/** The width of the beam whose sentences are measured beside the most probable words. */
const BEAM = 5;

/** BLEU, CIDEr and the share that is exactly right, of a beam, and with `greedy` before their names of the most probable words. */
export const captionsMeasured =
  (data: DataTable, tokenizer: Tokenizer): MeasureFurther =>
  async (model, engine, onProgress) => {
    const { pictures, references } = describedPictures(data, tokenizer);
    const total = 2 * references.length;
    const measured = async (beam: number, before: number) => {
      const captioner = createCaptioner(model, tokenizer, { beam, engine });
      const found = await captioner.describe(pictures, (done) => onProgress(before + done, total));
      return captionMetrics(
        found.map(({ text }) => text),
        references,
      );
    };
    const greedy = await measured(1, 0);
    const best = await measured(BEAM, references.length);
    const named = Object.entries(greedy).map(([name, value]) => [
      `greedy${name[0].toUpperCase()}${name.slice(1)}`,
      value,
    ]);
    return {
      figures: { ...best, ...Object.fromEntries(named) },
      line: `beam of ${BEAM}  ${describeCaptions(best)}\ngreedy     ${describeCaptions(greedy)}`,
    };
  };
