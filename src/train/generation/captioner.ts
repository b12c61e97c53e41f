/** Describes pictures with a trained network, by beam search, many at a time; and where it looked for each word. */
import { checkObject, describeGiven, NdArray, OptionError, ShapeError, sameShape } from "../../array/index.ts";
import { marksOf, type PictureRows, rowRange, takePictures } from "../../data/index.ts";
import { checkModel, type Model } from "../../nn/index.ts";
import { readOptions } from "../../options/index.ts";
import { type Tokenizer, UNKNOWN } from "../../text/index.ts";
import { createAttentionWeights, tokenNames } from "./attention-weights.ts";
import { createWriter, type WritingOptions, type Written, writingOptions } from "./writer.ts";

/** Options of `createCaptioner`. */
export interface CaptionerOptions extends WritingOptions {
  /** The most tokens of a sentence. Default: as many as the network goes. */
  readonly maxLength?: number | undefined;
}

/** Describes pictures with a network. */
export interface Captioner {
  /**
   * Writes a sentence for each picture.
   * @param pictures [n, channels, height, width], of the size that the network takes
   * @param onProgress called with the number of pictures that are done
   * @throws ShapeError for pictures of another size
   */
  describe(pictures: NdArray | PictureRows, onProgress?: (done: number) => void): Promise<readonly Written[]>;
  /**
   * Where the network looks in a picture for each token of a sentence on it, written or given.
   * @param picture [channels, height, width]
   * @throws OptionError for a network without attention, ShapeError for a picture of another size
   */
  attention(picture: NdArray, sentence: Pick<Written, "tokens">): Promise<AttendedPlaces>;
}

/** Where a network looks in a picture for each token of a sentence. */
export interface AttendedPlaces {
  /**
   * The weights [tokens, height, width] of each token, the end mark included, over the places of the map: the mean over all
   * attention layers and heads; each adds up to 1.
   */
  readonly weights: NdArray;
  /** The tokens of the sentence, the end mark included. */
  readonly words: readonly string[];
}

/**
 * Describes pictures in words that the tokenizer knows, with a network of two inputs, a picture and a sequence of tokens, such
 * as those of `fovea/models`.
 * @param tokenizer that the network was trained with
 * @example
 * const captioner = createCaptioner(model, captionTokenizer(), { beam: 5 });
 * const [caption] = await captioner.describe(pictures);
 * const looked = await captioner.attention(pictures.row(0), caption);
 * await writePicture("looked.png", captionPanels(photo, caption.text, looked));
 * @throws OptionError for a model without these inputs and for invalid options; DataError for a tokenizer without `<bos>` and
 *   `<eos>`
 */
export function createCaptioner(model: Model, tokenizer: Tokenizer, options: CaptionerOptions = {}): Captioner {
  const { picture, sentence } = captionInputs("createCaptioner", model, tokenizer);
  const { maxLength, batch, ...settings } = readOptions("createCaptioner", writingOptions, options);
  const wanted = model.inputs[picture].shape;
  const writable = model.inputs[sentence].shape[0] - 1;
  const most = Math.min(writable, maxLength ?? writable);
  const write = createWriter(model, tokenizer, { ...settings, target: sentence, excluded: [UNKNOWN] });
  const weightsOf = createAttentionWeights(model, tokenizer, sentence, settings.engine);
  return {
    describe: async (pictures, onProgress) => {
      checkPictures("describe", wanted, pictures);
      const [total] = pictures.shape;
      const found: Written[] = [];
      for (let from = 0; from < total; from += batch) {
        const rows = rowRange(from, Math.min(total, from + batch));
        const taken = await takePictures(pictures, rows);
        found.push(...(await write({ [picture]: taken }, new Array(rows.length).fill(most))));
        onProgress?.(found.length);
      }
      return found;
    },
    attention: async ({ data, shape, dtype }, { tokens }) => {
      const one = new NdArray(data, [1, ...shape], dtype);
      checkPictures("attention", wanted, one);
      const weights = await weightsOf({ [picture]: one }, tokens);
      const [count, places] = weights.shape;
      return {
        weights: new NdArray(weights.data, [count, ...mapSize(places, wanted)], weights.dtype),
        words: tokenNames(tokenizer, [...tokens, marksOf(tokenizer).end]),
      };
    },
  };
}

/** The names of a model's inputs. @throws OptionError unless it describes pictures in the words of the tokenizer */
function captionInputs(where: string, model: Model, tokenizer: Tokenizer): { picture: string; sentence: string } {
  checkModel(where, model);
  const inputs = Object.entries(model.inputs);
  const [picture] = inputs.find(([, { shape, sequence }]) => !sequence && shape.length === 3) ?? [];
  const [sentence] = inputs.find(([, { dtype, sequence }]) => sequence && dtype === "i32") ?? [];
  if (picture === undefined || sentence === undefined || inputs.length !== 2) {
    const got = inputs.map(([name, { shape }]) => `${name} [${shape}]`).join(", ");
    throw new OptionError(`${where}: expects a model of a picture and a sequence of tokens, got ${got}`);
  }
  checkObject(`${where}: the tokenizer`, tokenizer);
  const { vocabulary } = model.inputs[sentence];
  if (vocabulary !== undefined && vocabulary !== tokenizer.size)
    throw new OptionError(
      `${where}: the model writes ${vocabulary} tokens, the tokenizer has ${tokenizer.size}; take the one that it was trained with`,
    );
  return { picture, sentence };
}

/** @throws OptionError for what are no pictures, ShapeError for those of another size */
function checkPictures(where: string, wanted: readonly number[], pictures: NdArray | PictureRows): void {
  const shape = pictures?.shape;
  if (!Array.isArray(shape)) throw new OptionError(`${where}: expects pictures, got ${describeGiven(pictures)}`);
  if (!sameShape(shape.slice(1), wanted))
    throw new ShapeError(
      `${where}: expects pictures [n, ${wanted.join(", ")}], got [${shape.join(", ")}]; resize them`,
    );
}

/** The height and width of a map with this number of places, with the aspect ratio nearest to the picture's. */
function mapSize(places: number, [, height, width]: readonly number[]): readonly [number, number] {
  const strangeness = (high: number): number => Math.abs(Math.log((high * high * width) / (places * height)));
  const heights = Array.from({ length: places }, (_, i) => i + 1).filter((high) => places % high === 0);
  const high = heights.reduce((best, other) => (strangeness(other) < strangeness(best) ? other : best));
  return [high, places / high];
}
