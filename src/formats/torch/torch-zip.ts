/**
 * PyTorch files since version 1.6: a zip archive with `NAME/data.pkl`, a pickle of everything but the storages, which are the
 * entries `NAME/data/KEY`, and `NAME/byteorder`. Scripted models (TorchScript) have the same. Source: PyTorch 2,
 * `torch/serialization.py`, the functions `_save` and `_load`.
 */
import { Cursor } from "../cursor.ts";
import { quoted } from "../json.ts";
import { readPickle } from "../pickle/index.ts";
import type { ZipArchive } from "../zip/index.ts";
import { StorageList } from "./storage-list.ts";
import { type TorchContext, torchHost } from "./torch-globals.ts";

/** The folder of the archive's pickle with a `/`, or nothing; undefined if it has none. */
export function torchFolderOf({ entries }: ZipArchive): string | undefined {
  for (const path of entries.keys()) if (/^([^/]*\/)?data\.pkl$/.test(path)) return path.slice(0, -"data.pkl".length);
  return undefined;
}

export async function readTorchZip(archive: ZipArchive, context: TorchContext): Promise<unknown> {
  const { fail } = context;
  const folder = torchFolderOf(archive);
  if (folder === undefined)
    throw fail("it is a zip archive without data.pkl, expected one that torch.save or torch.jit.save wrote");
  await checkByteOrder(archive, `${folder}byteorder`, context);
  const pickle = await archive.read(archive.entries.get(`${folder}data.pkl`)!);
  const storages = new StorageList(fail);
  const cursor = new Cursor(pickle, (problem) => fail(`data.pkl: ${problem}`));
  const value = readPickle(
    cursor,
    torchHost(context, (id) => storages.find(id)),
  );
  for (const storage of storages) {
    const entry = archive.entries.get(`${folder}data/${storage.key}`);
    if (entry !== undefined) storage.fill(await archive.read(entry), fail);
  }
  return value;
}

/** Old files have no such entry, and were little-endian unless a rare machine wrote them. */
async function checkByteOrder(archive: ZipArchive, path: string, { fail }: TorchContext): Promise<void> {
  const entry = archive.entries.get(path);
  if (entry === undefined) return;
  const order = new TextDecoder().decode((await archive.read(entry)).slice(0, 16));
  if (order !== "little")
    throw fail(`its numbers are ${quoted(order)}-endian, only little-endian ones are read; save it on another machine`);
}
