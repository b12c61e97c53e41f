/** `fovea look deconv`: what the strongest maps of a layer were made of in a picture. */

import { Option } from "commander";
import { arrayToPicture } from "../../image/index.ts";
import { aroundGray, deconvProjections, deconvSchema, patchCutter } from "../../inspect/index.ts";
import { libraryOption } from "../library-options.ts";
import { wholeNumbers } from "../options.ts";
import type { Look } from "./look.ts";

interface Flags {
  readonly layer: string;
  readonly channels?: readonly number[];
  readonly count?: number;
  readonly whole?: boolean;
}

export const deconv: Look<Flags> = {
  name: "deconv",
  summary: "what made the strongest maps of a layer strong, by a deconvnet",
  description:
    "Projects the strongest place of a layer's strongest maps back to the picture, through the transposed filters and the switches of max pooling; draws what each saw, and its projection beside it.",
  examples: [
    "squeezenet1_0 cat.jpg --layer features.5 -o deconv.png",
    "squeezenet1_0 cat.jpg --layer features.3 --channels 4,7 --whole -o deconv.png",
  ],
  pictures: "one",
  options: [
    new Option("--layer <path>", "the layer whose maps are projected").makeOptionMandatory(),
    new Option("--channels <n,…>", "its channels (default: the strongest)").argParser(wholeNumbers(0)),
    libraryOption({ flag: "--count <n>", about: "how many of the strongest", kind: deconvSchema.count }),
    new Option("--whole", "draw whole pictures, not what the unit sees of them"),
  ],
  look: async ({ model, pictures: [{ name, input, picture }], engine, flags: { layer, channels, count, whole } }) => {
    const found = await deconvProjections(model, input, { layer, channels, count, engine });
    const cut = patchCutter(model, layer);
    const cells = found.flatMap(({ channel, value, position, projection }) =>
      [picture, arrayToPicture(aroundGray(projection))].map((one, i) => ({
        picture: whole ? one : cut(one, position).patch,
        caption: i === 0 ? `${channel}: ${value.toFixed(1)}` : `at ${position.join(", ")}`,
      })),
    );
    return {
      lines: found.map(
        ({ channel, value, position }) => `${layer} channel ${channel}: ${value.toFixed(3)} at [${position}]`,
      ),
      numbers: { layer, picture: name, projections: found },
      drawing: { cells, grid: { columns: 6, title: `${layer} of ${name}` } },
    };
  },
};
