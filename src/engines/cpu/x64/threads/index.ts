export { lend } from "./belongings.ts";
export { callsOf, linuxCalls, type SystemCalls } from "./calls.ts";
export { Crew, crewOf } from "./crew.ts";
