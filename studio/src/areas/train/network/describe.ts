/** What a column and a tile are, in words: for pointers, the keyboard and screen readers. */
import { texts } from "../../../texts/index.ts";
import type { Column } from "./columns.ts";
import { figure } from "./figures.ts";
import { asMaps, type Placed } from "./layout.ts";
import { summaryOf, type Tiles } from "./painting.ts";

export const columnName = ({ chain, closed, key }: Column): string =>
  closed === undefined ? texts.network.layer(chain[0].type, windowSize(chain[0].weight)) : texts.network.block(key);

/** Of a weight [units, inputs, …window]. */
const windowSize = (weight: readonly number[] | undefined): readonly number[] | undefined =>
  weight !== undefined && weight.length > 2 ? weight.slice(2) : undefined;

export const equationOf = ({ chain: [first, ...activations] }: Column): string =>
  texts.network.equation(
    first.type,
    activations.map(({ type }) => type),
  );

/** The range of a tile's values, or its only value. */
export function rangeOf({ values, offsetOf, size }: Tiles, tile: number): string {
  const { least, most } = summaryOf(values.data, offsetOf(tile), size);
  return size === 1 ? texts.network.value(figure(least)) : texts.network.range(figure(least), figure(most));
}

/** A tile by its number, counted from 1 as people do. */
export function tileName({ kind, column, sheet }: Placed, tile: number): string {
  const name = columnName(column!);
  if (kind === "filters")
    return texts.network.filter(name, Math.floor(tile / sheet.columns) + 1, (tile % sheet.columns) + 1);
  return texts.network.unit(name, tile + 1, asMaps(column!.shown.output)[0]);
}

export const tileLabel = (placed: Placed, tile: number, tiles: Tiles | undefined, hint: string): string =>
  [tileName(placed, tile), hint, tiles && tile < placed.sheet.count ? rangeOf(tiles, tile) : ""]
    .filter((part) => part !== "")
    .join(", ");
