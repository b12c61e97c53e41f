/** The only door to the API of `fovea studio`. A static host has none: nothing is then asked for. */
import { texts } from "../texts/index.ts";
import type { RunEvents, Served, ServedData } from "./contract.ts";

const UNAUTHORIZED = 401;

/** In pages and in workers, which come from the same origin. @throws Error where there is none, as in a file */
function addressOf(path: string): string {
  const { origin } = globalThis.location;
  if (origin === "null") throw new Error(texts.runs.noApi);
  return new URL(`/api/${path}`, origin).href;
}

/** What the server that sent this page was started with; `undefined` on a static host. */
export function servedHere(): Served | undefined {
  const content = document.querySelector<HTMLMetaElement>('meta[name="fovea-server"]')?.content;
  return content === undefined ? undefined : (JSON.parse(content) as Served);
}

/** What is called for each event; `lost` when the connection breaks, `back` when it is there again and all is told anew. */
export type RunListener = { readonly [E in keyof RunEvents]: (told: RunEvents[E]) => void } & {
  readonly lost: () => void;
  readonly back: () => void;
};

/** Hears of all runs until the function that it gives is called. One connection for all: a browser keeps few to one host. */
export function followRuns(listener: RunListener): () => void {
  const source = new EventSource(addressOf("events"));
  for (const event of ["run", "lines", "gone", "listed"] as const) {
    const tell = listener[event] as (told: RunEvents[typeof event]) => void;
    source.addEventListener(event, ({ data }) => tell(JSON.parse(data)));
  }
  source.onopen = listener.back;
  source.onerror = listener.lost;
  return () => source.close();
}

/** The address of a run's best model. */
export const runModelAddress = (run: string): string => addressOf(`runs/${encodeURIComponent(run)}/model`);

/** The bytes of a run's best model. */
export const fetchRunModel = (run: string): Promise<Uint8Array> => bytesAt(runModelAddress(run));

/** The bytes of the model file that the server was started with. */
export const fetchModel = async (): Promise<Uint8Array> => bytesAt(addressOf("model"));

/** The library's data sets, with those that the server's machine lacks. */
export const listData = async (): Promise<readonly ServedData[]> => (await ask(addressOf("data"))).json();

/** The first samples of a data set as safetensors: `images` u8 [n, channels, height, width], `labels` i32 [n]. */
export const fetchData = async (name: string, part: "train" | "test", count: number): Promise<Uint8Array> =>
  bytesAt(addressOf(`data/${encodeURIComponent(name)}?${new URLSearchParams({ part, count: String(count) })}`));

const bytesAt = async (address: string): Promise<Uint8Array> =>
  new Uint8Array(await (await ask(address)).arrayBuffer());

/** @throws Error with the server's words, or that there is none */
async function ask(address: string): Promise<Response> {
  const response = await fetch(address);
  if (response.ok) return response;
  if (response.status === UNAUTHORIZED) throw new Error(await response.text());
  const isOurs = response.headers.get("content-type")?.startsWith("application/json");
  throw new Error(isOurs ? ((await response.json()) as { error: string }).error : texts.runs.noApi);
}
