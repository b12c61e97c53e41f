import { array, nn } from "fovea";
import { dataset, numbers, ragged, tokens } from "fovea/data";
import { pairNetwork } from "fovea/models";
import { encode, vocabulary, wordOverlap } from "fovea/text";
import { evaluateModel, meanAveragePrecision, meanReciprocalRank, ranking } from "fovea/train";

const question = ["who", "wrote", "hamlet"];
const candidates = [["hamlet", "is", "long"], ["shakespeare", "wrote", "hamlet"], ["it", "rained"]]; // biome-ignore format: one line
const words = vocabulary([question, ...candidates]);
const pairs = dataset("pairs", {
  question: tokens(ragged(candidates.map(() => encode(words, question))), words),
  answer: tokens(ragged(candidates.map((candidate) => encode(words, candidate))), words),
  overlap: numbers(array(candidates.map((candidate) => [wordOverlap(question, candidate)]))),
  relevant: numbers(array([0, 1, 0])),
  number: numbers(array([7, 7, 7])),
});
const model = nn.Model.build(pairNetwork({ words: words.words.length, overlaps: 1, features: 8, maps: 4 }));
const { figures } = await evaluateModel(model, pairs, { task: ranking({ target: "relevant", group: "number" }) });
console.log(Object.keys(figures).join(", "));
// → loss, auc, map, mrr

// By hand: the second of three candidates is right, and one score is a tie.
console.log(meanReciprocalRank([0.9, 0.8, 0.1], [0, 1, 0], [7, 7, 7]));
// → 0.5
console.log(meanAveragePrecision([0.5, 0.5, 0.1], [1, 0, 0], [7, 7, 7]));
// → 0.5
