/**
 * The largest values of each of many units, kept while values stream by: a bounded list for each unit, so memory depends on
 * the number of units alone. Of equal values the earlier sample's leads.
 */
import { NdArray } from "../../array/index.ts";

/** The largest values, of each unit the first the largest. */
export interface Leading {
  /** `f32` [units, count]. */
  readonly values: NdArray;
  /** The numbers of the samples, `i32` [units, count]. */
  readonly samples: NdArray;
  /** Where in the maps of a unit, row-major, `i32` [units, count]; 0 without maps. */
  readonly positions: NdArray;
}

/** Keeps the largest `count` values of each unit. */
export class Leaders {
  readonly #units: number;
  readonly #count: number;
  readonly #values: Float32Array;
  readonly #samples: Int32Array;
  readonly #positions: Int32Array;
  /** The last place of each unit: what a value has to exceed. */
  readonly #least: Float32Array;
  #filled = 0;

  constructor(units: number, count: number) {
    this.#units = units;
    this.#count = count;
    this.#values = new Float32Array(units * count).fill(-Infinity);
    this.#samples = new Int32Array(units * count).fill(-1);
    this.#positions = new Int32Array(units * count);
    this.#least = new Float32Array(units).fill(-Infinity);
  }

  /**
   * Takes one sample.
   * @param values of all units, beginning at `from`
   * @param positions beginning at `from` too
   * @returns the first unit whose value is NaN, −1 if there is none; the sample then counts in no later unit
   */
  add(sample: number, values: ArrayLike<number>, positions: ArrayLike<number> | undefined, from: number): number {
    this.#filled = Math.min(this.#count, this.#filled + 1);
    const least = this.#least;
    for (let unit = 0; unit < this.#units; unit++) {
      const value = values[from + unit];
      if (value <= least[unit]) continue;
      if (Number.isNaN(value)) return unit;
      this.#insert(unit, value, sample, positions === undefined ? 0 : positions[from + unit]);
    }
    return -1;
  }

  #insert(unit: number, value: number, sample: number, position: number): void {
    const [first, last] = [unit * this.#count, (unit + 1) * this.#count - 1];
    let at = last;
    for (; at > first && value > this.#values[at - 1]; at--) {
      this.#values[at] = this.#values[at - 1];
      this.#samples[at] = this.#samples[at - 1];
      this.#positions[at] = this.#positions[at - 1];
    }
    this.#values[at] = value;
    this.#samples[at] = sample;
    this.#positions[at] = position;
    this.#least[unit] = this.#values[last];
  }

  /** What leads now: as many as were asked for, or as there were samples. */
  leading(): Leading {
    const kept = <T extends Float32Array | Int32Array>(list: T): T => {
      const rows = list.slice(0, this.#units * this.#filled) as T;
      for (let unit = 0; unit < this.#units; unit++)
        rows.set(list.subarray(unit * this.#count, unit * this.#count + this.#filled), unit * this.#filled);
      return rows;
    };
    const shape = [this.#units, this.#filled];
    return {
      values: new NdArray(kept(this.#values), shape, "f32"),
      samples: new NdArray(kept(this.#samples), shape, "i32"),
      positions: new NdArray(kept(this.#positions), shape, "i32"),
    };
  }
}
