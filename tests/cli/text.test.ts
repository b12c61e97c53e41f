/** `fovea text ngram`: tables, samples and perplexities from a file, and from a saved model. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { told } from "./told.ts";

const folder = mkdtempSync(join(tmpdir(), "fovea-text-"));
afterAll(() => rmSync(folder, { recursive: true }));

const foods = ["corn", "corn", "corn", "corn", "grass", "grass", "grass", "hay", "hay", "if", "which"];
writeFileSync(join(folder, "cows.txt"), foods.map((food) => `when cows eat ${food} .\n`).join(""));
writeFileSync(join(folder, "new.txt"), "cows eat grass .\n");
writeFileSync(join(folder, "wrong.txt"), Buffer.from([0x61, 0x0a, 0xff]));
writeFileSync(join(folder, "empty.txt"), "");

const ngram = (...words: readonly string[]) => told(["text", "ngram", ...words], folder);

describe("fovea text ngram", () => {
  it("prints the lecture's table", async () => {
    const { code, stdout } = await ngram("cows.txt", "--context", "cows eat");
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout:
        'after "cows eat":\n  corn   4/11  0.3636\n  grass  3/11  0.2727\n  hay    2/11  0.1818\n  if     1/11  0.0909\n  which  1/11  0.0909\n',
    });
    expect((await ngram("cows.txt", "--context", "no such", "--most", "1")).stdout).toBe('nothing follows "no such"\n');
  });

  it("samples with a seed, and goes on from a context", async () => {
    const sample = () => ngram("cows.txt", "--order", "5", "--sample", "12", "--seed", "3");
    const { stdout } = await sample();
    expect(stdout.trim().split(" ")).toHaveLength(12);
    expect((await sample()).stdout).toBe(stdout);
    const first = await ngram("cows.txt", "--sample", "1", "--top-k", "1", "--context", "cows eat", "--most", "1");
    expect(first.stdout.endsWith("\ncorn\n")).toBe(true);
  });

  it("says how well it foretells another text", async () => {
    const { stdout } = await ngram("cows.txt", "--perplexity", "new.txt", "--order", "2");
    // p(cows) p(eat | cows) p(grass | eat) p(. | grass): 11/55, 1, 3/11, 1.
    const probability = (11 / 55) * (3 / 11);
    const [perplexity, bits] = [probability ** (-1 / 4), -Math.log2(probability) / 4];
    expect(stdout).toBe(`perplexity of new.txt: ${perplexity.toFixed(2)}, ${bits.toFixed(3)} bits a token, 4 tokens\n`);
    const other = await ngram("new.txt", "--perplexity", "cows.txt");
    expect(other.stdout).toContain("perplexity of cows.txt: Infinity");
    expect(other.stdout).toContain("of them are unknown, and predicted as one");
    expect(other.stdout).toContain("of them are impossible; --smoothing kneserNey gives them a chance");
  });

  it("saves and loads, and prints JSON", async () => {
    const counted = [
      "cows.txt",
      "--unit",
      "characters:lowerCase=true",
      "--order",
      "4",
      "--smoothing",
      "kneserNey:modified=false",
    ];
    const asked = ["--context", "cow", "--perplexity", "new.txt", "--json"];
    const before = await ngram(...counted, "--save", "m.ngrams", ...asked);
    expect(existsSync(join(folder, "m.ngrams"))).toBe(true);
    const after = await ngram("--load", "m.ngrams", ...asked);
    expect(after.stdout).toBe(before.stdout);
    const { order, table, score } = JSON.parse(after.stdout);
    expect(order).toBe(4);
    expect(table[0].token).toBe("s");
    expect(score.perplexity).toBeGreaterThan(1);
  });

  it.each([
    [[], "text ngram: give a file to count, or --load with a saved model"],
    [["cows.txt", "--load", "m"], "a saved model, not both"],
    [["--load", "m", "--order", "3"], "--order is in the saved model; leave it out"],
    [["cows.txt", "--top-k", "3"], "are for --sample; add it"],
    [["cows.txt", "--unit", "word"], "there is no tokenizer 'word'"],
    [["cows.txt", "--unit", "bpe:most=3"], "most is 3; 256 bytes and 2 special tokens"],
    [["cows.txt", "--smoothing", "laplace"], "There is no 'laplace'"],
    [["cows.txt", "--order", "0"], "Expected an integer of at least 1."],
    [["wrong.txt"], "wrong.txt: line 2 is not UTF-8 (0xff at byte 2 of the file)"],
    [["nowhere.txt"], "cannot read nowhere.txt"],
    [["empty.txt"], "empty.txt: has no words to count; expected a file of text"],
    [["--load", "cows.txt"], "cows.txt"],
  ])("%j is refused in a line", async (words, message) => {
    const { code, stdout, stderr } = await ngram(...words);
    expect(code).toBeGreaterThan(0);
    expect(stdout).toBe("");
    expect(stderr).toContain(message);
    expect(stderr).not.toContain("    at ");
  });
});
