import { kneserNey, ngramModel } from "fovea/text";

const lines = ["do your cows eat grass", "our cows eat hay daily", "when cows eat grass or hay"];

// Maximum likelihood: how often each word has followed "cows eat".
const model = ngramModel(lines, { order: 3 });
console.log(
  model
    .table("cows eat")
    .map(({ token, count }) => `${token} ${count}/3`)
    .join(", "),
);
// → grass 2/3, hay 1/3

// What was never seen is impossible; smoothing leaves it a chance.
console.log(model.logProbability("cows eat daily"));
// → -Infinity
const smooth = ngramModel(lines, { order: 3, smoothing: kneserNey() });
console.log(Number.isFinite(smooth.logProbability("cows eat daily")));
// → true

// Each word is drawn given the two before it; at temperature 0, the most probable one.
console.log(model.sample(2, { context: "your cows", temperature: 0 }));
// → eat grass
