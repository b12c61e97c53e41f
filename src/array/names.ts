/** Names of arrays, and lists of distinct names. */

/** The name of the array with the lengths of the rows of `name`, in batches of sequences. */
export const lengthName = (name: string): string => `${name}.length`;

/** The first duplicate name. */
export const firstDuplicate = (names: readonly string[]): string | undefined => {
  const seen = new Set<string>();
  return names.find((name) => seen.size === seen.add(name).size);
};
