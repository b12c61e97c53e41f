import { strToU8, type Zippable, zipSync } from "fflate";
import { expect, test } from "vitest";
import { filesOfZip } from "./unzip.ts";

const archiveOf = (files: Zippable, level: 0 | 1 | 9 = 9): Blob =>
  new Blob([new Uint8Array(zipSync(files, { level }))]);
async function read(archive: Blob) {
  const files: [string, string][] = [];
  for await (const { path, contents } of filesOfZip(archive))
    files.push([path, typeof contents === "string" ? `! ${contents}` : new TextDecoder().decode(contents)]);
  return files;
}

test.each([0, 9] as const)("files come with their paths, at level %i; folders do not", async (level) => {
  const archive = archiveOf(
    { "pets/": new Uint8Array(), "pets/cat/1.png": strToU8("one"), "pets/cat/2.png": strToU8("two") },
    level,
  );
  expect(await read(archive)).toEqual([
    ["pets/cat/1.png", "one"],
    ["pets/cat/2.png", "two"],
  ]);
});

test("empty files are files", async () => {
  expect(await read(archiveOf({ "a/0.png": new Uint8Array() }))).toEqual([["a/0.png", ""]]);
});

test("what is no archive is said to be none", async () => {
  await expect(read(new Blob([]))).rejects.toThrow("no zip archive, or an empty one");
  await expect(read(new Blob([strToU8("no archive at all, a text".repeat(100))]))).rejects.toThrow("no zip archive");
});

test("what unpacks to far more than it is, is refused; a file that is too large is named", async () => {
  const zeros = new Uint8Array(35 * 2 ** 20);
  await expect(read(archiveOf({ "a.png": zeros, "b.png": zeros }, 1))).rejects.toThrow("more than 100 times its size");
  const large = new Uint8Array(65 * 2 ** 20);
  const [first, second] = await read(archiveOf({ "a/large.png": large, "a/1.png": strToU8("x") }, 0));
  expect(first).toEqual(["a/large.png", "! it is larger than 64 MB"]);
  expect(second).toEqual(["a/1.png", "x"]);
});

test("an archive that was cut off gives what is whole", async () => {
  const noise = (seed: number) => Uint8Array.from({ length: 5000 }, (_, i) => ((i + seed) * 2654435761) >>> 11);
  const whole = archiveOf({ "a/1.png": noise(1), "a/2.png": noise(2) }, 0);
  const files: string[] = [];
  const reading = (async () => {
    for await (const { path } of filesOfZip(whole.slice(0, 6000))) files.push(path);
  })();
  await reading.catch((error: Error) => expect(error.message).toBe("the archive is damaged"));
  expect(files[0]).toBe("a/1.png");
});
