/** Layers: everything of `nn` that makes one, and what there is to make layers and networks of one's own. */
import { byFile, isLayerFactory, layerSchema, source } from "./entries.ts";
import { contents, groupsOf, section } from "./groups.ts";
import { heading, page } from "./markdown.ts";

const ENTRY = "src/entries/nn.ts";

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
    'The parts of networks: `import { nn } from "fovea"`, then `nn.conv2d(…)`. A layer is a description, plain data that is saved ' +
      "with a model. Its parameters are created when the model is built, and it infers the number of input channels. Shapes begin " +
      "with the batch, n. Invalid options raise an `OptionError` at once, inputs that do not fit a `ShapeError` while the model is " +
      "built. Custom layers are described in [how it is built](../architecture.md#layers-and-models).",
    contents(layers),
    "Models, custom layers and tools:",
    contents(others),
    ...[...layers, ...others].map((group) => section(group, layerSchema)),
  );
}
