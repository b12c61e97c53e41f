/** Where the values of programs lie: what stays between runs, what programs share, what is computed once. */
export { Arena, Arenas } from "./arena.ts";
export { type LayOutOptions, layOut, type Resident, type ResidentLeaf } from "./lay-out.ts";
export type { Layout } from "./layout.ts";
export { lifetimesOf } from "./lifetimes.ts";
