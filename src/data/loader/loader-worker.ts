/** The module that a loader's threads run: prepares the batches that are ordered, one after the other. */
import { serveThread } from "#platform";
import type { PictureRows } from "../dataset.ts";
import { openRows } from "../pictures/picture-rows.ts";
import {
  augmented,
  buffersOf,
  describeError,
  type FromThread,
  type LoaderSetting,
  prepareBatch,
  receive,
  send,
  type ToThread,
} from "./loader-messages.ts";

let setting: LoaderSetting;
let pictures: PictureRows | undefined;
let last: Promise<void> = Promise.resolve();

async function answer(order: Extract<ToThread, { kind: "prepare" }>): Promise<FromThread> {
  const { number, plan, labels, images } = order;
  try {
    const batch =
      images === undefined
        ? await prepareBatch(pictures!, receive(labels), plan, setting)
        : augmented({ images: receive(images), labels: receive(labels) }, plan, setting);
    return { number, images: send(batch.images), labels: send(batch.labels) };
  } catch (error) {
    return { number, error: describeError(error) };
  }
}

serveThread((message, post) => {
  const order = message as ToThread;
  if (order.kind === "start") {
    setting = order.setting;
    pictures = setting.source && openRows(setting.source);
    return;
  }
  // One at a time, so that no more pictures are decoded at once than a batch has.
  last = last.then(async () => {
    const reply = await answer(order);
    post(reply, "error" in reply ? [] : buffersOf(reply.images, reply.labels));
  });
});
