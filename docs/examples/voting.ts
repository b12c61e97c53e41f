import { nn, optim } from "fovea";
import { digits, tenCrop } from "fovea/data";
import { classification, cropVote, ensemble, evaluateModel, fit, singleView } from "fovea/train";

const { train, test } = digits({ train: 400, test: 200 });
const network = nn.sequential(nn.conv2d(6, { kernel: 5 }), nn.relu(), nn.maxPool2d(4), nn.flatten(), nn.linear(10));
const optimizer = optim.adam({ learningRate: 0.003 });
const models = [];
for (const seed of [1, 2, 3]) models.push((await fit(network, train, { epochs: 5, batch: 32, seed, optimizer })).model);

// Four corners and the center of the padded picture, and their mirror images.
console.log(tenCrop(test.images, { size: 28, padding: 2 }).shape.join("×"));
// → 10×200×1×28×28

// Several networks vote with their probabilities, and err less than one of them does on average.
const alone = await Promise.all(models.map((model) => evaluateModel(model, test)));
const together = await evaluateModel(ensemble(models.map((model) => singleView(model))), test);
const mean = (values: number[]): number => values.reduce((a, b) => a + b) / values.length;
console.log(`loss is smaller: ${together.figures.loss < mean(alone.map(({ figures }) => figures.loss))}`);
// → loss is smaller: true
console.log(`accuracy is larger: ${together.figures.accuracy > mean(alone.map(({ figures }) => figures.accuracy))}`);
// → accuracy is larger: true

// Most digits are others in a mirror, so each network looks at the five crops only.
const looking = models.map((model) => cropVote(model, { crops: 5, padding: 1 }));
const task = classification({ report: { topK: [1, 3], confused: 1 } });
const { details } = await evaluateModel(ensemble(looking), test, { task });
const { topK, calibration, confused } = details.report!;
console.log(`among the first three: ${topK[3] > topK[1]}, bins of confidence: ${calibration.bins.length}`);
// → among the first three: true, bins of confidence: 15
console.log(`one pair of classes, confused most: ${confused[0].label !== confused[0].predicted}`);
// → one pair of classes, confused most: true
