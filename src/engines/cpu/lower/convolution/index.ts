/** Convolution, its gradients and pooling. */
export { lowerAvgPool, lowerAvgPoolGradient } from "./avg-pool.ts";
export { lowerConv } from "./conv.ts";
export { lowerConvFilterGradient } from "./filter-gradient.ts";
export { lowerConvInputGradient } from "./input-gradient.ts";
export { samplesInnermost } from "./layout.ts";
export { hasSeparateWindows, lowerMaxPool, lowerMaxPoolGradient } from "./max-pool.ts";
export { WINOGRAD_ERROR } from "./winograd-transforms.ts";
