import { nn } from "fovea";
import { summarize } from "fovea/inspect";
import { alexnet_2012 } from "fovea/models";

// Nothing is drawn for a summary, so large networks take milliseconds.
const model = nn.Model.build(alexnet_2012(), { input: alexnet_2012.input });
const { parameters, units, multiplyAdds } = summarize(model);
console.log(`${parameters / 1e6} million parameters`);
// → 60.965224 million parameters
console.log(`${units} neurons, ${multiplyAdds / 1e6} million connections`);
// → 659272 neurons, 724.406816 million connections
