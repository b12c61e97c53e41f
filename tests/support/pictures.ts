/** Small pictures in folders and archives, to test with. */
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { encodePng } from "../../src/image/index.ts";
import { type TarPart, tarOf } from "./tar.ts";

/** A PNG of one color. */
export const pngOf = (color: number, width = 4, height = 4, channels: 1 | 3 = 3): Promise<Uint8Array> =>
  encodePng({ width, height, channels, data: new Uint8Array(width * height * channels).fill(color) });

export type Tree = Readonly<Record<string, Uint8Array | string>>;

/** `count` pictures in each class; the colors are 1, 2, 3, … in the order of the paths. */
export async function classesOf(counts: Readonly<Record<string, number>>, { first = 1 } = {}): Promise<Tree> {
  const paths = Object.entries(counts).flatMap(([name, count]) =>
    Array.from({ length: count }, (_, i) => `${name}/${String(i).padStart(3, "0")}.png`),
  );
  return Object.fromEntries(await Promise.all(paths.map(async (path, i) => [path, await pngOf(first + i)])));
}

export async function writeTree(folder: string, tree: Tree): Promise<string> {
  for (const [path, contents] of Object.entries(tree)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), contents);
  }
  return folder;
}

export const tarOfTree = (tree: Tree, more: readonly TarPart[] = []): Uint8Array =>
  tarOf([...Object.entries(tree).map(([path, bytes]) => ({ path, bytes })), ...more]);
