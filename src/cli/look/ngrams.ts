/** `fovea look ngrams`: the n-grams of texts that excite the filters of a layer most. */
import { Option } from "commander";
import { OptionError } from "../../array/index.ts";
import { ngramSchema, topNgrams } from "../../inspect/index.ts";
import { libraryOption } from "../library-options.ts";
import { wholeNumbers } from "../options.ts";
import { openTextRun, textsOf } from "../texts/text-run.ts";
import type { Look } from "./look.ts";
import { checkUnits, firstUnits } from "./units.ts";

interface Flags {
  readonly layer: string;
  readonly data?: string;
  readonly units?: readonly number[];
  readonly count?: number;
}

/** How many filters are shown where none are named. */
const SHOWN = 8;

export const ngrams: Look<Flags> = {
  name: "ngrams",
  summary: "the words that excite the filters of a layer most",
  description:
    "Runs texts through a network of fovea train --task text, and lists for each filter of a layer, a line each, the words that it saw where it answered most, each n-gram once.",
  examples: [
    "runs/kim-questions.txt --layer windows.0.conv",
    "runs/kim-questions.txt --layer windows.2.conv --units 3,17 --count 10 --data more.txt -o ngrams.json",
  ],
  anyTask: true,
  options: [
    new Option("--layer <path>", "the layer whose filters are looked at").makeOptionMandatory(),
    new Option(
      "--data <path>",
      "texts, of the form that the run was trained on (default: those that it was trained on)",
    ),
    new Option("--units <n,…>", `which filters (default: the first ${SHOWN})`).argParser(wholeNumbers(0)),
    libraryOption({ flag: "--count <n>", about: "how many n-grams of each", kind: ngramSchema.count }),
  ],
  look: async ({ flags, models: [{ name }], engine, output }) => {
    const { layer, count, data } = flags;
    const run = await openTextRun(name, output);
    if (run === undefined) throw new OptionError(`look ngrams: ${name} is no run of fovea train --task text`);
    const { words } = run.tokenizer.vocabulary!;
    const onProgress = (done: number, total: number): void => output.status(`${done} of ${total} texts`);
    const texts = await textsOf(run, data);
    const found = await topNgrams(run.model, texts, { layer, count, engine, onProgress });
    const units = checkUnits("--units", flags.units ?? firstUnits(found.length, SHOWN), found.length);
    const rows = units.map((unit) => ({
      unit,
      ngrams: found[unit].map(({ tokens, ...one }) => ({ ...one, words: tokens.map((token) => words[token]) })),
    }));
    return {
      lines: rows.map(
        ({ unit, ngrams }) =>
          `${layer} ${unit}: ${ngrams.map(({ value, words }) => `${value.toFixed(2)} ${words.join(" ")}`).join(", ")}`,
      ),
      numbers: { data: texts.name, layer, units: rows },
    };
  },
};
