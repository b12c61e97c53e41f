/** The engines that tests run on: every one there is, and the CPU engine with each set of instructions. */
import { CapabilityError } from "../../src/array/index.ts";
import { createX64Engine, type Engine, engineNames, openEngine } from "../../src/engines/index.ts";

/** An engine, or why it cannot be used here. */
export type Candidate =
  | { readonly name: string; readonly engine: Engine }
  | { readonly name: string; readonly reason: string };

type Creator = [name: string, create: () => Engine | Promise<Engine>];

const creators: readonly Creator[] = [
  ...(["avx512", "avx2"] as const).map(
    (instructions): Creator => [`x64 ${instructions}`, () => createX64Engine({ instructions })],
  ),
  ...engineNames
    .filter((name) => !["auto", "x64"].includes(name))
    .map((name): Creator => [name, () => openEngine(name)]),
];

export const candidates: readonly Candidate[] = await Promise.all(
  creators.map(async ([name, create]) => {
    try {
      return { name, engine: await create() };
    } catch (error) {
      if (error instanceof CapabilityError) return { name, reason: error.message };
      throw error;
    }
  }),
);

/** Those that can be used here. */
export const usable = candidates.filter((candidate) => "engine" in candidate);
