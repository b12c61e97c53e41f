/** The run of a recipe as a program of a few lines: the same data, network, seed and settings, so the same bits. */
import type { Recipe } from "../../worker/api.ts";

/** Where pictures come from, as a program writes it: what it imports, and the training pictures. */
const sources: Readonly<Record<string, (recipe: Recipe) => readonly [imports: string, all: string]>> = {
  digits: ({ limit }) => ["digits", `digits({ train: ${limit}, test: 1 }).train`],
  mnist: () => ["mnist", "(await mnist()).train"],
  cifar10: () => ["cifar10", "(await cifar10()).train"],
};

/** Pictures of one's own lie in a folder for each class. */
const folder = ({ data }: Recipe): readonly [string, string] => [
  "imageFolder",
  `(await imageFolder(${JSON.stringify(data)})).train`,
];

/** @param input one picture, [channels, height, width] */
export function programOf(recipe: Recipe, input: readonly number[]): string {
  const { network, seed, limit, heldOut, epochs, batch, rate, momentum, decay, schedule } = recipe;
  const [source, all] = (sources[recipe.data] ?? folder)(recipe);
  const isNamed = /^[\w-]+$/.test(network.trim());
  const layers = isNamed ? [] : layersOf(network);
  const shape = `[${input.join(", ")}]`;
  const imports = [
    `import { createWasmEngine, nn, optim } from "fovea";`,
    `import { ${[source, "firstSamples", "holdOut"].sort().join(", ")} } from "fovea/data";`,
    ...(isNamed ? [`import { architectures } from "fovea/models";`] : []),
    `import { fit } from "fovea/train";`,
  ];
  const layer = isNamed
    ? `architectures[${JSON.stringify(network.trim())}]({ input: ${shape}, classes: train.classes.length })`
    : `nn.sequential(\n${layers.map((one) => `  nn.${one},`).join("\n")}\n)`;
  return `${imports.join("\n")}

const { train, validation } = holdOut(firstSamples(${all}, ${limit}), ${heldOut}, ${seed});
const { classes, normalization } = train;
const layers = ${layer};
const model = nn.Model.build(layers, { input: ${shape}, seed: ${seed}, classes, normalization });
const optimizer = optim.sgd({ learningRate: ${rate}, momentum: ${momentum}, weightDecay: ${decay} });
const schedule = optim.schedules.${schedule}();
// Fused multiply-adds, which not every machine has, would round in their own way.
const engine = createWasmEngine({ relaxed: false });
await fit(model, train, { validation, epochs: ${epochs}, batch: ${batch}, seed: ${seed}, optimizer, schedule, engine });
await model.save("model.safetensors");
`;
}

const OPENING = "([{";
const CLOSING = ")]}";

/** The layers of a network's text, one call each: a call ends where its brackets are closed. Comments and spaces go. */
export function layersOf(text: string): string[] {
  const layers: string[] = [];
  let [depth, layer, quote] = [0, "", ""];
  for (const sign of text.replace(/\/\/[^\n]*/g, "")) {
    if (quote !== "") quote = sign === quote ? "" : quote;
    else if (/["'`]/.test(sign)) quote = sign;
    else if (OPENING.includes(sign)) depth++;
    else if (CLOSING.includes(sign)) depth--;
    else if (depth === 0 && /[\s,;]/.test(sign)) continue;
    layer += sign;
    if (quote === "" && depth === 0 && sign === ")") {
      layers.push(layer.replace(/^nn\./, "").replace(/\s+/g, " "));
      layer = "";
    }
  }
  return layers;
}
