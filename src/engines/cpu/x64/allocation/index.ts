/** From virtual registers to the processor's, and the stack frame. */
export { type Allocated, allocate } from "./allocate.ts";
