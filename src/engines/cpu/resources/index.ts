export { account, isReclaimDue, OVERHEAD_BYTES, reclaim } from "./reclaim.ts";
export { Shared } from "./shared.ts";
