/** One's own pictures as the dialog sees them: what is being collected, how far it has come, and what is kept. */
import { proxy, type Remote, wrap } from "comlink";
import type { DraftState, KeptAbout, NamedFile, PictureCalls, PictureForm } from "../../../worker/api/pictures.ts";
import type { Incoming } from "./dropped.ts";

/** Files that cross to the worker at once: few enough that a stop is soon. */
const CHUNK = 32;
/** Files that the page opens at once: few enough for a frame. */
const OPENED_AT_ONCE = 4;

export interface Progress {
  /** From 0 to 1. */
  readonly share: number;
  readonly read: number;
  readonly secondsLeft: number;
}

const isZip = ({ path }: Incoming): boolean => /\.zip$/i.test(path);

const countOf = ({ classes, unreadable }: DraftState): number =>
  classes.reduce((sum, { count }) => sum + count, unreadable.count);

/** Files that are opened, a few at a time; one that is gone is empty, which is then said of it. */
async function opened(files: readonly Incoming[]): Promise<NamedFile[]> {
  const all: NamedFile[] = [];
  for (let at = 0; at < files.length; at += OPENED_AT_ONCE) {
    const some = files.slice(at, at + OPENED_AT_ONCE);
    all.push(
      ...(await Promise.all(
        some.map(async ({ path, open }) => ({ path, file: await open().catch(() => new Blob()) })),
      )),
    );
  }
  return all;
}

class PictureStore {
  #calls: Remote<PictureCalls> | undefined;
  #isStopped = false;
  draft = $state.raw<DraftState | undefined>();
  progress = $state.raw<Progress | undefined>();
  kept = $state.raw<readonly KeptAbout[]>([]);
  problem = $state.raw<string | undefined>();

  /** The thread that decodes. */
  get calls(): Remote<PictureCalls> {
    this.#calls ??= wrap<PictureCalls>(
      new Worker(new URL("../../../worker/data/own/pictures-worker.ts", import.meta.url), {
        type: "module",
        name: "pictures",
      }),
    );
    return this.#calls;
  }

  begin = (form: PictureForm): Promise<void> => this.#change((calls) => calls.begin(form));
  addClass = (name: string): Promise<void> => this.#change((calls) => calls.addClass(name));
  renameClass = (name: string, to: string): Promise<void> => this.#change((calls) => calls.renameClass(name, to));
  removeClass = (name: string): Promise<void> => this.#change((calls) => calls.removeClass(name));
  removePicture = (name: string, index: number): Promise<void> =>
    this.#change((calls) => calls.removePicture(name, index));

  /** Reads files and archives one after the other, until it is stopped. */
  add = async (files: readonly Incoming[], looseClass: string): Promise<void> => {
    if (this.progress !== undefined || files.length === 0) return;
    this.#isStopped = false;
    const start = performance.now();
    const before = this.draft === undefined ? 0 : countOf(this.draft);
    const report = (share: number): void => {
      const seconds = (performance.now() - start) / 1000;
      const read = this.draft === undefined ? 0 : countOf(this.draft) - before;
      this.progress = { share, read, secondsLeft: share > 0 ? (seconds * (1 - share)) / share : Number.NaN };
    };
    report(0);
    const archives = files.filter(isZip);
    const pictures = files.filter((file) => !isZip(file));
    // The next files are opened while these are decoded.
    let opening = opened(pictures.slice(0, CHUNK));
    for (let at = 0; at < pictures.length && !this.#isStopped; at += CHUNK) {
      const some = await opening;
      opening = opened(pictures.slice(at + CHUNK, at + 2 * CHUNK));
      await this.#change((calls) => calls.add(some, looseClass));
      report(Math.min(1, (at + CHUNK) / files.length));
      if (this.problem !== undefined) break;
    }
    for (const { path, open } of this.#isStopped ? [] : archives) {
      const file = await open();
      const onProgress = proxy(({ share, draft }: { share: number; draft: DraftState }) => {
        this.draft = draft;
        report(share);
      });
      await this.#change((calls) => calls.addZip(file, onProgress), path);
    }
    this.progress = undefined;
  };

  stop = async (): Promise<void> => {
    this.#isStopped = true;
    await this.calls.stop();
  };

  addFrame = (frame: ImageBitmap, className: string): Promise<void> =>
    this.#change((calls) => calls.addFrame(frame, className));

  list = async (): Promise<void> => {
    this.kept = await this.calls.list();
  };

  remove = async (name: string): Promise<void> => {
    await this.calls.remove(name);
    await this.list();
  };

  /** Keeps the draft; `undefined` where that failed, which is then said. */
  keep = async (name: string): Promise<KeptAbout | undefined> => {
    try {
      this.problem = undefined;
      const about = await this.calls.keep(name);
      await this.list();
      return about;
    } catch (error) {
      this.problem = (error as Error).message;
      return undefined;
    }
  };

  /** Hands a change to the worker; what it refuses is said. */
  async #change(change: (calls: Remote<PictureCalls>) => Promise<DraftState>, where = ""): Promise<void> {
    try {
      this.problem = undefined;
      this.draft = await change(this.calls);
    } catch (error) {
      this.problem = `${where === "" ? "" : `${where}: `}${(error as Error).message}`;
    }
  }
}

export const pictures = new PictureStore();
