/** What kernels need to know of the caches: which places push each other out of the first one, and what the second one holds. */

/** Elements of a cache line. */
export const CACHE_LINE = 16;

/** Elements so far apart, or multiples of it, share one set of the cache, which holds some eight to twelve lines. */
export const PAGE = 1024;

export const isPaged = (step: number): boolean => step !== 0 && step % PAGE === 0;

/**
 * So many elements stay in the second cache, which holds one to two MiB, beside what passes through it. With two MiB, half of
 * it to a third more make no difference for 512 and 1024 inner steps; with 2048, a third more takes a tenth longer.
 */
export const NEAR = 3 * 2 ** 16;
