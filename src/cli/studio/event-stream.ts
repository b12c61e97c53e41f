/** Changes of runs as server-sent events. */
import type { RunChange, RunWatcher } from "./run-watcher.ts";

/** Milliseconds between comments, by which both sides notice that a connection is dead. */
const PULSE = 20_000;
/** A reader that is so many bytes behind is dropped; it connects again and begins anew. */
const MOST_BEHIND = 64 * 2 ** 20;
/** Milliseconds after which a page connects again. */
const RETRY = 1000;

const encoder = new TextEncoder();
const written = ({ event, json }: RunChange): Uint8Array => encoder.encode(`event: ${event}\ndata: ${json}\n\n`);

/** @param run the only run that is told of. Default: all */
export function eventStream(watcher: RunWatcher, run?: string): Response {
  let end = (): void => undefined;
  const body = new ReadableStream<Uint8Array>(
    {
      start(controller) {
        const pulse = setInterval(() => send(encoder.encode(":\n\n")), PULSE).unref();
        const send = (bytes: Uint8Array): void => {
          controller.enqueue(bytes);
          if ((controller.desiredSize ?? 0) > 0) return;
          end();
          controller.close();
        };
        send(encoder.encode(`retry: ${RETRY}\n\n`));
        const leave = watcher.listen((change) => {
          if (run === undefined || change.run === undefined || change.run === run) send(written(change));
        });
        end = () => {
          clearInterval(pulse);
          leave();
        };
      },
      cancel: () => end(),
    },
    new ByteLengthQueuingStrategy({ highWaterMark: MOST_BEHIND }),
  );
  const headers = { "content-type": "text/event-stream", "cache-control": "no-store" };
  return new Response(body, { headers });
}
