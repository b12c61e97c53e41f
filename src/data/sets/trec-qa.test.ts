import { existsSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { FormatError } from "../../array/index.ts";
import { parseTrecQa, readTrecQa } from "./trec-qa.ts";

const block = (kind: string, ...lines: string[]) => [`<${kind}>`, ...lines, `</${kind}>`];
const file = (...lines: string[]) => lines.join("\n");
const good = file(
  "<QApairs id='1.4'>",
  ...block("question", "Who\tis\tA&B\t<b>\t?", "WP\tVBZ", "<positive/>"),
  ...block("negative", "", "x\ty", "N\tN"),
  ...block("positive", "z"),
  "</QApairs>",
  "",
  "<QApairs id='2'>",
  ...block("question", "why"),
  "</QApairs>",
);

describe("the form of TREC-QA", () => {
  it("is read: the first line of a block, and whether a candidate answers", () => {
    const questions = [
      {
        id: "1.4",
        words: ["Who", "is", "A&B", "<b>", "?"],
        candidates: [
          { words: ["x", "y"], isAnswer: false },
          { words: ["z"], isAnswer: true },
        ],
      },
      { id: "2", words: ["why"], candidates: [] },
    ];
    expect(parseTrecQa(good)).toEqual(questions);
    expect(parseTrecQa(good.replaceAll("\n", "\r\n"))).toEqual(questions);
    expect(parseTrecQa("")).toEqual([]);
  });

  it.each([
    ["cut off", good.slice(0, -12), 'the file ends inside question "2"; it is cut off'],
    ["another file", "<html>", "line 1: expected a tag such as <QApairs id='1'> or <positive>, got \"<html>\""],
    ["a block outside", "<question>", "line 1: <question> outside of a question"],
    ["an end outside", "</QApairs>", "line 1: </QApairs> outside of a question"],
    [
      "no question",
      file("<QApairs id='1'>", "</QApairs>"),
      'line 2: </QApairs> in question "1", which has no <question>',
    ],
    ["no words", file("<QApairs id='1'>", "<question>", " ", "</question>"), "line 4: <question> has no words"],
    [
      "a block in a block",
      file("<QApairs id='1'>", "<question>", "<positive>"),
      "line 3: <positive> is not expected in <question>",
    ],
    [
      "another end",
      file("<QApairs id='1'>", "<question>", "a", "</positive>"),
      "line 4: </positive> is not expected in <question>",
    ],
    ["two at once", file("<QApairs id='1'>", "<QApairs id='2'>"), 'line 2: question "1" is not closed before "2"'],
    ["no name", "<QApairs>", "line 1: <QApairs> outside of a question"],
    [
      "two questions",
      file("<QApairs id='1'>", ...block("question", "a"), ...block("question", "b")),
      'line 7: question "1" has two <question>s',
    ],
  ])("is told from %s", (_, text, message) => {
    expect(() => parseTrecQa(text, "a.xml")).toThrow(FormatError);
    expect(() => parseTrecQa(text, "a.xml")).toThrow(message);
  });
});

const folder = `${process.env.FOVEA_DATA}/trec-qa`;

it.skipIf(!existsSync(folder))("the published files have their published counts", async () => {
  // Yao et al. 2013, table 1: 94, 82 and 100 questions with 4 718, 1 148 and 1 517 pairs.
  for (const [part, questions, pairs] of [
    ["train", 94, 4718],
    ["dev", 82, 1148],
    ["test", 100, 1517],
  ] as const) {
    const read = await readTrecQa(`${folder}/${part}.xml.gz`);
    expect([read.length, read.reduce((sum, { candidates }) => sum + candidates.length, 0)]).toEqual([questions, pairs]);
  }
});
