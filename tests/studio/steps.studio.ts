/** "Step by step" in Chromium: the numbers on the page are those that the library computes in Node. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import * as f from "fovea";
import { kernels } from "fovea/image";
import { receptiveFields } from "fovea/inspect";
import { type Browser, type BrowserContext, chromium, type Locator, type Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { figure } from "../../studio/src/areas/steps/operations/figures.ts";
import { drawn, writeGrid } from "../../studio/src/areas/steps/operations/grids.ts";
import { findOrSkip } from "../browser/chromium.ts";
import { type StudioServer, serveStudio } from "./serve.ts";

const path = findOrSkip();
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const engine = f.createInterpreter();

const INPUT = "Input x";
const OUTPUT = "Output y";
const OF_INPUT = "Input derivatives ∂E/∂x";
const OF_FILTER = "Filter derivatives ∂E/∂w";

interface Case {
  readonly operation: string;
  readonly settings: Readonly<Record<string, string | number>>;
  /** Without the batch axis. */
  readonly x: readonly number[];
  readonly w?: readonly number[];
  readonly apply: (x: f.Tensor, w: f.Tensor) => f.Tensor;
}

const cases: readonly Case[] = [
  {
    operation: "convolution",
    settings: { height: 6, width: 5, kernel: 3 },
    x: [1, 6, 5],
    w: [1, 1, 3, 3],
    apply: (x, w) => f.conv(x, w),
  },
  {
    operation: "convolution",
    settings: { height: 7, width: 7, channels: 2, filters: 3, kernel: 3, stride: 2, padding: 1, bias: 0.5 },
    x: [2, 7, 7],
    w: [3, 2, 3, 3],
    apply: (x, w) => f.add(f.conv(x, w, { stride: 2, padding: 1 }), 0.5),
  },
  {
    operation: "convolution",
    settings: { height: 7, width: 6, channels: 4, filters: 2, kernel: 2, dilation: 3, groups: 2 },
    x: [4, 7, 6],
    w: [2, 2, 2, 2],
    apply: (x, w) => f.conv(x, w, { dilation: 3, groups: 2 }),
  },
  {
    operation: "transposed",
    settings: { height: 3, width: 4, kernel: 3, stride: 2, padding: 1, outputPadding: 1 },
    x: [1, 3, 4],
    w: [1, 1, 3, 3],
    apply: (x, w) => f.convTranspose(x, w, { stride: 2, padding: 1, outputPadding: 1 }),
  },
  {
    operation: "transposed",
    settings: { height: 3, width: 3, channels: 2, filters: 2, kernel: 2, stride: 3 },
    x: [2, 3, 3],
    w: [2, 2, 2, 2],
    apply: (x, w) => f.convTranspose(x, w, { stride: 3 }),
  },
  {
    operation: "max-pooling",
    settings: { height: 6, width: 6, kernel: 2, stride: 2 },
    x: [1, 6, 6],
    apply: (x) => f.maxPool(x, { kernel: 2 }),
  },
  {
    operation: "max-pooling",
    settings: { height: 5, width: 5, kernel: 3, stride: 1, padding: 1, channels: 2 },
    x: [2, 5, 5],
    apply: (x) => f.maxPool(x, { kernel: 3, stride: 1, padding: 1 }),
  },
  {
    operation: "mean-pooling",
    settings: { height: 6, width: 6, kernel: 3, stride: 2, padding: 1 },
    x: [1, 6, 6],
    apply: (x) => f.avgPool(x, { kernel: 3, stride: 2, padding: 1 }),
  },
  {
    operation: "activation",
    settings: { height: 3, width: 4, fn: "sigmoid" },
    x: [1, 3, 4],
    apply: (x) => f.sigmoid(x),
  },
  {
    operation: "activation",
    settings: { height: 3, width: 4, fn: "leakyRelu" },
    x: [1, 3, 4],
    apply: (x) => f.leakyRelu(x, 0.1),
  },
  { operation: "softmax", settings: { height: 2, width: 4 }, x: [1, 2, 4], apply: (x) => f.softmax(x) },
  {
    operation: "normalization",
    settings: { height: 4, width: 3, scale: 2, offset: -1 },
    x: [1, 4, 3],
    apply: (x) => f.standardize(x, 2).y.mul(2).sub(1),
  },
  {
    operation: "normalization",
    settings: { height: 4, width: 3, over: "layer" },
    x: [1, 4, 3],
    apply: (x) => f.standardize(x, 3).y,
  },
];

