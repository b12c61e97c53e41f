export * from "./public.ts";
export { type Pretrained, pretrained } from "./weights/index.ts";
