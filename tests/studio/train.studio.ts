/** Start and Train in Chromium: what is trained there has the bits of the command line, and the page shows the library's numbers. */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import axe from "axe-core";
import { createWasmEngine, nn } from "fovea";
import { digits, holdOut } from "fovea/data";
import { predict } from "fovea/train";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Snapshot } from "../../studio/src/worker/api.ts";
import { findOrSkip, startChromium } from "../browser/chromium.ts";
import { type StudioServer, serveStudio } from "./serve.ts";

/** What the page offers to tests. */
declare const studio: {
  run: { snapshot?: Snapshot; session: { modelBytes(): Promise<Uint8Array> }; [call: string]: unknown };
};

const path = findOrSkip();
const run = promisify(execFile);
const SETTINGS = { limit: 700, heldOut: 100, epochs: 4, seed: 5, batch: 32, rate: 0.04, schedule: "cosine" };
const QUERY = new URLSearchParams(Object.entries(SETTINGS).map(([name, value]) => [name, String(value)])).toString();
const ADDRESS = `#/train?${QUERY}`;
const VIEWPORT = { width: 1440, height: 900 };

describe.skipIf(path === undefined)("the studio", () => {
  let browser: Browser;
  let server: StudioServer;
  let folder: string;

  beforeAll(async () => {
    [browser, server] = await Promise.all([startChromium(path!), serveStudio()]);
    folder = await mkdtemp(join(tmpdir(), "fovea-studio-"));
  });

  afterAll(async () => {
    await browser?.close();
    server?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  /** A page in a profile of its own, which is closed when the test is over. */
  async function withPage<T>(address: string, use: (page: Page) => Promise<T>): Promise<T> {
    const context = await browser.newContext({ viewport: VIEWPORT });
    const page = await context.newPage();
    const errors: string[] = [];
    page.on("pageerror", ({ message }) => errors.push(message));
    try {
      await page.goto(`${server.url}${address}`);
      const result = await use(page);
      expect(errors).toEqual([]);
      return result;
    } finally {
      await context.close();
    }
  }

  const until = async (page: Page, state: string): Promise<void> => {
    await page.waitForFunction((wanted) => studio.run.snapshot?.state === wanted, state);
  };
  const call = async (page: Page, name: string, ...values: readonly unknown[]): Promise<void> => {
    await page.evaluate(
      ([called, given]) => (studio.run[called as string] as (...all: unknown[]) => Promise<void>)(...(given as [])),
      [name, values] as const,
    );
  };
  const snapshotOf = (page: Page): Promise<Snapshot> =>
    page.evaluate(() => ({ ...studio.run.snapshot!, curve: [] }) as Snapshot);
  const modelOf = async (page: Page): Promise<nn.Model> =>
    nn.Model.fromBytes(
      Uint8Array.from(await page.evaluate(async () => Array.from(await studio.run.session.modelBytes()))),
    );
  /** A checksum for each variable: differences of long arrays take a test long to print. */
  const bitsOf = async (model: nn.Model): Promise<Record<string, string>> =>
    Object.fromEntries(
      await Promise.all(
        model.variables.map(async (variable) => {
          const { data } = await variable.fetch();
          const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
          return [variable.name, createHash("sha256").update(bytes).digest("hex")] as const;
        }),
      ),
    );

  /** Trains to the end by the play button. */
  async function toEnd(page: Page): Promise<nn.Model> {
    await until(page, "idle");
    await page.getByRole("button", { name: "Train", exact: true }).click();
    await until(page, "done");
    return modelOf(page);
  }

  describe("a run", () => {
    it("has the same bits in two profiles, disturbed, and by the command that the page prints", async () => {
      const [first, command] = await withPage(ADDRESS, async (page) => [
        await bitsOf(await toEnd(page)),
        (await page.locator("pre code").textContent()) ?? "",
      ]);
      const second = await withPage(ADDRESS, async (page) => {
        await until(page, "idle");
        await call(page, "step", 3);
        await until(page, "paused");
        await call(page, "train");
        await page.waitForFunction(() => studio.run.snapshot!.moment.epoch === 3);
        await call(page, "pause");
        await until(page, "paused");
        await call(page, "rewind", { epoch: 2, step: 0 });
        await call(page, "train");
        await until(page, "done");
        return bitsOf(await modelOf(page));
      });
      expect(second).toEqual(first);
      const [program, ...words] = command.split(/\s+/);
      expect(program).toBe("fovea");
      // The command takes fused multiply-adds where Node has them, which round in their own way.
      if (createWasmEngine().arithmetic !== "wasm") return;
      await run(process.execPath, ["dist/cli/main.js", ...words, "--out", join(folder, "run")]);
      const model = nn.Model.fromBytes(await readFile(join(folder, "run", "model.safetensors")));
      expect(await bitsOf(model)).toEqual(first);
    });

    it("that was changed by hand has its bits in its address", async () => {
      const [first, address] = await withPage(ADDRESS, async (page) => {
        await until(page, "idle");
        await call(page, "step", 30);
        await until(page, "paused");
        await call(page, "steer", { rate: 0.01, momentum: 0.5 });
        await call(page, "relabel", "train", 3, 9);
        const weights = await bitsOf(
          await (async () => {
            await call(page, "train");
            await until(page, "done");
            return modelOf(page);
          })(),
        );
        await expect(page.getByText("No command gives this run.").textContent()).resolves.toContain("by hand");
        return [weights, await page.evaluate(() => location.hash)];
      });
      expect(address).toContain("changes=");
      expect(await withPage(address, async (page) => bitsOf(await toEnd(page)))).toEqual(first);
    });
  });

  describe("the page", () => {
    it("shows the library's numbers", async () => {
      await withPage(ADDRESS, async (page) => {
        const model = await toEnd(page);
        const all = digits({ train: SETTINGS.limit, test: 1 }).train;
        const { validation } = holdOut(all, SETTINGS.heldOut, SETTINGS.seed);
        const { probabilities } = await predict(model, validation.images);
        const answers = Array.from({ length: SETTINGS.heldOut }, (_, i) => {
          const row = Array.from(probabilities.row(i).data);
          return row.indexOf(Math.max(...row));
        });
        const labels = Array.from(validation.labels.data);
        const right = answers.filter((answer, i) => answer === labels[i]).length;
        const best = page.locator("dt", { hasText: "held out, best epoch" }).locator("xpath=following-sibling::dd[1]");
        expect(((await best.textContent()) ?? "").replace("\u202f", " ")).toBe(`${right.toFixed(1)} %`);
        await page.waitForFunction(
          (count) =>
            Array.from(document.querySelectorAll<HTMLElement>("[data-cell]")).reduce(
              (sum, cell) => sum + Number(/^\d+/.exec(cell.ariaLabel ?? "")?.[0]),
              0,
            ) === count,
          SETTINGS.heldOut,
        );
        for (const [i, j] of [
          [0, 0],
          [3, 3],
          [9, 4],
          [7, 1],
        ]) {
          const count = answers.filter((answer, k) => labels[k] === i && answer === j).length;
          const name = await page.locator(`[data-cell="${i},${j}"]`).getAttribute("aria-label");
          expect(name).toMatch(new RegExp(`^${count} of ${i} `));
        }
      });
    });

    it("trains by Space, steps by the right arrow, and leaves keys to fields", async () => {
      await withPage(ADDRESS, async (page) => {
        await until(page, "idle");
        await page.keyboard.press("ArrowRight");
        await until(page, "paused");
        expect((await snapshotOf(page)).moment).toEqual({ epoch: 0, step: 1 });
        await page.keyboard.press("Space");
        await page.waitForFunction(() => studio.run.snapshot!.moment.epoch >= 1);
        await page.keyboard.press("Space");
        await until(page, "paused");
        const { moment } = await snapshotOf(page);
        await page.getByLabel("seed").focus();
        await page.keyboard.press("ArrowRight");
        await page.keyboard.press("Space");
        expect((await snapshotOf(page)).moment).toEqual(moment);
        await page.getByLabel("Kept epochs").focus();
        await page.keyboard.press("Home");
        await page.waitForFunction(() => studio.run.snapshot!.moment.epoch === 0);
        await page.keyboard.press("End");
        await page.waitForFunction((step) => studio.run.snapshot!.moment.step === step, moment.step);
        expect((await snapshotOf(page)).moment).toEqual(moment);
      });
    });

    it("opens the pictures of a cell, gives one another class, and takes that back", async () => {
      await withPage(ADDRESS, async (page) => {
        await until(page, "idle");
        await call(page, "step", 20);
        await until(page, "paused");
        const cell = page.locator("[data-cell]").filter({ hasText: /\d/ }).first();
        await cell.click();
        const [truth] = ((await cell.getAttribute("data-cell")) ?? "").split(",");
        await page.getByRole("dialog").locator("button.picture").first().click();
        await page.getByLabel("Its class").selectOption(truth === "8" ? "7" : "8");
        await page.getByText("1 label changed").waitFor();
        const { relabeled, recipe } = await snapshotOf(page);
        expect(relabeled).toMatchObject([{ part: "heldOut", was: Number(truth) }]);
        expect(recipe.changes).toMatch(/^20:heldOut\d+=/);
        await page.keyboard.press("Escape");
        await page.keyboard.press("Escape");
        await page.getByRole("button", { name: "Undo" }).click();
        await page.getByText("1 label changed").waitFor({ state: "detached" });
        expect((await snapshotOf(page)).relabeled).toEqual([]);
      });
    });

    it("takes a picture that is dragged to another class", async () => {
      await withPage(ADDRESS, async (page) => {
        await until(page, "idle");
        const [{ label }] = await page.evaluate(() => [
          { label: document.querySelector(".left button.picture")!.ariaLabel },
        ]);
        const target = label?.includes("a 2") ? 4 : 2;
        await page
          .locator(".left button.picture")
          .first()
          .dragTo(page.locator(`[data-cell="${target},0"]`));
        await page.getByText("1 label changed").waitFor();
        expect((await snapshotOf(page)).relabeled).toMatchObject([{ part: "train", row: 0, label: target }]);
      });
    });

    it("writes what is chosen into the address, and begins anew", async () => {
      await withPage(ADDRESS, async (page) => {
        await until(page, "idle");
        await page.getByText("256", { exact: true }).click();
        await page.getByLabel("rate schedule").selectOption("constant");
        await page.getByLabel("epochs", { exact: true }).fill("9");
        await page.keyboard.press("Tab");
        await page.waitForFunction(() => studio.run.snapshot?.recipe.epochs === 9);
        const hash = await page.evaluate(() => location.hash);
        expect(hash).toContain("batch=256");
        expect(hash).toContain("schedule=constant");
        await page.reload();
        await until(page, "idle");
        expect((await snapshotOf(page)).recipe).toMatchObject({ batch: 256, schedule: "constant", epochs: 9 });
      });
    });
  });

  describe("the start page", () => {
    it("leads to a network that learns", async () => {
      await withPage(`#/start?${QUERY}`, async (page) => {
        await page.getByRole("button", { name: "Watch a network learn" }).click();
        await page.waitForFunction(() => (studio.run.snapshot?.reached.step ?? 0) > 0);
        expect(await page.evaluate(() => location.hash)).toContain("#/train");
      });
    });

    it.each([
      ["Start", "#/start", "light"],
      ["Train", ADDRESS, "light"],
      ["Train in the dark", ADDRESS, "dark"],
    ] as const)("and %s are accessible", async (_, address, theme) => {
      await withPage(address, async (page) => {
        await page.emulateMedia({ colorScheme: theme });
        await page.reload();
        await page.waitForFunction(() => studio.run.snapshot !== undefined);
        const violations = async (): Promise<string[]> => {
          await page.evaluate(axe.source);
          const { violations: found } = await page.evaluate(() =>
            (globalThis as unknown as { axe: typeof axe }).axe.run(),
          );
          return found.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
        };
        if (address === ADDRESS) {
          await call(page, "step", 20);
          await until(page, "paused");
          await page.locator("button.picture.wrong").first().waitFor();
        }
        expect(await violations()).toEqual([]);
        if (address !== ADDRESS) return;
        await page.locator("[data-cell]").filter({ hasText: /\d/ }).first().click();
        await page.getByRole("dialog").locator("button.picture").first().click();
        expect(await violations()).toEqual([]);
      });
    });
  });
});
