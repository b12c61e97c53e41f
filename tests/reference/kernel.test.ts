/** docs/kernel.md quotes the source as it is, and shows what the engine makes of it. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import wabt from "wabt";
import { type Buffer, printKernel } from "../../src/engines/cpu/loops/index.ts";
import { lower } from "../../src/engines/cpu/lower/index.ts";
import { emitKernel, encodeModule, wasmTarget } from "../../src/engines/cpu/wasm/index.ts";
import { f32, printGraph, trace } from "../../src/graph/index.ts";
import { argMax } from "../../src/ops/index.ts";
import { declarationOf, quotedIn } from "./quotes.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const parts = quotedIn(readFileSync(new URL("../../docs/kernel.md", import.meta.url), "utf8"));

/** Where the page says that the input and the output lie. */
const ADDRESSES: readonly number[] = [1024, 1088];

/** The formatter of documents moves pieces of code that are whole statements to the margin. */
const inOneLine = (code: string): string => code.replace(/\s+/g, " ");

/** The page's example, in the three forms that it goes through. */
async function printed(): Promise<Readonly<Record<string, string>>> {
  const { graph } = trace((x) => argMax(x, 1), [f32(3, 5)]);
  const [{ kernel, reads, writes }] = lower(graph, wasmTarget(false)).steps;
  const buffers = [...reads, ...writes];
  const addressOf = (buffer: Buffer): number => ADDRESSES[buffers.indexOf(buffer)];
  const bytes = encodeModule([emitKernel(kernel, { addressOf, relaxed: false })], { pages: 1, shared: false });
  const module = (await wabt()).readWasm(bytes, {});
  const wasm = module.toText({ foldExprs: false, inlineExport: false });
  module.destroy();
  return { graph: printGraph(graph), loops: printKernel(kernel), wasm };
}

it("quotes the function, the record, and the lowering, and prints all three forms", () => {
  expect(parts.map(({ what }) => what)).toEqual([
    ...["argMax of src/ops", "argMaxOp of src/ops", "rowsAlong of src/ops", "graph"],
    ...[
      "lowerArgMax of src/engines",
      "greatestAlong of src/engines",
      "goOn of src/engines",
      "aroundAxis of src/engines",
    ],
    ...["loops", "wasm"],
  ]);
});

it.each(parts)("explains every block of: $what", ({ unexplained }) => expect(unexplained).toEqual([]));

it.each(parts.filter(({ kind }) => kind === "quote"))("quotes what stands in the source: $what", ({ what, code }) => {
  const [name, folder] = what.split(" of ");
  expect(inOneLine(code)).toBe(inOneLine(declarationOf(root, name, folder)));
});

it.each(parts.filter(({ kind }) => kind === "printed"))("shows what is printed: $what", async ({ what, code }) => {
  expect(code).toBe((await printed())[what].trimEnd());
});
