/** Replaces uses of ops by simpler ones with the same bits, rule by rule. */
import { fill, isOpNode, type Node, type Op, type Tensor } from "../graph/index.ts";
import { byRecord } from "../ops/index.ts";
import { algebraRules } from "./algebra-rules.ts";
import { fillRuleOf } from "./fill-rules.ts";
import { movementRules } from "./movement-rules.ts";
import { type Pass, rewrite } from "./pass.ts";
import type { RewriteRule, Use } from "./rules.ts";

/** Constants need no algebra, so their table comes first. */
const ruleTables: readonly { readonly get: (op: Op) => RewriteRule | undefined }[] = [
  { get: fillRuleOf },
  byRecord(movementRules),
  byRecord(algebraRules),
];

function simplifyUse(use: Use): Tensor | undefined {
  for (const rules of ruleTables) {
    const simpler = rules.get(use.op)?.(use);
    if (simpler !== undefined) return simpler;
  }
}

/** Repeats until no rule applies to the tensor. */
function simplified(use: Use): Tensor | undefined {
  let found = simplifyUse(use);
  for (let next = found; next !== undefined; ) {
    found = next;
    next = isOpNode(next.node) ? simplifyUse(next.node) : undefined;
  }
  return found;
}

/** The number of a constant host array; an empty one may be any number. */
function uniformConstant(node: Node): Tensor | undefined {
  if (node.kind !== "constant") return undefined;
  const { data, shape, dtype } = node.value;
  const [first = 0] = data;
  return data.every((x) => Object.is(x, first)) ? fill(first, shape, dtype) : undefined;
}

export const simplify: Pass = {
  name: "simplify",
  run: (graph) =>
    rewrite(graph, (node, inputs) => {
      const simpler = isOpNode(node) ? simplified({ ...node, inputs }) : uniformConstant(node);
      return simpler && [simpler];
    }),
};
