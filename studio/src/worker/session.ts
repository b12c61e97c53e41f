/** What a page asks of its worker: one run at a time, and looks into it. */
import type { Session, Snapshot } from "./api.ts";
import { dataCalls } from "./calls/data-calls.ts";
import { lookCalls } from "./calls/look-calls.ts";
import { networkCalls } from "./calls/network-calls.ts";
import { type OpenRun, openRun } from "./open-run.ts";

export function createSession(): Session {
  let open: OpenRun | undefined;
  const current = (): OpenRun => {
    if (open === undefined) throw new Error("no run is open");
    return open;
  };
  const news = createNews(() => open?.trainer.snapshot());
  return {
    open: async (recipe, { keepWeights = false } = {}) => {
      await open?.trainer.stop();
      const { run, opened } = await openRun(recipe, news.tell, keepWeights ? open?.model : undefined);
      open = run;
      return opened;
    },
    watch: async (onSnapshot) => news.watch(onSnapshot),
    train: async () => current().trainer.train(),
    pause: async () => current().trainer.pause(),
    step: async (count) => current().trainer.step(count),
    rewind: async (moment) => current().trainer.rewind(moment),
    steer: async (changes) => current().trainer.steer(changes),
    ...lookCalls(current),
    ...dataCalls(),
    ...networkCalls(),
  };
}

/** Hands snapshots on, one at a time: the next when the page has drawn the last. */
function createNews(snapshot: () => Snapshot | undefined) {
  let listener: ((snapshot: Snapshot) => unknown) | undefined;
  let isDrawing = false;
  let isStale = false;
  const tell = (): void => {
    isStale = true;
    if (isDrawing || listener === undefined) return;
    const next = snapshot();
    if (next === undefined) return;
    isDrawing = true;
    isStale = false;
    void Promise.resolve(listener(next)).finally(() => {
      isDrawing = false;
      if (isStale) tell();
    });
  };
  const watch = (onSnapshot: (snapshot: Snapshot) => unknown): void => {
    listener = onSnapshot;
    tell();
  };
  return { tell, watch };
}
