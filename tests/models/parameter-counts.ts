/**
 * How many trained numbers the networks have for the classes that they were described for. Those of torchvision's
 * networks are what its documentation has; those of networks for CIFAR, what their authors have, with the last digits.
 */
export const parameterCounts: Readonly<Record<string, number>> = {
  lenet5: 61_706,
  "torch-tutorial": 693_954,
  alexnet: 61_100_840,
  // Caffe's reference model has as many.
  alexnet_2012: 60_965_224,
  zfnet: 62_357_608,
  zfnet_512: 107_627_624,
  vgg11: 132_863_336,
  vgg11_lrn: 132_863_336,
  vgg11_bn: 132_868_840,
  vgg13: 133_047_848,
  vgg13_bn: 133_053_736,
  // The paper: 134 million.
  vgg16_1x1: 133_638_952,
  vgg16: 138_357_544,
  vgg16_bn: 138_365_992,
  vgg19: 143_667_240,
  vgg19_bn: 143_678_248,
  resnet18: 11_689_512,
  resnet34: 21_797_672,
  resnet50: 25_557_032,
  resnet101: 44_549_160,
  resnet152: 60_192_808,
  resnext50_32x4d: 25_028_904,
  resnext101_32x8d: 88_791_336,
  resnext101_64x4d: 83_455_272,
  wide_resnet50_2: 68_883_240,
  wide_resnet101_2: 126_886_696,
  // The paper: 0.27, 0.46, 0.66, 0.85, 1.7 million.
  resnet20: 269_722,
  resnet32: 464_154,
  resnet44: 658_586,
  resnet56: 853_018,
  resnet110: 1_727_962,
  preact_resnet20: 269_722,
  preact_resnet32: 464_154,
  preact_resnet44: 658_586,
  preact_resnet56: 853_018,
  preact_resnet110: 1_727_962,
  // The paper: 11.0, 36.5, 8.9 million.
  wrn_16_8: 10_961_370,
  wrn_28_10: 36_479_194,
  wrn_40_4: 8_949_210,
  squeezenet1_0: 1_248_424,
  squeezenet1_1: 1_235_496,
};
