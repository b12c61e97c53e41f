import { describe, expect, it } from "vitest";
import { inPieces, paxRecord, tarOf, tarParts } from "../../tests/support/tar.ts";
import { FormatError } from "../array/index.ts";
import { readTar, type TarEntry, type TarOptions } from "./tar.ts";

async function entriesOf(bytes: Uint8Array, options: TarOptions = {}, piece = 1000): Promise<TarEntry[]> {
  const entries: TarEntry[] = [];
  for await (const entry of readTar(inPieces(bytes, piece), { name: "x.tar", ...options })) entries.push(entry);
  return entries;
}
const textOf = (entry: TarEntry): string | undefined =>
  entry.kind === "file" && entry.bytes ? new TextDecoder().decode(entry.bytes) : undefined;
const failureOf = async (bytes: Uint8Array): Promise<string> => {
  const error = await entriesOf(bytes).then(
    () => new Error("it was accepted"),
    (error) => error,
  );
  expect(error).toBeInstanceOf(FormatError);
  return error.message;
};

const sample = tarOf([
  { path: "./a/", type: "5" },
  { path: "./a/one.txt", bytes: "first" },
  { path: "a/empty" },
  { path: "b/two.txt", bytes: "x".repeat(700) },
]);

describe("a tar archive", () => {
  it.each([1, 7, 512, 513, 100_000])("gives its entries in order, in pieces of %i bytes", async (piece) => {
    const entries = await entriesOf(sample, {}, piece);
    expect(entries.map(({ kind, path }) => [kind, path])).toEqual([
      ["folder", "a"],
      ["file", "a/one.txt"],
      ["file", "a/empty"],
      ["file", "b/two.txt"],
    ]);
    expect(entries.map(textOf)).toEqual([undefined, "first", "", "x".repeat(700)]);
  });

  it("tells where files lie, and leaves out contents that nobody wants", async () => {
    const entries = await entriesOf(sample, { wants: (path) => path.startsWith("b/") });
    expect(entries.map(textOf)).toEqual([undefined, undefined, undefined, "x".repeat(700)]);
    const one = entries[1] as Extract<TarEntry, { kind: "file" }>;
    expect(one).toMatchObject({ bytes: undefined, size: 5 });
    expect(new TextDecoder().decode(sample.subarray(one.offset, one.offset + one.size))).toBe("first");
  });

  it("may have long names, by a prefix, by pax records and by GNU's entries", async () => {
    const long = `${"folder/".repeat(30)}ä.txt`;
    const archive = tarOf([
      { path: "file", prefix: "some/where", bytes: "1" },
      { path: "pax", type: "x", bytes: paxRecord("mtime", "1.5") + paxRecord("path", long) },
      { path: "cut", bytes: "2" },
      { path: "././@LongLink", type: "L", bytes: `${long}\0` },
      { path: "cut", bytes: "3" },
      { path: "././@LongLink", type: "K", bytes: "far\0" },
      { path: "after", bytes: "4" },
    ]);
    const entries = await entriesOf(archive);
    expect(entries.map(({ path }) => path)).toEqual(["some/where/file", long, long, "after"]);
    expect(entries.map(textOf)).toEqual(["1", "2", "3", "4"]);
  });

  it("may tell sizes in pax records and in base 256", async () => {
    const binary = String.fromCharCode(0x80, ...new Array(10).fill(0), 5);
    const bytes = Buffer.concat([
      tarParts([{ path: "pax", type: "x", bytes: paxRecord("size", "3") }]),
      tarParts([{ path: "a", bytes: "abc", size: "00000000000\0" }]),
      new Uint8Array(1024),
    ]);
    expect((await entriesOf(bytes)).map(textOf)).toEqual(["abc"]);
    const block = tarParts([{ path: "b", bytes: "12345", size: "\0".repeat(12) }]);
    // The sum counts bytes, which text above 127 is not.
    for (let i = 0; i < 12; i++) block[124 + i] = binary.charCodeAt(i);
    const sum = block.subarray(0, 512).reduce((a, b, i) => a + (i >= 148 && i < 156 ? 32 : b), 0);
    block.set(new TextEncoder().encode(`${sum.toString(8).padStart(6, "0")}\0 `), 148);
    expect((await entriesOf(Buffer.concat([block, new Uint8Array(1024)]))).map(textOf)).toEqual(["12345"]);
  });
});

