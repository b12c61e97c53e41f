/** The receptive field explorer: layers of the address, and what the library says of them. */
import { type FieldsOf, numberField, settingsOf, textField, valuesIn } from "../../../address/address.ts";
import { place } from "../../../address/place.svelte.ts";
import type { FieldLayer, FieldStack } from "../../../worker/steps/api.ts";
import { steps } from "../steps.svelte.ts";
import { FIRST_LAYERS, readLayers, writeLayers } from "./layers.ts";

interface FieldSettings {
  readonly layers: string;
  /** Of the input. */
  readonly positions: number;
  /** The unit of the last layer; −1: the middle. */
  readonly topUnit: number;
}

const fields: FieldsOf<FieldSettings> = {
  layers: textField(FIRST_LAYERS),
  positions: numberField(28, 1, 48),
  topUnit: numberField(-1, -1, 48),
};

class FieldExplorer {
  #asked = 0;
  found = $state.raw<{ readonly layers: readonly FieldLayer[]; readonly stack: FieldStack } | undefined>();
  problem = $state.raw<Error | undefined>();
  readonly settings = $derived(valuesIn(fields, place.settings));
  readonly layers = $derived(readLayers(this.settings.layers));

  change(changes: Partial<FieldSettings>): void {
    place.settle({ ...this.#others, ...settingsOf(fields, { ...this.settings, ...changes }) });
  }

  get #others(): Record<string, string> {
    return Object.fromEntries(Object.entries(place.settings).filter(([name]) => !(name in fields)));
  }

  setLayers(layers: readonly FieldLayer[]): void {
    this.change({ layers: writeLayers(layers), topUnit: -1 });
  }

  async compute(layers: readonly FieldLayer[], { positions: length, topUnit: unit }: FieldSettings): Promise<void> {
    const asked = ++this.#asked;
    try {
      const first = await steps.worker.stack(layers, length, Math.max(0, unit));
      const count = first.rows[layers.length].length;
      const stack = unit >= 0 ? first : await steps.worker.stack(layers, length, Math.floor((count - 1) / 2));
      if (asked !== this.#asked) return;
      this.found = { layers, stack };
      this.problem = undefined;
    } catch (error) {
      if (asked === this.#asked) this.problem = error as Error;
    }
  }
}

export const explorer = new FieldExplorer();
