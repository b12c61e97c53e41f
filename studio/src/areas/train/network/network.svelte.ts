/** The network as it is shown: columns, what is selected and pointed at, and where its numbers are. */
import { place } from "../../../address/place.svelte.ts";
import { run } from "../../../state/run.svelte.ts";
import type { UnitStep } from "../../../worker/api/unit.ts";
import type { Values } from "../../../worker/api.ts";
import { type Column, columnsOf } from "./columns.ts";
import { asMaps, type Placed } from "./layout.ts";
import { Live, type Picture } from "./live.svelte.ts";
import { largestIn, strongestIn } from "./painting.ts";
import {
  changed,
  type NetworkSettings,
  networkSettingsIn,
  readSelection,
  type Selection,
  writeSelection,
} from "./settings.ts";

/** What is under the pointer or the keyboard. */
export interface Hovered {
  readonly placed: Placed;
  readonly tile: number;
}

/** A link from a map of an earlier column to the selected unit. */
export interface Link {
  /** The layer that the map belongs to, or `input`. */
  readonly source: string;
  readonly channel: number;
  /** What the map adds to the sum of the unit. */
  readonly amount: number;
}

/** More lines than these cannot be told apart. */
const MOST_LINKS = 48;

export class Network {
  readonly live = new Live();
  readonly #picture: () => Picture | undefined;
  hovered = $state.raw<Hovered | undefined>();
  readonly settings = $derived(networkSettingsIn(place.settings));
  readonly columns = $derived<Column[]>(
    run.opened === undefined ? [] : columnsOf(run.opened.layers, new Set(this.settings.open.split(" "))),
  );
  readonly selection = $derived<Selection | undefined>(readSelection(this.settings.unit));
  readonly selected = $derived<Column | undefined>(
    this.columns.find(({ chain }) => chain.some(({ path }) => path === this.selection?.path)),
  );
  /** The selected unit with its position: the one chosen, else the strongest of the map. */
  readonly unit = $derived.by<readonly number[] | undefined>(() => {
    const [column, selection] = [this.selected, this.selection];
    if (column === undefined || selection?.channel === undefined) return undefined;
    const [channels, height, width] = asMaps(column.shown.output);
    if (selection.channel >= channels) return undefined;
    const { length } = column.shown.output;
    const [y, x] = selection.position.length === 2 ? selection.position : this.#strongest(column, selection.channel);
    if (y >= height || x >= width) return undefined;
    return [selection.channel, y, x].slice(0, 1).concat(length === 1 ? [] : length === 2 ? [x] : [y, x]);
  });
  /** The step of the selected unit, when the worker has computed it. */
  readonly step = $derived.by<UnitStep | undefined>(() => {
    const { step } = this.live;
    return step !== undefined && step.path === this.selected?.chain[0].path && `${step.unit}` === `${this.unit}`
      ? step
      : undefined;
  });
  readonly links = $derived.by<readonly Link[]>(() => {
    const { step } = this;
    if (step === undefined) return [];
    const all = step.windows.map(({ input, channel, sum }) => ({ source: step.sources[input], channel, amount: sum }));
    return all.sort((a, b) => Math.abs(b.amount) - Math.abs(a.amount)).slice(0, MOST_LINKS);
  });

  constructor(picture: () => Picture | undefined) {
    this.#picture = picture;
  }

  get picture(): Picture | undefined {
    return this.#picture();
  }

  get className(): string | undefined {
    return run.opened?.classes[this.settings.of];
  }

  /** What the tiles of a column show in this view. */
  valuesOf({ kind, column }: Pick<Placed, "kind" | "column">): Values | undefined {
    if (column === undefined) return undefined;
    if (kind === "filters") return this.live.weights?.weights[column.chain[0].path];
    const { inside } = this.live;
    return (this.settings.view === "derivatives" ? inside?.gradients : inside?.values)?.[column.shown.path];
  }

  /** The largest magnitude over all columns. */
  largestOf(layout: readonly Placed[]): number {
    return layout.reduce((largest, placed) => Math.max(largest, largestIn(this.valuesOf(placed)?.data ?? [])), 0);
  }

  change(changes: Partial<NetworkSettings>): void {
    place.settle(changed(place.settings, changes));
  }

  select(selection: Selection | undefined): void {
    this.change({ unit: selection === undefined ? "" : writeSelection(selection) });
  }

  /** Selects the unit of a tile, at a position or at the strongest. */
  choose({ kind, column, sheet }: Placed, tile: number, at?: readonly [number, number]): void {
    if (column === undefined) return;
    const channel = kind === "filters" ? Math.floor(tile / sheet.columns) : tile;
    const isMap = column.shown.output.length > 1;
    const position = isMap ? (kind === "maps" && at ? at : this.#strongest(column, channel)) : [];
    this.select({ path: column.chain[0].path, channel, position });
  }

  /** Moves the selected unit over its map. */
  move(dy: number, dx: number): void {
    const [column, selection, unit] = [this.selected, this.selection, this.unit];
    if (column === undefined || selection === undefined || unit === undefined || unit.length < 2) return;
    const [, height, width] = asMaps(column.shown.output);
    const [y, x] = unit.length === 2 ? [0, unit[1]] : unit.slice(1);
    const within = (at: number, length: number): number => Math.max(0, Math.min(length - 1, at));
    this.select({ ...selection, position: [within(y + dy, height), within(x + dx, width)] });
  }

  toggle(key: string): void {
    const open = new Set(this.settings.open.split(" ").filter((one) => one !== ""));
    if (!open.delete(key)) open.add(key);
    this.change({ open: [...open].join(" ") });
  }

  #strongest(column: Column, channel: number): readonly [number, number] {
    const [, height, width] = asMaps(column.shown.output);
    const values = this.live.inside?.values[column.shown.path];
    return values === undefined ? [0, 0] : strongestIn(values.data, channel * height * width, [height, width]);
  }
}
