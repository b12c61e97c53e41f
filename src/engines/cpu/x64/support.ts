/** Whether machine code can be run here, with which instructions, and if not, why. */
import { environment, type NativeHost, type NativeHostSearch, nativeHost } from "#platform";
import { CapabilityError, describeGiven, OptionError } from "../../../array/index.ts";
import { avx2, avx512, type X64Target } from "./code/index.ts";
import { systemVHost } from "./convention.ts";
import { processorFeatures } from "./cpuid.ts";
import { callsOf } from "./threads/index.ts";

/** Best first. */
const targets: readonly X64Target[] = [avx512, avx2];

export type InstructionSet = X64Target["name"];

const titles: Readonly<Record<InstructionSet, string>> = { avx512: "AVX-512", avx2: "AVX2" };
export const titleOf = ({ name }: X64Target): string => titles[name];

/** `reason` is a clause that says what is in the way. Functions of the host are called as System V says. */
export type X64Support =
  | { readonly found: true; readonly host: NativeHost; readonly target: X64Target }
  | { readonly found: false; readonly reason: string };

/** What FOVEA_X64 asks for. @throws OptionError if that is nothing that there is */
export function demandedSupport(): InstructionSet | "off" | undefined {
  const demand = environment("FOVEA_X64");
  const known = [...targets.map(({ name }) => name), "off"] as const;
  const found = known.find((name) => name === demand);
  if (demand === undefined || found !== undefined) return found;
  throw new OptionError(`FOVEA_X64 must be one of ${known.join(", ")}, got '${demand}'`);
}

/** @param demand an instruction set that it must be; else the best that there is. Default: as FOVEA_X64 says */
export function findX64Support(demand: InstructionSet | "off" | undefined = demandedSupport()): X64Support {
  if (demand === "off") return { found: false, reason: "FOVEA_X64 is off" };
  if (demand !== undefined && !Object.hasOwn(titles, demand))
    throw new OptionError(`instructions must be ${Object.keys(titles).join(" or ")}, got ${describeGiven(demand)}`);
  const search = findHost();
  if (!search.found) return search;
  const features = processorFeatures(search.host);
  const target = targets.find(({ name }) => features[name] && (demand === undefined || demand === name));
  if (target !== undefined) return { found: true, host: search.host, target };
  const wanted = demand === undefined ? "AVX2 with FMA" : titles[demand];
  return { found: false, reason: `the processor, or the operating system, has no ${wanted}` };
}

/** One whose system has all that machine code asks of it. */
function findHost(): NativeHostSearch {
  const search = nativeHost();
  if (!search.found) return search;
  try {
    const host = systemVHost(search.host);
    callsOf(host);
    return { found: true, host };
  } catch (error) {
    if (error instanceof CapabilityError) return { found: false, reason: error.message };
    throw error;
  }
}
