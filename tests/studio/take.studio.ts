/** The area Take away in Chromium: files are read back, and the run is trained again by the printed program. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { nn } from "fovea";
import { readSafetensors } from "fovea/formats";
import { toDot } from "fovea/inspect";
import { toOnnx } from "fovea/onnx";
import { evaluateModel } from "fovea/train";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findOrSkip } from "../browser/chromium.ts";
import { type Trained, trainedPage, violations } from "./trained-page.ts";

const path = findOrSkip();

describe.skipIf(path === undefined)("Take away", () => {
  let trained: Trained;
  beforeAll(async () => {
    trained = await trainedPage(path!, "take");
  }, 120_000);
  afterAll(() => trained?.close());

  async function saved(name: string): Promise<Buffer> {
    const [download] = await Promise.all([
      trained.page.waitForEvent("download"),
      trained.page.getByRole("button", { name: `Save ${name}` }).click(),
    ]);
    expect(download.suggestedFilename()).toBe(name);
    return readFileSync(await download.path());
  }

  it("gives the model as safetensors, which reads back", async () => {
    const bytes = Uint8Array.from(await saved("model.safetensors"));
    expect(bytes).toEqual(await trained.model.toBytes());
    expect([...readSafetensors(bytes, "the file").tensors.keys()]).toEqual(
      trained.model.variables.map(({ name }) => name),
    );
    expect(nn.Model.fromBytes(bytes).classes).toEqual(trained.model.classes);
  });

  it("gives it as ONNX, with the library's bytes", async () => {
    expect(Uint8Array.from(await saved("model.onnx"))).toEqual(await toOnnx(trained.model));
  });

  it("gives the network as drawings", async () => {
    expect((await saved("network.dot")).toString()).toBe(toDot(trained.model));
    const svg = (await saved("network.svg")).toString();
    expect(svg).toMatch(/^<svg /);
    for (const type of ["conv2d", "maxPool2d", "linear"]) expect(svg).toContain(`>${type}</text>`);
    expect(svg).not.toContain("var(--");
  });

  it("gives curves and figures as tables", async () => {
    const steps = rowsOf(await saved("steps.csv"));
    expect(steps[0]).toEqual(expect.arrayContaining(["epoch", "loss", "accuracy", "gradient norm"]));
    expect(Number(steps.at(-1)![0])).toBe(2);
    const epochs = rowsOf(await saved("epochs.csv"));
    expect(epochs.slice(1).map(([epoch]) => epoch)).toEqual(["1", "2"]);
    expect((await saved("curves.svg")).toString()).toContain("<path");
    const rows = rowsOf(await saved("confusion.csv")).slice(1);
    const counts = rows.map((row) => row.slice(1).map(Number));
    const right = counts.reduce((sum, row, k) => sum + row[k], 0);
    const total = counts.flat().reduce((a, b) => a + b, 0);
    expect(total).toBe(400);
    const { figures } = await evaluateModel(trained.model, trained.parts.heldOut, { engine: trained.engine });
    expect(right / total).toBeCloseTo(figures.accuracy!, 6);
  });

  it("says how large a file was, and has no violations", async () => {
    await trained.page.getByText(/\d KB/).first().waitFor();
    expect(await violations(trained.page)).toEqual([]);
  });

  it("prints a program that trains the same bits", async () => {
    const program = await trained.page.getByRole("region", { name: "As a program" }).textContent();
    const folder = mkdtempSync(join(fileURLToPath(new URL("../../dist/", import.meta.url)), "program-"));
    try {
      writeFileSync(join(folder, "run.mjs"), program!);
      execFileSync(process.execPath, ["run.mjs"], { cwd: folder, stdio: "ignore" });
      expect(Uint8Array.from(readFileSync(join(folder, "model.safetensors")))).toEqual(await trained.model.toBytes());
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

/** Cells without quotes. */
const rowsOf = (csv: Buffer): string[][] =>
  csv
    .toString()
    .trimEnd()
    .split("\r\n")
    .map((row) => row.split(","));
