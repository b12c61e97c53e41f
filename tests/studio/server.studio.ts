/**
 * `fovea studio` and the static builds in Chromium: the page is isolated and trains, shows the figures of runs of the command line while
 * they go on, isolates itself on a plain host, and trains from a file.
 */
import { appendFile, cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type axe from "axe-core";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Snapshot } from "../../studio/src/worker/api.ts";
import { findOrSkip, startChromium } from "../browser/chromium.ts";
import { workspace } from "../cli/run.ts";
import { serveStudio } from "./serve.ts";
import { type Started, startOf } from "./start-command.ts";

/** What the page offers to tests. */
declare const studio: {
  readonly run: {
    readonly snapshot?: Snapshot;
    readonly opened?: { threads: { used: number } };
    train(): Promise<void>;
  };
};

const chromium = findOrSkip();
const site = fileURLToPath(new URL("../../dist/studio", import.meta.url));
const TRAIN = "#/train?network=lenet5&limit=600&heldOut=50&epochs=2&seed=1";
const COMMAND = "train --limit 600 --epochs 2 --engine wasm --test 0";

/** Fused multiply-adds, which some browsers and versions of Node have and others do not, change the last bits. */
const DIGITS = 3;

interface Line {
  readonly epoch: number;
  readonly training: Readonly<Record<string, number>>;
  readonly validation: Readonly<Record<string, number>>;
}