/** The numbers of a case and what the library makes of them here. */
async function expected({ x, w = [1, 1, 1, 1], apply }: Case) {
  const [input, filters] = [drawn(x, 5, -9, 9), drawn(w, 6, -3, 3)];
  const array = (data: Float64Array, shape: readonly number[]) => f.constant(new f.NdArray(data, shape, "f64"));
  const shape = (await f.evaluate(() => apply(array(input, [1, ...x]), array(filters, w)), { engine })).shape.slice(1);
  const dy = drawn(shape, 8, -4, 4);
  const found = await f.evaluate(
    () => {
      const [a, b] = [array(input, [1, ...x]), array(filters, w)];
      const y = apply(a, b);
      const [dx, dw] = f.gradient(f.sum(f.mul(y, array(dy, [1, ...shape]))), [a, b]);
      return { y, dx, dw };
    },
    { engine },
  );
  return { found, address: { x: writeGrid(input, x), w: writeGrid(filters, w), dy: writeGrid(dy, shape) } };
}

/** Pages may be slow on a machine that is busy. */
const eventually = <T>(found: () => T | Promise<T>) => expect.poll(found, { timeout: 30_000 });

const figures = ({ data }: { readonly data: ArrayLike<number> }): string[] =>
  Array.from(data, (value) => figure(value));

