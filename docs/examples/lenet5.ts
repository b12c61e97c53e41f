import { nn } from "fovea";
import { summarize } from "fovea/inspect";
import { lenet5 } from "fovea/models";

const model = nn.Model.build(lenet5({ input: [1, 32, 32] }), { input: [1, 32, 32], seed: 0 });
const { layers, parameters } = summarize(model);
for (const { type, output } of layers.filter(({ parameters }) => parameters > 0)) console.log(`${type} → ${output}`);
// → conv2d → 6,28,28
// → conv2d → 16,10,10
// → linear → 120
// → linear → 84
// → linear → 10
console.log(`${parameters} parameters`);
// → 61706 parameters
