/** `fovea look maps`: what the channels of a layer say of a picture. */
import { Option } from "commander";
import { colorize, valueScale } from "../../image/index.ts";
import { createProbe } from "../../inspect/index.ts";
import type { Look } from "./look.ts";

interface Flags {
  readonly layer: string;
  readonly each?: boolean;
}

export const maps: Look<Flags> = {
  name: "maps",
  summary: "the activation maps of a layer",
  description: "Draws the map of every channel of a layer for a picture.",
  examples: ["runs/lenet5-digits digit.png --layer 0 -o maps.png"],
  pictures: "one",
  options: [
    new Option("--layer <path>", "the layer whose maps are drawn").makeOptionMandatory(),
    new Option("--each", "a scale for each map (default: one for all)"),
  ],
  look: async ({ model, pictures: [{ name, input }], flags: { layer, each }, engine }) => {
    const { values } = await createProbe(model, { values: [layer], engine })(input);
    const planes = Array.from({ length: values[layer].shape[1] }, (_, c) => values[layer].row(0).row(c));
    const shared = valueScale(values[layer].data);
    return {
      lines: [`${layer} of ${name}: ${planes.length} maps of ${planes[0].shape.join("×")}`],
      numbers: { layer, maps: values[layer] },
      drawing: {
        cells: planes.map((plane, c) => ({
          picture: colorize(plane, each ? {} : shared),
          caption: String(c),
        })),
        grid: { title: `${layer} of ${name}` },
      },
    };
  },
};
