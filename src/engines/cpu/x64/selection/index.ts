/** From kernels to instructions over virtual registers. */
export { type SelectOptions, selectKernel } from "./select.ts";
