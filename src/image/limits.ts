/** Limits of the size of pictures. */

/** Larger pictures are refused unless the caller allows more, so that a small file cannot claim all memory. */
export const MAX_PIXELS = 100_000_000;
