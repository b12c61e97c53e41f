/** The editor of the network in Chromium: text and blocks, errors in place, the address, and weights that stay. */
import axe from "axe-core";
import { nn } from "fovea";
import { summarize } from "fovea/inspect";
import { architectures } from "fovea/models";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findOrSkip, startChromium } from "../browser/chromium.ts";
import { type StudioServer, serveStudio } from "./serve.ts";

const path = findOrSkip();
const input = [1, 28, 28];

describe.skipIf(path === undefined)("the editor of the network", () => {
  let browser: Browser;
  let server: StudioServer;

  beforeAll(async () => {
    [browser, server] = await Promise.all([startChromium(path!), serveStudio()]);
  });

  afterAll(async () => {
    await browser?.close();
    server?.stop();
  });

  async function withPage(use: (page: Page) => Promise<void>, query = "limit=60&heldOut=10&epochs=1"): Promise<void> {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    const errors: string[] = [];
    page.on("pageerror", ({ message }) => errors.push(message));
    await page.goto(`${server.url}#/train/network?${query}`);
    await area(page).waitFor();
    await use(page);
    expect(errors).toEqual([]);
    await page.close();
  }

  const area = (page: Page) => page.getByLabel("Network, a layer a line");
  const shapesOf = (page: Page): Promise<readonly string[]> => page.locator(".said .shape").allTextContents();
  const apply = (page: Page) => page.getByRole("button", { name: "Use this network" });
  const blockNames = (page: Page): Promise<(string | null)[]> =>
    page.locator("ol > li").evaluateAll((all) => all.map((one) => one.getAttribute("aria-label")));

  it("shows the shapes and the totals of the library's summary", async () => {
    const summary = summarize(nn.Model.build(architectures.lenet5({ input, classes: 10 }), { input }));
    await withPage(async (page) => {
      const shapes = summary.layers.map(({ output }) => output.join(" × "));
      await expect.poll(() => shapesOf(page)).toEqual(shapes);
      expect(await page.locator(".total").textContent()).toContain(
        `${summary.parameters.toLocaleString("en")} parameters`,
      );
    });
  });

  it("says what is wrong under the line, live, and lets only a sound network be used", async () => {
    await withPage(async (page) => {
      await area(page).fill("conv2(6)\nflatten()\nlinear(10)");
      await page.locator(".error").waitFor();
      expect(await page.locator(".error").textContent()).toContain("there is no layer 'conv2'; did you mean conv2d");
      await area(page).fill("flatten()\nmaxPool2d(2)\nlinear(10)");
      await expect.poll(() => page.locator(".error").textContent()).toContain("maxPool2d (1)");
      expect(await shapesOf(page)).toEqual(["784", "", ""]);
      expect(await apply(page).isDisabled()).toBe(true);
      await area(page).fill("flatten()\nlinear(10)");
      await expect.poll(() => apply(page).isDisabled()).toBe(false);
    });
  });

  it("puts the network into the address, and keeps the weights of layers that stay", async () => {
    await withPage(async (page) => {
      const text = await area(page).inputValue();
      await area(page).fill(text.replace("tanh()", "relu()"));
      await expect.poll(() => apply(page).isDisabled()).toBe(false);
      await apply(page).click();
      await page.locator(".used").waitFor();
      expect(await page.locator(".used").textContent()).toContain(
        "These keep their weights: conv2d (0), conv2d (3), linear (7), linear (9), linear (11)",
      );
      expect(page.url()).toContain("network=%7E");
      expect(page.url().length).toBeLessThan(2000);
      await page.reload();
      expect(await area(page).inputValue()).toBe(text.replace("tanh()", "relu()"));
    });
  });

  it("changes the same text as blocks: options, order by keys, adding and deleting", async () => {
    await withPage(async (page) => {
      await area(page).fill("conv2d(6, { kernel: 5 })\ntanh()\nflatten()\nlinear(10)");
      await page.getByText("blocks", { exact: true }).click();
      await expect.poll(() => blockNames(page)).toHaveLength(4);
      const kernel = page.getByLabel("kernel of conv2d");
      await kernel.fill("3");
      await kernel.press("Enter");
      await expect.poll(() => page.locator("ol > li .shape").first().textContent()).toBe("6 × 26 × 26");
      await page.locator("ol > li").nth(1).focus();
      await page.keyboard.press("Alt+ArrowDown");
      await expect
        .poll(() => blockNames(page))
        .toEqual(["Layer 1: conv2d", "Layer 2: flatten", "Layer 3: tanh", "Layer 4: linear"]);
      await page.getByRole("button", { name: "Delete layer 3, tanh" }).click();
      await page.getByLabel("Add a layer").selectOption("dropout(0.5)");
      await expect.poll(() => blockNames(page)).toHaveLength(4);
      await page.locator("ol > li").nth(3).dragTo(page.locator("ol > li").nth(2));
      await expect
        .poll(() => blockNames(page))
        .toEqual(["Layer 1: conv2d", "Layer 2: flatten", "Layer 3: dropout", "Layer 4: linear"]);
      await page.getByText("text", { exact: true }).click();
      expect(await area(page).inputValue()).toBe("conv2d(6, { kernel: 3 })\nflatten()\ndropout(0.5)\nlinear(10)");
    });
  });

  it("begins with networks that are written out, and with names", async () => {
    await withPage(async (page) => {
      await page.getByLabel("Begin with").selectOption("A small ResNet");
      await expect.poll(async () => (await shapesOf(page)).at(-1)).toBe("10");
      await page.getByLabel("Begin with").selectOption("lenet5");
      await expect.poll(() => page.locator(".total").textContent()).toContain("61,706 parameters");
    });
  });

  it("mends a network of the address that does not fit", async () => {
    await withPage(async (page) => {
      await page.locator(".error").waitFor();
      expect(await page.locator(".error").textContent()).toContain("expected a score for each of 10 classes");
    }, "limit=60&heldOut=10&network=flatten()%0Alinear(3)");
  });

  it("has no violation that axe finds, in both forms", async () => {
    await withPage(async (page) => {
      await page.evaluate(axe.source);
      const violations = () =>
        page.evaluate(async () => {
          const { axe: tool } = globalThis as unknown as { axe: typeof import("axe-core") };
          return (await tool.run(".editor")).violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}`);
        });
      expect(await violations()).toEqual([]);
      await page.getByText("blocks", { exact: true }).click();
      await page.locator("ol > li").first().waitFor();
      expect(await violations()).toEqual([]);
    });
  });
});
