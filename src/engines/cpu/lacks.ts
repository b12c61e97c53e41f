/**
 * Ops that this engine does not compute, by name, each with the reason. The contract suite skips these on the engine, with
 * the reason, and no others: an op without a kernel and without an expansion fails it.
 */
import { byRecord } from "../../ops/index.ts";

/** At present every op of the library has a kernel or an expansion. */
export const knownLacks = byRecord<string>({});
