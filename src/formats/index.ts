export { checksum } from "./checksum.ts";
export type { Fail } from "./fail.ts";
export { readIdx, writeIdx } from "./idx.ts";
export { describeJson, isCount, isRecord, quoted, stringify } from "./json.ts";
export { readSafetensors, type Safetensors, type WriteSafetensorsOptions, writeSafetensors } from "./safetensors.ts";
export { readTar, type TarEntry, type TarOptions } from "./tar.ts";
