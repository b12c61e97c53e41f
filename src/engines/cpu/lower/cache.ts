/** What kernels need to know of the first cache: which places push each other out of it. */

/** Elements of a cache line. */
export const CACHE_LINE = 16;

/** Elements so far apart, or multiples of it, share one set of the cache, which holds some eight to twelve lines. */
export const PAGE = 1024;

export const isPaged = (step: number): boolean => step !== 0 && step % PAGE === 0;
