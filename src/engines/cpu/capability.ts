/** What the CPU engine cannot compute, said before anything is compiled. */
import { mostMemory } from "#platform";
import { CapabilityError, formatBytes } from "../../array/index.ts";
import {
  bodiesOf,
  elementCountOf,
  formatType,
  type Graph,
  isOpNode,
  labelOf,
  located,
  type Node,
} from "../../graph/index.ts";
import { MOST_ELEMENTS } from "./loops/index.ts";
import { hasKernel } from "./lower/index.ts";

const ON_INTERPRETER = 'the interpreter computes it: compile(…, { engine: selectEngine("interpreter") })';

/** @throws CapabilityError for the first node that the engine has no kernel for, or whose values it cannot hold */
export function checkCapability(graph: Graph, engine: string): void {
  for (const node of graph.nodes) {
    const problem = problemOf(node, engine);
    if (problem !== undefined) throw new CapabilityError(`${located(labelOf(node), node.path)}: ${problem}`);
    if (isOpNode(node)) for (const [, body] of bodiesOf(node)) checkCapability(body.graph, engine);
  }
}

function problemOf(node: Node, engine: string): string | undefined {
  if (isOpNode(node) && !hasKernel(node))
    return (
      `the engine ${engine} has no kernel for the op '${node.op.name}'; ` +
      `give its record \`expand\`, which computes it by other ops, or ${ON_INTERPRETER}`
    );
  for (const output of node.outputs) {
    if (output.dtype === "f64") return `is float64, which only the interpreter computes; cast it to f32`;
    const elements = elementCountOf(output);
    if (elements > MOST_ELEMENTS)
      return (
        `${formatType(output)} has ${elements} elements, and a tensor of the engine ${engine} at most ${MOST_ELEMENTS}; ` +
        "use a smaller batch"
      );
  }
  return undefined;
}

/** @throws CapabilityError for a program that needs more memory than there is: systems promise it, and then end the process */
export function checkMemory(bytes: number): void {
  const most = mostMemory();
  if (bytes > most)
    throw new CapabilityError(
      `the program needs ${formatBytes(bytes)} of memory at once, and this machine has ${formatBytes(most)}; use a smaller batch`,
    );
}
