/** `fovea look filters`: the filters of a layer. */
import { Option } from "commander";
import { filterPictures } from "../../inspect/index.ts";
import { wholeNumber } from "../options.ts";
import type { Look } from "./look.ts";

interface Flags {
  readonly layer?: string;
  readonly shared?: boolean;
  readonly columns?: number;
}

export const filters: Look<Flags> = {
  name: "filters",
  summary: "the filters of a layer",
  description:
    "Draws the filters of a first layer as they are, in color or gray; of deeper ones the norm of each filter (rows) at each " +
    "input channel (columns).",
  examples: ["runs/lenet5-digits -o filters.png", "squeezenet1_0 --layer features.0 --columns 12 -o filters.png"],
  options: [
    new Option("--layer <path>", "the layer (default: the first one with filters)"),
    new Option("--shared", "one scale for all filters (default: a scale for each)"),
    new Option("--columns <n>", "filters in a row (default: as many as rows)").argParser(wholeNumber(1)),
  ],
  look: async ({ model, flags: { layer: asked, shared, columns } }) => {
    const { layer, kind, weights, norms, pictures } = filterPictures(model, {
      layer: asked,
      scale: shared ? "shared" : "each",
    });
    const [filters, channels, ...kernel] = weights.shape;
    const what = `${layer || "the layer"}: ${filters} filters of ${channels} × ${kernel.join(" × ")}`;
    return {
      lines: [kind === "norms" ? `${what}, as norms` : `${what}, in ${kind}`],
      numbers: { layer, kind, weights, norms },
      drawing: { cells: pictures.map((picture) => ({ picture })), grid: { columns, gap: 4, title: what } },
    };
  },
};
