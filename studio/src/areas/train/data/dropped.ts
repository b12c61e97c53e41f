/** Files that are dropped, chosen or pasted, with their paths. */
import type { NamedFile } from "../../../worker/api/pictures.ts";

/** Entries that are asked about at once. */
const AT_ONCE = 50;

/** What was dropped; folders are read through. Call it in the event's own turn: the browser forgets the items afterwards. */
export function droppedFiles(transfer: DataTransfer): Promise<NamedFile[]> {
  const entries = Array.from(transfer.items, (item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
  if (entries.length === 0) return Promise.resolve(chosenFiles(transfer.files));
  return Promise.all(entries.map(filesIn)).then((lists) => lists.flat());
}

/** Files of an input; those of a folder have their paths in it. */
export const chosenFiles = (files: Iterable<File> | ArrayLike<File>): NamedFile[] =>
  Array.from(files, (file) => ({ path: file.webkitRelativePath || file.name, file }));

async function filesIn(entry: FileSystemEntry): Promise<NamedFile[]> {
  const path = entry.fullPath.replace(/^\//, "");
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject));
    return [{ path, file }];
  }
  const entries = await entriesIn((entry as FileSystemDirectoryEntry).createReader());
  const files: NamedFile[] = [];
  for (let at = 0; at < entries.length; at += AT_ONCE)
    files.push(...(await Promise.all(entries.slice(at, at + AT_ONCE).map(filesIn))).flat());
  return files;
}

/** A reader gives some entries at a time, and none at the end. */
async function entriesIn(reader: FileSystemDirectoryReader): Promise<FileSystemEntry[]> {
  const all: FileSystemEntry[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) break;
    all.push(...some);
  }
  return all.sort((a, b) => a.name.localeCompare(b.name, "en", { numeric: true }));
}
