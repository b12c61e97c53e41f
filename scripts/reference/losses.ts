/** Losses. */
import { source } from "./entries.ts";
import { contents, groupsOf, section } from "./groups.ts";
import { heading, page } from "./markdown.ts";

const ENTRY = "src/nn/losses/index.ts";

export function lossesPage(): string {
  const groups = groupsOf(source().exportsOf(ENTRY));
  return page(
    heading(1, "Losses"),
    "What a step makes small: `nn.crossEntropy(scores, classes)`. A loss is a function over tensors and gives a tensor, so losses " +
      "can be added up, weighed and looked into like everything else.",
    contents(groups),
    ...groups.map((group) => section(group)),
  );
}
