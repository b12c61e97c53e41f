/** Sound: air pressure over time. */
import type { NdArray } from "../../array/index.ts";
import { positive, withDefault } from "../../options/index.ts";
import type { PictureRows } from "../dataset.ts";
import { defineColumn, none } from "./column.ts";
import { largestValue } from "./mask.ts";
import type { Ragged } from "./ragged.ts";

/** Options of `waveform`. */
export interface WaveformOptions {
  /** Samples per second. Default 16 000. */
  readonly rate?: number | undefined;
}

const create = defineColumn({
  kind: "waveform",
  noun: "waveforms",
  options: { rate: withDefault(positive(), 16_000) },
  dtypes: ["f32"],
  expects: "[n, length] or [n, channels, length]",
  fits: (shape, isRagged) => (isRagged ? shape.length === 0 : shape.length === 1 || shape.length === 2),
  problem: (data, { rowOf }) => {
    const wrong = data.findIndex((value) => !Number.isFinite(value));
    return wrong < 0 ? undefined : `row ${rowOf(wrong)} has the sample ${data[wrong]}; samples are finite numbers`;
  },
  augment: none("steps of augmentation are for pictures"),
  show: ({ shape, data }, { rate }) => {
    const loudest = largestValue(data.map(Math.abs));
    return `${(shape.at(-1)! / rate).toFixed(2)} s, peak ${loudest.toFixed(2)}`;
  },
  details: ({ rate }) => `${rate} Hz`,
});

/**
 * A column of sound.
 * @param values `f32` [n, length] or [n, channels, length], usually in −1 … 1; or `ragged` rows of one channel
 * @throws OptionError for invalid options, DataError for invalid values
 */
export const waveform = Object.assign(
  (values: NdArray | Ragged | PictureRows, options: WaveformOptions = {}) => create(values, options),
  { kind: create.kind },
);
