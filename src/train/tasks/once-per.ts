/** Figures and details of an evaluation follow from the same measurement, which is made once. */

/**
 * The same function, which remembers its result for as long as its first argument lives. The further arguments are the same
 * whenever the first one is.
 */
export function oncePer<K extends object, R extends readonly unknown[], V>(
  compute: (key: K, ...rest: R) => V,
): (key: K, ...rest: R) => V {
  const known = new WeakMap<K, { readonly value: V }>();
  return (key, ...rest) => {
    const found = known.get(key) ?? { value: compute(key, ...rest) };
    known.set(key, found);
    return found.value;
  };
}
