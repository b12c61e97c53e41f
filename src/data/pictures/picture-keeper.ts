/** Collects decoded pictures, in memory while they are few, and in the cache. */
import { concatenate, NdArray, type Shape } from "../../array/index.ts";
import type { PictureRows } from "../dataset.ts";
import type { CachedPictures, CacheFilling } from "./picture-cache.ts";
import { openRows } from "./picture-rows.ts";

/** Decoded pictures up to this size are held in memory, in bytes. */
export const DEFAULT_MEMORY = 1 << 26;

export class PictureKeeper {
  readonly #place: CachedPictures | undefined;
  readonly #memory: number;
  #shape: Shape = [];
  #filling: CacheFilling | undefined;
  #held: Uint8Array[] | undefined = [];

  /** @param place the entry of the cache, if any */
  constructor(place: CachedPictures | undefined, memory = DEFAULT_MEMORY) {
    this.#place = place;
    this.#memory = memory;
  }

  /** @param picture [channels, height, width] of every picture */
  async begin(picture: Shape): Promise<void> {
    this.#shape = picture;
    this.#filling = await this.#place?.fill(picture);
  }

  async add(planes: Uint8Array): Promise<void> {
    if (this.#held !== undefined && (this.#held.length + 1) * planes.length > this.#memory) this.#held = undefined;
    this.#held?.push(planes);
    await this.#filling?.add(planes);
  }

  /** All pictures, `u8` [count, channels, height, width]; undefined if they fit neither memory nor the cache. */
  async finish(note: unknown): Promise<NdArray | PictureRows | undefined> {
    const store = await this.#filling?.finish(note);
    if (this.#held !== undefined)
      return new NdArray(concatenate(this.#held), [this.#held.length, ...this.#shape], "u8");
    return store && openRows(store.pictures);
  }

  /** Discards an unfinished entry. */
  async discard(): Promise<void> {
    await this.#filling?.discard();
  }
}