describe("what could lead out of an archive", () => {
  it.each(["../evil.jpg", "a/../../evil.jpg", "/etc/passwd", "C:/evil.jpg", "a\\..\\..\\evil.jpg", ".."])(
    "the path %s is refused, and the rest is read",
    async (path) => {
      const entries = await entriesOf(
        tarOf([
          { path, bytes: "evil" },
          { path: "good", bytes: "good" },
        ]),
      );
      expect(entries[0]).toEqual({ kind: "refused", path, reason: "its path leads out of the archive" });
      expect(textOf(entries[1])).toBe("good");
    },
  );

  it("a path in a pax record is refused too", async () => {
    const entries = await entriesOf(
      tarOf([
        { path: "x", type: "x", bytes: paxRecord("path", "../evil") },
        { path: "fine", bytes: "x" },
      ]),
    );
    expect(entries).toEqual([{ kind: "refused", path: "../evil", reason: "its path leads out of the archive" }]);
  });

  it.each([
    ["1", "it is a link, and links are not followed"],
    ["2", "it is a link, and links are not followed"],
    ["3", "it is a device"],
    ["4", "it is a device"],
    ["6", "it is a pipe"],
    ["S", "it is a sparse file, of which not all bytes are stored"],
    ["D", "it is a list of the files in a folder"],
    ["M", "it is the rest of a file from another archive"],
    ["V", "it is the archive's label"],
    ["Z", "entries of type 'Z' are not known"],
  ])("an entry of type %s is refused", async (type, reason) => {
    const entries = await entriesOf(tarOf([{ path: "a.jpg", type, link: "/etc/passwd" }, { path: "good" }]));
    expect(entries[0]).toEqual({ kind: "refused", path: "a.jpg", reason });
    expect(entries[1]).toMatchObject({ kind: "file", path: "good" });
  });

  it.each<[string, string]>([
    ["0.0", paxRecord("GNU.sparse.size", "9000") + paxRecord("GNU.sparse.numblocks", "1")],
    ["0.1", paxRecord("GNU.sparse.map", "0,5") + paxRecord("GNU.sparse.name", "a.jpg")],
    ["1.0", paxRecord("GNU.sparse.major", "1") + paxRecord("GNU.sparse.name", "a.jpg")],
    ["1.0, without its number,", paxRecord("GNU.sparse.realsize", "9000") + paxRecord("path", "a.jpg")],
    ["of star,", paxRecord("SCHILY.realsize", "9000") + paxRecord("path", "a.jpg")],
  ])("a sparse file of version %s is refused under its own name", async (version, records) => {
    const entries = await entriesOf(
      tarOf([
        { path: "x", type: "x", bytes: records },
        { path: version === "0.0" ? "a.jpg" : "GNUSparseFile.0/a.jpg", bytes: "parts" },
        { path: "good", bytes: "good" },
      ]),
    );
    const reason = "it is a sparse file, of which not all bytes are stored";
    expect(entries[0]).toEqual({ kind: "refused", path: "a.jpg", reason });
    expect(textOf(entries[1])).toBe("good");
  });

  it("a sparse file of an old archive is refused with all of its header", async () => {
    const block = tarParts([{ path: "a.jpg", type: "S", bytes: "parts" }]);
    block[482] = 1;
    const sum = block.subarray(0, 512).reduce((a, b, i) => a + (i >= 148 && i < 156 ? 32 : b), 0);
    block.set(new TextEncoder().encode(`${sum.toString(8).padStart(6, "0")}\0 `), 148);
    const more = new Uint8Array(1024).fill(7);
    more[504] = 1;
    more[512 + 504] = 0;
    const rest = tarOf([{ path: "good", bytes: "good" }]);
    const archive = Buffer.concat([block.subarray(0, 512), more, block.subarray(512), rest]);
    const entries = await entriesOf(archive);
    expect(entries.map(({ kind, path }) => [kind, path])).toEqual([
      ["refused", "a.jpg"],
      ["file", "good"],
    ]);
    const endless = Buffer.concat([block.subarray(0, 512), new Uint8Array(512 * 100).fill(1)]);
    expect(await failureOf(endless)).toContain("the header of a sparse file goes on for more than 64 blocks");
  });

  it("names that every object has are names", async () => {
    const record = ["__proto__", "constructor", "toString"].map((key) => paxRecord(key, "x")).join("");
    const entries = await entriesOf(
      tarOf([{ path: "x", type: "x", bytes: record }, { path: "__proto__/constructor" }]),
    );
    expect(entries).toMatchObject([{ kind: "file", path: "__proto__/constructor", size: 0 }]);
  });

  it("a file that is too long is refused without reading it into memory", async () => {
    const entries = await entriesOf(sample, { fileLimit: 699 });
    expect(entries[3]).toEqual({
      kind: "refused",
      path: "b/two.txt",
      reason: "it has 700 bytes, at most 699 are read",
    });
  });
});

