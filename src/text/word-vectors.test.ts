import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, expect, it } from "vitest";
import { wordVectors } from "./index.ts";

const folder = mkdtempSync(join(tmpdir(), "fovea-vectors-"));
afterAll(() => rmSync(folder, { recursive: true }));

it("reads plain and packed files, and says which folder it expects", async () => {
  for (const [name, contents] of [
    ["v.txt", "a 1 2\nb 3 4\n"],
    ["v.txt.gz", gzipSync("a 1 2\nb 3 4\n")],
  ] as const) {
    writeFileSync(join(folder, name), contents);
    const { vectors } = await wordVectors(join(folder, name), { words: ["b"] });
    expect(vectors.toNested()).toEqual([[3, 4]]);
  }
  await expect(wordVectors(folder)).rejects.toThrow("expected words.txt.gz and vectors.f16.gz in it");
  await expect(wordVectors(join(folder, "nowhere"))).rejects.toThrow("cannot read");
  writeFileSync(join(folder, "cut.txt.gz"), gzipSync("a 1 2\nb 3 4\n").subarray(0, 20));
  await expect(wordVectors(join(folder, "cut.txt.gz"))).rejects.toThrow("broken gzip data");
});

const glove = join(process.env.FOVEA_DATA ?? "../shared/data", "glove");
it.skipIf(!existsSync(glove))("finds king − man + woman near queen", async () => {
  const { words, vectors, found } = await wordVectors(glove);
  expect(vectors.shape).toEqual([50_868, 100]);
  expect(found.every((one) => one === 1)).toBe(true);
  // The first numbers of glove.6B.100d, in half precision.
  expect(Array.from(vectors.row(words.indexOf("the")).data.slice(0, 3), (x) => Number(x.toFixed(3)))).toEqual([
    -0.038, -0.245, 0.728,
  ]);
  const vector = (word: string) => vectors.row(words.indexOf(word)).data;
  const [king, man, woman] = ["king", "man", "woman"].map(vector);
  const target = king.map((x, i) => x - man[i] + woman[i]);
  const near = words.map((word, i) => ({ word, value: cosine(target, vectors.row(i).data) }));
  near.sort((a, b) => b.value - a.value);
  expect(near.slice(0, 2).map(({ word }) => word)).toEqual(["king", "queen"]);
});

function cosine(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let [ab, aa, bb] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    ab += a[i] * b[i];
    aa += a[i] ** 2;
    bb += b[i] ** 2;
  }
  return ab / Math.sqrt(aa * bb);
}
