/**
 * The state of the studio as the address of its page: `#/train?seed=3&epochs=6`. What has its default value is left out; what a view
 * does not know is kept for the others.
 */

/** Words that stand in the address: the area, what is looked at in it, and settings by name. */
export interface Address {
  /** The area, such as `train`. */
  readonly area: string;
  /** Further parts of the path: a layer, a unit. */
  readonly path: readonly string[];
  readonly settings: Readonly<Record<string, string>>;
}

/** Browsers and mail programs cut longer addresses. */
export const MOST_CHARACTERS = 2000;

export function readAddress(hash: string): Address {
  const [path = "", query = ""] = hash.replace(/^#\/?/, "").split("?", 2);
  const [area = "", ...rest] = path.split("/").map(decodeURIComponent);
  return { area, path: rest.filter((part) => part !== ""), settings: Object.fromEntries(new URLSearchParams(query)) };
}

export function writeAddress({ area, path, settings }: Address): string {
  const query = new URLSearchParams(settings).toString();
  return `#/${[area, ...path].map(encodeURIComponent).join("/")}${query === "" ? "" : `?${query}`}`;
}

/** How one setting is read and written. */
export interface Field<T> {
  readonly fallback: T;
  readonly read: (text: string) => T | undefined;
  readonly write: (value: T) => string;
}

export const numberField = (fallback: number, least = 0, most = Number.MAX_SAFE_INTEGER): Field<number> => ({
  fallback,
  read: (text) => {
    const value = Number(text);
    return text !== "" && Number.isFinite(value) && value >= least && value <= most ? value : undefined;
  },
  write: String,
});

export const wordField = <W extends string>(fallback: W, ...others: readonly W[]): Field<W> => ({
  fallback,
  read: (text) => [fallback, ...others].find((word) => word === text),
  write: (word) => word,
});

export const textField = (fallback: string): Field<string> => ({
  fallback,
  read: (text) => text,
  write: (text) => text,
});

/** A field for each value. */
export type FieldsOf<V> = { readonly [K in keyof V]: Field<V[K]> };

const entriesOf = <V>(fields: FieldsOf<V>) => Object.entries(fields) as [keyof V & string, Field<V[keyof V]>][];

/** The values of fields; unreadable ones have their defaults. */
export const valuesIn = <V extends object>(fields: FieldsOf<V>, settings: Address["settings"]): V =>
  Object.fromEntries(
    entriesOf(fields).map(([name, { fallback, read }]) => [
      name,
      (settings[name] === undefined ? undefined : read(settings[name])) ?? fallback,
    ]),
  ) as V;

/** The settings that differ from their defaults. */
export const settingsOf = <V extends object>(fields: FieldsOf<V>, values: V): Record<string, string> =>
  Object.fromEntries(
    entriesOf(fields).flatMap(([name, { fallback, write }]) =>
      values[name] === fallback ? [] : [[name, write(values[name])]],
    ),
  );
