import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { linesOf } from "../../formats/index.ts";
import { isOfKind } from "../columns/column.ts";
import { tokens } from "../columns/tokens.ts";
import { parseCommas } from "./delimited.ts";
import { readParallel } from "./parallel.ts";
import { readRecords } from "./records.ts";
import { readLines, readText, textChunks } from "./text-file.ts";
import { textSet } from "./text-set.ts";

const folder = mkdtempSync(join(tmpdir(), "fovea-texts-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Writes a file; its path. */
function file(name: string, contents: string | Uint8Array): string {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, contents);
  return path;
}

const bytes = (...parts: readonly (string | number)[]): Uint8Array =>
  Buffer.concat(parts.map((part) => (typeof part === "number" ? Buffer.from([part]) : Buffer.from(part))));

describe("readText", () => {
  it("reads plain and packed files, without a mark of byte order", async () => {
    expect(await readText(file("plain.txt", "né 🙂\n"))).toBe("né 🙂\n");
    expect(await readText(file("packed.txt.gz", gzipSync("né 🙂\n")))).toBe("né 🙂\n");
    expect(await readText(file("packed-without-a-name", gzipSync("a")))).toBe("a");
    expect(await readText(file("marked.txt", "\ufeffa"))).toBe("a");
    expect(await readText(file("empty.txt", ""))).toBe("");
    expect(await readText(file("empty.txt.gz", gzipSync("")))).toBe("");
  });

  it("reads other encodings when told", async () => {
    expect(await readText(file("latin.txt", bytes("caf", 0xe9, 0x85)), { encoding: "latin1" })).toBe("café…");
    expect(await readText(file("wide.txt", Buffer.from("\ufeffné", "utf16le")), { encoding: "utf-16" })).toBe("né");
    await expect(readText(file("odd.txt", bytes("a", 0, "b")), { encoding: "utf-16" })).rejects.toThrow("utf-16");
    await expect(readText("x", { encoding: "latin2" as never })).rejects.toThrow("encoding must be one of 'utf-8', ");
  });

  it.each([
    [bytes("a\nb\nca", 0xe9, " x"), "line 3 is not UTF-8 (0xe9 at byte 6 of the file)"],
    [bytes(0x80), "line 1 is not UTF-8 (0x80 at byte 0 of the file)"],
    [bytes("é", 0xf0, 0x9f, 0x99), "line 1 is not UTF-8 (0xf0 at byte 2 of the file)"],
    [bytes("a", 0xed, 0xa0, 0x80), "line 1 is not UTF-8 (0xed at byte 1 of the file)"],
    [bytes("a\n", 0xc0, 0xaf), "line 2 is not UTF-8 (0xc0 at byte 2 of the file)"],
    [bytes(0xff, 0xfe, "a", 0), 'it begins as UTF-16 does: give encoding "utf-16"'],
    [
      bytes("\n".repeat(300_000), "é".repeat(200_000), 0xff),
      "line 300001 is not UTF-8 (0xff at byte 700000 of the file)",
    ],
  ])("says where %# is not UTF-8", async (contents, message) => {
    await expect(readText(file("wrong.txt", contents))).rejects.toThrow(message);
  });

  it("decodes characters that lie across chunks", async () => {
    const text = `a${"🙂".repeat(200_000)}`;
    const path = file("long.txt", text);
    const chunks: string[] = [];
    for await (const chunk of textChunks(path)) chunks.push(chunk);
    expect(chunks.length).toBeGreaterThan(1);
    expect(chunks.join("") === text).toBe(true);
  });

  it("refuses what is damaged or is not there", async () => {
    const packed = gzipSync("a".repeat(1000));
    await expect(readText(file("cut.gz", packed.subarray(0, 15)))).rejects.toThrow("broken gzip data");
    await expect(readText(join(folder, "nowhere.txt"))).rejects.toThrow("cannot read");
    await expect(readText("")).rejects.toThrow("readText: expects a path");
  });
});

it("readLines knows both ends of lines, and a last one without", async () => {
  expect(await readLines(file("lines.txt", "a\r\nb\n\nc"))).toEqual(["a", "b", "", "c"]);
  expect(linesOf("a\n")).toEqual(["a"]);
  expect(linesOf("")).toEqual([]);
  expect(linesOf("a\u0085b\u2028c")).toEqual(["a\u0085b\u2028c"]);
});

describe("readRecords", () => {
  it("reads CSV with quotes as in RFC 4180", async () => {
    const path = file("a.csv", 'label,text\r\n0,"a, ""b""\nc"\n\n1,5" wide\n2,\n3,""');
    const records = await readRecords(path);
    expect(records.names).toEqual(["label", "text"]);
    expect(records.column("text")).toEqual(['a, "b"\nc', '5" wide', "", ""]);
    expect(records.lines).toEqual([2, 5, 6, 7]);
  });

  it("reads back what is written by that rule", () => {
    const cell = fc.string({ unit: fc.constantFrom("a", '"', ",", "\n", "\r\n", " ", "é") });
    const quote = (field: string): string => `"${field.replaceAll('"', '""')}"`;
    fc.assert(
      fc.property(fc.array(fc.array(cell, { minLength: 2, maxLength: 3 })), (rows) => {
        const text = rows.map((row) => `${row.map(quote).join(",")}\r\n`).join("");
        expect(parseCommas(text, "x").map(({ fields }) => fields)).toEqual(rows);
      }),
    );
  });

  it("reads TSV as it is, with names from outside", async () => {
    const path = file("a.tsv.gz", gzipSync('1\t7\t"quoted" text\n0\t2\t\n'));
    const records = await readRecords(path, { columns: ["label", "stars", "text"] });
    expect(records.column("text")).toEqual(['"quoted" text', ""]);
    expect(records.count).toBe(2);
  });

  it("reads JSON Lines", async () => {
    const path = file("a.jsonl", '{"text":"a\\nb","label":1,"more":[]}\n\n{"label":true,"text":"c"}\n');
    const records = await readRecords(path);
    expect(records.column("text")).toEqual(["a\nb", "c"]);
    expect(records.column("label")).toEqual(["1", "true"]);
    expect(() => records.column("more")).toThrow('line 1: "more" is a list of 0, expected a text');
  });

  it.each([
    ["b.csv", 'a,b\n1,"x', "line 2: a quote that begins there is not closed"],
    ["b.csv", 'a,b\n1,"x"y', 'line 2: "y" follows a closing quote; expected a comma or the end of the line'],
    ["b.csv", "a,b\n1,2\n3\n", 'line 3 has 1 field, expected 2: "a", "b"'],
    ["b.csv", "a,a\n1,2\n", "line 1 names a column twice"],
    ["b.csv", "", "is empty; expected a line with the names of its columns"],
    ["b.jsonl", '{"a":1}\n[2]\n', "line 2 is a list of 1, expected an object"],
    ["b.jsonl", "{", "line 1 is not JSON"],
    ["b.txt", "a", 'its name does not say its form; give format "csv", "tsv" or "jsonl"'],
  ])("refuses %s of %j", async (name, text, message) => {
    await expect(readRecords(file(name, text))).rejects.toThrow(message);
  });

  it("says which columns there are", async () => {
    const records = await readRecords(file("c.csv", "a,b\n1,2\n"));
    expect(() => records.column("constructor")).toThrow('has no column "constructor"; there are "a", "b"');
  });
});

describe("readParallel", () => {
  it("reads equally many lines", async () => {
    const [de, en] = [file("p.de", "Hund\nKatze\n"), file("p.en.gz", gzipSync("dog\ncat"))];
    expect(await readParallel({ de, en })).toEqual({ de: ["Hund", "Katze"], en: ["dog", "cat"] });
    const more = file("p.fr", "chien\nchat\nâne\n");
    await expect(readParallel({ de, more })).rejects.toThrow(/equally many lines.*p\.de has 2, .*p\.fr has 3/);
    await expect(readParallel({ a: file("p.empty", "") })).rejects.toThrow("at least one");
  });
});

describe("textSet", () => {
  const lines = "pos a good film\nneg a bad film\npos good good\nneg bad\n\npos\n";

  it("reads lines of a label and a text", async () => {
    const notices: string[] = [];
    const { train, classes, tokenizer, report } = await textSet(file("labels.txt", lines), {
      onNotice: (notice) => notices.push(notice),
    });
    expect(classes).toEqual(["neg", "pos"]);
    expect(train.columns.label.values).toMatchObject({ shape: [5], data: Int32Array.of(1, 0, 1, 0, 1) });
    expect(report.counts).toEqual({ train: [2, 3] });
    expect(report.lengths.train).toMatchObject({ shortest: 1, median: 2, longest: 3, tokens: 10, unknown: 0.1 });
    expect(notices.join()).toContain("1 text without a token; each stands as one unknown token\n  line 6");
    expect(tokenizer.decode([...tokenizer.encode("a good")])).toBe("a good");
  });

  it("reads tables, with the names of their columns", async () => {
    const path = file("d.csv", "id,stars,body\n1,10,good\n2,9,bad\n3,10,fine\n");
    const { classes } = await textSet(path, { text: "body", label: "stars" });
    expect(classes).toEqual(["9", "10"]);
    await expect(textSet(path)).rejects.toThrow('has no column "text"; there are "id", "stars", "body"');
    await expect(textSet(file("e.csv", "label,text\n1,a\n,b\n"))).rejects.toThrow("line 3 has no class");
  });

  it("reads folders of classes, inside of parts or not", async () => {
    for (const [name, text] of [
      ["set/train/pos/1.txt", "good"],
      ["set/train/neg/2.txt", "bad"],
      ["set/test/pos/3.txt.gz", gzipSync("good film")],
      ["set/test/neg/4.txt", "bad film"],
      ["set/train/README.md", "no text"],
    ] as const)
      file(name, text);
    const { train, test, classes, report } = await textSet(join(folder, "set"));
    expect(classes).toEqual(["neg", "pos"]);
    expect(train.columns.label.values).toMatchObject({ shape: [2] });
    expect(test?.columns.label.values).toMatchObject({ data: Int32Array.of(0, 1) });
    expect(report.lengths.test?.unknown).toBe(0.5);
    expect(report.split).toBe("2 texts to train on (folder train), 2 texts to test with (folder test)");
    await expect(textSet(join(folder, "set"), { test: 1 })).rejects.toThrow(
      "has a part test; leave out the option test",
    );
    await expect(textSet(join(folder, "set/train/pos"))).rejects.toThrow("has no texts in folders of classes");
  });

  it("learns from what is trained on alone, and holds out by class", async () => {
    const path = file("many.txt", Array.from({ length: 40 }, (_, i) => `${i % 2} word${i}\n`).join(""));
    const { train, validation, tokenizer, report } = await textSet(path, { validation: 0.25 });
    expect(train.columns.label.values).toMatchObject({ shape: [30] });
    expect(report.counts.validation).toEqual([5, 5]);
    expect(tokenizer.size).toBe(2 + 30);
    expect(report.lengths.validation?.unknown).toBe(1);
    expect(isOfKind(validation!.columns.text, tokens)).toBe(true);
  });

  it("takes a tokenizer and classes, as for a test set", async () => {
    const { tokenizer, classes } = await textSet(file("f.txt", lines), { tokenizer: { type: "spaces", most: 4 } });
    expect(tokenizer.size).toBe(4);
    const only = file("g.txt", "pos good\n");
    const { train } = await textSet(only, { tokenizer, classes });
    expect(train.columns.label.values).toMatchObject({ data: Int32Array.of(1) });
    await expect(textSet(file("h.txt", "pos a\nbad b\n"), { classes })).rejects.toThrow(
      'line 2 has the class "bad"; expected one of neg, pos',
    );
  });

  it("has an outcome for every odd file", async () => {
    await expect(textSet(file("i.txt", ""))).rejects.toThrow("has no texts; expected a file of lines");
    await expect(textSet(file("i.txt", "\n \n"))).rejects.toThrow("has no texts");
    await expect(textSet(join(folder, "nowhere"))).rejects.toThrow("there is no such file or folder");
    await expect(textSet(file("i.txt", "a x\na y\n"))).rejects.toThrow('all 2 texts are of one class, "a"');
    await expect(textSet(file("i.txt", "a x\nb y\n"), { tokenizer: { atLeast: 2 } })).rejects.toThrow(
      "the texts have no token that the vocabulary knows; it has 2",
    );
    await expect(textSet(file("i.txt", bytes("a x\nb ", 0xe9, "\n")))).rejects.toThrow("line 2 is not UTF-8");
    await expect(textSet(file("i.txt", "a x\n"), { lognest: 3 } as never)).rejects.toThrow("did you mean longest?");
  });

  it("reads words of a megabyte and lines of a million tokens", async () => {
    const path = file("j.txt", `a ${"x".repeat(1 << 20)} y\nb ${"w ".repeat(1_000_000)}\nb short\na short\n`);
    const all = await textSet(path);
    expect(all.report.lengths.train).toMatchObject({ longest: 1_000_000, shortest: 1 });
    expect(all.report.notices.join()).toContain("the longest text has 1000000 tokens");
    const cut = await textSet(path, { longest: 100 });
    expect(cut.report.lengths.train?.longest).toBe(100);
    expect(cut.report.notices.join()).toContain("1 text longer than 100 tokens, and cut\n  line 2");
  });
});

const sentences = join(process.env.FOVEA_DATA ?? "../shared/data", "sentences");
describe.skipIf(!existsSync(sentences))("the sentence sets", () => {
  it("need their encoding, and say so", async () => {
    const path = join(sentences, "TREC.train.all");
    await expect(textSet(path)).rejects.toThrow(/line \d+ is not UTF-8 .* give encoding "latin1"/);
    const { train, classes } = await textSet(path, { encoding: "latin1", tokenizer: { type: "spaces" } });
    expect(classes).toEqual(["0", "1", "2", "3", "4", "5"]);
    expect(train.columns.label.values).toMatchObject({ shape: [5452] });
  });
});
