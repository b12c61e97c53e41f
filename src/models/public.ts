/** Architectures: the entry `fovea/models`. */
export {
  type Architecture,
  type ArchitectureDefinition,
  type ArchitectureOptions,
  defineArchitecture,
  type NetworkOptions,
} from "./architecture.ts";
export { architectures } from "./catalog.ts";
export { lenet5, torchTutorial } from "./lenet5.ts";
export {
  resnet18,
  resnet34,
  resnet50,
  resnet101,
  resnet152,
  resnext50_32x4d,
  resnext101_32x8d,
  resnext101_64x4d,
  wide_resnet50_2,
  wide_resnet101_2,
} from "./resnet.ts";
