/** The table of named data sets, each defined in its own file. */
import { OptionError } from "../../array/index.ts";
import type { Samples } from "../dataset.ts";
import { type Cifar10Options, cifar10 } from "./cifar10.ts";
import { digits } from "./digits/dataset.ts";
import { fashionMnist, kmnist, mnist } from "./mnist.ts";
import { shapeScenes } from "./scenes/index.ts";

/** Options of all named data sets. */
export interface NamedSetOptions
  extends Pick<Cifar10Options, "folder" | "offline" | "onNotice" | "onProgress" | "signal"> {
  /** The number of training samples needed, for sets that are generated; 0 for all. */
  readonly limit?: number | undefined;
}

/** A named data set. */
export interface NamedSet {
  /** A sentence on its contents, size and origin. */
  readonly summary: string;
  /** Loads its parts. @throws DataError when it is missing and cannot be fetched */
  readonly load: (options?: NamedSetOptions) => Promise<{ readonly train: Samples; readonly test: Samples }>;
  /** Whether held-out samples are stratified by class by default. Default false. */
  readonly isStratified?: boolean | undefined;
  /** Matches the names of files by which a folder of the set is recognized, where its form is not generic. */
  readonly sign?: RegExp | undefined;
}

const FROM = "from FOVEA_DATA, the cache or a mirror";

/** A set in the form of MNIST, which is recognized generically. */
const idxSet = (load: typeof mnist, what: string, size: string): NamedSet => ({
  summary: `${what} (${size}, ${FROM})`,
  load: ({ limit: _, ...options } = {}) => load(options),
});

/** The default number of built-in digits: enough for 99 % in a few seconds. */
const DIGITS = { train: 30_000, test: 5_000 };

/** The default number of built-in scenes. */
const SCENES = { train: 8_000, validation: 0, test: 2_000 };

/** The named data sets. */
export const namedSets = {
  /** Synthetic handwritten digits. */
  digits: {
    summary: "handwritten-looking digits 28×28, drawn on the spot (built in)",
    load: async ({ limit = 0, folder } = {}) => {
      if (folder !== undefined) throw new OptionError("digits: they are drawn on the spot; leave folder out");
      return digits({ ...DIGITS, ...(limit > 0 && { train: limit }) });
    },
  },
  /** Synthetic scenes, by the shape of their one object. */
  scenes: {
    summary: "pictures 64×64 of one object of eight shapes before clutter, drawn on the spot (built in)",
    load: async ({ limit = 0, folder } = {}) => {
      if (folder !== undefined) throw new OptionError("scenes: they are drawn on the spot; leave folder out");
      return shapeScenes({ ...SCENES, ...(limit > 0 && { train: limit }) });
    },
  },
  /** MNIST. */
  mnist: idxSet(mnist, "MNIST: 60 000 + 10 000 handwritten digits 28×28", "11 MB"),
  /** Fashion-MNIST. */
  "fashion-mnist": idxSet(fashionMnist, "Fashion-MNIST: 60 000 + 10 000 pieces of clothing 28×28", "30 MB"),
  /** KMNIST. */
  kmnist: idxSet(kmnist, "KMNIST: 60 000 + 10 000 characters of old Japanese books 28×28", "21 MB"),
  /** CIFAR-10. */
  cifar10: {
    summary: `CIFAR-10: 50 000 + 10 000 pictures 32×32 of ten things (170 MB, ${FROM})`,
    load: ({ limit: _, ...options } = {}) => cifar10(options),
    isStratified: true,
    sign: /^(data_batch_1\.bin|cifar-10-batches-bin|cifar-10-binary\.tar\.gz)$/,
  },
} satisfies Readonly<Record<string, NamedSet>>;
