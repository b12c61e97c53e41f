export * from "./public.ts";
export { pretrained } from "./weights/index.ts";
