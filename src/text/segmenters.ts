/** The segmenters of `Intl` by language: finding one takes a millisecond, so they are kept. */
import type { Kind } from "../options/index.ts";

type Granularity = "word" | "sentence";

const kept = new Map<string, Intl.Segmenter>();

/** The segmenter of a language that `localeKind` has read. */
export function segmenterOf(locale: string, granularity: Granularity): Intl.Segmenter {
  const key = `${granularity} ${locale}`;
  const found = kept.get(key) ?? new Intl.Segmenter(locale, { granularity });
  kept.set(key, found);
  return found;
}

/** A language that the host's `Intl.Segmenter` knows. */
export const localeKind: Kind<string> = {
  expects: 'a language that this host can segment, such as "en" or "ja"',
  read: (value) => (typeof value === "string" && isSupported(value) ? value : undefined),
};

function isSupported(locale: string): boolean {
  try {
    return Intl.Segmenter.supportedLocalesOf(locale).length > 0;
  } catch {
    return false;
  }
}
