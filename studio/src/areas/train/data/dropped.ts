/** Files that are dropped, chosen or pasted, with their paths. */

/** A file that is still to be opened. */
export interface Incoming {
  /** In the folder that was dropped or chosen. */
  readonly path: string;
  /** Opening a dropped file takes the page a millisecond or two: thousands are opened one after the other, as they are needed. */
  readonly open: () => Promise<File>;
}

/** 2.png before 10.png. Made once: to make one takes longer than to compare. */
const { compare } = new Intl.Collator("en", { numeric: true });

/** What was dropped; folders are read through. Call it in the event's own turn: the browser forgets the items afterwards. */
export async function droppedFiles(transfer: DataTransfer): Promise<Incoming[]> {
  const entries = Array.from(transfer.items, (item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
  if (entries.length === 0) return chosenFiles(transfer.files);
  return filesIn(entries);
}

/** Files of an input; those of a folder have their paths in it. */
export const chosenFiles = (files: ArrayLike<File>): Incoming[] =>
  Array.from(files, (file) => ({ path: file.webkitRelativePath || file.name, open: async () => file })).sort((a, b) =>
    compare(a.path, b.path),
  );

async function filesIn(entries: readonly FileSystemEntry[]): Promise<Incoming[]> {
  const files: Incoming[] = [];
  for (const entry of entries)
    if (entry.isFile) files.push(incoming(entry as FileSystemFileEntry));
    else files.push(...(await filesIn(await entriesIn(entry as FileSystemDirectoryEntry))));
  return files;
}

const incoming = (entry: FileSystemFileEntry): Incoming => ({
  path: entry.fullPath.replace(/^\//, ""),
  open: () => new Promise((resolve, reject) => entry.file(resolve, reject)),
});

/** A reader gives some entries at a time, and none at the end. */
async function entriesIn(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const all: FileSystemEntry[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) return all.sort((a, b) => compare(a.name, b.name));
    all.push(...some);
  }
}
