import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DataError, OptionError } from "../array/index.ts";
import { pictureKindOf } from "./kinds.ts";
import type { BytePicture } from "./picture.ts";
import { loadPicture, writePicture } from "./picture-files.ts";

const camera = fileURLToPath(new URL("../../tests/fixtures/pictures/camera.png", import.meta.url));
const picture: BytePicture = { width: 4, height: 2, channels: 1, data: Uint8Array.of(0, 50, 100, 150, 200, 250, 9, 1) };

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "fovea-pictures-"));
});
afterAll(() => rm(folder, { recursive: true }));

describe("pictures by path", () => {
  it("are read", async () => {
    expect(await loadPicture(camera)).toMatchObject({ width: 256, height: 256, channels: 1 });
  });

  it("come back as they were written, in folders that are made on the way", async () => {
    const path = join(folder, "some", "where", "four.png");
    await writePicture(path, picture);
    expect(await loadPicture(path)).toEqual(picture);
  });

  it.each([
    ["a.png", "PNG"],
    ["a.jpg", "JPEG"],
    ["a.JPEG", "JPEG"],
    ["a.b.webp", "WebP"],
    ["a.avif", "AVIF"],
  ])("are written to %s as %s", async (name, kind) => {
    await writePicture(join(folder, name), picture);
    expect(pictureKindOf(await readFile(join(folder, name)), name)).toBe(kind);
  });

  it("are written in the format that is asked for, whatever they are called, and in its quality", async () => {
    const path = join(folder, "cache.bin");
    await writePicture(path, picture, { format: "jpeg", quality: 10 });
    const bytes = await readFile(path);
    expect(pictureKindOf(bytes, "x")).toBe("JPEG");
    await writePicture(path, picture, { format: "jpeg", quality: 100 });
    expect((await readFile(path)).length).toBeGreaterThan(bytes.length);
  });

  it("are not written under names that say no format, and nothing is left", async () => {
    const before = await readdir(folder);
    for (const name of ["a.bmp", "png", "toString", "a.constructor"]) {
      const failure = await writePicture(join(folder, name), picture).catch((error) => error);
      expect(failure).toEqual(
        new OptionError(
          `writePicture: ${join(folder, name)} does not end in .png, .jpg, .jpeg, .webp, .avif; rename it, or pass format`,
        ),
      );
    }
    expect(await readdir(folder)).toEqual(before);
  });

  it("say by path what is wrong with them", async () => {
    const path = join(folder, "note.jpg");
    await writeFile(path, "not a cat");
    await expect(loadPicture(path)).rejects.toThrow(`${path}: it looks like text beginning with "not a cat"`);
    const none = join(folder, "none.png");
    await expect(loadPicture(none)).rejects.toThrow(new DataError(`cannot read ${none}: no such file`));
    await expect(loadPicture(camera, { maxPixels: 100 })).rejects.toThrow(`${camera}: it has 256×256 pixels`);
  });
});
