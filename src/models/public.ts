/** Architectures: the entry `fovea/models`. */
export { alexnet, alexnet_2012, zfnet, zfnet_512 } from "./alexnet.ts";
export {
  type Architecture,
  type ArchitectureDefinition,
  type ArchitectureOptions,
  defineArchitecture,
  type NetworkOptions,
} from "./architecture.ts";
export {
  type AutoencoderOptions,
  type AutoencoderParts,
  autoencoder,
  type PlainAutoencoderOptions,
  pictureDecoder,
  pictureEncoder,
  variationalAutoencoder,
} from "./autoencoder/index.ts";
export {
  type AttentionCaptioningOptions,
  attentionCaptioning,
  type CaptioningOptions,
  vectorCaptioning,
} from "./captioning/index.ts";
export { architectures } from "./catalog.ts";
export { resnet20, resnet32, resnet44, resnet56, resnet110 } from "./cifar-resnet.ts";
export { convnext_small, convnext_tiny } from "./convnext.ts";
export { densenet121, densenet161, densenet169, densenet201 } from "./densenet.ts";
export { type ClassAndBoxOptions, classAndBox, type DetectorOptions, detector } from "./detection/index.ts";
export { efficientnet_b0, efficientnet_b1, efficientnet_b2, efficientnet_b3 } from "./efficientnet.ts";
export { googlenet } from "./googlenet.ts";
export {
  type ConvolutionalLanguageModelOptions,
  convolutionalLanguageModel,
  type LanguageModelOptions,
  type RecurrentCell,
  type RecurrentLanguageModelOptions,
  recurrentLanguageModel,
} from "./language/index.ts";
export { lenet5, torchTutorial } from "./lenet5.ts";
export { mobilenetv1_025, mobilenetv1_050, mobilenetv1_075, mobilenetv1_100 } from "./mobilenet-v1.ts";
export { mobilenet_v2 } from "./mobilenet-v2.ts";
export { mobilenet_v3_large, mobilenet_v3_small } from "./mobilenet-v3.ts";
export { type PoseMapsOptions, type PoseRegressionOptions, poseMaps, poseRegression } from "./pose/index.ts";
export {
  preact_resnet20,
  preact_resnet32,
  preact_resnet44,
  preact_resnet56,
  preact_resnet110,
  wrn_16_8,
  wrn_28_10,
  wrn_40_4,
} from "./preact-resnet.ts";
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
export {
  type SegmentationNetworkOptions,
  type SegnetOptions,
  type SqueezenetUnetOptions,
  segnet,
  squeezenetUnet,
  unet,
} from "./segmentation/index.ts";
export { squeezenet1_0, squeezenet1_1 } from "./squeezenet.ts";
export {
  type DocumentNetworkOptions,
  type DynamicConvNetOptions,
  documentNetwork,
  dynamicConvNet,
  type KimOptions,
  kim,
  type PairNetworkOptions,
  pairNetwork,
  startWithVectors,
} from "./text/index.ts";
export {
  type AttentionTranslationOptions,
  attentionTranslation,
  type ConvolutionTranslationOptions,
  convolutionTranslation,
  type RecurrentTranslationOptions,
  type TranslationOptions,
  vectorTranslation,
} from "./translation/index.ts";
export { vgg11, vgg11_bn, vgg11_lrn, vgg13, vgg13_bn, vgg16, vgg16_1x1, vgg16_bn, vgg19, vgg19_bn } from "./vgg.ts";
export {
  type LoadedWeights,
  type LoadWeightsOptions,
  loadWeights,
  type PretrainedOptions,
  type PublishedWeights,
  publishedWeights,
  type Translation,
  weightsOf,
} from "./weights/index.ts";
