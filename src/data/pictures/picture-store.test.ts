import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { DataError, FormatError } from "../../array/index.ts";
import { openRows } from "./picture-rows.ts";
import { openStore, StoreWriter } from "./picture-store.ts";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "fovea-store-"));
});
afterEach(() => rm(folder, { recursive: true }));

const picture = [1, 2, 3];
const planes = (value: number) => new Uint8Array(6).fill(value);

async function write(count = 5): Promise<string> {
  const path = join(folder, "x.pictures");
  const writer = await StoreWriter.create(path, picture);
  for (let i = 0; i < count; i++) await writer.add(planes(i));
  await writer.finish({ names: ["é", "b"] });
  return path;
}

describe("a store of pictures", () => {
  it("gives back what was written, in any order", async () => {
    const { pictures, note } = await openStore(await write());
    expect(note).toEqual({ names: ["é", "b"] });
    const rows = openRows(pictures);
    expect([rows.shape, rows.dtype]).toEqual([[5, 1, 2, 3], "u8"]);
    const taken = await rows.take(Int32Array.of(3, 0, 3));
    expect(taken.shape).toEqual([3, 1, 2, 3]);
    expect([...taken.data]).toEqual([...planes(3), ...planes(0), ...planes(3)]);
    expect((await openStore(await write(0))).pictures.rows).toHaveLength(0);
  });

  it("is not there before it is whole, and leaves nothing when it is given up", async () => {
    const writer = await StoreWriter.create(join(folder, "x.pictures"), picture);
    await writer.add(planes(1));
    expect((await readdir(folder)).filter((name) => !name.startsWith("."))).toEqual([]);
    await writer.discard();
    expect(await readdir(folder)).toEqual([]);
  });

  it("notices every byte that changes, and every length that it is cut to", async () => {
    const path = await write();
    const whole = await readFile(path);
    for (let at = 0; at < whole.length; at++) {
      const damaged = Uint8Array.from(whole);
      damaged[at] ^= 1;
      await writeFile(path, damaged);
      const all = async () => openRows((await openStore(path)).pictures).take(Int32Array.of(0, 1, 2, 3, 4));
      // The header has room to spare, which nobody reads.
      if (at >= 36 && at < 64) await all();
      else await expect(all(), `byte ${at}`).rejects.toThrow(/damaged|no store/);
    }
    for (let length = 0; length < whole.length; length += 5) {
      await writeFile(path, whole.subarray(0, length));
      await expect(openStore(path)).rejects.toThrow(FormatError);
    }
  });

  it("says which picture is damaged, and what to do", async () => {
    const path = await write();
    const whole = await readFile(path);
    whole[64 + 6 * 2] ^= 1;
    await writeFile(path, whole);
    const rows = openRows((await openStore(path)).pictures);
    expect([...(await rows.take(Int32Array.of(1))).data]).toEqual([...planes(1)]);
    await expect(rows.take(Int32Array.of(1, 2))).rejects.toThrow(
      new DataError(
        `${path} is damaged: the checksum of picture 2 is wrong; it was removed, so start again, and the pictures are decoded anew`,
      ),
    );
  });
});
