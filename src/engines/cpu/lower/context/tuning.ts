/**
 * What schedules depend on besides registers: sizes of caches, costs, and from where on something pays. A target names the
 * table that it goes by. Groups marked with Σ decide in which order sums are added up, so other values give other bits.
 *
 * What bounds the error of a sum is no tuning and stands with the sums.
 */

/** Measured on x86-64 with AVX2 and AVX-512, as WebAssembly and as machine code, with caches of 32 KiB and 1 to 2 MiB. */
export const x86 = {
  /** Σ. */
  caches: {
    /** Elements of a cache line: 64 bytes. */
    line: 16,
    /** Elements that are a multiple of this apart share one set of the first cache, which holds eight to twelve lines. */
    page: 1024,
    /** Lines that a set of the first cache holds at least. */
    ways: 8,
    /**
     * Elements that stay in the second cache beside what passes through it: of 512 KiB. With 2 MiB, twice as many make no
     * difference for 512 and 1024 inner steps; with 512 KiB, DenseNet-121 and ResNet-50 on 8 samples take 3 to 9 % longer.
     */
    second: 3 * 2 ** 15,
    /** More elements than the second cache holds: they come from further away each time. */
    beyondSecond: 2 ** 19,
  },

  /** Σ. In half cycles, for comparing one way to compute a contraction with another. */
  costs: {
    /** Two multiply-adds a cycle need eight that do not wait for each other: fewer take as long as eight. */
    independent: 8,
    /** One iteration of an inner loop beside its multiply-adds. */
    iteration: 2,
    /** Storing one lane of a vector. */
    laneStored: 4,
    /** Moving an element of b when it is packed. */
    elementPacked: 2,
    /** Fetching an element from beyond the second cache. */
    elementFetched: 2,
    /** Factor of products whose elements of a push each other out of the first cache: they wait for the second. */
    farProducts: 2,
    /**
     * The same of a b that is read as it lies, its steps apart. The filter gradient of 3×3 with stride 2 and 128 channels is
     * 1.3 times as fast with the other operand as b, which is packed; with 256 and 512 it makes no difference.
     */
    spreadProducts: 1.5,
    /** Factor of a filter gradient whose sums do not stay in the first cache. With 32 samples of 16 lanes. */
    farOperands: 1.5,
  },

  /** Whether samples lie innermost in maps, or channels. */
  samplesInnermost: {
    /** Factor of channels innermost: where they are few, kernels other than convolutions leave vectors half empty. */
    few: 1.1,
    /**
     * Factor of sums over at least `fromMaps` maps with samples innermost: each map comes from a page of its own. With 8 samples,
     * measured with AVX2 and in WebAssembly, MobileNetV2 takes 1.77 and 1.13 times as long, SqueezeNet 1.35 and 1.13, ResNet-18
     * 1.22; DenseNet-121 1.0 and 0.9.
     */
    spreadMaps: 1.25,
    fromMaps: 32,
  },

  /** Σ. Shares of work for threads. Their number does not depend on how many threads there are. */
  shares: {
    /** A kernel with as many can be divided evenly enough. */
    enough: 6,
    /** More need not be: each has sums of its own that are added up afterwards. */
    most: 16,
  },

  /** Σ. Blocks of a contraction that stay in the second cache. */
  blocks: {
    /** Each block of rows fetches all of b: with this many rows that costs little beside the products. */
    fewestRows: 64,
    /** Inner steps whose share of a tile of columns stays in the second cache, beside the rows that meet it. */
    steps: 1024,
    /** Times as many blocks as needed, for blocks of equal length: more cost more than one block that is shorter. */
    mostTooMany: 2,
    /** Channels of a block of a convolution's sum: each tap reads as many that lie together. */
    fewestChannels: 16,
    /** Inner steps whose share of a tile of columns no longer stays in the second cache. */
    farSteps: 4096,
  },

  /** Σ. When operands of a contraction are copied first, or walked along a common axis. */
  packing: {
    /** Rows that every element of b must meet. */
    fromRows: 32,
    /** The same where both operands lie next to each other along an inner axis. */
    dotFromRows: 8,
    /** Vectors of products in a sum, so that adding up its lanes costs little beside them. */
    dotFromVectors: 64,
    /** Elements of all sums, a vector each, that take longer to store and add up than b takes to pack. */
    dotSums: 2 ** 17,
    /** Tiles of columns: fetching every element of a from afar for each of them costs more than one copy. */
    copyFromTiles: 3,
    /** Rows that fill register tiles: the last axis of the result with as many becomes the rows, else the longest one. */
    enoughRows: 8,
  },

  /** Σ. Sums of a contraction along a common axis that wait in memory, while all rows and columns pass over a position. */
  revisiting: {
    /** Vectors of sums that stay in the first cache. */
    mostSums: 512,
    /** Vectors of multiply-adds between, so that loading and storing a sum costs little beside them. */
    fromVectors: 8,
  },

  /** Σ. Input gradients of convolutions. */
  padding: {
    /** Guards make the loop over filters, which lie far apart, the inner one: they pay if they leave this share or less. */
    guardBelow: 0.8,
  },

  /** Loops over elements. */
  maps: {
    /** The part of a vector from which on a rest is faster as a vector than one by one. */
    restAsVector: 0.25,
    /** The part of a vector from which on a row of a block is faster stored as a vector than lane by lane. */
    rowAsVector: 0.5,
    /** Blocks, along what is read, that lie in one page of memory: they come one after the other. */
    blocksTogether: 4,
    /** Positions of a window that are written out one by one; larger windows, such as whole maps, are loops. */
    windowWrittenOut: 64,
    /** The same of all windows that have code of their own, as those at the edges of a map: that is some 20 KB of code. */
    offsetsWrittenOut: 512,
  },

  /** Convolutions whose filters have one map each. */
  depthwise: {
    /** Neighboring outputs that are summed up together: sums and a row of taps fit into sixteen registers. */
    outputsTogether: 8,
    /** Products that may be written out one by one, for the blocks at the edges and one inside: some 50 KB of code. */
    productsWrittenOut: 4096,
  },

  /** Σ. Reductions to one number. */
  reductions: {
    /** Elements from which on threads share the work. */
    divideFrom: 2 ** 16,
  },

  /** Recurrences. */
  recurrences: {
    /** Rows of a block: each element of the weight that comes from the second cache should serve many, in two blocks. */
    mostRows: 16,
    fewestRows: 4,
    /** Inner steps whose share of a tile of columns stays in the first cache while all rows of a block pass over it. */
    innerSteps: 320,
  },

  /** Σ. Winograd's algorithm. */
  winograd: {
    /**
     * With fewer channels or filters the transforms cost more than they save. SqueezeNet 1.1, whose first blocks have 16 and 32,
     * takes 0.91 of the time in WebAssembly and with AVX2 that it takes from 32 on.
     */
    fewestMaps: 16,
    /**
     * Tiles that transformed filters beyond the second cache must meet. As machine code, 512 maps of 7×7 take 1.4 times as long
     * by the algorithm with 4 tiles, a picture, and with 8; 256 maps of 14×14, with 16 tiles, three quarters.
     */
    fewestTiles: 12,
    /**
     * Outputs of tiles that overhang the map, relative to the map's own: more cost more than the algorithm saves. Maps of 13×13
     * have 1.51: with them AlexNet takes 0.77 and 0.87 of the time in WebAssembly and with AVX2.
     */
    mostOverhang: 1.55,
    /** Elements between the transforms that stay in the last cache: more samples are taken in parts. */
    mostElements: 2 ** 21,
  },
} as const;

/** A table like `x86`, with values of its own. */
export type Tuning = {
  readonly [Group in keyof typeof x86]: { readonly [Name in keyof (typeof x86)[Group]]: number };
};

/** Whether steps so far apart meet in the same set of the first cache. */
export const isPaged = (step: number, { caches }: Tuning): boolean => step !== 0 && step % caches.page === 0;
