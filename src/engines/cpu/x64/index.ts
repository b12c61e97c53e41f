/** Steps as machine code of x86-64. */
export { x64Backend } from "./backend.ts";
export { demandedSupport, findX64Support, type InstructionSet, titleOf } from "./support.ts";
