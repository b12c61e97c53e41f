/** Data sets and their columns, augmentation, batches, and sets by name: `fovea/data`. */
export * from "../data/public.ts";
