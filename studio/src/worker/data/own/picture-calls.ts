/** What the page asks of the thread that decodes pictures. */
import { type Zippable, zip } from "fflate";
import type { DraftState, PictureCalls } from "../../api/pictures.ts";
import { bytesOfBitmap, decodePicture, encodePicture } from "./decode.ts";
import { Draft } from "./draft.ts";
import { KeptSets } from "./kept-sets.ts";
import { filesOfZip } from "./unzip.ts";

/** Milliseconds between reports: a page that draws each of them has time for other things. */
const REPORT_EVERY = 150;

export function createPictureCalls(): PictureCalls {
  const kept = new KeptSets();
  let draft = new Draft({ side: 32, channels: 3 }, decodePicture);
  let isStopped = false;
  const changed = async (change: () => unknown): Promise<DraftState> => {
    await change();
    return draft.state;
  };
  return {
    begin: (form) =>
      changed(() => {
        draft = new Draft(form, decodePicture);
      }),
    add: (files, looseClass) => changed(() => draft.add(files, looseClass)),
    addZip: (file, onProgress) =>
      changed(async () => {
        isStopped = false;
        const target = draft;
        const loose = file.name.replace(/\.zip$/i, "");
        let reported = performance.now();
        for await (const { path, contents, share } of filesOfZip(file)) {
          if (isStopped || target !== draft) break;
          if (typeof contents === "string") draft.refuse(path, contents);
          else await draft.add([{ path, file: new Blob([contents]) }], loose);
          if (performance.now() - reported < REPORT_EVERY) continue;
          reported = performance.now();
          void onProgress({ share, draft: draft.state });
        }
      }),
    stop: async () => {
      isStopped = true;
    },
    addFrame: (frame, className) => changed(() => draft.put(bytesOfBitmap(frame, draft.form), className)),
    addClass: (name) => changed(() => draft.addClass(name)),
    renameClass: (name, to) => changed(() => draft.rename(name, to)),
    removeClass: (name) => changed(() => draft.removeClass(name)),
    removePicture: (className, index) => changed(() => draft.removePicture(className, index)),
    newest: async (className, count) => draft.newest(className, count),
    keep: async (name) => {
      const { problem } = draft.state;
      if (problem !== undefined) throw new Error(problem);
      return kept.keep(name, draft.form, draft.classes);
    },
    list: () => kept.list(),
    remove: (name) => kept.remove(name),
    exportZip: (name) => exportZip(kept, name),
  };
}

async function exportZip(kept: KeptSets, name: string): Promise<Blob> {
  const set = await kept.read(name);
  if (set === undefined) throw new Error(`there are no pictures '${name}' in this browser`);
  const size = set.channels * set.side ** 2;
  const files: Zippable = {};
  const width = String(set.labels.length).length;
  for (const [row, label] of set.labels.entries()) {
    const png = await encodePicture(set.images.subarray(row * size, (row + 1) * size), set);
    const folder = set.classes[label].replace(/[/\\]/g, "-");
    files[`${folder}/${String(row).padStart(width, "0")}.png`] = [png, { level: 0 }];
  }
  return new Promise((resolve, reject) => {
    zip(files, (error, bytes) =>
      error === null ? resolve(new Blob([new Uint8Array(bytes)], { type: "application/zip" })) : reject(error),
    );
  });
}
