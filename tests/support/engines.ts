/** The engines that tests run on: every one there is, and the CPU engine with each set of instructions. */
import { CapabilityError } from "../../src/array/index.ts";
import { createX64Engine, type Engine, selectEngine, type X64Options } from "../../src/engines/index.ts";

/** An engine, or why it cannot be used here. */
export type Candidate =
  | { readonly name: string; readonly engine: Engine }
  | { readonly name: string; readonly reason: string };

const creators: readonly [string, () => Engine][] = [
  ...(["avx512", "avx2"] as const).map((instructions: X64Options["instructions"]): [string, () => Engine] => [
    `x64 ${instructions}`,
    () => createX64Engine({ instructions }),
  ]),
  ["wasm", () => selectEngine("wasm")],
  ["interpreter", () => selectEngine("interpreter")],
];

export const candidates: readonly Candidate[] = creators.map(([name, create]) => {
  try {
    return { name, engine: create() };
  } catch (error) {
    if (error instanceof CapabilityError) return { name, reason: error.message };
    throw error;
  }
});

/** Those that can be used here. */
export const usable = candidates.filter((candidate) => "engine" in candidate);
