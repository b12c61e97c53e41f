/** `fovea look maps`: what the channels of a layer say of a picture. */
import { Option } from "commander";
import { createProbe, mapPictures } from "../../inspect/index.ts";
import { wholeNumber } from "../options.ts";
import type { Look } from "./look.ts";

interface Flags {
  readonly layer: string;
  readonly each?: boolean;
  readonly columns?: number;
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
    new Option("--columns <n>", "maps in a row (default: as many as rows)").argParser(wholeNumber(1)),
  ],
  look: async ({ model, pictures: [{ name, input }], flags: { layer, each, columns }, engine }) => {
    const { values } = await createProbe(model, { values: [layer], engine })(input);
    const pictures = mapPictures(values[layer], { scale: each ? "each" : "shared" });
    const [, , ...spatial] = values[layer].shape;
    return {
      lines: [`${layer} of ${name}: ${pictures.length} maps of ${spatial.join("×") || "one number"}`],
      numbers: { layer, maps: values[layer] },
      drawing: {
        cells: pictures.map((picture, c) => ({ picture, caption: String(c) })),
        grid: { columns, title: `${layer} of ${name}` },
      },
    };
  },
};
