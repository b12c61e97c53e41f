/** How often a kernel sets and reads each local: what is set once and read once needs no register of its own. */
import type { Index, Kernel, Local, Statement, Value } from "../../loops/index.ts";

export interface Uses {
  sets: number;
  reads: number;
}

export function usesOf({ body }: Kernel): ReadonlyMap<Local, Uses> {
  const uses = new Map<Local, Uses>();
  const of = (local: Local): Uses => {
    let found = uses.get(local);
    if (found === undefined) {
      found = { sets: 0, reads: 0 };
      uses.set(local, found);
    }
    return found;
  };
  const index = ({ computed }: Index): void => {
    if (computed !== undefined) value(computed);
  };
  const value = (part: Value): void => {
    if (part.kind === "local") of(part).reads++;
    else if (part.kind === "load" || part.kind === "loadSplat") index(part.index);
    else if (part.kind === "splat" || part.kind === "lane") value(part.value);
    else if (part.kind === "apply") for (const operand of part.operands) value(operand);
  };
  const statement = (part: Statement): void => {
    if (part.kind === "set") of(part.local).sets++;
    if (part.kind === "store" || part.kind === "storeLane") index(part.index);
    if (part.kind === "if") value(part.condition);
    else if (part.kind !== "loop") value(part.value);
    if ("body" in part) for (const inner of part.body) statement(inner);
  };
  for (const part of body) statement(part);
  return uses;
}
