/** Layers: everything of `nn` that makes one, and what there is to make layers and networks of one's own. */
import { byFile, isLayerFactory, layerSchema, source } from "./entries.ts";
import { contents, groupsOf, section } from "./groups.ts";
import { heading, page } from "./markdown.ts";

const ENTRY = "src/nn/index.ts";

/** Files that have pages of their own. */
const isElsewhere = (file: string): boolean => file.startsWith("src/nn/losses/") || file === "src/nn/initializers.ts";

export function layersPage(): string {
  const exported = source()
    .exportsOf(ENTRY)
    .filter(({ file }) => !isElsewhere(file));
  const makeLayers = new Set(byFile(exported.filter(isLayerFactory)).keys());
  const groups = groupsOf(exported);
  const layers = groups.filter(({ file }) => makeLayers.has(file));
  const others = groups.filter(({ file }) => !makeLayers.has(file));
  return page(
    heading(1, "Layers"),
    'What networks are made of: `import { nn } from "fovea"`, then `nn.conv2d(…)`. A layer is a description, plain data that is ' +
      "saved with a model; its parameters are made when it meets its input, whose channels it takes from there. Shapes are " +
      "written with the batch, n, in front. Wrong options raise an `OptionError` at once, inputs that do not fit a `ShapeError` " +
      "while the model is built. How to write layers of one's own is in [how it is built](../architecture.md#layers-and-models).",
    contents(layers),
    "And for networks beyond single layers:",
    contents(others),
    ...[...layers, ...others].map((group) => section(group, layerSchema)),
  );
}
