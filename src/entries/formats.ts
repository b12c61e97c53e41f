/** File formats: `fovea/formats`. */
export {
  readIdx,
  readSafetensors,
  readTar,
  type Safetensors,
  type TarEntry,
  type TarOptions,
  type WriteSafetensorsOptions,
  writeIdx,
  writeSafetensors,
} from "../formats/index.ts";
