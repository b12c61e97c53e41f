/**
 * Takes the screenshots of the studio in the documentation, from a run on digits: `npm run recipe scripts/pictures/studio.ts` after
 * `npm run build`, with Chromium. `-- all` writes every area in three sizes, light and dark, to `runs/studio`, to be looked at.
 */
import { mkdir } from "node:fs/promises";
import type { Page } from "playwright-core";
import { findOrSkip, startChromium } from "../../tests/browser/chromium.ts";
import { serveStudio } from "../../tests/studio/serve.ts";

interface Shot {
  readonly name: string;
  /** The address in the studio. */
  readonly address: string;
  /** What to do before the picture is taken. */
  readonly prepare?: (page: Page) => Promise<unknown>;
}

const settled = (page: Page): Promise<void> => page.waitForTimeout(2500);

const shots: readonly Shot[] = [
  { name: "train", address: "#/train" },
  { name: "draw", address: "#/draw", prepare: (page) => drawSeven(page) },
  { name: "unit", address: "#/look/3/4", prepare: (page) => page.waitForTimeout(8000) },
  { name: "attributions", address: "#/look/attributions", prepare: (page) => page.waitForTimeout(6000) },
  { name: "space", address: "#/look/space", prepare: (page) => page.waitForTimeout(8000) },
  { name: "steps", address: "#/steps/convolution" },
  { name: "runs", address: "#/runs" },
  { name: "take", address: "#/take" },
  { name: "start", address: "#/start" },
];

/** Those that stand in the documentation. */
const IN_DOCS = ["train", "draw", "unit", "space", "steps"];
const SIZES = [
  [1440, 900],
  [1024, 768],
  [390, 844],
] as const;

/** A seven on the drawing board, by the pointer. */
async function drawSeven(page: Page): Promise<void> {
  const board = await page.locator("canvas").first().boundingBox();
  if (board === null) throw new Error("there is no drawing board");
  const at = (x: number, y: number): [number, number] => [board.x + x * board.width, board.y + y * board.height];
  await page.mouse.move(...at(0.28, 0.28));
  await page.mouse.down();
  for (const [x, y] of [
    [0.7, 0.28],
    [0.45, 0.78],
  ])
    await page.mouse.move(...at(x, y), { steps: 12 });
  await page.mouse.up();
}

/** Trains the digits of the first page to the end. */
async function train(page: Page, url: string): Promise<void> {
  await page.goto(`${url}#/train`);
  await page.waitForFunction("globalThis.studio.run.snapshot !== undefined");
  await page.evaluate("globalThis.studio.run.train()");
  await page.waitForFunction("globalThis.studio.run.snapshot.state === 'done'", undefined, { timeout: 300_000 });
}

async function take(page: Page, url: string, { address, prepare }: Shot, path: string): Promise<void> {
  await page.goto(`${url}${address}`);
  await settled(page);
  await prepare?.(page);
  await settled(page);
  await page.screenshot({ path });
  console.log(path);
}

const path = findOrSkip();
if (path === undefined) process.exit(1);
const isAll = process.argv.includes("all");
const folder = isAll ? "runs/studio" : "docs/pictures/studio";
await mkdir(folder, { recursive: true });
const [browser, server] = await Promise.all([startChromium(path), serveStudio()]);
const themes = isAll ? (["light", "dark"] as const) : (["light"] as const);
for (const colorScheme of themes) {
  const context = await browser.newContext({ colorScheme, viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  await train(page, server.url);
  for (const [width, height] of isAll ? SIZES : SIZES.slice(0, 1)) {
    await page.setViewportSize({ width, height });
    for (const shot of shots.filter(({ name }) => isAll || IN_DOCS.includes(name)))
      await take(page, server.url, shot, `${folder}/${shot.name}${isAll ? `-${width}-${colorScheme}` : ""}.png`);
  }
  await context.close();
}
await browser.close();
server.stop();
