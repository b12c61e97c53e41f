/** What a page asks of its worker: one run at a time, and looks into it. */
import type { Session, Snapshot } from "./api.ts";
import { attributionCalls } from "./calls/attribution-calls.ts";
import { dataCalls } from "./calls/data-calls.ts";
import { labelCalls } from "./calls/label-calls.ts";
import { lookCalls } from "./calls/look-calls.ts";
import { modelCalls } from "./calls/model-calls.ts";
import { networkCalls } from "./calls/network-calls.ts";
import { spaceCalls } from "./calls/space-calls.ts";
import { takeCalls } from "./calls/take-calls.ts";
import { unitCalls } from "./calls/unit-calls.ts";
import { unitPageCalls } from "./calls/unit-page-calls.ts";
import { type OpenRun, openRun } from "./open-run.ts";

export function createSession(): Session {
  let open: OpenRun | undefined;
  let openings = 0;
  const current = (): OpenRun => {
    if (open === undefined) throw new Error("no run is open");
    return open;
  };
  const news = createNews(() => open?.trainer.snapshot());
  return {
    open: async (recipe, { keepWeights = false } = {}) => {
      await open?.trainer.stop();
      const opening = ++openings;
      const { run, opened } = await openRun(recipe, news.tell, keepWeights ? open?.model : undefined);
      // The last one asked for counts, whichever takes longer.
      if (opening === openings) open = run;
      return opened;
    },
    watch: async (onSnapshot) => news.watch(onSnapshot),
    train: async () => current().trainer.train(),
    pause: async () => current().trainer.pause(),
    step: async (count) => current().trainer.step(count),
    rewind: async (moment) => current().trainer.rewind(moment),
    steer: async (changes) => current().trainer.steer(changes),
    extend: async (epochs) => current().trainer.extend(epochs),
    ...labelCalls(current),
    ...lookCalls(current),
    ...modelCalls,
    ...dataCalls(),
    ...networkCalls(),
    ...unitPageCalls(current),
    ...attributionCalls(current),
    ...spaceCalls(current),
    ...takeCalls(current),
    ...unitCalls(current),
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
