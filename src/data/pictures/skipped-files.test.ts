/** A file that was skipped is skipped only as long as what was in the way of it. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { pictureCodec, readFile } from "#platform";
import { classesOf, writeTree } from "../../../tests/support/pictures.ts";
import { DataError } from "../../array/index.ts";
import { sharpCodec } from "../../platform/sharp.ts";
import { imageFolder } from "./image-folder.ts";

vi.mock("#platform", async (original) => {
  const platform = await original<typeof import("#platform")>();
  return { ...platform, pictureCodec: vi.fn(platform.pictureCodec), readFile: vi.fn(platform.readFile) };
});

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "fovea-skipped-"));
  vi.stubEnv("FOVEA_CACHE", join(folder, "cache"));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  vi.mocked(pictureCodec).mockReset();
  vi.mocked(readFile).mockReset();
  await rm(folder, { recursive: true });
});

/** Two classes of PNGs, and a file that is no PNG. */
async function pets(): Promise<string> {
  const gif = await sharp({ create: { width: 4, height: 4, channels: 3, background: "#123456" } })
    .gif()
    .toBuffer();
  return writeTree(join(folder, "pets"), { ...(await classesOf({ cat: 2, dog: 2 })), "cat/more.gif": gif });
}

const withoutSharp = () =>
  vi.mocked(pictureCodec).mockResolvedValue(sharpCodec({ found: false, reason: "is not installed" }));

async function load(path: string, memory?: number) {
  const { report, train } = await imageFolder(path, { memory });
  return { skipped: report.skipped, count: train.labels.size };
}

describe("a file that was skipped", () => {
  it.each([undefined, 0])("for want of a codec is read once there is one, memory %s", async (memory) => {
    const path = await pets();
    withoutSharp();
    for (let time = 0; time < 2; time++) {
      const { skipped, count } = await load(path, memory);
      expect(count).toBe(4);
      expect(skipped).toEqual([
        { path: "cat/more.gif", reason: "it is a GIF; decoding it needs the package sharp: npm install sharp" },
      ]);
    }
    vi.mocked(pictureCodec).mockReset();
    expect(await load(path, memory)).toEqual({ skipped: [], count: 5 });
    // What was read stays read: nothing is decoded that the cache has.
    withoutSharp();
    expect(await load(path, memory)).toEqual({ skipped: [], count: 5 });
  });

  it("by another version of a codec is tried again", async () => {
    const path = await pets();
    const refusing = (version: string) =>
      vi.mocked(pictureCodec).mockResolvedValue({
        found: true,
        kinds: ["PNG", "GIF"],
        codec: {
          name: "sharp",
          version,
          exact: true,
          asksFirst: true,
          decode: async (_, { kind }) => {
            if (kind === "GIF" && version === "1") throw new Error("not yet");
            return { width: 4, height: 4, channels: 1, data: new Uint8Array(16) };
          },
          encode: async () => undefined,
        },
      });
    refusing("1");
    expect((await load(path)).count).toBe(4);
    refusing("2");
    expect((await load(path)).count).toBe(5);
  });

  it("because it could not be read at all is read when it can be", async () => {
    const path = await pets();
    vi.mocked(readFile).mockImplementationOnce(() =>
      Promise.reject(new DataError("cannot read it: permission denied")),
    );
    const { skipped, count } = await load(path);
    expect([count, skipped.map(({ reason }) => reason)]).toEqual([4, ["cannot read it: permission denied"]]);
    expect(await load(path)).toEqual({ skipped: [], count: 5 });
  });
});
