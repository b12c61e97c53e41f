/** What the network view is set to, as it stands in the address. */
import { type FieldsOf, numberField, settingsOf, textField, valuesIn, wordField } from "../../../address/address.ts";

export type View = "maps" | "derivatives" | "filters" | "space";
export type Scale = "map" | "layer" | "shared";

export interface NetworkSettings {
  readonly view: View;
  readonly scale: Scale;
  /** The selected layer, or unit: its path, its map and its position, `3:5:4:5`. */
  readonly unit: string;
  /** Keys of columns and blocks that are open, with spaces between. */
  readonly open: string;
  /** The class whose score is derived; −1: the most probable. */
  readonly of: number;
}

export const networkFields: FieldsOf<NetworkSettings> = {
  view: wordField<View>("maps", "derivatives", "filters", "space"),
  scale: wordField<Scale>("map", "layer", "shared"),
  unit: textField(""),
  open: textField(""),
  of: numberField(-1, -1),
};

/** Settings of other views have names of their own. */
const PREFIX = "n.";

export const networkSettingsIn = (settings: Readonly<Record<string, string>>): NetworkSettings =>
  valuesIn(
    networkFields,
    Object.fromEntries(
      Object.entries(settings)
        .filter(([name]) => name.startsWith(PREFIX))
        .map(([name, text]) => [name.slice(PREFIX.length), text]),
    ),
  );

/** All settings of an address, with some of the network view's changed. */
export function changed(
  settings: Readonly<Record<string, string>>,
  changes: Partial<NetworkSettings>,
): Record<string, string> {
  const others = Object.entries(settings).filter(([name]) => !name.startsWith(PREFIX));
  const own = settingsOf(networkFields, { ...networkSettingsIn(settings), ...changes });
  return Object.fromEntries([...others, ...Object.entries(own).map(([name, text]) => [`${PREFIX}${name}`, text])]);
}

/** What is selected: a layer, one of its units, or a unit at a position. */
export interface Selection {
  readonly path: string;
  readonly channel: number | undefined;
  /** [y, x] of maps; none of numbers, and where the strongest is meant. */
  readonly position: readonly number[];
}

export function readSelection(text: string): Selection | undefined {
  const [path, ...numbers] = text.split(":");
  const [channel, ...position] = numbers.map(Number);
  if (path === "" || numbers.some((number) => !/^\d+$/.test(number))) return undefined;
  return { path, channel, position };
}

export const writeSelection = ({ path, channel, position }: Selection): string =>
  [path, ...(channel === undefined ? [] : [channel, ...position])].join(":");
