export { type SelectOptions, selectKernel } from "./select.ts";
