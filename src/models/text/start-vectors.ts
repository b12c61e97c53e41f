/** Starts a network's table of words with vectors that were learned elsewhere. */
import { OptionError } from "../../array/index.ts";
import type { WordVectors } from "../../formats/index.ts";
import type { Variable } from "../../graph/index.ts";
import type { Model } from "../../nn/index.ts";
import { PADDING } from "../../text/index.ts";

/** The tables of the networks of this folder: `vectors.weight`, and `channels.fixed.weight` of two channels. */
const isTable = ({ name }: Variable): boolean => /(^|\.)(vectors|fixed)\.weight$/.test(name);

/**
 * Sets the vectors of words in all tables of a model. Words without one keep their random numbers, scaled to the spread that
 * the vectors have, so that neither kind outweighs the other (Kim 2014, section 3.1); padding stays 0.
 * @param given as `wordVectors` of `fovea/text` reads them, for the words of the model's vocabulary in their order
 * @returns the share of the words that have a vector, 0 … 1
 * @throws OptionError for a model without such a table, and for vectors of another number or length
 */
export function startWithVectors(model: Model, given: Pick<WordVectors, "vectors" | "found">): number {
  const { vectors, found } = given;
  const [count, size] = vectors.shape;
  const tables = model.variables.filter(isTable);
  if (tables.length === 0) throw new OptionError("startWithVectors: the model has no table of words, vectors.weight");
  const known = Array.from(found, (is, row) => (is && row !== PADDING ? [row] : [])).flat();
  const spread = deviation(known.map((row) => vectors.row(row).data));
  for (const table of tables) {
    const [words, features] = table.shape;
    if (words !== count || features !== size)
      throw new OptionError(
        `startWithVectors: ${table.name} is [${table.shape}], but the vectors are [${vectors.shape}]; build the network with words: ${count}, features: ${size}`,
      );
    const values = table.value.copy();
    const own = deviation([values.data.subarray(features)]);
    const scale = own > 0 && spread > 0 ? spread / own : 1;
    for (let i = 0; i < values.size; i++) values.data[i] *= scale;
    for (const row of known) values.data.set(vectors.row(row).data, row * features);
    table.value = values;
  }
  return count === 0 ? 0 : known.length / count;
}

/** The root mean square of some numbers; 0 of none. */
function deviation(rows: readonly ArrayLike<number>[]): number {
  let [sum, count] = [0, 0];
  for (const row of rows) {
    for (let i = 0; i < row.length; i++) sum += row[i] * row[i];
    count += row.length;
  }
  return count === 0 ? 0 : Math.sqrt(sum / count);
}
