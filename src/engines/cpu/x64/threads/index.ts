/** Threads that run machine code only, and what ends with them. */
export { lend } from "./belongings.ts";
export { callsOf, linuxCalls, type SystemCalls } from "./calls.ts";
export { NativeCrew, nativeCrewOf } from "./crew.ts";
