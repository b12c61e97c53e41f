/** Autoencoders on the command line: train, eval, predict with a drawing, look at the code, in one process. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { digits } from "../../src/data/index.ts";
import { batchToPictures, decodePng, encodePng } from "../../src/image/index.ts";
import { told } from "./told.ts";

const folder = mkdtempSync(join(tmpdir(), "fovea-reconstruction-"));
afterAll(() => rmSync(folder, { recursive: true }));

const train = "train --task reconstruction --limit 300 --test 0 --validation 50 --threads 1 --maps 8 --epochs 2";

describe("reconstruction on the command line", () => {
  let said: Awaited<ReturnType<typeof told>>;
  beforeAll(async () => {
    said = await told(`${train} --code 8 --seed 1 --out run`, folder);
    const [picture] = batchToPictures(digits({ train: 1, test: 0 }).train.images);
    writeFileSync(join(folder, "digit.png"), await encodePng(picture as never));
  }, 60_000);

  it("trains and evaluates", async () => {
    expect(said.code, said.stderr).toBe(0);
    expect(said.stdout).toContain("model run/model.safetensors");
    expect((await told("eval run --threads 1", folder)).stdout).toMatch(/mse 0\.\d+.*samples\)/);
  });

  it("draws pictures beside their reconstructions", async () => {
    const { stdout, code } = await told("predict run digit.png --draw out.png --threads 1", folder);
    expect(code).toBe(0);
    expect(stdout).toContain("digit.png, drawn in out.png");
    const { width, height } = await decodePng(readFileSync(join(folder, "out.png")), "out.png");
    expect(width).toBeGreaterThan(1.7 * height);
  });

  it("trains variational ones, with the divergence of their codes", async () => {
    const { stdout, stderr } = await told(`${train} --model variational --divergence 0.5 --out vae`, folder);
    expect(stderr).toMatch(/divergence \d/);
    expect(stdout).toContain("model vae/model.safetensors");
  });

  it.each([
    ["--model variational --noise 1", "--noise is for --model autoencoder"],
    ["--divergence 2", "--divergence is for --model variational"],
    ["--code 0", "--code"],
  ])("%s is an error", async (options, message) => {
    const { code, stderr } = await told(`${train} ${options}`, folder);
    expect(code).not.toBe(0);
    expect(stderr).toContain(message);
  });
});