describe.skipIf(chromium === undefined)("the studio, served", () => {
  const place = workspace();
  let browser: Browser;
  let command: Started;
  let context: BrowserContext;
  let page: Page;
  const errors: string[] = [];

  const linesOf = (run: string): Line[] =>
    place
      .text("runs", run, "metrics.jsonl")
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));

  beforeAll(async () => {
    for (const [name, seed] of [
      ["one", 1],
      ["two", 2],
    ] as const) {
      expect((await place.launch(`${COMMAND} --out runs/${name} --seed ${seed}`)).code).toBe(0);
    }
    [browser, command] = await Promise.all([
      startChromium(chromium!),
      startOf(place.at(), ["studio", "--port", "0", "--no-open"]),
    ]);
    context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
    page = await context.newPage();
    page.on("pageerror", ({ message }) => errors.push(message));
    page.on("console", (message) => {
      if (message.type() === "error") errors.push(message.text());
    });
    await page.goto(command.address);
  });

  afterAll(async () => {
    await browser?.close();
    command?.kill();
  });

  /** Trains what is open to its end. */
  async function epochsOf(trained: Page): Promise<Snapshot["epochs"]> {
    await trained.waitForFunction(() => studio.run.opened !== undefined);
    await trained.evaluate(() => void studio.run.train());
    await trained.waitForFunction(() => studio.run.snapshot?.state === "done", undefined, { timeout: 60_000 });
    return trained.evaluate(() => studio.run.snapshot!.epochs);
  }

  function expectSame(epochs: Snapshot["epochs"], run: string): void {
    const lines = linesOf(run);
    expect(epochs.length).toBe(lines.length);
    for (const [i, { training, validation }] of lines.entries()) {
      expect(epochs[i].training.loss).toBeCloseTo(training.loss, DIGITS);
      expect(epochs[i].validation!.loss).toBeCloseTo(validation.loss, DIGITS);
      expect(epochs[i].validation!.accuracy).toBeCloseTo(validation.accuracy, DIGITS);
    }
  }

  it("the token leaves the address, and the page may share memory between threads", async () => {
    expect(new URL(page.url()).search).toBe("");
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
    expect(await page.evaluate(() => document.cookie)).toBe("");
  });

  it("shows the figures of the runs of fovea train", async () => {
    await page.goto(new URL("/#/runs", command.address).href);
    for (const run of ["one", "two"]) {
      const row = page.getByRole("row").filter({ has: page.getByRole("link", { name: run, exact: true }) });
      const lines = linesOf(run);
      const loss = Math.min(...lines.map(({ validation }) => validation.loss));
      const accuracy = Math.max(...lines.map(({ validation }) => validation.accuracy));
      await row.getByText("2 / 2").waitFor();
      const cells = await row.getByRole("cell").allTextContents();
      expect(cells.slice(0, 3)).toEqual(["2 / 2", loss.toPrecision(4), `${(100 * accuracy).toFixed(2)}\u202f%`]);
    }
    const differing = page.getByRole("region", { name: "Settings" }).getByRole("row");
    expect(await differing.allInnerTexts()).toEqual(["Setting\tone\ttwo", "seed\t1\t2"]);
    await expectAccessible(page);
  });

  it("a run that goes on appears with each of its epochs", async () => {
    await writeFile(place.at("config.json"), JSON.stringify({ model: "lenet5", epochs: 3 }));
    await cp(place.at("config.json"), place.at("runs", "live", "config.json"));
    const row = page.getByRole("row").filter({ has: page.getByRole("link", { name: "live" }) });
    await row.getByText("0 / 3").waitFor();
    for (const epoch of [1, 2, 3]) {
      const line = { epoch, training: { loss: 1 }, validation: { loss: 1 / epoch, accuracy: epoch / 10 }, seconds: 1 };
      await appendFile(place.at("runs", "live", "metrics.jsonl"), `${JSON.stringify(line)}\n`);
      await row.getByText(`${epoch} / 3`).waitFor();
      await row.getByText(`${10 * epoch}.00\u202f%`).waitFor();
    }
    await rm(place.at("runs", "live"), { recursive: true });
    await row.waitFor({ state: "detached" });
  });

  it("a run opens with the layers of its model, and can be trained again to the same figures", async () => {
    await page.getByRole("link", { name: "one", exact: true }).click();
    await page.getByRole("button", { name: "Show its layers" }).click();
    await page.getByRole("row", { name: "Together 61\u202f706 416\u202f520" }).waitFor();
    await expectAccessible(page);
    await page.getByRole("link", { name: "Train this again here" }).click();
    await page.waitForFunction(() => location.hash.startsWith("#/train"));
    expectSame(await epochsOf(page), "one");
    expect(await page.evaluate(() => studio.run.opened!.threads.used)).toBeGreaterThan(1);
    expect(errors).toEqual([]);
  });

  it("without the token there is no page", async () => {
    const stranger = await browser.newPage();
    expect((await stranger.goto(new URL("/", command.address).href))?.status()).toBe(401);
    await stranger.close();
  });

  it("on a plain host, in any folder, the page isolates itself and says what it lacks", async () => {
    const server = await serveStudio({ isolated: false, folder: "/some/folder/" });
    const own = await browser.newContext();
    const plain = await own.newPage();
    await plain.goto(`${server.url}#/runs`);
    await plain.waitForFunction(() => crossOriginIsolated);
    await plain
      .getByText("Runs of the command line appear here when the studio is opened with fovea studio.")
      .waitFor();
    expect(await plain.getByRole("table").count()).toBe(0);
    await own.close();
    server.stop();
  });

  it("from a disk, index.html gives way to offline.html, which trains", async () => {
    const folder = await mkdtemp(join(tmpdir(), "fovea-stick-"));
    await cp(site, folder, { recursive: true });
    const own = await browser.newContext();
    const offline = await own.newPage();
    await offline.goto(`${pathToFileURL(join(folder, "index.html")).href}${TRAIN}`);
    await offline.waitForURL(/offline\.html/);
    expectSame(await epochsOf(offline), "one");
    expect(await offline.evaluate(() => studio.run.opened!.threads.used)).toBe(1);
    await offline.goto(`${pathToFileURL(join(folder, "offline.html")).href}#/runs`);
    await offline.getByText("Runs of the command line appear here").waitFor();
    await own.close();
    await rm(folder, { recursive: true });
  });

  it("Ctrl-C ends the server while a page listens, and the page says so", async () => {
    await page.goto(new URL("/#/runs", command.address).href);
    await page.getByRole("link", { name: "two", exact: true }).waitFor();
    expect(await command.interrupt()).toBe(0);
    await page.getByText("The connection to fovea studio is lost").waitFor();
  });
});

async function expectAccessible(page: Page): Promise<void> {
  const source = await readFile(fileURLToPath(import.meta.resolve("axe-core/axe.min.js")), "utf8");
  await page.evaluate(source);
  const { violations } = await page.evaluate(() => (globalThis as unknown as { axe: typeof axe }).axe.run());
  expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
}
