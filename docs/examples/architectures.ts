import { nn } from "fovea";
import { summarize } from "fovea/inspect";
import { architectures, vgg16 } from "fovea/models";

for (const name of ["zfnet", "vgg16", "resnet18", "resnet152"]) {
  const network = architectures[name];
  const { parameters } = summarize(nn.Model.build(network(), { input: network.input }));
  console.log(`${name}: ${(parameters / 1e6).toFixed(1)} million parameters`);
}
// → zfnet: 62.4 million parameters
// → vgg16: 138.4 million parameters
// → resnet18: 11.7 million parameters
// → resnet152: 60.2 million parameters

// Any number of classes, and options of the family.
const small = nn.Model.build(vgg16({ classes: 10, dropout: 0.3 }), { input: [3, 64, 64] });
console.log(small.variables.at(-1)?.shape);
// → [ 10 ]
