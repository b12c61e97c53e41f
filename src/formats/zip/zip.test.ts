import { deflateRawSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { FormatError, OptionError } from "../../array/index.ts";
import { checksum } from "../checksum.ts";
import { writeZip } from "./write-zip.ts";
import { ZipArchive } from "./zip.ts";

const text = (value: string) => new TextEncoder().encode(value);
const sample = () =>
  writeZip([
    ["a", text("first")],
    ["folder/é", text("second")],
    ["folder/", text("")],
  ]);
const directoryAt = (file: Uint8Array): number => new DataView(file.buffer).getUint32(file.length - 6, true);

/** An archive of one deflated entry; its directory promises `size` bytes. */
function deflated(contents: Uint8Array, size = contents.length): Uint8Array {
  const file = writeZip([["a", deflateRawSync(contents)]]);
  const view = new DataView(file.buffer);
  const at = directoryAt(file);
  view.setUint16(at + 10, 8, true);
  view.setUint32(at + 16, checksum(contents), true);
  view.setUint32(at + 24, size, true);
  return file;
}

async function readAll(file: Uint8Array, limit = 1e6): Promise<string[][]> {
  const archive = new ZipArchive(file, "x.zip", limit);
  const all: string[][] = [];
  for (const entry of archive.entries.values())
    all.push([entry.path, new TextDecoder().decode(await archive.read(entry))]);
  return all;
}

const messageOf = (file: Uint8Array, limit?: number): Promise<string> =>
  readAll(file, limit).then(
    () => "it was accepted",
    (error) => {
      if (!(error instanceof FormatError)) throw error;
      return error.message;
    },
  );

/** The sample with numbers changed in its directory, at offsets in its first or second entry. */
function changed(...changes: readonly (readonly [offset: number, value: number, bytes: 2 | 4])[]): Uint8Array {
  const file = sample();
  const view = new DataView(file.buffer);
  for (const [offset, value, bytes] of changes) {
    const at = directoryAt(file) + offset;
    if (bytes === 2) view.setUint16(at, value, true);
    else view.setUint32(at, value, true);
  }
  return file;
}

describe("archives", () => {
  it("are read as they were written, folders left out", async () => {
    expect(await readAll(sample())).toEqual([
      ["a", "first"],
      ["folder/é", "second"],
    ]);
    expect(await readAll(writeZip([]))).toEqual([]);
  });

  it("may have a note at their end, or in front of them nothing that is an entry", async () => {
    const file = new Uint8Array([...sample(), ...text("PK")]);
    new DataView(file.buffer).setUint16(file.length - 4, 2, true);
    expect(await readAll(file)).toHaveLength(2);
  });

  it("may be deflated", async () => {
    expect(await readAll(deflated(text("aaaaaaaaaaaaaaaa")))).toEqual([["a", "aaaaaaaaaaaaaaaa"]]);
    expect(await readAll(deflated(text("")))).toEqual([["a", ""]]);
  });

  it("may have numbers of 64 bits", async () => {
    const file = sample();
    const begin = directoryAt(file);
    const end = file.length - 22;
    const extra = new DataView(new ArrayBuffer(28));
    for (const [at, value] of [5, 5, 0].entries()) extra.setBigUint64(4 + 8 * at, BigInt(value), true);
    extra.setUint16(0, 1, true);
    extra.setUint16(2, 24, true);
    const wide = new Uint8Array([
      ...file.subarray(0, begin + 47),
      ...new Uint8Array(extra.buffer),
      ...file.subarray(begin + 47, end),
      ...end64(end + 28, 3, end + 28 - begin, begin),
      ...file.subarray(end),
    ]);
    const view = new DataView(wide.buffer);
    for (const offset of [20, 24, 42]) view.setUint32(begin + offset, 0xffffffff, true);
    view.setUint16(begin + 30, 28, true);
    view.setUint32(wide.length - 6, 0xffffffff, true);
    expect(await readAll(wide)).toEqual([
      ["a", "first"],
      ["folder/é", "second"],
    ]);
  });
});

function end64(at: number, count: number, length: number, begin: number): Uint8Array {
  const view = new DataView(new ArrayBuffer(76));
  view.setUint32(0, 0x06064b50, true);
  for (const [i, value] of [count, count, length, begin].entries()) view.setBigUint64(24 + 8 * i, BigInt(value), true);
  view.setUint32(56, 0x07064b50, true);
  view.setBigUint64(64, BigInt(at), true);
  return new Uint8Array(view.buffer);
}

describe("refused", () => {
  const elsewhere = () => {
    const file = sample();
    new DataView(file.buffer).setUint32(file.length - 6, 1000, true);
    return file;
  };
  it.each<[string, () => Uint8Array, string]>([
    [
      "no archive",
      () => text("PK no archive"),
      "it has no directory of a zip archive at its end: it is cut off or damaged",
    ],
    ["one that is cut off", () => sample().subarray(0, -1), "it has no directory of a zip archive at its end"],
    ["a directory beyond the end", elsewhere, "would take"],
    [
      "an unknown method",
      () => changed([10, 12, 2]),
      'entry "a" is packed by method 12, expected stored (0) or deflated (8)',
    ],
    ["a password", () => changed([8, 1, 2]), 'entry "a" is encrypted'],
    ["a wrong checksum", () => changed([16, 1, 4]), 'entry "a" does not match its checksum: the file is damaged'],
    ["another size", () => changed([24, 6, 4]), 'entry "a" has 5 bytes, its header promises 6: it is damaged'],
    ["an entry outside", () => changed([42, 1000, 4]), 'entry "a" would end at byte'],
    ["entries that overlap", () => changed([20, 40, 4]), 'entry "folder/é" lies inside the one before it'],
    ["a part of an archive", () => changed([34, 1, 2]), 'entry "a" lies in another file of the archive'],
    ["a local header that is none", () => changed([42, 1, 4]), "has no header at byte 1: it is damaged"],
    ["an impossible size", () => deflated(text("a"), 100_000), "would unpack 3 bytes to 100000, which is impossible"],
    [
      "a deflated entry that is longer",
      () => deflated(text("aaaa"), 3),
      'x.zip: entry "a": unpacks to more than the 3 bytes',
    ],
    ["a deflated entry that is shorter", () => deflated(text("aaaa"), 5), "has 4 bytes, its header promises 5"],
  ])("%s", async (_, file, message) => {
    expect(await messageOf(file())).toContain(message);
  });

  it("two entries of a name", async () => {
    const file = writeZip([
      ["a", text("x")],
      ["b", text("x")],
    ]);
    for (let i = 0; i < file.length; i++) if (file[i] === 0x62) file[i] = 0x61;
    expect(await messageOf(file)).toBe('x.zip: it has two entries "a": it is damaged or hostile');
  });

  it("more than may be unpacked, in all", async () => {
    const file = deflated(new Uint8Array(1000));
    expect(await messageOf(file, 999)).toContain("unpacks to 1000 bytes, at most 999 more are unpacked; raise limit");
    expect(await readAll(file, 1000)).toHaveLength(1);
  });

  it("every prefix", async () => {
    const file = sample();
    for (let length = 0; length < file.length; length++)
      expect(await messageOf(file.subarray(0, length))).not.toBe("it was accepted");
  });

  it("duplicates, when writing", () => {
    expect(() =>
      writeZip([
        ["a", text("")],
        ["a", text("")],
      ]),
    ).toThrow(new OptionError('two entries of a zip archive are called "a"'));
    expect(() => writeZip([["a".repeat(70_000), text("")]])).toThrow("is too long for a zip archive");
  });
});
