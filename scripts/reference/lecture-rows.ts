/** The lectures' subjects, and where each is found here: names of exports, tests, an example. The page follows from it. */

export interface LectureRow {
  readonly id: string;
  readonly about: string;
  /** Exports: `conv`, `nn.conv2d`, `train.fit`. Empty while nothing of it is built. */
  readonly code?: readonly string[];
  readonly tests?: readonly string[];
  /** A program in `docs/examples`. */
  readonly example?: string;
  /** What of it is not there yet. */
  readonly missing?: string;
}

const conformance = "tests/conformance/torch.test.ts";

/** By the part of the lectures. */
export const lectureParts: Readonly<Record<string, readonly LectureRow[]>> = {
  Layers: [
    {
      id: "L1",
      about: "picture filters by hand: blur, sharpen, edges; flipped or not",
      code: ["image.filter", "image.kernels"],
      tests: ["src/image/lecture-grids.test.ts", "src/image/filter.test.ts", "src/image/kernels.test.ts"],
      example: "filters.ts",
    },
    {
      id: "L2",
      about: "convolution layers over sequences, pictures, volumes",
      code: ["conv", "nn.conv1d", "nn.conv2d", "nn.conv3d"],
      tests: ["src/ops/conv.test.ts", "src/ops/window.test.ts", "tests/contract/contract.test.ts", conformance],
      example: "convolution.ts",
      missing: "the cases of ONNX",
    },
    {
      id: "L3",
      about: "the input gradient of a convolution in three ways",
      code: ["gradient", "conv", "convTranspose"],
      tests: ["src/ops/conv.test.ts"],
      example: "input-gradient.ts",
    },
    {
      id: "L4",
      about: "max pooling with remembered positions, mean pooling",
      code: ["maxPoolWithPositions", "avgPool", "nn.maxPool2d", "nn.avgPool2d"],
      tests: ["src/ops/pool.test.ts", conformance],
      example: "max-pooling.ts",
    },
    {
      id: "L5",
      about: "transposed convolution, unpooling",
      code: ["convTranspose", "maxUnpool", "nn.convTranspose2d", "nn.maxUnpool2d"],
      tests: ["src/ops/conv-transpose.test.ts", "src/ops/unpool.test.ts", "src/nn/unpool.test.ts", conformance],
      example: "transposed-convolution.ts",
    },
    {
      id: "L6",
      about: "activations, softmax, fully connected layers, reshaping",
      code: [
        ...["sigmoid", "tanh", "relu", "leakyRelu", "elu", "maxout", "softmax", "logSoftmax", "flatten", "reshape"],
        ...["nn.linear", "nn.leakyRelu", "nn.maxout"],
      ],
      tests: ["src/ops/activations.test.ts", "src/ops/elementwise.test.ts", "src/ops/reduce.test.ts", conformance],
      example: "activations.ts",
    },
    {
      id: "L7",
      about: "dropout, normalization, global pooling, 1×1 convolution",
      code: ["nn.dropout", "nn.batchNorm2d", "nn.localResponseNorm", "nn.globalAvgPool", "nn.conv2d"],
      tests: ["src/nn/dropout.test.ts", "src/ops/adaptive-pool.test.ts", "src/ops/standardize.test.ts", conformance],
      example: "normalization.ts",
    },
    {
      id: "L8",
      about: "filters in a set of rotations, scalings, reflections",
      code: ["nn.transformConv2d", "nn.turns", "nn.mirrored", "nn.scaled", "transformFilters"],
      tests: ["src/nn/transform-conv.test.ts", "src/ops/filter-transforms.test.ts"],
      example: "transform-invariance.ts",
    },
    {
      id: "L9",
      about: "scanning with a network is convolution; time-delay networks",
      code: ["nn.toConvolutional"],
      tests: ["src/nn/to-convolutional.test.ts"],
      example: "scanning.ts",
    },
  ],
  Learning: [
    {
      id: "T1",
      about: "descent with momentum and decay, Adam and its kin, plateaus, early stopping, losses",
      code: [
        ...["optim.sgd", "optim.adam", "optim.minimize", "optim.plateau", "train.fit", "nn.crossEntropy"],
        ...["nn.meanSquaredError", "nn.meanAbsoluteError", "nn.weightedSum"],
      ],
      tests: [
        ...["src/optim/optimizer.test.ts", "src/optim/schedules.test.ts", "src/train/fit.test.ts"],
        ...["src/nn/losses/losses.test.ts", conformance],
      ],
      example: "training.ts",
    },
    {
      id: "T2",
      about: "augmentation: turns, shifts, stretching, shear, crops, color",
      code: [
        ...["data.lecture", "data.affine", "data.flip", "data.quarterTurn", "data.elastic", "data.randomCrop"],
        ...["data.randomResizedCrop", "data.centerCrop", "data.colorJitter", "data.gray", "data.cutout", "data.mixup"],
        ...["data.cutMix", "data.normalize", "data.augmentBatch", "image.warpAffine", "train.fit"],
      ],
      tests: [
        ...["src/data/augment/affine.test.ts", "src/data/augment/augment-batch.test.ts", "src/image/warp.test.ts"],
        "src/train/augment.test.ts",
      ],
      example: "augmentation.ts",
    },
    {
      id: "T3",
      about: "votes of ten crops and of several networks",
      code: ["data.tenCrop", "train.cropVote", "train.ensemble", "train.vote", "train.evaluateModel"],
      tests: [
        "src/data/pictures/ten-crop.test.ts",
        "src/train/evaluation/predictors.test.ts",
        "src/train/evaluation/voting.test.ts",
      ],
      example: "voting.ts",
    },
  ],
  Architectures: [
    {
      id: "A1",
      about: "LeNet-5, and the small network of the Torch tutorial",
      code: ["models.lenet5", "models.torchTutorial"],
      tests: ["src/models/lenet5.test.ts", "src/inspect/summary.test.ts"],
      example: "lenet5.ts",
    },
    {
      id: "A2",
      about: "AlexNet with its three counts",
      code: ["models.alexnet_2012", "models.alexnet", "inspect.summarize"],
      tests: ["tests/models/parameter-counts.test.ts", "tests/models/agreement.test.ts", "tests/cli/look.test.ts"],
      example: "alexnet.ts",
    },
    {
      id: "A3",
      about: "ZFNet, VGG, GoogLeNet, ResNet, DenseNet",
      code: ["models.zfnet", "models.vgg16", "models.resnet152"],
      tests: ["tests/models/parameter-counts.test.ts", "tests/models/agreement.test.ts"],
      example: "architectures.ts",
    },
    {
      id: "A4",
      about: "autoencoders, pictures to pictures: transposed convolution, unpooling",
      code: [
        "models.autoencoder",
        "models.variationalAutoencoder",
        "models.unet",
        "models.segnet",
        "train.segmentation",
      ],
      tests: ["src/models/autoencoder/autoencoder.test.ts", "src/models/segmentation/segmentation.test.ts"],
      example: "pictures-out.ts",
    },
    {
      id: "A5",
      about: "one trunk for several tasks: classes, boxes, poses",
      code: ["models.classAndBox", "models.poseRegression", "train.together", "train.localization", "nn.weightedSum"],
      tests: ["src/models/detection/detection.test.ts", "src/models/pose/pose.test.ts", "src/nn/losses/losses.test.ts"],
      example: "one-trunk.ts",
    },
    {
      id: "A6",
      about: "captions for pictures: by a vector, with attention, by greedy and beam search",
      code: ["models.vectorCaptioning", "models.attentionCaptioning", "train.captioning", "train.createCaptioner"],
      tests: ["src/models/captioning/captioning.test.ts", "src/train/generation/captioner.test.ts"],
      example: "captions.ts",
    },
  ],
  Language: [
    {
      id: "S1",
      about: "counting n-grams, sampling from them",
      code: ["text.ngramModel", "text.kneserNey", "text.sampleFrom"],
      tests: ["src/text/ngrams/ngrams.test.ts"],
      example: "ngrams.ts",
    },
    {
      id: "S2",
      about: "recurrent networks: Elman, LSTM, GRU, deep and in both directions",
      code: ["nn.rnn", "nn.lstm", "nn.gru", "nn.scan", "rnn", "lstm", "gru"],
      tests: ["src/ops/recurrent.test.ts", "src/nn/recurrent.test.ts", "src/nn/scan.test.ts", conformance],
      example: "recurrent.ts",
    },
    { id: "S3", about: "a recurrent language model, and what it writes" },
    {
      id: "S4",
      about: "translation from sequence to sequence: by a vector, with attention, by convolutions",
      code: [
        "models.vectorTranslation",
        "models.attentionTranslation",
        "models.convolutionTranslation",
        "nn.attention",
        "train.translation",
        "train.createTranslator",
        "train.bleu",
      ],
      tests: [
        "src/train/generation/translator.test.ts",
        "src/train/generation/beam-search.test.ts",
        "src/train/metrics/bleu.test.ts",
        "src/nn/attention.test.ts",
      ],
      example: "attention.ts",
    },
    {
      id: "S5",
      about: "convolution over sentences with dynamic k-max pooling and folding",
      code: ["nn.dynamicKMaxPool", "nn.kMaxPool", "nn.fold", "nn.embedding", "dynamicK"],
      tests: ["src/ops/k-max-pool.test.ts", conformance],
      example: "k-max-pooling.ts",
      missing: "the classifiers of questions and opinions; their layers are there",
    },
    {
      id: "S6",
      about: "documents from sentences, and which sentences mattered",
      code: ["models.documentNetwork", "nn.eachStep", "inspect.createSentenceRelevance", "inspect.createExtractor"],
      tests: ["src/models/text/documents.test.ts", "src/nn/each-step.test.ts", "src/inspect/extracts/extracts.test.ts"],
      example: "document-extract.ts",
    },
    {
      id: "S7",
      about: "ranking pairs of short texts",
      code: ["models.pairNetwork", "nn.bilinear", "text.wordOverlap", "train.ranking", "train.meanAveragePrecision"],
      tests: ["src/models/text/pairs.test.ts", "src/nn/bilinear.test.ts", "src/train/metrics/ranking.test.ts"],
      example: "pairs.ts",
    },
  ],
  Sound: [{ id: "U1", about: "convolution over spectrograms" }],
  "Looking inside": [
    { id: "V1", about: "filters, maps, and what layers respond to" },
    {
      id: "V2",
      about: "the receptive field of a unit, computed and by back-propagation",
      code: ["inspect.summarize"],
      tests: ["src/inspect/summary.test.ts"],
      example: "receptive-field.ts",
    },
    { id: "V3", about: "the input that excites a unit most" },
    { id: "V4", about: "nearest neighbors in the last hidden layer" },
    { id: "V5", about: "convolution step by step, networks to look at and to train in a page" },
  ],
  "Before learning": [
    {
      id: "F1",
      about: "edges, corners and key points without learning",
      code: ["image.canny", "image.harris", "image.sift", "image.matchDescriptors"],
      tests: [
        ...["src/image/features.test.ts", "src/image/canny.test.ts", "src/image/harris.test.ts"],
        ...["src/image/sift/opencv.test.ts", "src/image/sift/sift.test.ts", "src/image/sift/match.test.ts"],
      ],
      example: "edges-and-corners.ts",
    },
  ],
};
