/** A page with a small run that has been trained, and the same model and data in this process. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createWasmEngine, type Engine, nn } from "fovea";
import { type Browser, chromium, type Page } from "playwright-core";
import { recipeIn } from "../../studio/src/address/recipe.ts";
import type { Opened, Session, Snapshot } from "../../studio/src/worker/api.ts";
import { loadData, type Parts } from "../../studio/src/worker/data/load-data.ts";
import { serveStudio } from "./serve.ts";

/** A network with ReLU, so that all methods suit it. */
const NETWORK = `conv2d(6, { kernel: 5 })
relu()
maxPool2d(2)
conv2d(8, { kernel: 5 })
relu()
flatten()
linear(32)
relu()
linear(10)`;

/** What stands in the address. */
export const SETTINGS = { network: NETWORK, limit: "1400", heldOut: "400", epochs: "2", seed: "4" } as const;

export interface Trained {
  readonly page: Page;
  readonly model: nn.Model;
  readonly parts: Parts;
  readonly engine: Engine;
  /** Goes to another place of the same run. */
  readonly go: (place: string, settings?: Readonly<Record<string, string>>) => Promise<void>;
  readonly close: () => Promise<void>;
}

/** What the page offers to tests. */
export interface StudioWindow {
  readonly studio: {
    readonly run: {
      readonly opened: Opened | undefined;
      readonly snapshot: Snapshot | undefined;
      readonly session: Session;
      readonly train: () => Promise<void>;
    };
  };
}

const hashOf = (place: string, settings: Readonly<Record<string, string>>): string =>
  `#/${place}?${new URLSearchParams({ ...SETTINGS, ...settings })}`;

/** @param place where the page begins @param path the browser's */
export async function trainedPage(path: string, place: string): Promise<Trained> {
  const served = await serveStudio();
  const browser: Browser = await chromium.launch({
    executablePath: path,
    chromiumSandbox: false,
    // A camera that shows a test picture.
    args: ["--disable-gpu", "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"],
  });
  const context = await browser.newContext({ acceptDownloads: true, viewport: { width: 1280, height: 900 } });
  await context.grantPermissions(["camera"], { origin: new URL(served.url).origin });
  const page = await context.newPage();
  page.on("pageerror", (error) => console.error(error));
  await page.goto(served.url + hashOf(place, {}));
  await page.waitForFunction(() => (globalThis as unknown as StudioWindow).studio?.run.opened !== undefined);
  await page.evaluate(() => (globalThis as unknown as StudioWindow).studio.run.train());
  await page.waitForFunction(() => (globalThis as unknown as StudioWindow).studio.run.snapshot?.state === "done");
  const bytes = await page.evaluate(async () => [
    ...(await (globalThis as unknown as StudioWindow).studio.run.session.modelBytes()),
  ]);
  return {
    page,
    model: nn.Model.fromBytes(Uint8Array.from(bytes)),
    parts: await loadData(recipeIn(SETTINGS)),
    engine: createWasmEngine({ threads: 1 }),
    go: async (next, settings = {}) => {
      await page.evaluate(
        (hash) => {
          location.hash = hash;
        },
        hashOf(next, settings),
      );
    },
    close: async () => {
      await browser.close();
      served.stop();
    },
  };
}

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** What axe-core finds wrong with the page: rules and elements. */
export async function violations(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe);
  return page.evaluate(async () => {
    interface Found {
      readonly violations: readonly { readonly id: string; readonly nodes: readonly { readonly html: string }[] }[];
    }
    const { axe } = globalThis as unknown as { axe: { run: () => Promise<Found> } };
    const found = await axe.run();
    return found.violations.flatMap(({ id, nodes }) =>
      nodes.slice(0, 3).map(({ html }) => `${id}: ${html.slice(0, 160)}`),
    );
  });
}
