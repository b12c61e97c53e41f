/** `fovea look extract`: a document with the sentences that mattered most to its class. */
import { Option } from "commander";
import { folderExists } from "#platform";
import { DataError } from "../../array/index.ts";
import { readText } from "../../data/index.ts";
import { createExtractor, extractSchema, extractToHtml, extractToText, relevanceSchema } from "../../inspect/index.ts";
import { readTokenizer, type Tokenizer } from "../../text/index.ts";
import { openRunFolder } from "../../train/index.ts";
import { libraryOption } from "../library-options.ts";
import type { Look } from "./look.ts";

interface Flags {
  readonly text: string;
  readonly keep?: number;
  readonly by?: "product" | "magnitude";
  readonly layer?: string;
}

export const extract: Look<Flags> = {
  name: "extract",
  summary: "the sentences of a document that mattered most to its class",
  description:
    "Classifies a document by a network with a vector for each sentence, derives the class with respect to these vectors, and " +
    "prints all sentences with how much they mattered; those of the extract are marked with >. The run needs a tokenizer.json.",
  examples: [
    "runs/documents --text review.txt -o review.html",
    "runs/documents --text review.txt --keep 0.5 --by magnitude -o review.json",
  ],
  options: [
    new Option("--text <file>", "the document, UTF-8").makeOptionMandatory(),
    libraryOption({ flag: "--keep <share>", about: "how many of the sentences to keep", kind: extractSchema.keep }),
    libraryOption({
      flag: "--by <rule>",
      about: "what the class would lose without a sentence, or where a change would matter most",
      kind: relevanceSchema.by,
    }),
    libraryOption({
      flag: "--layer <path>",
      about: "the layer that gives a vector for each sentence",
      kind: relevanceSchema.layer,
    }),
  ],
  look: async ({ flags: { text, ...options }, model, models: [{ name }], engine }) => {
    const tokenizer = await tokenizerOf(name);
    const document = await readText(text);
    const found = await createExtractor(model, tokenizer, {
      keep: options.keep,
      by: options.by,
      layer: options.layer,
      engine,
    })(document);
    return {
      lines: extractToText(found).trimEnd().split("\n"),
      numbers: { ...found },
      page: (description) => extractToHtml(found, { description }),
    };
  },
};

/** The tokenizer that a run was trained with. @throws DataError where there is none, FormatError for a damaged file */
async function tokenizerOf(run: string): Promise<Tokenizer> {
  const document = (await folderExists(run)) ? await (await openRunFolder(run)).kept("tokenizer") : undefined;
  if (document !== undefined) return readTokenizer(document);
  throw new DataError(`look extract: ${run} has no tokenizer.json, by which the words of its network are numbered`);
}
