/** The module that a loader's threads run: prepares the requested batches in order. */
import { serveThread } from "#platform";
import type { Batch, PictureRows } from "../dataset.ts";
import { openRows } from "../pictures/picture-rows.ts";
import {
  augmented,
  describeError,
  type FromThread,
  type LoaderSetting,
  receive,
  send,
  type ToThread,
  transferables,
} from "./loader-messages.ts";

let setting: LoaderSetting;
let fetched: readonly (readonly [name: string, rows: PictureRows])[] = [];
let last: Promise<void> = Promise.resolve();

async function answerOrder({ number, plan, held }: Extract<ToThread, { kind: "prepare" }>): Promise<FromThread> {
  try {
    const parts = fetched.map(async ([name, rows]) => [name, await rows.take(plan.rows)] as const);
    const taken: Batch = { ...receive(held), ...Object.fromEntries(await Promise.all(parts)) };
    const batch = Object.fromEntries(setting.names.map((name) => [name, taken[name]]));
    return { number, batch: send(augmented(batch, plan, setting)) };
  } catch (error) {
    return { number, error: describeError(error) };
  }
}

serveThread((message, post) => {
  const order = message as ToThread;
  if (order.kind === "start") {
    setting = order.setting;
    fetched = Object.entries(setting.sources).map(([name, source]) => [name, openRows(source)]);
    return;
  }
  // One at a time, which limits the pictures decoded at once to one batch.
  last = last.then(async () => {
    const reply = await answerOrder(order);
    post(reply, "error" in reply ? [] : transferables(reply.batch));
  });
});
