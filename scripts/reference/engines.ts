/** Which engine runs which op: the registry and the engines' own word, as the contract suite asks for it. */
import { CapabilityError } from "../../src/array/index.ts";
import { canLower } from "../../src/engines/cpu/lower/index.ts";
import { engineNames, openEngine } from "../../src/engines/index.ts";
import type { Op } from "../../src/graph/index.ts";
import { allOps } from "../../src/ops/registry.ts";
import { blocks, heading, page, table, word } from "./markdown.ts";

/** Every engine that there is, whether or not this machine can run it. */
export const namedEngines: readonly string[] = engineNames.filter((name) => name !== "auto");

/** Whether the loop language, which is what compiled engines run, has the op or what the op is made of. */
export const isLowered = (op: Op): boolean => op.expand !== undefined || canLower(op);

type Support = (op: Op) => string | undefined;

async function openSupport(name: string): Promise<Support> {
  try {
    return (await openEngine(name, { threads: 1 })).lacks;
  } catch (error) {
    if (!(error instanceof CapabilityError)) throw error;
    return (op) => (isLowered(op) ? undefined : "no kernel");
  }
}

const supports = new Map(await Promise.all(namedEngines.map(async (name) => [name, await openSupport(name)] as const)));

/** Why an op is not supported, if so. Engines that cannot be made here go by the table that all compiled ones share. */
export const supportOf = (name: string): Support => supports.get(name)!;

export function enginesPage(): string {
  const engines = namedEngines.map(supportOf);
  const ops = [...allOps.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  const rows = ops.map((op) => [word(op.name), ...engines.map((lacks) => answer(lacks(op))), kernelOf(op)]);
  const extents = engines.map((lacks) => (ops.every((op) => lacks(op) === undefined) ? "all" : "not all, see below"));
  return page(
    heading(1, "Engines"),
    "Engines run graphs. The interpreter is the reference; the others compile whole steps, and the contract suite (`tests/contract`) " +
      "compares every op with the interpreter and skips by name what is missing here. Engines are listed best first; `fovea doctor` " +
      "shows which of them your machine has. The ops are described in [operations](ops.md).",
    "`x64` is tested on Linux, on Windows under Wine only, and not on macOS. On the latter two `auto` does not choose it; " +
      "`--engine x64`, or `FOVEA_X64=avx2` or `avx512`, does.",
    table(
      ["engine", "ops"],
      namedEngines.map((name, i) => [word(name), extents[i]]),
    ),
    blocks(
      heading(2, "Op by op"),
      "The last column says how compiled engines compute an op: by a kernel, or by the other ops that it consists of. All compiled " +
        "engines share these kernels.",
      table(["op", ...namedEngines.map(word), "compiled as"], rows),
    ),
  );
}

const answer = (lacks: string | undefined): string => (lacks === undefined ? "yes" : `no: ${lacks}`);

const kernelOf = (op: Op): string => (canLower(op) ? "a kernel" : op.expand !== undefined ? "other ops" : "–");
