/** Pictures that are being collected, by class. It decodes nothing itself. */
import type { DraftPictures, DraftState, NamedFile, PictureForm, Unreadable } from "../../api/pictures.ts";
import { classOfPath, isIgnored, shownPath } from "./class-of-path.ts";
import { problemOf } from "./draft-problem.ts";
import { joined } from "./joined.ts";

/** Decodes one picture to bytes [channels, side, side]. @throws Error with the reason, for what is no picture */
export type Decode = (file: Blob, form: PictureForm) => Promise<Uint8Array>;

/** Pictures that are decoded at once: a large one takes hundreds of megabytes while it is. */
const AT_ONCE = 4;
const MOST_BYTES = 512 * 2 ** 20;
/** Unreadable files that are named; the rest is counted. */
const NAMED = 5;

export class Draft {
  readonly form: PictureForm;
  readonly #decode: Decode;
  readonly #classes = new Map<string, Uint8Array[]>();
  #unreadable: Unreadable[] = [];
  #unreadableCount = 0;
  #bytes = 0;

  constructor(form: PictureForm, decode: Decode) {
    this.form = form;
    this.#decode = decode;
  }

  get state(): DraftState {
    const classes = [...this.#classes].map(([name, { length }]) => ({ name, count: length }));
    const unreadable = { count: this.#unreadableCount, first: this.#unreadable };
    return { ...this.form, classes, unreadable, problem: problemOf(classes) };
  }

  /** The pictures of each class. */
  get classes(): ReadonlyMap<string, readonly Uint8Array[]> {
    return this.#classes;
  }

  /** Adds what files give, in their order. */
  async add(files: readonly NamedFile[], looseClass: string): Promise<void> {
    const own = files.filter(({ path }) => !isIgnored(path));
    for (let at = 0; at < own.length; at += AT_ONCE) {
      const some = own.slice(at, at + AT_ONCE);
      const decoded = await Promise.all(some.map(({ file }) => this.#attempt(file)));
      for (const [i, { path }] of some.entries()) {
        const result = decoded[i];
        if (typeof result === "string") this.refuse(path, result);
        else this.put(result, classOfPath(path, looseClass));
      }
    }
  }

  /** The picture, or why it is none. */
  async #attempt(file: Blob): Promise<Uint8Array | string> {
    if (file.size === 0) return "the file is empty";
    return this.#decode(file, this.form).catch((error: Error) => error.message);
  }

  /** Adds one picture. @throws Error when there are too many */
  put(picture: Uint8Array, className: string): void {
    this.#bytes += picture.length;
    if (this.#bytes > MOST_BYTES)
      throw new Error(`the pictures take more than ${MOST_BYTES >> 20} MB; choose a smaller side`);
    this.addClass(className);
    this.#classes.get(className)!.push(picture);
  }

  /** Names a file that gave no picture. */
  refuse(path: string, reason: string): void {
    this.#unreadableCount++;
    if (this.#unreadable.length < NAMED) this.#unreadable = [...this.#unreadable, { path: shownPath(path), reason }];
  }

  addClass(name: string): void {
    if (!this.#classes.has(name)) this.#classes.set(name, []);
  }

  /** The class keeps its place among the others. @throws Error for a name that is empty or taken */
  rename(name: string, to: string): void {
    const next = to.trim();
    if (next === name) return;
    if (next === "") throw new Error("a class has a name");
    if (this.#classes.has(next)) throw new Error(`there is a class '${next}' already`);
    const all = [...this.#classes].map(([key, pictures]) => [key === name ? next : key, pictures] as const);
    this.#classes.clear();
    for (const [key, pictures] of all) this.#classes.set(key, pictures);
  }

  removeClass(name: string): void {
    for (const { length } of this.#classes.get(name) ?? []) this.#bytes -= length;
    this.#classes.delete(name);
  }

  /** @param index counted from the newest, which is 0 */
  removePicture(className: string, index: number): void {
    const pictures = this.#classes.get(className) ?? [];
    const [removed] = pictures.splice(pictures.length - 1 - index, 1);
    this.#bytes -= removed?.length ?? 0;
  }

  newest(className: string, count: number): DraftPictures {
    const pictures = (this.#classes.get(className) ?? []).slice(-count).reverse();
    const { channels, side } = this.form;
    return { bytes: joined(pictures), shape: [pictures.length, channels, side, side] };
  }
}
