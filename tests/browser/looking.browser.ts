/** The instruments of `fovea/inspect` in a page find what they find in Node. */
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findOrSkip, startChromium } from "./chromium.ts";
import { look, network, type Seen } from "./looking.ts";
import type { Page } from "./page.ts";
import { type Server, startServer } from "./server.ts";

/** Of the largest number: tables of sines and cosines may differ in the last bit between versions of V8. */
const TOLERANCE = 1e-5;

const chromium = findOrSkip();

/** The page's side of the test, inside of `evaluate`. */
declare const fovea: Page;

describe.skipIf(chromium === undefined)("looking inside, in a page", () => {
  let browser: Browser;
  let server: Server;
  let [here, there] = [{} as Seen, {} as Seen];

  beforeAll(async () => {
    const bytes = await network();
    here = await look(bytes);
    server = await startServer({ isolated: true, files: new Map([["/network.safetensors", bytes]]) });
    browser = await startChromium(chromium!);
    const tab = await browser.newPage();
    await tab.goto(server.url);
    there = await tab.evaluate(() => fovea.look());
  });

  afterAll(async () => {
    await browser?.close();
    server?.stop();
  });

  it.each(["maps", "gradient", "ascended", "history", "distances"] as const)("has the numbers of Node: %s", (what) => {
    const [expected, found] = [here[what], there[what]];
    expect(found).toHaveLength(expected.length);
    const most = expected.reduce((largest, x) => Math.max(largest, Math.abs(x)), 0);
    expect(most).toBeGreaterThan(0);
    const furthest = expected.reduce((largest, x, i) => Math.max(largest, Math.abs(found[i] - x)), 0);
    expect(furthest).toBeLessThanOrEqual(TOLERANCE * most);
  });

  it("has the neighbors of Node, and ascends", () => {
    expect(there.rows).toEqual(here.rows);
    expect(there.history.at(-1)).toBeGreaterThan(there.history[0]);
  });
});
