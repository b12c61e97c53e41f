export type { SegmentationNetworkOptions } from "./parts.ts";
export { type SegnetOptions, segnet } from "./segnet.ts";
export { type SqueezenetUnetOptions, squeezenetUnet } from "./squeezenet-unet.ts";
export { unet } from "./unet.ts";
