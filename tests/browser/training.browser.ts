/**
 * LeNet-5 trains in a real browser, and ends with the bits that Node ends with: in a worker with one, two and three threads,
 * on a page that is not cross-origin isolated, and on a page's own thread. Run it with `npm run test:browser`.
 */
import { gzipSync } from "node:zlib";
import type { Browser, Page as Tab } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findOrSkip, startChromium } from "./chromium.ts";
import type { Page } from "./page.ts";
import { entries, type Server, startServer } from "./server.ts";
import { type Outcome, prepare, type Settings, type Start, train } from "./training.ts";

/** Node reaches 0.963, with fused multiply-adds 0.965. */
const LEAST_ACCURACY = 0.95;

const PLAIN = "wasm";
const FUSED = "wasm fused";

const chromium = findOrSkip();

/** The page's side of the test, inside of `evaluate`. */
declare const fovea: Page;

interface Row extends Pick<Outcome, "accuracy" | "seconds" | "stepsPerSecond"> {
  readonly where: string;
  readonly threads: string;
}

describe.skipIf(chromium === undefined)("LeNet-5 on the built-in digits, one epoch", () => {
  const rows: Row[] = [];
  const inNode = new Map<string, Outcome>();
  let start: Start;
  let browser: Browser;
  let isolated: Server;
  let ordinary: Server;

  beforeAll(async () => {
    start = await prepare();
    const files = new Map([
      ["/digits.safetensors", start.digits],
      ["/model.safetensors", start.model],
    ]);
    isolated = await startServer({ isolated: true, files });
    ordinary = await startServer({ isolated: false, files });
    browser = await startChromium(chromium!);
  });

  afterAll(async () => {
    await browser?.close();
    isolated?.stop();
    ordinary?.stop();
    if (rows.length > 0)
      console.log(`\nChromium ${browser.version()}, Node ${process.versions.node}\n${table(rows)}\n`);
  });

  async function onPage<T>({ url }: Server, act: (tab: Tab) => Promise<T>): Promise<T> {
    const tab = await browser.newPage();
    try {
      await tab.goto(url);
      return await act(tab);
    } finally {
      await tab.close();
    }
  }

  const trainInWorker = (server: Server, settings: Settings) =>
    onPage(server, (tab) => tab.evaluate((given) => fovea.trainInWorker(given), settings));

  const record = (where: string, threads: string, outcome: Outcome): void => {
    rows.push({ where: `${where}, ${outcome.arithmetic}`, threads, ...outcome });
    expect(outcome.accuracy).toBeGreaterThanOrEqual(LEAST_ACCURACY);
    const expected = inNode.get(outcome.arithmetic) ?? outcome;
    expect(outcome.bits).toBe(expected.bits);
    inNode.set(outcome.arithmetic, expected);
  };

  describe("in Node", () => {
    it.each([1, 2, 3])("with %i threads", async (threads) => {
      record("Node", String(threads), await train(start, { threads, relaxed: false }));
    });

    it("with the fused multiply-adds of relaxed SIMD, where it has them", async ({ skip }) => {
      const outcome = await train(start, { threads: 2 });
      if (outcome.arithmetic === PLAIN) skip("this Node has no relaxed SIMD");
      record("Node", "2", outcome);
    });
  });

  describe("in a worker of an isolated page", () => {
    it.each([1, 2, 3])("with %i threads", async (threads) => {
      const outcome = await trainInWorker(isolated, { threads, relaxed: false });
      expect(outcome.arithmetic).toBe(PLAIN);
      expect(outcome.started).toBe(threads - 1);
      expect(outcome.woken).toBeGreaterThanOrEqual(threads - 1);
      record("browser, worker", String(threads), outcome);
    });

    it.each([1, 2])("with fused multiply-adds and %i threads", async (threads) => {
      const outcome = await trainInWorker(isolated, { threads, relaxed: true });
      expect(outcome.arithmetic).toBe(FUSED);
      record("browser, worker", String(threads), outcome);
    });

    it("with as many threads as the machine has, by default", async () => {
      const { started, ...outcome } = await trainInWorker(isolated, {});
      const cores = await onPage(isolated, (tab) => tab.evaluate(() => navigator.hardwareConcurrency));
      expect(started).toBe(Math.min(8, cores) - 1);
      record("browser, worker, defaults", String(started + 1), outcome);
    });
  });

  describe("where memory cannot be shared", () => {
    it.each([
      ["by default", {}],
      ["when two threads are asked for", { threads: 2, relaxed: false }],
    ])("one thread computes, in a worker of an ordinary page, %s", async (_, settings) => {
      expect(await onPage(ordinary, (tab) => tab.evaluate(() => crossOriginIsolated))).toBe(false);
      const outcome = await trainInWorker(ordinary, settings);
      expect(outcome.started).toBe(0);
      record("browser, worker, not isolated", "1", outcome);
    });

    it.each([
      ["by default", {}],
      ["when two threads are asked for", { threads: 2, relaxed: false }],
    ])("one thread computes, on a page's own thread, %s", async (_, settings) => {
      const outcome = await onPage(isolated, (tab) => tab.evaluate((given) => fovea.trainOnPage(given), settings));
      record("browser, page", "1", outcome);
    });
  });

  it("starts from the digits and weights that Node draws; whether the browser draws the same is said, not demanded", async () => {
    const same = await onPage(isolated, (tab) => tab.evaluate(() => fovea.drawsTheSame()));
    const say = (what: keyof Start): string => `${what}: ${same[what] ? "the same bytes" : "other bytes"}`;
    console.log(`Drawn in the browser and in Node: ${say("digits")}, ${say("model")}.`);
  });
});

