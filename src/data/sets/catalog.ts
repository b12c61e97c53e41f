/** The data sets that have names: one file each, and a row in this table. */
import { OptionError } from "../../array/index.ts";
import type { Samples } from "../dataset.ts";
import { type Cifar10Options, cifar10 } from "./cifar10.ts";
import { digits } from "./digits/dataset.ts";
import { fashionMnist, kmnist, mnist } from "./mnist.ts";

/** Options of all data sets that have names. */
export interface NamedSetOptions extends Pick<Cifar10Options, "folder" | "onNotice" | "onProgress" | "signal"> {
  /** How many training samples will be used, so that no more are made where they are made on the spot; 0: all there are. */
  readonly limit?: number | undefined;
}

/** A data set that has a name. */
export interface NamedSet {
  /** A sentence on what it has, how large it is and where it comes from. */
  readonly summary: string;
  /** Loads its parts. @throws DataError when it is not there and cannot be fetched */
  readonly load: (options?: NamedSetOptions) => Promise<{ readonly train: Samples; readonly test: Samples }>;
  /** Whether samples that are set aside are of every class alike unless one says otherwise. Default false. */
  readonly isStratified?: boolean | undefined;
  /** Matches the names of files that tell that a folder holds the set, where it is not one of a known form. */
  readonly sign?: RegExp | undefined;
}

const FROM = "from FOVEA_DATA, the cache or a mirror";

/** A set that comes as MNIST does; folders of such files are known as what they are. */
const idxSet = (load: typeof mnist, what: string, size: string): NamedSet => ({
  summary: `${what} (${size}, ${FROM})`,
  load: ({ limit: _, ...options } = {}) => load(options),
});

/** How many built-in digits are drawn unless told otherwise: enough for 99 % in a few seconds. */
const DIGITS = { train: 30_000, test: 5_000 };

/** The data sets that have names. */
export const namedSets = {
  /** Handwritten-looking digits, drawn on the spot. */
  digits: {
    summary: "handwritten-looking digits 28×28, drawn on the spot (built in)",
    load: async ({ limit = 0, folder } = {}) => {
      if (folder !== undefined) throw new OptionError("digits: they are drawn on the spot; leave folder out");
      return digits({ ...DIGITS, ...(limit > 0 && { train: limit }) });
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
