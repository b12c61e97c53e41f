/** `fovea predict` for a run on texts: the classes of texts, with probabilities. */
import { createInterface } from "node:readline";
import { lengthName, NdArray, OptionError, zeros } from "../../array/index.ts";
import type { Engine } from "../../engines/index.ts";
import { UNKNOWN } from "../../text/index.ts";
import { answer } from "../../train/index.ts";
import { bar, percent } from "../format.ts";
import type { Output } from "../io.ts";
import { visibleName } from "../visible.ts";
import type { TextRun } from "./text-run.ts";

interface AnswerOptions {
  /** How many classes are printed. */
  readonly top: number;
  readonly json?: boolean | undefined;
  readonly engine: Engine;
}

/** Texts that are answered at a time where they stream by. */
const BATCH = 64;

/** The lines of standard input. */
export const inputLines = (): AsyncIterable<string> => createInterface({ input: process.stdin, crlfDelay: Infinity });

/** Prints the most likely classes of each text, in order. Empty ones are left out. @throws OptionError without a text */
export async function answerTexts(
  run: TextRun,
  texts: Iterable<string> | AsyncIterable<string>,
  options: AnswerOptions,
  output: Output,
): Promise<void> {
  let waiting: string[] = [];
  let count = 0;
  const answerAll = async (): Promise<void> => {
    if (waiting.length > 0) await answerSome(run, waiting, options, output);
    count += waiting.length;
    waiting = [];
  };
  for await (const text of texts) {
    if (text.trim() === "") continue;
    waiting.push(text);
    if (waiting.length === BATCH) await answerAll();
  }
  await answerAll();
  if (count === 0) throw new OptionError(`there is no text to answer; give some, or lines on standard input`);
}

async function answerSome(
  { model, tokenizer, config: { longest } }: TextRun,
  texts: readonly string[],
  { top, json, engine }: AnswerOptions,
  output: Output,
): Promise<void> {
  const rows = texts.map((text) => {
    const numbers = tokenizer.encode(text).subarray(0, longest);
    return numbers.length === 0 ? Int32Array.of(UNKNOWN) : numbers;
  });
  const [name] = Object.keys(model.inputs);
  const lengths = Int32Array.from(rows, ({ length }) => length);
  const input = zeros([rows.length, Math.max(...lengths)], "i32");
  for (const [i, row] of rows.entries()) input.row(i).data.set(row);
  const given = { [name]: input, [lengthName(name)]: new NdArray(lengths, [rows.length], "i32") };
  const answers = await answer(model, given, { engine });
  for (const [i, { choices = [] }] of answers.entries()) {
    const best = choices.slice(0, top);
    const unknown = rows[i].every((number) => number === UNKNOWN);
    if (json) {
      output.print(JSON.stringify({ text: texts[i], classes: best, ...(unknown && { unknown }) }));
      continue;
    }
    output.print(texts[i]);
    if (unknown) output.log("  the model knows none of its words");
    const names = best.map((choice) => visibleName(choice.class));
    const width = Math.max(...names.map((name) => name.length));
    for (const [k, { probability }] of best.entries())
      output.print(`  ${names[k].padEnd(width)} ${output.paint("cyan", bar(probability, 24))} ${percent(probability)}`);
  }
}
