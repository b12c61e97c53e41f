/** What lies outside of JavaScript's heap, and how it is given back. */
export { account, isReclaimDue, OVERHEAD_BYTES, reclaim } from "./reclaim.ts";
export { Shared } from "./shared.ts";
