/** The labels of a run's data, of which some are changed by hand. They are changed in place: training and looks see them at once. */
import { type Dataset, sampleCount } from "fovea/data";
import { labeledParts, type Relabeled } from "./changes.ts";
import type { Parts } from "./data/load-data.ts";

/** A changed label, and what it was. */
export interface ChangedLabel extends Relabeled {
  readonly was: number;
}

/** Data with labels of their own, so that those of others stay. */
export function withOwnLabels({ train, heldOut }: Parts): Parts {
  const own = (data: Dataset): Dataset => ({ ...data, labels: data.labels.copy() });
  return { train: own(train), heldOut: own(heldOut) };
}

export class Labels {
  readonly #parts: Parts;
  #changed: readonly ChangedLabel[] = [];

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** The labels that differ from those of the data. */
  get changed(): readonly ChangedLabel[] {
    return this.#changed;
  }

  /** Sets these labels, and all others to those of the data. Rows and classes that are not there are left alone. */
  set(relabeled: readonly Relabeled[]): void {
    for (const { part, row, was } of this.#changed) this.#parts[part].labels.data[row] = was;
    this.#changed = relabeled.flatMap((one) => {
      const { data } = this.#parts[one.part].labels;
      const was = data[one.row];
      if (this.#problem(one) !== undefined || one.label === was) return [];
      data[one.row] = one.label;
      return [{ ...one, was }];
    });
  }

  /** @throws Error for a row or a class that is not there */
  check(one: Relabeled): void {
    const problem = this.#problem(one);
    if (problem !== undefined) throw new Error(problem);
  }

  #problem({ part, row, label }: Relabeled): string | undefined {
    if (!labeledParts.includes(part)) return `relabel: expected train or heldOut, got ${part}`;
    const { classes } = this.#parts[part];
    const count = sampleCount(this.#parts[part]);
    if (!(Number.isInteger(row) && row >= 0 && row < count))
      return `relabel: ${part} has rows 0 to ${count - 1}, got ${row}`;
    if (Number.isInteger(label) && label >= 0 && label < classes.length) return undefined;
    return `relabel: there are classes 0 to ${classes.length - 1}, got ${label}`;
  }
}
