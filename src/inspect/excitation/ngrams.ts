/**
 * What a filter over words has learned: the n-grams of a data set that it answers to most. In a sentence x a filter c counts
 * where it is largest, and the words are those that it sees there:
 *
 *   value = maxₚ c(x)ₚ,   n-gram = x[first(p) … last(p)]
 *
 * Each n-gram is listed once, with the first of the sentences that has it. At the ends of a sentence a filter of a wide
 * convolution sees less, and its n-gram is shorter.
 * Source: Kalchbrenner et al. 2014, section 5.5 and figure 5: "the top five 7-grams at four feature detectors".
 */
import { NumericError, OptionError } from "../../array/index.ts";
import type { AnyDataset } from "../../data/index.ts";
import { checkModel, type Model } from "../../nn/index.ts";
import { integer, readOptions, type Schema, text, withDefault } from "../../options/index.ts";
import { type BatchProgram, perBatchType } from "../../train/index.ts";
import { type DataOptions, dataSchema, inputBatches } from "../batches.ts";
import { receptiveFields } from "../fields/index.ts";
import { type Place, type Strongest, strongest } from "./top.ts";

/** Options of `topNgrams`. */
export interface NgramOptions extends DataOptions {
  /** The path of a layer with maps over the words, such as the convolution `windows.0.conv`. */
  readonly layer: string;
  /** How many n-grams are kept for each filter. Default 5. */
  readonly count?: number | undefined;
}

/** Of options that have defaults here. */
export const ngramSchema = { count: withDefault(integer(1), 5) } satisfies Schema;

const schema = { ...dataSchema, ...ngramSchema, layer: text() };

/** An n-gram that excites a filter. */
export interface FoundNgram {
  /** The activation. */
  readonly value: number;
  /** The numbers of the words. */
  readonly tokens: readonly number[];
  /** The number of the first sentence with it in the data set. */
  readonly sample: number;
  /** The position of its first word. */
  readonly position: number;
}

/** What excites a filter most, the strongest first; fewer than asked for where the data have no more. */
export type NgramsOfUnit = readonly FoundNgram[];

/** Keeps the strongest distinct n-grams of a filter; of equal values the earlier one leads. */
class Best {
  readonly #count: number;
  #found: FoundNgram[] = [];

  constructor(count: number) {
    this.#count = count;
  }

  /** What a value has to exceed to be kept. */
  get least(): number {
    return this.#found.length < this.#count ? -Infinity : this.#found[this.#count - 1].value;
  }

  add(one: FoundNgram): void {
    const isSame = ({ tokens }: FoundNgram): boolean => tokens.join() === one.tokens.join();
    const known = this.#found.find(isSame);
    if (known !== undefined && known.value >= one.value) return;
    const others = this.#found.filter((other) => other !== known);
    const at = others.findIndex(({ value }) => value < one.value);
    others.splice(at < 0 ? others.length : at, 0, one);
    this.#found = others.slice(0, this.#count);
  }

  get all(): NgramsOfUnit {
    return this.#found;
  }
}

/**
 * The n-grams of a data set that excite each filter of a layer most, by filter. Memory is that of a batch and of what is kept.
 * @example
 * const filters = await topNgrams(model, questions, { layer: "windows.0.conv" });
 * filters[17].map(({ tokens }) => decode(vocabulary, tokens).join(" ")); // ["how many people", "how much money", …]
 * @throws OptionError for a model whose input are not tokens, and for a layer without maps over them; DataError for data
 *   without the model's input; NumericError for activations that are NaN
 */
export async function topNgrams(model: Model, data: AnyDataset, options: NgramOptions): Promise<NgramsOfUnit[]> {
  checkModel("topNgrams", model);
  const { layer, count, engine, ...reading } = readOptions("topNgrams", schema, options);
  const { input, windowAt } = windowsOf(model, layer);
  const places = new Map<string, Place>();
  let program: BatchProgram<Strongest> | undefined;
  let best: Best[] = [];
  for await (const { given, count: n, from } of inputBatches(model, data, reading)) {
    program ??= perBatchType(Object.keys(given), strongest(model, [layer], "channel", places), engine);
    const { values, positions } = await program.for(given)(...program.inputs(given));
    const units = values[layer].shape[1];
    if (best.length === 0) best = Array.from({ length: units }, () => new Best(count));
    for (let i = 0; i < n; i++) {
      const words = given[input].row(i).data;
      const length = given[`${input}.length`]?.data[i] ?? words.length;
      for (let unit = 0; unit < units; unit++) {
        const value = values[layer].data[i * units + unit];
        if (Number.isNaN(value))
          throw new NumericError(`topNgrams: filter ${unit} of ${layer} is NaN for sample ${from + i}`);
        if (value <= best[unit].least) continue;
        const [first, last] = windowAt(unit, positions[layer].data[i * units + unit], length);
        if (last < first) continue;
        const tokens = Array.from(words.subarray(first, last + 1));
        best[unit].add({ value, tokens, sample: from + i, position: first });
      }
    }
  }
  return best.map(({ all }) => all);
}

/** Which words of a sentence the units of a layer see. */
function windowsOf(model: Model, layer: string) {
  const names = Object.keys(model.inputs);
  const input = names.find((name) => model.inputs[name].sequence === true && model.inputs[name].dtype === "i32");
  if (input === undefined) throw new OptionError(`topNgrams: the model takes no tokens; its inputs are ${names}`);
  const { shape, fieldOf } = receptiveFields(model, { input }).of(layer);
  if (shape.length !== 2)
    throw new OptionError(`topNgrams: ${layer} has no maps [filters, positions], its shape is [${shape}]`);
  const windowAt = (unit: number, position: number, length: number): readonly [first: number, last: number] => {
    const { inside } = fieldOf([unit, position]);
    return inside === undefined ? [0, -1] : [inside.first[0], Math.min(inside.last[0], length - 1)];
  };
  return { input, windowAt };
}
