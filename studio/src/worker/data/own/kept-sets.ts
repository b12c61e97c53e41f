/** Pictures that stay in the browser after the page is closed: in IndexedDB, under a name. */
import { createStore, del, get, keys, setMany } from "idb-keyval";
import type { KeptAbout, PictureForm } from "../../api/pictures.ts";
import { joined } from "./joined.ts";
import { checkName, checksumOf, type Reference } from "./reference.ts";

/** Kept pictures with their labels, class by class. */
export interface KeptSet extends KeptAbout {
  /** [count, channels, side, side]. */
  readonly images: Uint8Array<ArrayBuffer>;
  readonly labels: Int32Array;
}

/** Values by key. */
export interface Storage {
  get(key: string): Promise<unknown>;
  setMany(entries: [string, unknown][]): Promise<void>;
  del(key: string): Promise<void>;
  keys(): Promise<readonly string[]>;
}

const ABOUT = "about ";
const SAMPLES = "samples ";

type Samples = Pick<KeptSet, "images" | "labels">;

export class KeptSets {
  readonly #storage: Storage;

  constructor(storage: Storage = browserStorage()) {
    this.#storage = storage;
  }

  /** Keeps pictures by class, in place of what had the name. */
  async keep(
    given: string,
    form: PictureForm,
    classes: ReadonlyMap<string, readonly Uint8Array[]>,
  ): Promise<KeptAbout> {
    const name = checkName(given);
    const images = joined([...classes.values()].flat());
    const labels = Int32Array.from([...classes.values()].flatMap((pictures, label) => pictures.map(() => label)));
    const shape = { side: form.side, channels: form.channels, classes: [...classes.keys()] };
    const counts = [...classes.values()].map(({ length }) => length);
    const about: KeptAbout = { name, ...shape, counts, checksum: await checksumOf(images, labels, shape) };
    // Together: a page that is closed in between leaves neither.
    await this.#storage.setMany([
      [ABOUT + name, about],
      [SAMPLES + name, { images, labels } satisfies Samples],
    ]);
    return about;
  }

  /** In the order of the alphabet. */
  async list(): Promise<readonly KeptAbout[]> {
    const names = (await this.#storage.keys()).filter((key) => key.startsWith(ABOUT)).sort();
    return (await Promise.all(names.map((key) => this.#storage.get(key)))) as KeptAbout[];
  }

  async read(name: string): Promise<KeptSet | undefined> {
    const about = (await this.#storage.get(ABOUT + name)) as KeptAbout | undefined;
    const samples = (await this.#storage.get(SAMPLES + name)) as Samples | undefined;
    return about && samples && { ...about, ...samples };
  }

  async remove(name: string): Promise<void> {
    await this.#storage.del(ABOUT + name);
    await this.#storage.del(SAMPLES + name);
  }

  /** What a recipe names. @throws Error where these pictures are not */
  async find({ name, checksum }: Reference): Promise<KeptSet> {
    const found = await this.read(name);
    if (found === undefined)
      throw new Error(
        `the pictures '${name}' are not in this browser: import them here, from the zip that the other browser exports`,
      );
    if (found.checksum !== checksum)
      throw new Error(
        `the pictures '${name}' in this browser are others than the address means (checksum ${found.checksum}, expected ` +
          `${checksum}): import those it was made with, or choose '${name}' again`,
      );
    return found;
  }
}

function browserStorage(): Storage {
  const store = createStore("fovea-pictures", "sets");
  return {
    get: (key) => get(key, store),
    setMany: (entries) => setMany(entries, store),
    del: (key) => del(key, store),
    keys: () => keys(store),
  };
}
