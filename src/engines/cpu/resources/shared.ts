/** Values by key that their holders share, and that end when the last holder drops them. */

export class Shared<Key, Value extends object> {
  readonly #values = new Map<Key, WeakRef<Value>>();
  readonly #ending = new FinalizationRegistry<() => void>((end) => end());

  /** @param make gives a value and what ends it; `end` must not hold the value, or it would never end */
  get(key: Key, make: () => { readonly value: Value; readonly end: () => void }): Value {
    const known = this.#values.get(key)?.deref();
    if (known !== undefined) return known;
    const { value, end } = make();
    this.#values.set(key, new WeakRef(value));
    this.#ending.register(value, end);
    return value;
  }
}
