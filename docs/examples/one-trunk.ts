/** Several answers from one trunk: the shape in a scene and the four corners of its box; the joints of a stick figure. */
import { optim } from "fovea";
import { objectScenes, poseScenes } from "fovea/data";
import { classAndBox, poseRegression } from "fovea/models";
import { classification, evaluateModel, fit, localization, poseEstimation, together } from "fovea/train";

const setting = { epochs: 2, batch: 16, seed: 1, optimizer: optim.adam({ learningRate: 0.002 }) };
const size = { train: 64, validation: 16, test: 0, size: 32 };

// Cross-entropy of the class, and L2 of the eight numbers of the corners, with a weight.
const objects = objectScenes(size);
const box = localization({ corners: true, loss: "squared" });
const task = together({ class: classification(), box }, { weights: { box: 50 } });
const { model } = await fit(classAndBox({ classes: 8, maps: [8, 16], width: 32 }), objects.train, { ...setting, task });
const { figures } = await evaluateModel(model, objects.validation);
console.log(Object.keys(figures).join(", "));
// → loss, class.accuracy, box.meanIoU, box.found

// Fourteen joints, 28 numbers.
const figure = poseScenes(size);
const pose = await fit(poseRegression({ points: 14, maps: [8, 16], units: 32 }), figure.train, {
  ...setting,
  task: poseEstimation(),
});
const { details } = await evaluateModel<{ points: object }>(pose.model, figure.validation);
console.log(Object.keys(details.points).slice(0, 3).join(", "));
// → right ankle, right knee, right hip
