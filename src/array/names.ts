/** Lists of names, of which each stands for one thing. */

/** The first name that a list has twice. */
export const firstDuplicate = (names: readonly string[]): string | undefined => {
  const seen = new Set<string>();
  return names.find((name) => seen.size === seen.add(name).size);
};
