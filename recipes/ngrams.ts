/**
 * n-gram models as in the lecture (CMU 10-301, "n-gram language models"): the table of what cows eat; the perplexity of the last
 * tenth of Shakespeare, by models that have counted the nine tenths before it; and a 5-gram sample.
 *
 * Smoothing is interpolated Kneser–Ney with modified discounts (Chen and Goodman 1999). Words are those of `tokenize`, in small
 * letters, with punctuation marks as tokens; words that the first nine tenths have once only are `<unk>`, and so is every word of
 * the last tenth that they do not have: `<unk>` is predicted like any other word. All characters occur in the first nine tenths.
 *
 *   FOVEA_DATA=… npm run recipe recipes/ngrams.ts
 */
import { readLines } from "fovea/data";
import { kneserNey, learnTokenizer, ngramModel } from "fovea/text";
import { readSetting } from "./support.ts";

const folder = process.env.FOVEA_DATA;
if (folder === undefined) throw new Error("FOVEA_DATA must name the folder with shakespeare/input.txt in it");
const { seed, limit, orders } = await readSetting({ orders: 6 });

/** The lines of the slide "Learning an n-Gram Model". */
const cows = [
  "the cows eat grass",
  "our cows eat hay daily",
  "factory-farm cows eat corn",
  "on an organic farm, cows eat hay and",
  "do your cows eat grass or corn?",
  "what do cows eat if they have",
  "cows eat corn when there is no",
  "which cows eat which foods depends",
  "if cows eat grass",
  "when cows eat corn their stomachs",
  "should we let cows eat corn?",
];
const table = ngramModel(cows, { order: 3 }).table("cows eat");
for (const { token, count } of table) console.log(`p(${token} | cows eat) = ${count}/${cows.length}`);

const lines = await readLines(`${folder}/shakespeare/input.txt`);
const text = `${lines.slice(0, limit).join("\n")}\n`;
const train = text.slice(0, Math.floor(0.9 * text.length));
const held = text.slice(train.length);

const units = {
  words: learnTokenizer([train], { type: "words", atLeast: 2 }),
  characters: learnTokenizer([train], { type: "characters" }),
};
for (const [unit, tokenizer] of Object.entries(units))
  for (let order = 1; order <= orders; order++) {
    const { perplexity, bits, tokens, unknown } = ngramModel([train], {
      ...{ order, tokenizer },
      smoothing: kneserNey(),
    }).score(held);
    const share = `${tokens} tokens, ${((100 * unknown) / tokens).toFixed(2)} % unknown`;
    console.log(
      `${unit}, order ${order}: perplexity ${perplexity.toFixed(2)}, ${bits.toFixed(3)} bits a token; ${share}`,
    );
  }

const model = ngramModel([train], { order: 5, tokenizer: { type: "words", lowerCase: false } });
console.log(`a sample of 5-grams: ${model.sample(60, { seed })}`);
