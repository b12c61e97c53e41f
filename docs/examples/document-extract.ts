import { array, nn } from "fovea";
import { createExtractor, extractToText } from "fovea/inspect";
import { learnTokenizer } from "fovea/text";

const review = "We saw it late. A great film with great music! The end is dull.";
const tokenizer = learnTokenizer([review]);

// A network for documents with weights by hand: words have one number, sentences and documents add them up.
const sentence = nn.sequential(nn.embedding(tokenizer.size, 1, { padding: 0 }), nn.poolSteps("sum"));
const network = nn.sequential({
  sentences: nn.eachStep(sentence, { padding: 0 }), // [n, sentences, words] → [n, sentences, 1]
  document: nn.poolSteps("sum"),
  output: nn.linear(2, { bias: false }),
});
const input = { shape: [100, 32], dtype: "i32", sequence: true } as const;
const model = nn.Model.build(network, { input, classes: ["bad", "good"] });
const [words, output] = model.variables;
const opinion: Record<string, number> = { great: 2, dull: -1 };
words.value = array(tokenizer.vocabulary!.words.map((word) => [opinion[word] ?? 0]));
output.value = array([[-0.5], [0.5]]);

const extractOf = createExtractor(model, tokenizer, { keep: 0.2 });
for (const line of extractToText(await extractOf(review))
  .trimEnd()
  .split("\n"))
  console.log(line);
// → good (95.3 %); good (98.2 %) by 1 of 3 sentences
// →      0.000  We saw it late.
// → >    4.000  A great film with great music!
// →     -1.000  The end is dull.
