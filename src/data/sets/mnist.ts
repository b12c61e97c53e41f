/**
 * MNIST and two drop-in replacements: 60 000 + 10 000 pictures of 28×28 gray pixels in ten classes each. Sources: LeCun,
 * Cortes, Burges, "The MNIST database of handwritten digits" (1998); Xiao, Rasul, Vollgraf, "Fashion-MNIST" (2017),
 * https://github.com/zalandoresearch/fashion-mnist; Clanuwat et al., "Deep Learning for Classical Japanese Literature"
 * (2018), https://github.com/rois-codh/kmnist. Checksums: torchvision's list of the published files.
 */
import type { Dataset } from "../dataset.ts";
import { type IdxOptions, type IdxSource, loadIdxSource, type SourceFile } from "./idx-source.ts";

type FileSum = readonly [bytes: number, sha256: string];

const file = (stem: string, axes: number, [bytes, sha256]: FileSum): SourceFile => ({ stem, axes, bytes, sha256 });

/** The files, whose names they share. */
const filesOf = (
  sums: Readonly<Record<"train" | "test", { images: FileSum; labels: FileSum }>>,
): IdxSource["parts"] => ({
  train: { images: file("train-images", 3, sums.train.images), labels: file("train-labels", 1, sums.train.labels) },
  test: { images: file("t10k-images", 3, sums.test.images), labels: file("t10k-labels", 1, sums.test.labels) },
});

export const mnistSource: IdxSource = {
  name: "mnist",
  mirrors: ["https://ossci-datasets.s3.amazonaws.com/mnist/", "https://storage.googleapis.com/cvdf-datasets/mnist/"],
  parts: filesOf({
    train: {
      images: [9_912_422, "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609"],
      labels: [28_881, "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c"],
    },
    test: {
      images: [1_648_877, "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6"],
      labels: [4_542, "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6"],
    },
  }),
  size: [28, 28],
  classes: ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"],
  normalization: { mean: [0.1307], std: [0.3081] },
};

export const fashionMnistSource: IdxSource = {
  name: "fashion-mnist",
  mirrors: [
    "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
    "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
  ],
  parts: filesOf({
    train: {
      images: [26_421_880, "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84"],
      labels: [29_515, "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845"],
    },
    test: {
      images: [4_422_102, "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073"],
      labels: [5_148, "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5"],
    },
  }),
  size: [28, 28],
  classes: [
    ...["T-shirt/top", "Trouser", "Pullover", "Dress", "Coat"],
    ...["Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"],
  ],
  normalization: { mean: [0.286], std: [0.353] },
};

export const kmnistSource: IdxSource = {
  name: "kmnist",
  mirrors: ["https://codh.rois.ac.jp/kmnist/dataset/kmnist/", "http://codh.rois.ac.jp/kmnist/dataset/kmnist/"],
  parts: filesOf({
    train: {
      images: [18_165_135, "51467d22d8cc72929e2a028a0428f2086b092bb31cfb79c69cc0a90ce135fde4"],
      labels: [29_497, "e38f9ebcd0f3ebcdec7fc8eabdcdaef93bb0df8ea12bee65224341c8183d8e17"],
    },
    test: {
      images: [3_041_136, "edd7a857845ad6bb1d0ba43fe7e794d164fe2dce499a1694695a792adfac43c5"],
      labels: [5_120, "20bb9a0ef54c7db3efc55a92eef5582c109615df22683c380526788f98e42a1c"],
    },
  }),
  size: [28, 28],
  classes: ["o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo"],
  normalization: { mean: [0.1918], std: [0.3483] },
};

/**
 * MNIST, handwritten digits, from, in this order: `folder`; the folder `mnist` in the one that FOVEA_DATA names; the cache;
 * the mirrors (11 MB).
 * @throws DataError when the files are missing and cannot be fetched, FormatError when they are damaged
 */
export const mnist = (options: IdxOptions = {}): Promise<{ train: Dataset; test: Dataset }> =>
  loadIdxSource(mnistSource, options);

/** Fashion-MNIST, pieces of clothing, as `mnist` loads MNIST; its folder is `fashion-mnist` (30 MB). */
export const fashionMnist = (options: IdxOptions = {}): Promise<{ train: Dataset; test: Dataset }> =>
  loadIdxSource(fashionMnistSource, options);

/** KMNIST, characters of old Japanese books, as `mnist` loads MNIST; its folder is `kmnist` (21 MB). */
export const kmnist = (options: IdxOptions = {}): Promise<{ train: Dataset; test: Dataset }> =>
  loadIdxSource(kmnistSource, options);