describe.skipIf(path === undefined)("step by step", () => {
  let browser: Browser;
  let context: BrowserContext;
  let served: StudioServer;
  let page: Page;
  const problems: string[] = [];

  beforeAll(async () => {
    served = await serveStudio();
    const args = ["--disable-gpu", "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"];
    browser = await chromium.launch({ executablePath: path!, chromiumSandbox: false, args });
    context = await browser.newContext({ viewport: { width: 1440, height: 900 }, permissions: ["camera"] });
    page = await context.newPage();
    page.on("pageerror", (error) => problems.push(error.message));
  });

  afterAll(async () => {
    await browser?.close();
    served?.stop();
  });

  afterEach(() => {
    expect(problems.splice(0)).toEqual([]);
  });

  async function open(
    where: string,
    settings: Readonly<Record<string, string | number>> = {},
    on = page,
  ): Promise<void> {
    const query = new URLSearchParams(Object.entries(settings).map(([name, value]) => [name, String(value)]));
    await on.goto("about:blank");
    await on.goto(`${served.url}#/steps/${where}?${query}`);
  }

  const addressOf = async (): Promise<URLSearchParams> =>
    new URLSearchParams((await page.evaluate(() => location.hash)).split("?")[1]);

  /** The numbers of all planes of an array, as screen readers hear them. */
  const numbersIn = (title: string): Promise<string[]> =>
    page.evaluate((name) => {
      const cells = document.querySelectorAll(`[role=group][aria-label="${name}"] [data-element]`);
      return Array.from(
        cells,
        (cell) => cell.getAttribute("title") ?? cell.getAttribute("aria-label")!.replace(/^.*: /, ""),
      );
    }, title);
  const textOf = async (locator: Locator): Promise<string> => (await locator.textContent())!;
  const equation = (): Promise<string> => textOf(page.getByTestId("equation"));
  const plain = (text: string): string => text.replace(/\s+/g, "");

  describe.each(cases)("$operation $settings", (one) => {
    it("has the library's numbers, forward and backward", async () => {
      const { found, address } = await expected(one);
      await open(one.operation, { ...one.settings, ...address });
      await eventually(() => numbersIn(OUTPUT)).toEqual(figures(found.y));
      await page.getByText("Backward", { exact: true }).click();
      await eventually(() => numbersIn(OF_INPUT)).toEqual(figures(found.dx));
      if (one.w) expect(await numbersIn(OF_FILTER)).toEqual(figures(found.dw));
      expect((await addressOf()).get("direction")).toBe("backward");
    });
  });

  it("puts the numbers of the window into the equation, and marks what meets", async () => {
    await open("convolution", { bias: 2, padding: 1, at: "y-0-0-1" });
    await eventually(async () => plain(await equation())).toBe("y[1,1,2]=0·0+0·0+0·0+0·0+0·1+0·1+0·0+1·1+1·0+2=3");
    expect(await page.locator(`[role=group][aria-label="${INPUT}"] .marked`).count()).toBe(9);
    await expect(page.getByText("⌊(7 + 2·1 − 1·(3 − 1) − 1) / 1⌋ + 1").first().isVisible()).resolves.toBe(true);
  });

  it("says what a stride of 2 does, from the start of the area", async () => {
    await open("convolution");
    await page.getByRole("link", { name: "What does a stride of 2 do?" }).click();
    await eventually(() => page.getByRole("heading", { level: 1 }).textContent()).toBe("What does a stride of 2 do?");
    await eventually(() => numbersIn(OUTPUT)).toEqual([..."331310100"]);
    expect(await page.getByText("from 6 × 6 it makes 3 × 3").count()).toBe(1);
  });

  it("names the windows that an input fed, and the winner of a pool", async () => {
    await open("max-pooling", {
      ...{ direction: "backward", height: 3, width: 3, kernel: 2, stride: 1, at: "x-0-1-1" },
      ...{ x: "1 2 3_4 9 5_6 7 8", dy: "1 2_3 4" },
    });
    await eventually(async () => plain(await equation())).toBe("∂E/∂x[1,2,2]=1·1+2·1+3·1+4·1=10");
    await page.locator(`[role=group][aria-label="${OF_INPUT}"] [data-element="8"]`).click();
    await eventually(async () => plain(await equation())).toBe("∂E/∂x[1,3,3]=4·0=0");
    expect((await addressOf()).get("at")).toBe("x-0-2-2");
  });

  it("shows the input gradient in three ways that agree", async () => {
    await open("convolution", { direction: "backward", stride: 2, kernel: 3, filter: "counting", at: "x-0-2-2" });
    await eventually(() => page.getByText("All three are equal, in every cell.").count()).toBe(1);
    const results = await page.locator(".forms .result").allInnerTexts();
    expect(results).toHaveLength(3);
    expect(new Set(results).size).toBe(1);
    expect(plain(await equation()).endsWith(`=${results[0].split(": ")[1]}`)).toBe(true);
  });

  it("is walked by keyboard: moves the window, changes numbers, plays", async () => {
    await open("convolution", { speed: 8 });
    const first = page.locator(`[role=group][aria-label="${OUTPUT}"] [data-element="0"]`);
    await first.focus();
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("ArrowDown");
    await eventually(async () => (await addressOf()).get("at")).toBe("y-0-1-1");
    await page.locator(`[role=group][aria-label="${INPUT}"] [data-element="0"]`).focus();
    await page.keyboard.press("ArrowRight");
    await page.keyboard.type("-5");
    await page.keyboard.press("Enter");
    await eventually(async () => (await addressOf()).get("x")).toMatch(/^0 -5 0 0 0 0 0_/);
    expect((await numbersIn(INPUT))[1]).toBe("−5");
    await page.keyboard.press("Escape");
    await page.locator(`[role=group][aria-label="${OUTPUT}"] [data-element="6"]`).focus();
    await page.keyboard.press(" ");
    await eventually(() => page.getByRole("button", { name: "Pause" }).count()).toBe(1);
    await eventually(async () =>
      page.locator(`[role=group][aria-label="${OUTPUT}"] .chosen`).getAttribute("data-element"),
    ).not.toBe("6");
    await page.keyboard.press(" ");
    await eventually(async () => (await addressOf()).get("at")).not.toBe("y-0-1-1");
    // Every setting can be reached by the tab key alone.
    await page.getByRole("spinbutton", { name: "Stride" }).focus();
    await page.keyboard.press("ArrowUp");
    await page.keyboard.press("Tab");
    await eventually(async () => (await addressOf()).get("stride")).toBe("2");
  });

  it("shows the library's error in place, and takes it back", async () => {
    await open("convolution", { kernel: 3, dilation: 4 });
    await eventually(() => page.getByRole("alert").textContent()).toContain(
      "the kernel spans 9 along spatial axis 0, the padded input has 7",
    );
    await page.getByRole("button", { name: "Dilation: one less" }).click();
    await eventually(() => page.getByRole("alert").count()).toBe(0);
  });

  it("does not play where less motion is asked for", async () => {
    await open("convolution", { speed: 8 });
    await page.getByRole("button", { name: "Play" }).click();
    await eventually(() => page.getByRole("button", { name: "Pause" }).count()).toBe(1);
    await page.emulateMedia({ reducedMotion: "reduce" });
    await eventually(() => page.getByRole("button", { name: "Play" }).isDisabled()).toBe(true);
    const at = await page.locator(".place").textContent();
    await page.waitForTimeout(600);
    expect(await page.locator(".place").textContent()).toBe(at);
    await page.getByRole("button", { name: "Step forward" }).click();
    await eventually(() => page.locator(".place").textContent()).not.toBe(at);
    await page.emulateMedia({ reducedMotion: null });
  });

  it("hides what the address says", async () => {
    await open("convolution", { hide: "options,equation,questions,numbers,class" });
    await eventually(() => numbersIn(OUTPUT)).toHaveLength(25);
    expect(await page.getByTestId("equation").count()).toBe(0);
    expect(await page.getByRole("spinbutton").count()).toBe(0);
    expect(await page.getByRole("link", { name: "What does padding do?" }).count()).toBe(0);
  });

  it("takes a picture in three planes, which stand in the address", async () => {
    await open("convolution");
    await page
      .locator("input[type=file]")
      .setInputFiles({ name: "red.png", mimeType: "image/png", buffer: Buffer.from(RED, "base64") });
    await eventually(() => numbersIn(INPUT)).toHaveLength(3 * 12 * 12);
    const planes = await numbersIn(INPUT);
    expect([planes[0], planes[144], planes[288]]).toEqual(["1", "0", "0"]);
    expect((await addressOf()).get("picture")).toMatch(/^[\w-]{576}$/);
    expect((await page.evaluate(() => location.href)).length).toBeLessThan(2000);
    await page.getByText("3-D", { exact: true }).click();
    await eventually(async () => page.locator(".deep").count()).toBeGreaterThan(0);
  });

  it("computes on the camera's pictures, and keeps the one that is held", async () => {
    await open("max-pooling");
    await page.getByRole("button", { name: "Camera" }).click();
    await eventually(() => numbersIn(OUTPUT)).toHaveLength(3 * 6 * 6);
    await page.getByRole("button", { name: "Hold this picture" }).click();
    await eventually(async () => (await addressOf()).get("picture")).toMatch(/^[\w-]{576}$/);
    const [x, y] = [(await numbersIn(INPUT)).map(Number), (await numbersIn(OUTPUT)).map(Number)];
    expect(Math.max(...x)).toBeGreaterThan(0);
    const window = [x[0], x[1], x[12], x[13]];
    expect(y[0]).toBe(Math.max(...window));
  });

  it("has the fields of the library for a stack and for the open run", async () => {
    await open("receptive-field", { layers: "c3.2.1.1~c3.1.2.0", positions: 20 });
    const model = f.nn.Model.build(
      f.nn.sequential(f.nn.conv1d(1, { kernel: 3, stride: 2, padding: 1 }), f.nn.conv1d(1, { kernel: 3, dilation: 2 })),
      { input: [1, 20], seed: 0 },
    );
    const fields = receptiveFields(model);
    const rows = ["0", "1"].map((name) => {
      const { shape, size, jump, fieldOf } = fields.of(name);
      return [shape[1], size![0], jump![0], fieldOf([0, 0]).open!.first[0]].map((value) => figure(value));
    });
    const table = (): Promise<string[][]> =>
      page.evaluate(() =>
        Array.from(document.querySelector("table")!.querySelectorAll("tbody tr"), (row) =>
          Array.from(row.querySelectorAll("td"), (cell) => cell.textContent.trim()),
        ).slice(1),
      );
    await eventually(() => page.locator("tbody tr").count()).toBe(3);
    expect(await table()).toEqual(rows);
    await page.getByRole("button", { name: "Open the run of the Train view" }).click();
    await page.locator(".network select").selectOption("3", { timeout: 60_000 });
    await eventually(() => page.getByText("It sees 14 × 14 pixels.").count()).toBe(1);
  });

  it("filters pictures as the library does, and the camera 15 times a second", async () => {
    await open("filters", { kernelName: "sobelX", shift: 0.5 });
    const pixelsOf = (index: number): Promise<number[]> =>
      page.evaluate((i) => {
        const canvas = document.querySelectorAll("canvas")[i];
        return [...canvas.getContext("2d")!.getImageData(0, 0, canvas.width, canvas.height).data];
      }, index);
    await eventually(async () => new Set(await pixelsOf(1)).size).toBeGreaterThan(10);
    const [before, after] = [await pixelsOf(0), await pixelsOf(1)];
    const red = Float64Array.from({ length: 320 * 240 }, (_, i) => before[4 * i] / 255);
    const { data } = await f.evaluate(
      () => {
        const x = f.constant(new f.NdArray(red, [1, 1, 240, 320], "f64"));
        const w = f.constant(new f.NdArray(Float64Array.from(kernels.sobelX().flat()), [1, 1, 3, 3], "f64"));
        return f.conv(x, w, { padding: "same" });
      },
      { engine },
    );
    const furthest = Array.from(data, (sum, i) =>
      Math.abs(Math.min(255, Math.max(0, 255 * (Number(sum) + 0.5))) - after[4 * i]),
    );
    expect(furthest.reduce((a, b) => Math.max(a, b), 0)).toBeLessThan(1);
    await page.getByRole("button", { name: "Camera" }).click();
    const rate = async (): Promise<number> => Number.parseInt(await textOf(page.getByTestId("rate")), 10);
    await eventually(rate).toBeGreaterThanOrEqual(15);
  });

  describe.each(["light", "dark"] as const)("in %s", (colorScheme) => {
    it.each([
      ["convolution", {}],
      ["convolution", { direction: "backward", stride: 2 }],
      ["convolution", { channels: 3, filters: 2, grid: "random", filter: "random", planes: "deep" }],
      ["max-pooling", { direction: "backward", padding: 1 }],
      ["activation", {}],
      ["normalization", {}],
      ["receptive-field", {}],
      ["filters", {}],
    ] as const)("%s %o has no violation of axe", async (where, settings) => {
      const own = await browser.newPage({ colorScheme, viewport: { width: 1024, height: 768 } });
      await open(where, settings, own);
      await own.locator("h1").waitFor();
      await own.waitForTimeout(1500);
      await own.evaluate(axe);
      const found = await own.evaluate(async () => {
        const { violations } = await (
          globalThis as unknown as {
            axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
          }
        ).axe.run();
        return violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}`);
      });
      await own.close();
      expect(found).toEqual([]);
    });
  });
});

/** A red picture of 2 × 2 pixels. */
const RED = Buffer.from(
  await (async () => {
    const { encodePng } = await import("fovea/image");
    return encodePng({
      width: 2,
      height: 2,
      channels: 3,
      data: Uint8Array.of(255, 0, 0, 255, 0, 0, 255, 0, 0, 255, 0, 0),
    });
  })(),
).toString("base64");