describe.skipIf(chromium === undefined)("the package in a page", () => {
  let browser: Browser;
  let server: Server;
  let tab: Tab;

  beforeAll(async () => {
    browser = await startChromium(chromium!);
    server = await startServer({ isolated: true, files: new Map() });
    tab = await browser.newPage();
    await tab.goto(server.url);
  });

  afterAll(async () => {
    await browser?.close();
    server?.stop();
  });

  it.each([...entries])("%s loads", async (_, path) => {
    expect(await tab.evaluate((given) => fovea.load(given), path.slice(1))).not.toEqual([]);
  });

  it("packs, unpacks and refuses what is broken or too long", async () => {
    const zipped = [...gzipSync("a fovea")];
    const found = await tab.evaluate(async (given) => {
      const { gunzip, deflate, inflate } = fovea.platform;
      const bytes = Uint8Array.from(given);
      const long = Uint8Array.from({ length: 300_000 }, (_, i) => (i * i) >> 7);
      const failure = (error: Error): string => `${error.name}: ${error.message}`;
      return {
        text: new TextDecoder().decode(await gunzip(bytes, 7)),
        again: (await inflate(await deflate(long), long.length)).every((byte, i) => byte === long[i]),
        tooLong: await gunzip(bytes, 6, "x.gz").catch(failure),
        junk: await gunzip(Uint8Array.from([...given, 1, 2]), 7, "x.gz").catch(failure),
        cut: await gunzip(bytes.subarray(0, 20), 7, "x.gz").catch(failure),
      };
    }, zipped);
    expect(found).toMatchObject({ text: "a fovea", again: true });
    expect(found.tooLong).toMatch(/^FormatError: x\.gz: unpacks to more than the 6 bytes/);
    expect(found.junk).toMatch(/^FormatError: x\.gz: broken gzip data/);
    expect(found.cut).toMatch(/^FormatError: x\.gz: broken gzip data/);
  });

  it("knows checksums, has one thread on the page itself, and yields without a timer's delay", async () => {
    const found = await tab.evaluate(async () => {
      const { sha256, availableThreads, pause } = fovea.platform;
      const began = performance.now();
      for (let i = 0; i < 200; i++) await pause();
      const pauses = performance.now() - began;
      return { sum: await sha256(new TextEncoder().encode("abc")), threads: availableThreads(), pauses };
    });
    expect(found.sum).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    expect(found.threads).toBe(1);
    // Nested timers would take 800 ms.
    expect(found.pauses).toBeLessThan(400);
  });
});

function table(rows: readonly Row[]): string {
  const cells = rows.map(({ where, threads, accuracy, seconds, stepsPerSecond }) => [
    where,
    threads,
    accuracy.toFixed(3),
    seconds.toFixed(2),
    stepsPerSecond.toFixed(0),
  ]);
  const all = [["where, arithmetic", "threads", "accuracy", "seconds", "steps/s"], ...cells];
  const widths = all[0].map((_, i) => Math.max(...all.map((row) => row[i].length)));
  return all
    .map((row) => row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join("  "))
    .join("\n");
}
