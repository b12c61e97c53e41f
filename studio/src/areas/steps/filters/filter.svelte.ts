/** The filter that is applied to pictures: by name or of one's own, in the address. */
import { type FieldsOf, numberField, settingsOf, textField, valuesIn } from "../../../address/address.ts";
import { place } from "../../../address/place.svelte.ts";
import type { Frame } from "../../../worker/steps/api.ts";
import { fitGrid, writeGrid } from "../operations/grids.ts";
import { steps } from "../steps.svelte.ts";

interface FilterSettings {
  /** A kernel's name, or `own`. */
  readonly kernelName: string;
  /** Weights of one's own, as text. */
  readonly weights: string;
  readonly factor: number;
  readonly shift: number;
}

const fields: FieldsOf<FilterSettings> = {
  kernelName: textField("sobelX"),
  weights: textField(""),
  factor: numberField(1, -8, 8),
  shift: numberField(0, -1, 1),
};

/** Times over which the speed is a mean. */
const RECENT = 20;

class FilterState {
  /** The library's kernels. */
  kernels = $state.raw<Readonly<Record<string, readonly (readonly number[])[]>>>({});
  before = $state.raw<Frame | undefined>();
  after = $state.raw<Frame | undefined>();
  milliseconds = $state(0);
  perSecond = $state(0);
  problem = $state.raw<Error | undefined>();
  #ends: number[] = [];
  #isBusy = false;
  #isStale = false;

  readonly settings = $derived(valuesIn(fields, place.settings));
  readonly name = $derived(
    this.settings.kernelName === "own" || this.settings.kernelName in this.kernels
      ? this.settings.kernelName
      : "identity",
  );
  readonly kernel = $derived.by((): readonly (readonly number[])[] => {
    if (this.name !== "own") return this.kernels[this.name] ?? [[1]];
    const size = Math.min(7, this.settings.weights.split("_").length);
    const weights = fitGrid(this.settings.weights, [size, size]);
    return Array.from({ length: size }, (_, row) => [...weights.subarray(row * size, (row + 1) * size)]);
  });

  change(changes: Partial<FilterSettings>): void {
    const others = Object.fromEntries(Object.entries(place.settings).filter(([name]) => !(name in fields)));
    place.settle({ ...others, ...settingsOf(fields, { ...this.settings, ...changes }) });
  }

  /** The weights become one's own when one of them is changed. */
  edit(kernel: readonly (readonly number[])[]): void {
    const size = kernel.length;
    this.change({ kernelName: "own", weights: writeGrid(kernel.flat(), [size, size]) });
  }

  /** A kernel of another size, with the same middle. */
  resize(size: number): void {
    const by = (size - this.kernel.length) / 2;
    const rows = Array.from({ length: size }, (_, row) =>
      Array.from({ length: size }, (_, column) => this.kernel[row - by]?.[column - by] ?? 0),
    );
    this.edit(rows);
  }

  async load(): Promise<void> {
    this.kernels = await steps.worker.kernels();
  }

  /** Filters a picture; while one is under way, only the last of the others is. */
  async show(frame: Frame | undefined): Promise<void> {
    if (frame === undefined) return;
    this.before = frame;
    this.#isStale = true;
    if (this.#isBusy) return;
    this.#isBusy = true;
    while (this.#isStale) {
      this.#isStale = false;
      await this.#filter();
    }
    this.#isBusy = false;
  }

  async #filter(): Promise<void> {
    const began = performance.now();
    const { factor: scale, shift: offset } = this.settings;
    try {
      const kernel = this.kernel.map((row) => [...row]);
      this.after = await steps.worker.filter(this.before!, { kernel, scale, offset });
      this.problem = undefined;
    } catch (error) {
      this.problem = error as Error;
    }
    const ended = performance.now();
    this.milliseconds = ended - began;
    this.#ends = [...this.#ends.filter((end) => ended - end < 2000), ended].slice(-RECENT);
    const [first] = this.#ends;
    this.perSecond = this.#ends.length > 1 ? (1000 * (this.#ends.length - 1)) / (ended - first) : 0;
  }
}

export const filter = new FilterState();
