/** Lists of distinct names. */

/** The first duplicate name. */
export const firstDuplicate = (names: readonly string[]): string | undefined => {
  const seen = new Set<string>();
  return names.find((name) => seen.size === seen.add(name).size);
};
