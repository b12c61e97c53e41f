export { readNpy, writeNpy } from "./npy.ts";
export { isNpy } from "./npy-header.ts";
export { isNpzArchive, type ReadNpzOptions, readNpz, readNpzArchive, writeNpz } from "./npz.ts";
