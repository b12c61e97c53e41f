import { array, constant, evaluate, nn } from "fovea";

// A network with two tasks: which class, and where. Cross-entropy and a squared difference, weighted and added.
const { loss, classes, corners } = await evaluate(() => {
  const classes = nn.crossEntropy(constant(array([[0, 0, 0, 0]])), constant(array([2], "i32")));
  const corners = nn.meanSquaredError(constant(array([[1, 2]])), constant(array([[1, 4]])));
  return { classes, corners, loss: nn.weightedSum({ classes, corners: [corners, 0.5] }) };
});
console.log(`ln 4 = ${classes.item().toFixed(4)}, and 0.5 · ${corners.item()}: ${loss.item().toFixed(4)}`);
// → ln 4 = 1.3863, and 0.5 · 2: 2.3863
