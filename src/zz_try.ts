import { allOps } from "./ops/registry.ts";
import { checkDerivatives, checkRecord } from "./testing/index.ts";
const op = allOps.get("loop")!;
op.samples.forEach((sample, i) => {
  try { checkDerivatives(op, sample); console.log(i, "ok"); } catch (e) { console.log(i, (e as Error).stack!.slice(0, 1500)); }
});
checkRecord(op);
