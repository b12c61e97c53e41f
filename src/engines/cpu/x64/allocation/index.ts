export { type Allocated, allocate } from "./allocate.ts";
