/** Losses. */
import { source } from "./entries.ts";
import { contents, groupsOf, section } from "./groups.ts";
import { heading, page } from "./markdown.ts";

const ENTRY = "src/nn/losses/index.ts";

export function lossesPage(): string {
  const groups = groupsOf(source().exportsOf(ENTRY));
  return page(
    heading(1, "Losses"),
    "What a training step minimizes: `nn.crossEntropy(scores, classes)`. A loss is a function from tensors to a tensor, so losses can " +
      "be added, weighted and inspected like any other tensor.",
    contents(groups),
    ...groups.map((group) => section(group)),
  );
}
