/** Networks for sentences. */
export { type DynamicConvNetOptions, dynamicConvNet } from "./dynamic.ts";
export { type KimOptions, kim } from "./kim.ts";
