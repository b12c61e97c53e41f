export type { SegmentationNetworkOptions } from "./parts.ts";
export { type SegnetOptions, segnet } from "./segnet.ts";
export { unet } from "./unet.ts";
