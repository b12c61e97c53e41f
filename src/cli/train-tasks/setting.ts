/**
 * A setting of a training run, declared once: an option of `fovea train` and an entry of the run's `config.json`, with one
 * kind and one default.
 */
import { type Kind, type ValuesOf, withDefault } from "../../options/index.ts";
import type { Row } from "../library-options.ts";

/** Settings by their names in `config.json`. */
export type Settings = Readonly<Record<string, Row<unknown>>>;

/** The values of settings, all present. */
export type ConfigOf<S extends Settings> = ValuesOf<{ readonly [K in keyof S]: S[K]["kind"] }>;

/** The schema of what `config.json` holds. */
export const schemaOf = <S extends Settings>(settings: S) =>
  Object.fromEntries(Object.entries(settings).map(([name, { kind }]) => [name, kind])) as {
    readonly [K in keyof S]: S[K]["kind"];
  };

/** The same setting with another default. */
export const defaulting = <T>(row: Row<T>, fallback: T): Row<T> => ({
  ...row,
  kind: withDefault(row.kind, fallback),
  absent: undefined,
});

/** A word as it is typed. */
export const asTyped = (word: string): string => word;

export const text: Kind<string> = {
  expects: "text",
  read: (value) => (typeof value === "string" && value !== "" ? value : undefined),
};

/** What may be `null`, which stands for none. */
export const orNull = <T>(kind: Kind<T>): Kind<T | null> => ({
  expects: `${kind.expects}, or null`,
  read: (value) => (value === null ? null : kind.read(value)),
});

/** `--weight-decay <d>` is typed as `--weight-decay`. */
export const flagOf = ({ flag }: Pick<Row<unknown>, "flag">): string => flag.split(" ")[0];
