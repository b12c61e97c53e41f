/** The area Look in Chromium: what it shows is what the library computes in this process for the same model. */
import type { NdArray } from "fovea";
import { firstSamples, takePictures } from "fovea/data";
import {
  attribute,
  attributionMap,
  attributionMethods,
  channelTarget,
  createAscent,
  deconvProjections,
  effectiveField,
  layerFeatures,
  type MethodOptions,
  pca,
  topOf,
  topSamples,
} from "fovea/inspect";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findOrSkip } from "../browser/chromium.ts";
import { type StudioWindow, type Trained, trainedPage, violations } from "./trained-page.ts";

const path = findOrSkip();
const LAYER = "3";
const UNIT = 2;

describe.skipIf(path === undefined)("Look", () => {
  let trained: Trained;
  let picture: NdArray;
  beforeAll(async () => {
    trained = await trainedPage(path!, "look");
    picture = await takePictures(trained.parts.heldOut.images, Int32Array.of(0));
  }, 120_000);
  afterAll(() => trained?.close());

  const textsOf = (selector: string): Promise<string[]> => trained.page.locator(selector).allTextContents();
  const dataOf = (name: string): Promise<number> =>
    trained.page.locator(`[data-${name}]`).first().getAttribute(`data-${name}`).then(Number);

  it("offers to train, and looks at the moment in which training ends", async () => {
    await trained.page.getByText("Weights of epoch 2").waitFor();
    expect(await violations(trained.page)).toEqual([]);
  });

  it("shows the units of a layer with what excites them most", async () => {
    await trained.go(`look/${LAYER}`);
    await trained.page.getByText("1\u2009000 pictures searched").waitFor();
    expect(await trained.page.locator(".unit").count()).toBe(8);
    expect(await violations(trained.page)).toEqual([]);
  });

  it("has a page for a unit: its strongest pictures are the library's", async () => {
    const { page, model, parts, engine } = trained;
    await trained.go(`look/${LAYER}/${UNIT}`);
    await page.getByText("1\u2009000 pictures searched").waitFor();
    const [layer] = await topSamples(model, parts.train, { layers: [LAYER], count: 12, engine });
    const expected = topOf(layer, UNIT);
    const labels = await page
      .locator("ol.row button")
      .evaluateAll((all) => all.map((one) => one.getAttribute("aria-label")));
    expect(labels.map((label) => Number(/picture (\d+):/.exec(label!)![1]))).toEqual(
      expected.map(({ sample }) => sample),
    );
    const shown = await textsOf("ol.row li > span > span:first-child");
    expect(shown.map(Number)).toEqual(expected.map(({ value }) => Number(value.toPrecision(3))));
  });

  it("shows the unit on a picture: its largest answer, and the derivative there", async () => {
    const { page, model, engine } = trained;
    await page.locator("[data-value]").waitFor();
    const found = await page.evaluate(
      async ([layer, unit, bytes]) => {
        const { session } = (globalThis as unknown as StudioWindow).studio.run;
        const { field, position, value } = await session.unitOnPicture(layer, unit, Uint8Array.from(bytes));
        return { field: [...field.data], position, value };
      },
      [LAYER, UNIT, [...picture.data]] as const,
    );
    expect(await dataOf("value")).toBe(found.value);
    const { map } = await effectiveField(model, LAYER, { inputs: picture, unit: [UNIT, ...found.position], engine });
    for (const [i, value] of map.data.entries()) expect(found.field[i]).toBeCloseTo(value, 5);
  });

  it("shows how the unit answers to what was held out", async () => {
    const { page, model, parts, engine } = trained;
    await page.getByRole("heading", { name: "How it answers" }).scrollIntoViewIfNeeded();
    await page.locator("[data-mean]").waitFor();
    const { data } = await layerFeatures(model, parts.heldOut, LAYER, { engine });
    const area = 64;
    const own = Array.from(data).filter((_, i) => Math.floor(i / area) % 8 === UNIT);
    expect(await dataOf("mean")).toBeCloseTo(own.reduce((sum, x) => sum + x, 0) / own.length, 5);
  });

  it("climbs to what excites the unit most", async () => {
    const { page, model, engine } = trained;
    await page.getByRole("heading", { name: "Gradient ascent" }).scrollIntoViewIfNeeded();
    await page.getByText("step 256 of 256").waitFor();
    const { scores } = await createAscent(model, { target: channelTarget(LAYER), steps: 256, engine })(UNIT);
    expect(await dataOf("score")).toBeCloseTo(scores.item(), 3);
  });

  it("projects the unit back through a deconvnet", async () => {
    const { page, model, engine } = trained;
    await page.getByRole("heading", { name: "Deconvnet" }).scrollIntoViewIfNeeded();
    await page.getByRole("img", { name: "Deconvnet" }).waitFor();
    const found = await page.evaluate(
      async ([layer, unit, bytes]) => [
        ...(
          await (globalThis as unknown as StudioWindow).studio.run.session.deconvnet(
            layer,
            unit,
            Uint8Array.from(bytes),
          )
        ).data,
      ],
      [LAYER, UNIT, [...picture.data]] as const,
    );
    const [{ projection }] = await deconvProjections(model, picture, { layer: LAYER, channels: [UNIT], engine });
    for (const [i, value] of projection.data.entries()) expect(found[i]).toBeCloseTo(value, 5);
    expect(await violations(page)).toEqual([]);
  });

  it("goes to the neighbors by keyboard, and says where there is no unit", async () => {
    const { page } = trained;
    await page.keyboard.press("ArrowRight");
    await page.getByRole("heading", { name: `Unit ${UNIT + 1}` }).waitFor();
    expect(new URL(page.url()).hash).toMatch(`#/look/${LAYER}/${UNIT + 1}?`);
    await trained.go(`look/${LAYER}/99`);
    await page.getByText("expected a number from 0 to 7").waitFor();
    await trained.go("look/no-layer");
    await page.getByText("The network has no layer 'no-layer'.").waitFor();
  });

  it("shows the maps of all methods, with those of random weights", async () => {
    const { page, model, engine } = trained;
    await trained.go("look/attributions");
    await page.waitForFunction(
      (count) => document.querySelectorAll("[data-weights] canvas").length === count,
      2 * attributionMethods.length,
    );
    const shown = await page.evaluate(
      async ([bytes, methods]) => {
        const found: Record<string, number[]> = {};
        const { session } = (globalThis as unknown as StudioWindow).studio.run;
        for (const method of methods) {
          const { found: one } = await session.attributeFrame(Uint8Array.from(bytes), method, 3);
          found[method] = [...one.map.data];
        }
        return found;
      },
      [[...picture.data], attributionMethods] as const,
    );
    for (const method of attributionMethods) {
      const { maps } = await attribute(model, picture, { method, index: 3, engine } as MethodOptions);
      const expected = attributionMap(maps.input);
      const scale = Math.max(...expected.data.map(Math.abs));
      for (const [i, value] of expected.data.entries())
        expect(Math.abs(shown[method][i] - value), method).toBeLessThanOrEqual(1e-4 * scale);
    }
    expect(await violations(page)).toEqual([]);
  });

  it("explains the camera's pictures as they come, at least 15 a second", async () => {
    const { page } = trained;
    await page.getByRole("button", { name: "Camera", exact: true }).click();
    await page.locator("[data-rate]").waitFor();
    await page.waitForFunction(
      () => Number(document.querySelector("[data-rate]")?.getAttribute("data-rate")) >= 15,
      null,
      {
        timeout: 60_000,
      },
    );
    await page.waitForTimeout(3000);
    console.info(`camera, Grad-CAM: ${(await dataOf("rate")).toFixed(0)} pictures a second`);
    expect(await violations(page)).toEqual([]);
    await page.getByRole("button", { name: "Stop the camera" }).click();
  });

  it("shows the space of a layer: principal components are the library's", async () => {
    const { page, model, parts, engine } = trained;
    await trained.go("look/space", { points: "300" });
    await page.locator('[data-final="true"]').waitFor();
    const features = await layerFeatures(model, firstSamples(parts.heldOut, 300), "7", { engine });
    const { shares, coordinates } = await pca(features, { engine });
    const text = await page.locator("[data-projection]").textContent();
    for (const share of shares) expect(text).toContain(`${(100 * share).toFixed(1)} %`);
    expect(coordinates.shape).toEqual([300, 2]);
    await page.getByRole("application").focus();
    await page.keyboard.press("ArrowRight");
    await page
      .getByText(/picture \d+: \d, taken for \d/)
      .first()
      .waitFor();
    expect(await violations(page)).toEqual([]);
  });

  it("makes a map step by step, which can be stopped", async () => {
    const { page } = trained;
    await trained.go("look/space", { points: "1000", part: "train", projection: "tsne" });
    await page.locator('[data-projection="tsne"]').waitFor();
    await page.getByRole("button", { name: "Stop", exact: true }).click();
    await page.getByText("Stopped; what was found so far is shown.").waitFor();
    await page.getByRole("button", { name: "Go on" }).click();
    await page.locator('[data-projection="tsne"][data-final="true"]').waitFor();
  });

  it("moves from kept epoch to kept epoch", async () => {
    const { page } = trained;
    await trained.go("look/space", { points: "300" });
    await page.getByLabel("Over kept epochs").check();
    const time = page.getByLabel("Epoch", { exact: true });
    await time.waitFor();
    await page.waitForFunction(() => document.querySelector<HTMLInputElement>("input[type=range]")?.max === "2");
    await time.fill("0");
    await page.getByText(/^\s*epoch 0 ·/).waitFor();
  });
});