describe("a broken archive", () => {
  it("is cut off, at whatever byte", async () => {
    for (const length of [0, 1, 511, 512, 513, 1100, 1536, sample.length - 1024]) {
      expect(await failureOf(sample.subarray(0, length))).toBe(
        `x.tar: the tar archive is cut off after ${length} bytes; fetch or pack it again`,
      );
    }
    expect(await entriesOf(sample.subarray(0, sample.length - 512))).toHaveLength(4);
  });

  it("is none at all, or has a damaged header", async () => {
    expect(await failureOf(new TextEncoder().encode("<html>".repeat(200)))).toBe(
      "x.tar: at byte 0: the checksum of a header is wrong: it is not a tar archive",
    );
    const damaged = sample.slice();
    damaged[512 + 3] ^= 1;
    expect(await failureOf(damaged)).toBe(
      "x.tar: at byte 512: the checksum of a header is wrong: the tar archive is damaged; fetch or pack it again",
    );
  });

  it.each([
    ["a size that is no number", tarOf([{ path: "a", size: "12x\0" }]), "the size of an entry is no number"],
    [
      "a size in a record that is no number",
      tarOf([{ path: "x", type: "x", bytes: paxRecord("size", "-1") }, { path: "a" }]),
      "the size of an entry is no number",
    ],
    [
      "records whose length lies",
      tarOf([{ path: "x", type: "x", bytes: "99 path=a\n" }, { path: "a" }]),
      "the records of an extended header are broken",
    ],
    [
      "records without an end",
      tarOf([{ path: "x", type: "x", bytes: "9 path=ab" }, { path: "a" }]),
      "the records of an extended header are broken",
    ],
    [
      "a size in a record that is another kind of number",
      tarOf([{ path: "x", type: "x", bytes: paxRecord("size", "0x10") }, { path: "a" }]),
      "the size of an entry is no number",
    ],
    [
      "a record without a key",
      tarOf([{ path: "x", type: "x", bytes: "4 =\n" }, { path: "a" }]),
      "the records of an extended header are broken",
    ],
    [
      "more records than any file",
      tarOf([{ path: "x", type: "x", bytes: "5 a=\n".repeat(4097) }, { path: "a" }]),
      "an extended header has more than 4096 records; it is damaged or hostile",
    ],
    [
      "more headers than any file",
      tarOf([...Array(66).fill({ path: "x", type: "g", bytes: paxRecord("a", "1") }), { path: "a" }]),
      "more than 64 headers of one entry; it is damaged or hostile",
    ],
    [
      "a name of a gigabyte",
      tarOf([{ path: "x", type: "L", size: "10000000000\0" }]),
      "an extended header has 1073741824 bytes, at most 1048576 are read",
    ],
  ])("has %s", async (_, bytes, message) => expect(await failureOf(bytes)).toContain(message));

  it("may have thousands of records, which are gone through once", async () => {
    const records = Array.from({ length: 4000 }, (_, i) => paxRecord(`key${i}`, "x")).join("");
    const parts = Array.from({ length: 60 }, (_, i) => [
      { path: "x", type: "g", bytes: records },
      { path: `file${i}` },
    ]);
    expect(await entriesOf(tarOf(parts.flat()), {}, 1 << 16)).toHaveLength(60);
  });

  it("closes what its bytes come from when nobody wants the rest", async () => {
    let closed = false;
    async function* chunks() {
      try {
        yield sample;
      } finally {
        closed = true;
      }
    }
    for await (const _ of readTar(chunks())) break;
    expect(closed).toBe(true);
  });
});
